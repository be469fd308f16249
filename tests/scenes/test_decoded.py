"""What was decoded lately is not decoded again, and is never another file's."""

from collections.abc import Iterator

import netCDF4
import numpy as np
import pytest

from seaice.core.recent import Recent
from seaice.scenes.decoded import DECODED
from seaice.scenes.file_pool import opened
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

HH = "nersc_sar_primary"


@pytest.fixture
def remembers(monkeypatch) -> Iterator[Recent[np.ndarray]]:
    """The process remembers, from nothing on."""
    monkeypatch.setattr(DECODED, "most_bytes", 2**24)
    yield DECODED
    DECODED.clear()


def window(path, part=np.s_[0:20, 5:30]) -> np.ndarray:
    with opened(path) as file:
        return file.pixels(HH, part)


def test_a_window_is_decoded_once(make_scene, remembers):
    path = make_scene()
    first = window(path)
    assert window(path) is first
    assert window(path, np.s_[0:20, 6:31]) is not first
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1
    with netCDF4.Dataset(path) as file:
        np.testing.assert_array_equal(first, file[HH][0:20, 5:30])


def test_a_file_that_takes_its_place_is_read(make_scene, remembers):
    path = make_scene()
    before = window(path)
    other = make_scene(name="other_prep.nc", seed=3)
    other.replace(path)
    assert not np.array_equal(window(path), before)


def test_inputs_are_what_they_are_without(make_scene, remembers, monkeypatch):
    scene = Scene.open(make_scene())
    for spacing_m in (None, scene.grid.spacing_m * 2, scene.grid.spacing_m * 1.3):
        channels = [HH, "distance_map"]
        for _ in range(2):
            again = read_inputs(scene, channels, spacing_m)
        with monkeypatch.context() as patch:
            patch.setattr(DECODED, "most_bytes", 0)
            DECODED.clear()
            plain = read_inputs(scene, channels, spacing_m)
        np.testing.assert_array_equal(again.values, plain.values)
        np.testing.assert_array_equal(again.valid, plain.valid)


def test_nothing_is_remembered_unless_asked_for(make_scene):
    assert DECODED.most_bytes == 0
    path = make_scene()
    assert window(path) is not window(path)
