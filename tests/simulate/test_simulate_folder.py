"""Many scenes in a folder: names, independence, classes."""

from typing import Never

import numpy as np
import pytest
import xarray as xr

from seaice.errors import ConfigError
from seaice.layout import SceneId
from seaice.simulate import folder, simulate_folder


def _small(out_dir, scenes, seed, **settings):
    settings = {"spacing_m": 1000, "lines": 40, "samples": 48, **settings}
    return simulate_folder(out_dir, scenes, seed, **settings)


def test_scene_does_not_depend_on_their_number(tmp_path) -> None:
    """Scene k of three is scene k of two, byte for byte; on_scene hears of each in order."""
    heard = []
    two = _small(tmp_path / "a", 2, 7, on_scene=heard.append)
    three = _small(tmp_path / "b", 3, 7)
    assert heard == two
    assert [p.name for p in two] == [p.name for p in three[:2]]
    for first, second in zip(two, three, strict=False):
        with xr.open_dataset(first) as a, xr.open_dataset(second) as b:
            assert a.load().identical(b.load())
    assert len({p.name for p in three}) == 3
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == sorted(p.name for p in three)


def test_names_follow_month_and_region(tmp_path) -> None:
    """Name, month and service agree with what was asked."""
    (path,) = _small(tmp_path, 1, 3, region="SGRDIHA", month=11)
    identity = SceneId.parse(path.name)
    assert identity.service == "cis"
    assert identity.time.month == 11


def test_collisions_move_a_minute(tmp_path, monkeypatch) -> None:
    """Two scenes of one time get names a minute apart; a rerun finds its own names."""
    monkeypatch.setattr(folder, "draw_time", lambda config: _TIME)
    first = _small(tmp_path, 3, 1, region="North", month=5)
    names = [p.name for p in first]
    assert names == [f"20200501T10{m}00_dmi_prep.nc" for m in ("00", "01", "02")]
    assert _small(tmp_path, 3, 1, region="North", month=5) == first
    (other,) = _small(tmp_path, 1, 2, region="North", month=5)
    assert other.name == "20200501T100300_dmi_prep.nc"


_TIME = SceneId.parse("20200501T100000_dmi_prep.nc").time


def test_a_real_scene_is_never_replaced(tmp_path, monkeypatch) -> None:
    """A file of that name that is no simulated scene stays as it is."""
    monkeypatch.setattr(folder, "draw_time", lambda config: _TIME)
    real = tmp_path / "20200501T100000_dmi_prep.nc"
    real.write_bytes(b"real")
    (path,) = _small(tmp_path, 1, 1, region="North", month=5)
    assert path.name == "20200501T100100_dmi_prep.nc"
    assert real.read_bytes() == b"real"


def test_default_extent(monkeypatch, tmp_path) -> None:
    """Without lines and samples a scene covers 400 x 416 km at any spacing."""
    sizes = []

    def record(config) -> Never:
        sizes.append((config.lines, config.samples))
        raise InterruptedError

    monkeypatch.setattr(folder, "simulate", record)
    for spacing_m in (400, 800, 80):
        with pytest.raises(InterruptedError):
            simulate_folder(tmp_path, 1, 1, spacing_m=spacing_m)
    assert sizes == [(1000, 1040), (500, 520), (5000, 5200)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scenes": 0}, "scenes is 0"),
        ({"spacing_m": 10}, "spacing_m is 10"),
        ({"region": "Nowhere"}, "No region 'Nowhere'"),
        ({"seed": -3}, "seed is -3"),
    ],
)
def test_bad_settings_write_nothing(tmp_path, settings, message) -> None:
    """Bounds are checked before anything is written."""
    with pytest.raises(ConfigError, match=message):
        _small(tmp_path / "out", **{"scenes": 1, "seed": 1, **settings})
    assert not (tmp_path / "out").exists()


def test_all_classes_occur(tmp_path) -> None:
    """Across scenes all classes of SIC, SOD and FLOE are charted, and much is masked."""
    found = {"SIC": set(), "SOD": set(), "FLOE": set()}
    masked = []
    for path in _small(tmp_path, 100, 12, lines=100, samples=104, compress=False):
        with xr.open_dataset(path, decode_cf=False) as scene:
            for name, classes in found.items():
                classes |= set(np.unique(scene[name].values).tolist())
            masked.append(float((scene["SIC"] == 255).mean()))
    assert found["SIC"] == {*range(11), 255}
    assert found["SOD"] == {*range(6), 255}
    assert found["FLOE"] == {*range(7), 255}
    assert 0.2 < np.median(masked) < 0.5
