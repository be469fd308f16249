import numpy as np
import pytest

from seaice.data.patches import PatchDataset, patch_offset
from seaice.data.scene import Scene
from seaice.errors import NoScenesError
from seaice.vocabulary import FILL, SAR


def dataset(scenes, patch=32, count=200, seed=3):
    return PatchDataset(scenes, SAR, 400, patch, count, seed)


def test_every_offset_is_drawn_the_last_included():
    rng = np.random.default_rng(0)
    drawn = {patch_offset(at, 20, 16, rng) for at in range(20) for _ in range(100)}
    assert drawn == {0, 1, 2, 3, 4}
    assert all(patch_offset(at, 16, 16, rng) == 0 for at in range(16))
    assert all(patch_offset(at, 9, 16, rng) == 0 for at in range(9))


def test_patches_depend_on_seed_and_index_alone(make_scene):
    scene = Scene.open(make_scene())
    first, second, other = (dataset([scene], seed=seed) for seed in (3, 3, 4))
    assert first.draw(7) == second.draw(7)
    assert any(first.draw(i) != other.draw(i) for i in range(9))
    np.testing.assert_array_equal(first[7]["inputs"], second[7]["inputs"])


def test_a_patch_is_what_the_scene_holds_there(make_scene):
    scene = Scene.open(make_scene())
    patches = dataset([scene])
    _, window = patches.draw(5)
    from seaice.data.read import read_chart, read_inputs

    patch = patches[5]
    np.testing.assert_array_equal(patch["inputs"], read_inputs(scene, SAR, window=window).values)
    np.testing.assert_array_equal(patch["charts"][1], read_chart(scene, "SOD", window=window))


def test_patches_hold_a_label(make_scene):
    def few_labels(arrays):
        for name in ("SIC", "SOD", "FLOE"):
            arrays[name][:] = FILL
        arrays["FLOE"][40:44, 60:64] = 2

    scene = Scene.open(make_scene(change=few_labels))
    patches = dataset([scene], count=30)
    # A block of the index is 16 pixels wide: a patch can touch it and miss the 4 labelled ones.
    assert sum(bool((patches[i]["charts"][2] == 2).any()) for i in range(30)) > 15


def test_a_scene_smaller_than_a_patch_is_padded(make_scene):
    patch = dataset([Scene.open(make_scene(20, 24))], patch=32)[0]
    assert patch["inputs"].shape == (3, 32, 32)
    assert (patch["inputs"][:, 20:] == 0).all()
    assert (patch["charts"][:, :, 24:] == FILL).all()


def test_scenes_without_any_label_are_refused(make_scene):
    scene = Scene.open(make_scene(without=("SIC", "SOD", "FLOE")))
    with pytest.raises(NoScenesError, match="Not one pixel"):
        dataset([scene])
