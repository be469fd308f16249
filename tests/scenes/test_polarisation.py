"""HV before HH is put in order; VV and VH are named, and refused unless asked for."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import HH, HV, SIGMA0
from seaice.core.errors import MissingChannelsError
from seaice.scenes.convert import convert_scene
from seaice.scenes.polarisation import polarisation, stored_names
from seaice.scenes.prepare import prepare_scene
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

SceneWriter = Callable[..., Path]


def state(path: Path, first: str, second: str, *, exchange: bool = False) -> Path:
    """Write the polarisations of a file, and exchange its radar channels."""
    with netCDF4.Dataset(path, "a") as file:
        values = [file[name][:] for name in SIGMA0]
        for name, pol, other in zip(SIGMA0, (first, second), reversed(values), strict=True):
            file[name].polarisation = pol
            if exchange:
                file[name][:] = other
    return path


def test_channels_in_the_wrong_order_are_put_right(make_scene: SceneWriter, tmp_path: Path) -> None:
    right = Scene.open(make_scene(folder=tmp_path / "a"))
    swapped = make_scene(folder=tmp_path / "b")
    scene = Scene.open(state(swapped, "HV", "HH", exchange=True))
    expected = read_inputs(right, SIGMA0)
    for each in (expected, read_inputs(scene, SIGMA0)):
        np.testing.assert_array_equal(each.values, expected.values)
        np.testing.assert_array_equal(each.valid, expected.valid)
    np.testing.assert_array_equal(read_inputs(scene, [HV]).values[0], expected.values[1])
    assert scene.lacking(SIGMA0) == []
    assert f"{swapped.name}: {HH} holds HV and {HV} holds HH, so they are read" in scene.notice
    # What is written from it says what it holds.
    prepare_scene(scene, tmp_path / "c" / swapped.name)
    prepared = Scene.open(tmp_path / "c" / swapped.name)
    assert prepared.notice == ""
    np.testing.assert_array_equal(read_inputs(prepared, SIGMA0).values, expected.values)
    with netCDF4.Dataset(prepared.path) as file:
        assert [file[name].polarisation for name in SIGMA0] == ["HH", "HV"]


def test_a_raw_scene_in_the_wrong_order(tmp_path: Path) -> None:
    heard: list[Path] = []
    simulate_folder(tmp_path / "s", 1, 5, lines=40, samples=48, raw=True, on_scene=heard.append)
    raw = next(path for path in heard if "_icechart_" in path.name)
    right = Scene.open(convert_scene(raw, tmp_path / "right.nc").path)
    state(raw, "HV", "HH", exchange=True)
    converted = convert_scene(raw, tmp_path / "converted.nc").path
    np.testing.assert_array_equal(
        read_inputs(Scene.open(converted), SIGMA0).values, read_inputs(right, SIGMA0).values
    )
    with netCDF4.Dataset(converted) as file:
        assert [file[name].polarisation for name in SIGMA0] == ["HH", "HV"]


def test_other_polarisations_are_refused_by_name(make_scene: SceneWriter) -> None:
    path = state(make_scene(), "VV", "VH")
    scene = Scene.open(path)
    assert f"{path.name}: {HH} holds VV, {HV} holds VH, but" in scene.notice
    assert scene.missing("sar") == [f"HH ({HH} holds VV)", f"HV ({HV} holds VH)"]
    assert scene.usable_channel_sets() == ["amsr2"]
    with pytest.raises(MissingChannelsError, match=r"lacks HH .*holds VV.* can feed: amsr2"):
        scene.require(SIGMA0, "sar")
    # One of the two alone is named too.
    assert Scene.open(state(path, "HH", "VH")).missing("sar") == [f"HV ({HV} holds VH)"]
    assert Scene.open(state(path, "HH", "HV")).notice == ""


def test_commands_refuse_them_unless_asked(
    seaice, make_scene: SceneWriter, make_checkpoint, tmp_path: Path
) -> None:
    path = state(make_scene(64, 64), "VV", "VH")
    checkpoint, out = make_checkpoint(), tmp_path / "out"
    status, answer, _ = seaice("info", path)
    assert (status, "usable    amsr2\n" in answer, "holds VV" in answer) == (0, True, True)
    status, _, lines = seaice("predict", checkpoint, path, "--out", out)
    assert status == 2
    assert f"lacks HH ({HH} holds VV)" in lines[-1]
    status, _, lines = seaice("predict", checkpoint, path, "--out", out, "--any-polarisation")
    assert status == 0
    assert sum("holds VV" in line for line in lines) == 1
    evaluate = "evaluate", checkpoint, "--data", tmp_path, "--baselines", "none"
    assert seaice(*evaluate)[0] == 2
    status, _, lines = seaice(*evaluate, "--any-polarisation")
    assert status == 0
    assert sum("holds VV" in line for line in lines) == 1


def test_what_attributes_may_say() -> None:
    assert polarisation({"polarization": " hv "}) == "HV"
    assert polarisation({"polarisation": "dual", "pol": "VV"}) == "VV"
    assert polarisation({"polarisation": np.arange(9)}) == polarisation({}) == ""
    in_order = {HH: HH, HV: HV}
    assert stored_names(lambda name: {}) == in_order
    assert stored_names(lambda name: {"polarisation": "HV"}) == in_order
