"""Statistics of the channels over training scenes."""

import os
from pathlib import Path

import numpy as np
import pytest

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.layout import unscale
from seaice.core.cache import Store
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.training import channel_statistics as module
from seaice.training.channel_statistics import channel_statistics


def test_they_are_those_of_the_scenes_pixels(make_scene, tmp_path: Path):
    scenes = [
        Scene.open(make_scene(name=f"2018032{day}T194759_dmi_prep.nc", seed=day)) for day in (1, 2)
    ]
    found = channel_statistics(scenes, SAR, 400)
    assert found == channel_statistics(scenes, SAR, 400)
    for index, name in enumerate(SAR):
        inputs = [read_inputs(scene, SAR) for scene in scenes]
        pixels = np.concatenate([unscale(name, each.values[index][each.valid]) for each in inputs])
        spread = pixels.std()
        assert abs(found[name].median - np.median(pixels)) < 0.5 * spread
        assert found[name].low < found[name].median < found[name].high
        assert found[name].scenes["all, March to May"][2] == 2


def test_an_unreadable_scene_does_not_count(make_scene, caplog):
    paths = [make_scene(name=f"2018032{day}T194759_dmi_prep.nc", seed=day) for day in (1, 2)]
    scenes = [Scene.open(path) for path in paths]
    paths[0].write_text("damaged")
    assert channel_statistics(scenes, SAR, 400)[SAR[0]].scenes["all"][2] == 1
    assert "left out" in caplog.text


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kept")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files of the scenes that have been sampled."""
    read = []
    sampled = module._sampled

    def watched(scene: Scene, *rest: object) -> object:
        read.append(scene.path)
        return sampled(scene, *rest)

    monkeypatch.setattr(module, "_sampled", watched)
    return read


def test_a_known_scene_is_not_read_again(make_scene, store: Store, reads: list[Path]):
    scenes = [Scene.open(make_scene()), Scene.open(make_scene(name="b.nc", seed=1))]
    channels = (*SAR, "btemp_18_7h")
    first = channel_statistics(scenes, channels, 400, store)
    assert len(reads) == 2
    assert channel_statistics(scenes, channels, 400, store) == first
    assert len(reads) == 2
    # The same to the last digit as without a cache.
    assert channel_statistics(scenes, channels, 400) == first


def test_other_channels_and_another_spacing_are_read(make_scene, store: Store, reads: list[Path]):
    scenes = [Scene.open(make_scene())]
    for channels, spacing_m in ((SAR, 400), (SAR[:2], 400), (SAR, 800)):
        found = channel_statistics(scenes, channels, spacing_m, store)
        assert found == channel_statistics(scenes, channels, spacing_m)
    assert len(reads) == 6


def test_a_changed_scene_is_read_anew(make_scene, store: Store):
    scene = Scene.open(make_scene())
    before = channel_statistics([scene], SAR, 400, store)
    # Of the same name and size; only the time differs.
    status = make_scene(seed=1).stat()
    os.utime(scene.path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    after = channel_statistics([scene], SAR, 400, store)
    assert after != before
    assert after == channel_statistics([scene], SAR, 400)


def test_a_scene_without_data_is_known_too(make_scene, store: Store, reads: list[Path]):
    def mask(arrays: dict) -> None:
        for name in SAR:
            arrays[name][:] = 0

    scene = Scene.open(make_scene(change=mask))
    for _ in range(2):
        assert channel_statistics([scene], SAR, 400, store) == {}
    assert len(reads) == 1


@pytest.mark.parametrize(
    "damage", [lambda kept: b"x" + kept, lambda kept: kept[:-9], lambda _: b""]
)
def test_a_damaged_entry_is_replaced(make_scene, store: Store, reads: list[Path], damage):
    scene = Scene.open(make_scene())
    first = channel_statistics([scene], SAR, 400, store)
    key = str((scene.key, SAR, 400.0))
    store.put(module._KIND, key, damage(store.get(module._KIND, key)))
    assert channel_statistics([scene], SAR, 400, store) == first
    assert channel_statistics([scene], SAR, 400, store) == first
    assert len(reads) == 2
