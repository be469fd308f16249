"""A scene that is read ahead is read once, and as it is read otherwise."""

import threading

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.core.errors import SceneError
from seaice.scenes import read, read_ahead
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.read_ahead import reading_ahead
from seaice.scenes.scene import Scene

SPACING_M = 800.0
CHANNELS = CHANNEL_SETS["sar+amsr2-18-36"]
WINDOW = np.s_[3:30, 5:60]


def wait() -> bool:
    """Wait for what is read; whether anything was."""
    ahead = [each for each in threading.enumerate() if each.name == "ahead"]
    for each in ahead:
        each.join()
    return bool(ahead) or bool(COARSENED._kept)


def test_what_was_read_ahead_is_not_read_again(make_scene, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    expected = read.read_inputs(scene, CHANNELS, SPACING_M, WINDOW)
    own = read.read_valid(scene, window=WINDOW)
    with reading_ahead(scene, CHANNELS, SPACING_M):
        assert wait()
        with monkeypatch.context() as patch:
            # Radar is the slow part.
            patch.setattr(read, "_fill_sar", None)
            found = read.read_inputs(scene, CHANNELS, SPACING_M, WINDOW)
            np.testing.assert_array_equal(found.values, expected.values)
            np.testing.assert_array_equal(found.valid, expected.valid)
            np.testing.assert_array_equal(read.read_valid(scene, window=WINDOW), own)
    assert (COARSENED.most_bytes, len(COARSENED._kept)) == (0, 0)


def test_nothing_is_read_ahead_where_it_does_not_pay(make_scene, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    for spacing_m in (400.0, 600.0, 300.0):
        with reading_ahead(scene, CHANNELS, spacing_m):
            assert not wait()
    monkeypatch.setattr(read_ahead, "free_bytes", lambda: 90 * 128 * 20 * 4.0)
    with reading_ahead(scene, CHANNELS, SPACING_M):
        assert not wait()


def test_what_is_wrong_is_said_by_who_reads_next(make_scene, monkeypatch):
    scene = Scene.open(make_scene(90, 128))
    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    scene.path.write_bytes(scene.path.read_bytes()[:3000])
    with reading_ahead(scene, CHANNELS, SPACING_M):
        wait()
        with pytest.raises(SceneError):
            read.read_inputs(scene, CHANNELS, SPACING_M)
    assert not failed


@pytest.mark.parametrize("spacing_m", [800.0, 1200.0])
@pytest.mark.parametrize("window", [None, np.s_[3:29, 5:40], np.s_[7:8, 0:3]])
def test_strips_of_a_scene_are_the_whole(make_scene, monkeypatch, spacing_m, window):
    scene = Scene.open(make_scene(91, 130))
    expected = read.read_inputs(scene, CHANNELS, spacing_m, window)
    strips = []
    fill = read._fill_sar

    def counted(file, resampler, layers):
        strips.append(resampler.part_shape)
        return fill(file, resampler, layers)

    monkeypatch.setattr(read, "_fill_sar", counted)
    monkeypatch.setattr(read, "_STRIP_PIXELS", 2000)
    monkeypatch.setattr(COARSENED, "most_bytes", 2**24)
    found = read.read_inputs(scene, CHANNELS, spacing_m, window)
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.valid, expected.valid)
    assert len(strips) > 1 or window == np.s_[7:8, 0:3]
    assert all(lines * samples <= 2000 for lines, samples in strips)
    ((_, own),) = [
        (key, layers["valid"]) for (key, _), layers in COARSENED._kept.items() if key[1] == 400.0
    ]
    COARSENED.shrink(0)
    part = read.Resampler.of(scene.grid, spacing_m, window).part
    np.testing.assert_array_equal(own, read.read_valid(scene, window=part))
