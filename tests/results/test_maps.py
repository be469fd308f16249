"""What maps of classes know of themselves."""

import numpy as np
import pytest

from seaice.results import maps as maps_module
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


def test_classes_are_found_once_and_cannot_be_changed(make_scene, monkeypatch):
    # More than one strip, and the last one is not whole.
    monkeypatch.setattr(maps_module, "_LINES", 40)
    scene = Scene.open(make_scene())
    shape = scene.grid.shape
    sod = np.random.default_rng(0).random((6, *shape)).astype(np.float16)
    sic = np.full(shape, 3.6, np.float32)
    maps = ChartMaps(scene, scene.grid, read_valid(scene), sic, {"SOD": sod}, 0.0, "")
    classes = maps.classes("SOD")
    np.testing.assert_array_equal(classes, sod.argmax(axis=0))
    assert maps.classes("SOD") is classes
    assert maps.on(scene.grid, "SOD") is classes
    with pytest.raises(ValueError, match="read-only"):
        classes[0, 0] = 1
    assert (maps.classes("SIC") == 4).all()
