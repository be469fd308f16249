"""A cue from afar: where rings and marks lie, and that nothing but the mark tells the stage."""

import numpy as np
import pytest
import xarray as xr
from scipy.ndimage import distance_transform_edt

from seaice.ai4arctic.channels import AMSR2, HH, SIGMA0
from seaice.ai4arctic.charts import THIN, YOUNG
from seaice.ai4arctic.layout import unscale
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import SimulationConfig, simulate_folder, simulate_scene
from seaice.simulate import far_cue as module
from seaice.simulate.far_cue import MARK, draw_far_cue

GRID = PixelGrid(240, 240, 500.0)
DISTANCE_KM = 12.0


def test_rings_lie_around_marks_at_their_distance() -> None:
    """Young rings are 0.8 to 1.2 distances from their mark, other rings farther from any."""
    cues = [draw_far_cue(GRID, seed, DISTANCE_KM, np.ones(GRID.shape, bool)) for seed in range(6)]
    for cue in cues:
        away_km = distance_transform_edt(~cue.mark, sampling=0.5) + MARK * DISTANCE_KM
        assert away_km[cue.young].min() > 0.8 * DISTANCE_KM - 0.6
        assert away_km[cue.young].max() < 1.2 * DISTANCE_KM + 0.6
        assert away_km[cue.ring & ~cue.young].min() > 1.4 * DISTANCE_KM - 0.6
        assert not (cue.young & ~cue.ring).any()
    share = np.mean([cue.young[cue.ring].mean() for cue in cues])
    assert 0.25 < share < 0.75
    assert np.mean([cue.ring.mean() for cue in cues]) > 0.15


def test_a_site_whose_mark_is_not_seen_has_no_ring() -> None:
    """Without sea there is neither ring nor mark."""
    cue = draw_far_cue(GRID, 0, DISTANCE_KM, np.zeros(GRID.shape, bool))
    assert not np.any([cue.ring, cue.mark, cue.young])


CONFIG = {"seed": 3, "spacing_m": 800, "lines": 150, "samples": 150, "region": "CentralEast"}


def test_only_the_mark_tells_the_stage(monkeypatch) -> None:
    """The rings' inputs do not depend on their stage, and chart and truth name it."""
    config = SimulationConfig(**CONFIG, month=3, far_cue_km=DISTANCE_KM)
    grid = PixelGrid(150, 150, 800.0)
    scene = simulate_scene(config)
    assert scene.attrs["far_cue_km"] == DISTANCE_KM
    stages = scene["true_SOD"].to_numpy()
    cues = []

    def swapped(*args: object) -> module.FarCue:
        """The same sites, with marks where there were none and the other way round."""
        cue = draw_far_cue(*args)
        cues.append(cue)
        return module.FarCue(cue.ring, np.zeros_like(cue.mark), cue.ring & ~cue.young)

    monkeypatch.setattr("seaice.simulate.parts.draw_far_cue", swapped)
    other = simulate_scene(config)
    (cue,) = cues
    ring = cue.ring & (stages != other["true_SOD"].to_numpy())
    assert ring.sum() > 300
    assert set(np.unique(stages[ring])) == {YOUNG, THIN}
    assert ((stages == YOUNG) == cue.young)[ring].all()
    assert (scene["SOD"].to_numpy() == stages)[ring].all()
    for name in SIGMA0:
        assert np.array_equal(scene[name].to_numpy()[ring], other[name].to_numpy()[ring])
    for name in AMSR2:
        assert np.array_equal(scene[name], other[name])
    hh_db = unscale(HH, scene[HH].to_numpy())
    valid = scene["sar_incidenceangle"].to_numpy() != 0
    assert np.median(hh_db[cue.mark & valid]) > np.median(hh_db[ring]) + 6
    assert grid.shape == hh_db.shape


def test_without_it_nothing_changes(tmp_path) -> None:
    """No attribute and the same file; with it another file, under a name of its own."""
    settings = {"spacing_m": 1000, "lines": 40, "samples": 48}
    (plain,) = simulate_folder(tmp_path / "a", 1, 7, **settings)
    (planted,) = simulate_folder(tmp_path / "a", 1, 7, **settings, far_cue_km=8.0)
    assert planted != plain
    assert simulate_folder(tmp_path / "a", 1, 7, **settings, far_cue_km=8.0) == [planted]
    with xr.open_dataset(plain) as one, xr.open_dataset(planted) as other:
        assert "far_cue_km" not in one.attrs
        assert other.attrs["far_cue_km"] == 8.0
        assert one["nersc_sar_primary"].shape == other["nersc_sar_primary"].shape


@pytest.mark.parametrize("distance_km", [0.0, -3.0, 3.9, 101.0, float("nan")])
def test_a_distance_out_of_bounds_is_a_sentence(distance_km) -> None:
    """Bounds are named."""
    with pytest.raises(ConfigError, match=r"far_cue_km is .* must be between 4 and 100 km"):
        SimulationConfig(seed=0, far_cue_km=distance_km)


def test_a_raw_scene_cannot_have_one(tmp_path) -> None:
    """The raw layout's polygons would contradict it."""
    with pytest.raises(ConfigError, match="A raw scene cannot hold a cue from afar"):
        simulate_folder(tmp_path, 1, 0, raw=True, far_cue_km=10.0)
