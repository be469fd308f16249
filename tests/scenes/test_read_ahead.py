"""A scene that is read ahead is read once, and as it is read otherwise."""

from collections import OrderedDict

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.core.errors import SceneError
from seaice.scenes import layers, read, read_ahead
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.scene import Scene

SPACING_M = 800.0
CHANNELS = CHANNEL_SETS["sar+amsr2-18-36"]
WINDOW = np.s_[3:30, 5:60]


@pytest.fixture(autouse=True)
def knows_nothing(monkeypatch) -> None:
    monkeypatch.setattr(COARSENED, "_kept", OrderedDict())
    monkeypatch.setattr(COARSENED, "most_bytes", 0)


def ahead(scene: Scene, channels=CHANNELS, spacing_m: float = SPACING_M) -> bool:
    """Read ahead and wait for it; whether anything was read."""
    thread = read_ahead.read_ahead(scene, channels, spacing_m)
    if thread:
        thread.join()
    return thread is not None


def test_what_was_read_ahead_is_not_read_again(make_scene, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    expected = read.read_inputs(scene, CHANNELS, SPACING_M, WINDOW)
    own = read.read_valid(scene, window=WINDOW)
    with read_ahead.remembering():
        assert ahead(scene)
        with monkeypatch.context() as patch:
            # Radar is the slow part.
            patch.setattr(layers, "fill_sar", None)
            found = read.read_inputs(scene, CHANNELS, SPACING_M, WINDOW)
            np.testing.assert_array_equal(found.values, expected.values)
            np.testing.assert_array_equal(found.valid, expected.valid)
            np.testing.assert_array_equal(read.read_valid(scene, window=WINDOW), own)
    assert (COARSENED.most_bytes, len(COARSENED._kept)) == (0, 0)


def test_nothing_is_read_ahead_where_it_does_not_pay(make_scene, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    for spacing_m in (400.0, 600.0, 300.0):
        assert not ahead(scene, spacing_m=spacing_m)
    assert ahead(scene)
    monkeypatch.setattr(read_ahead, "free_bytes", lambda: 90 * 128 * 25 * 4.0)
    assert not ahead(scene)


def test_what_is_wrong_is_said_by_who_reads_next(make_scene):
    scene = Scene.open(make_scene(90, 128))
    scene.path.write_bytes(scene.path.read_bytes()[:3000])
    with read_ahead.remembering():
        assert ahead(scene)
        with pytest.raises(SceneError):
            read.read_inputs(scene, CHANNELS, SPACING_M)


@pytest.mark.parametrize("spacing_m", [800.0, 1200.0])
@pytest.mark.parametrize("window", [None, np.s_[3:29, 5:40], np.s_[7:8, 0:3]])
def test_strips_of_a_scene_are_the_whole(make_scene, monkeypatch, spacing_m, window):
    scene = Scene.open(make_scene(91, 130))
    expected = read.read_inputs(scene, CHANNELS, spacing_m, window)
    strips = []
    fill = layers.fill_sar

    def counted(file, resampler, layers):
        strips.append(resampler.part_shape)
        return fill(file, resampler, layers)

    monkeypatch.setattr(layers, "fill_sar", counted)
    monkeypatch.setattr(layers, "STRIP_PIXELS", 2000)
    with read_ahead.remembering():
        found = read.read_inputs(scene, CHANNELS, spacing_m, window)
        strips = strips[:]
        own = [kept["valid"] for (key, _), kept in COARSENED._kept.items() if key[1] == 400.0]
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.valid, expected.valid)
    assert len(strips) > 1 or window == np.s_[7:8, 0:3]
    # A line of the coarser grid cannot be cut.
    assert all(lines * samples <= 2000 + 3 * samples for lines, samples in strips)
    part = read.Resampler.of(scene.grid, spacing_m, window).part
    np.testing.assert_array_equal(own[0], read.read_valid(scene, window=part))
