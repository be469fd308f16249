"""Statistics of the channels over training scenes."""

from pathlib import Path

import numpy as np

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.layout import unscale
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
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
