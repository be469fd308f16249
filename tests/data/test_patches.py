import numpy as np
import pytest
from torch.utils.data import DataLoader

from seaice.cache import Store
from seaice.data.augment import draw_symmetry
from seaice.data.patches import PatchDataset
from seaice.data.read import read_chart, read_inputs
from seaice.data.scene import Scene
from seaice.errors import ConfigError, NoScenesError
from seaice.vocabulary import CHANNEL_SETS, CHARTS, FILL, SAR


def dataset(scenes, patch=32, count=200, seed=3, channels=SAR, **options):
    return PatchDataset(scenes, channels, 400, patch, count, seed, **options)


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


def test_balanced_patches_meet_a_rare_class(make_scene):
    def rare(arrays):
        arrays["SOD"][:] = FILL
        arrays["FLOE"][:] = FILL
        arrays["SIC"][:] = 10
        arrays["SIC"][64:80, 96:112] = 5

    scene = Scene.open(make_scene(change=rare))
    met = {
        sampling: sum(
            bool((patches[i]["charts"][0] == 5).any())
            for patches in [dataset([scene], patch=8, count=60, sampling=sampling)]
            for i in range(60)
        )
        for sampling in ("uniform", "balanced")
    }
    # One block of 48; a patch smaller than a block always holds a pixel of its block.
    assert met["uniform"] < 10
    assert met["balanced"] > 20


def test_augmented_patches_are_those_of_the_same_places_moved(make_scene):
    scene, channels = Scene.open(make_scene(40, 24)), CHANNEL_SETS["all"]
    plain = dataset([scene], patch=16, channels=channels)
    moved = dataset([scene], patch=16, channels=channels, augment=True)
    for index in range(12):
        assert plain.draw(index) == moved.draw(index)
        symmetry = draw_symmetry(channels, np.random.default_rng((3, index, 1)))
        expected = symmetry.of_inputs(plain[index]["inputs"].numpy(), channels)
        np.testing.assert_array_equal(moved[index]["inputs"], expected)
        expected = symmetry.of_layers(plain[index]["charts"].numpy())
        np.testing.assert_array_equal(moved[index]["charts"], expected)


def test_padding_stays_empty_in_augmented_patches(make_scene):
    """Also of the wind, whose components are no zeros once they are turned."""
    patches = dataset(
        [Scene.open(make_scene(20, 24))], channels=CHANNEL_SETS["all"], augment=True, count=20
    )
    shapes = set()
    for patch in (patches[index] for index in range(20)):
        lines, samples = (int(at.max()) + 1 for at in patch["inputs"].any(0).nonzero().T)
        shapes.add((lines, samples))
        assert (patch["charts"][:, lines:] == FILL).all()
        assert (patch["charts"][:, :, samples:] == FILL).all()
    assert shapes == {(20, 24), (24, 20)}


@pytest.mark.parametrize(("method", "workers"), [("fork", 2), ("spawn", 1)])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_workers_draw_the_same_patches(make_scene, method, workers):
    """Files that the parent has open do the forked ones no harm."""
    paths = [make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day) for day in (1, 2)]
    patches = dataset([Scene.open(path) for path in paths], count=12)
    expected = [patches[index]["inputs"] for index in range(12)]
    loader = DataLoader(patches, batch_size=1, num_workers=workers, multiprocessing_context=method)
    for batch, inputs in zip(loader, expected, strict=True):
        np.testing.assert_array_equal(batch["inputs"][0], inputs)


def test_the_labelled_area_is_found_once(make_scene, tmp_path, monkeypatch):
    scene, store = Scene.open(make_scene()), Store(tmp_path / "kept")
    first = dataset([scene], store=store)
    monkeypatch.setattr("seaice.data.labelled._blocks", None)
    second = dataset([scene], store=store)
    assert [first.draw(i) for i in range(9)] == [second.draw(i) for i in range(9)]


def test_a_chart_of_a_reference_apart_is_drawn(make_scene):
    path = make_scene(without=CHARTS)
    make_scene(name=path.name.replace("_prep", "_prep_reference"), without=SAR)
    assert (dataset([Scene.open(path)])[0]["charts"] != FILL).any()


def test_an_unknown_sampling_is_refused(make_scene):
    with pytest.raises(ConfigError, match="uniform or balanced"):
        dataset([Scene.open(make_scene())], sampling="even")
