"""A simulated raw scene, converted, is the ready-to-train file that was simulated beside it."""

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, ERA5, HH, INCIDENCE_ANGLE, SAR, SIGMA0
from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.scenes.catalogue.facts import file_facts
from seaice.scenes.convert import convert_scene
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder


def read(path) -> tuple[dict, dict]:
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        return {name: v[:] for name, v in file.variables.items()}, file.__dict__


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Ready-to-train as simulated, as converted."""
    folder, heard = tmp_path_factory.mktemp("simulated"), []
    (prep,) = simulate_folder(
        *(folder, 1, 4),
        lines=320,
        samples=336,
        region="CentralEast",
        month=3,
        raw=True,
        on_scene=heard.append,
    )
    return prep, convert_scene(heard[0], folder / "converted").path


@pytest.fixture(scope="module")
def both(paths):
    return read(paths[0])[0], read(paths[1])[0]


def test_layout(paths, both) -> None:
    """Everything but the truth, in the same layout and types, under the same name and labels."""
    prep, made = both
    assert set(made) == {name for name in prep if not name.startswith("true_")}
    for name, values in made.items():
        assert (values.shape, values.dtype) == (prep[name].shape, prep[name].dtype), name
    assert paths[1].name == paths[0].name
    expected, attributes = (read(path)[1] for path in paths)
    assert attributes.pop("converted_by").startswith("seaice")
    assert "raw" in attributes.pop("title")
    expected.pop("title")
    assert attributes == expected
    with netCDF4.Dataset(paths[0]) as file, netCDF4.Dataset(paths[1]) as other:
        for name in ("btemp_18_7h", "t2m", "distance_map", "sar_incidenceangle"):
            said = {key: str(value) for key, value in file[name].__dict__.items()}
            made_of = {key: str(value) for key, value in other[name].__dict__.items()}
            said.pop("_QuantizeBitRoundNumberOfSignificantBits")
            assert made_of == said


def test_masks(both) -> None:
    """One mask; the simulator's two coasts differ here and there, being drawn at two spacings."""
    prep, made = both
    masked = made[HH] == 0
    assert 0 < masked.mean() < 1
    for name in SAR:
        np.testing.assert_array_equal(made[name] == 0, masked)
    for name in CHARTS:
        assert (made[name][masked] == FILL).all()
    assert (made["SIC"][~masked] != FILL).any()
    assert (masked == (prep[HH] == 0)).mean() > 0.98


def test_charts(both) -> None:
    prep, made = both
    for name in CHARTS:
        assert (made[name] == prep[name]).mean() >= 0.98
        assert len(np.unique(made[name])) > 2


def test_radar_and_angle(both) -> None:
    """Means of decibels lie below means of power, by the speckle of the four pixels."""
    prep, made = both
    seen = (prep[HH] != 0) & (made[HH] != 0)
    for name in SIGMA0:
        difference = layout.unscale(name, made[name] - prep[name])[seen] - layout.SCALING[name][0]
        assert -1.5 < difference.mean() < 0
        assert np.corrcoef(made[name][seen], prep[name][seen])[0, 1] > 0.98
    angles = [layout.unscale(INCIDENCE_ANGLE, each[INCIDENCE_ANGLE]) for each in (made, prep)]
    angle = np.subtract(*angles)
    # The simulated file rounds to nine bits: 0.02 degrees.
    assert np.abs(angle[seen]).max() < 0.05
    assert abs(angle[seen].mean()) < 0.005


def test_cells(both) -> None:
    """Equal but for the nine bits that the simulated file keeps."""
    prep, made = both
    for name in (*AMSR2, *ERA5):
        np.testing.assert_allclose(prep[name], made[name], rtol=2**-9, atol=1e-5)
    zones = [layout.unscale("distance_map", each["distance_map"]) for each in both]
    assert np.abs(zones[0] - zones[1]).mean() < 0.2


def test_positions(both) -> None:
    """Within 50 m, an eighth of a pixel."""
    prep, made = both
    latitude, longitude = layout.LATITUDE, layout.LONGITUDE
    north = (made[latitude] - prep[latitude]) * 111_200
    east = (made[longitude] - prep[longitude]) * 111_200 * np.cos(np.radians(prep[latitude]))
    assert np.hypot(north, east).max() < 50


def test_the_scene_is_usable(paths) -> None:
    facts = file_facts(paths[1])
    assert not facts["problems"]
    assert all(state["usable"] for state in facts["channel_sets"].values())
    scene = Scene.open(paths[1])
    assert scene.simulated
    assert scene.charts == CHARTS
    assert scene.delays == Scene.open(paths[0]).delays
