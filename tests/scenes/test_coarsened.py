"""What was coarsened lately is not read again, and is never another file's or another spacing's."""

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.scenes import coarsened as module
from seaice.scenes import layers, read
from seaice.scenes.coarsened import COARSENED, Coarsened
from seaice.scenes.scene import Scene

SPACING_M = 800.0
"""Twice that of the scenes, so that they are coarsened."""


@pytest.fixture
def remembers(monkeypatch) -> Coarsened:
    """The process remembers, from nothing on."""
    monkeypatch.setattr(COARSENED, "_kept", type(COARSENED._kept)())
    monkeypatch.setattr(COARSENED, "most_bytes", 2**24)
    return COARSENED


def windows(shape: tuple[int, int]) -> list[tuple[slice, slice]]:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(12):
        sides = (sorted(rng.choice(size + 1, 2, replace=False)) for size in shape)
        found.append(tuple(slice(int(start), int(stop)) for start, stop in sides))
    return found


def equal(first: read.Inputs, second: read.Inputs) -> None:
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.valid, second.valid)


@pytest.mark.parametrize("channels", [(), SAR[:1], CHANNEL_SETS["sar"], CHANNEL_SETS["all"]])
def test_windows_of_known_inputs_are_those_of_the_file(
    make_scene, remembers, monkeypatch, channels
):
    scene = Scene.open(make_scene(90, 128))
    shape = scene.grid.at(SPACING_M).shape
    with monkeypatch.context() as patch:
        patch.setattr(COARSENED, "most_bytes", 0)
        expected = [read.read_inputs(scene, channels, SPACING_M, each) for each in windows(shape)]
    whole = read.read_inputs(scene, CHANNEL_SETS["all"], SPACING_M)
    # Nobody's changes are another one's inputs.
    whole.values[:] = 7
    whole.valid[:] = False
    monkeypatch.setattr(layers, "fill_sar", None)
    for window, plain in zip(windows(shape), expected, strict=True):
        inputs = read.read_inputs(scene, channels, SPACING_M, window)
        equal(inputs, plain)
        inputs.values[:] = 7
        inputs.valid[:] = False


def test_other_channels_windows_and_spacings_are_read(make_scene, remembers, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    part = np.s_[10:40, 10:50]
    read.read_inputs(scene, SAR[:1], SPACING_M, part)
    wanted = [
        (SAR[1:2], SPACING_M, part),
        (SAR[:1], SPACING_M, np.s_[9:40, 10:50]),
        (SAR[:1], SPACING_M, np.s_[10:40, 10:51]),
        (SAR[:1], 1200.0, np.s_[10:20, 10:20]),
        # Its own pixels, and interpolated ones: neither is coarsened.
        (SAR[:1], 400.0, part),
        (SAR[:1], 300.0, part),
    ]
    for request in wanted:
        with monkeypatch.context() as patch:
            patch.setattr(COARSENED, "most_bytes", 0)
            patch.setattr(COARSENED, "_kept", {})
            plain = read.read_inputs(scene, *request)
        equal(read.read_inputs(scene, *request), plain)
    values = {key[1] for (key, _), layers in remembers._kept.items() if SAR[0] in layers}
    assert values == {SPACING_M, 1200.0}


def test_where_a_scene_is_valid_is_read_once(make_scene, remembers, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    whole = read.read_valid(scene)
    assert 0 < whole.mean() < 1
    expected = whole[10:40, 20:100].copy()
    whole[:] = True
    monkeypatch.setattr(layers, "fill_sar", None)
    np.testing.assert_array_equal(read.read_valid(scene, window=np.s_[10:40, 20:100]), expected)


def test_a_file_that_takes_its_place_is_read(make_scene, remembers):
    path = make_scene()
    before = read.read_inputs(Scene.open(path), SAR, SPACING_M)
    make_scene(name="other_prep.nc", seed=3).replace(path)
    after = read.read_inputs(Scene.open(path), SAR, SPACING_M)
    assert not np.array_equal(after.values, before.values)


def test_the_least_recently_used_goes_first_and_what_is_too_large_is_not_kept():
    coarsened, layer = Coarsened(), np.zeros((10, 10))
    coarsened.most_bytes = 4 * layer.nbytes
    window = np.s_[0:10, 0:10]
    for key in "abcd":
        coarsened.keep((key,), window, {"HH": layer})
    assert coarsened.find(("a",), window, ["HH"]) is not None
    # What is read again, with another layer, is the most recent one and has both.
    coarsened.keep(("b",), window, {"HV": layer})
    assert coarsened.find(("b",), window, ["HH", "HV"]) is not None
    known = [coarsened.find((key,), window, ["HH"]) is not None for key in "abcd"]
    assert known == [True, True, False, True]
    # More than half of the memory is not for one window.
    coarsened.keep(("large",), window, {str(number): layer for number in range(3)})
    assert coarsened.find(("large",), window, ["0"]) is None


def test_nothing_is_remembered_unless_asked_for(make_scene):
    assert COARSENED.most_bytes == 0
    read.read_inputs(Scene.open(make_scene()), SAR, SPACING_M)
    assert not module.COARSENED._kept
