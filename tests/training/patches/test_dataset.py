import logging
import os
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from torch.utils.data import DataLoader

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.core.cache import Store
from seaice.core.errors import ConfigError, NoScenesError
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.training.patches import dataset as dataset_module
from seaice.training.patches.augment import draw_symmetry
from seaice.training.patches.dataset import PatchDataset


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


def test_inputs_alone_are_those_of_the_patch(make_scene, monkeypatch):
    """Also where a symmetry and a jitter are drawn, and in a scene smaller than the patch."""
    patches = dataset([Scene.open(make_scene())], 128, augment=True, gain_jitter_db=1.0)
    expected = [patches[index]["inputs"] for index in range(6)]
    monkeypatch.setattr(dataset_module, "read_chart", None)  # they are not read
    for index, inputs in enumerate(expected):
        np.testing.assert_array_equal(patches.inputs(index), inputs)


@pytest.mark.parametrize("patch", [16, 32, 128])
@pytest.mark.parametrize("augment", [False, True])
def test_every_patch_holds_a_label(make_scene, patch, augment):
    def few_labels(arrays):
        for name in ("SIC", "SOD", "FLOE"):
            arrays[name][:] = FILL
        # A pixel in the middle, one in a corner and a last one in a partial block.
        arrays["FLOE"][43, 60] = 2
        arrays["SIC"][0, 127] = 3
        arrays["SOD"][89, 31] = 4

    scene = Scene.open(make_scene(90, 128, change=few_labels))
    patches = dataset([scene], patch=patch, count=90, augment=augment)
    labelled = [(patches[i]["charts"] != FILL).flatten(1).any(1).tolist() for i in range(90)]
    assert all(any(charts) for charts in labelled)
    # Of the three pixels each is drawn a third of the times, and met by chance otherwise.
    assert min(map(sum, zip(*labelled, strict=True))) >= 20


def test_the_last_offset_is_drawn(make_scene):
    """With a patch a few pixels smaller than the scene there are few, all of them drawn."""
    patches = dataset([Scene.open(make_scene(40, 44))], patch=38)
    corners = {tuple(side.start for side in patches.draw(i)[1]) for i in range(200)}
    assert corners == {(line, sample) for line in range(3) for sample in range(7)}


def test_a_patch_smaller_than_a_block_is_refused(make_scene):
    with pytest.raises(ConfigError, match="Patch size must be at least 16 pixels, not 15"):
        dataset([Scene.open(make_scene())], patch=15)


def test_a_scene_smaller_than_a_patch_is_padded(make_scene):
    patch = dataset([Scene.open(make_scene(20, 24))], patch=32)[0]
    assert patch["inputs"].shape == (3, 32, 32)
    assert (patch["inputs"][:, 20:] == 0).all()
    assert (patch["charts"][:, :, 24:] == FILL).all()


def test_scenes_without_any_label_are_refused(make_scene):
    scene = Scene.open(make_scene(without=("SIC", "SOD", "FLOE")))
    with pytest.raises(NoScenesError, match="no labelled pixels"):
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
            for patches in [dataset([scene], patch=16, count=60, sampling=sampling)]
            for i in range(60)
        )
        for sampling in ("uniform", "balanced")
    }
    # One block of 48, which a patch of its size is; balanced, one of the two classes.
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
    monkeypatch.setattr("seaice.training.patches.labelled._blocks", None)
    second = dataset([scene], store=store)
    assert [first.draw(i) for i in range(9)] == [second.draw(i) for i in range(9)]


def damage(path: Path) -> None:
    """Overwrite what a file holds of HH: found in the file, and not to be read for its checksum."""
    with netCDF4.Dataset(path, "a") as file:
        file.set_auto_maskandscale(False)
        values = file[SAR[0]][:]
        dims = file[SAR[0]].dimensions
        file.renameVariable(SAR[0], "old")
        checked = file.createVariable(
            *(SAR[0], values.dtype, dims), fletcher32=True, chunksizes=values.shape
        )
        # Unlike the old ones, so that they are found once in the file.
        checked[:] = 2 * values
    content, wanted = path.read_bytes(), np.asarray(2 * values).tobytes()
    assert content.count(wanted) == 1
    path.write_bytes(content.replace(wanted, wanted[::-1]))


@pytest.fixture
def three(make_scene) -> list[Path]:
    """Files of three scenes."""
    return [make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day) for day in (1, 2, 3)]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def damaged_dataset(paths: list[Path], spoil, damaged: int, **options) -> PatchDataset:
    """Patches of scenes of which the first ones are spoilt."""
    if spoil is damage:
        for path in paths[:damaged]:
            damage(path)
    patches = dataset([Scene.open(path) for path in paths], **options)
    if spoil is not damage:
        for path in paths[:damaged]:
            spoil(path)
    return patches


SPOILS = pytest.mark.parametrize("spoil", [damage, cut, Path.unlink])


@pytest.fixture
def said_there(tmp_path):
    """Warnings that this process and its workers log."""
    path = tmp_path / "log.txt"
    handler = logging.FileHandler(path)
    # The command line, where a test has run it before, lets through more.
    handler.setLevel(logging.WARNING)
    logging.getLogger("seaice").addHandler(handler)
    yield lambda: path.read_text().splitlines()
    logging.getLogger("seaice").removeHandler(handler)
    handler.close()


@SPOILS
@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_scene_that_cannot_be_read_is_made_up_for(three, spoil, workers, said_there):
    sound = dataset([Scene.open(path) for path in three], count=24)
    places = [sound.draw(index) for index in range(24)]
    expected = [sound[index]["inputs"] for index in range(24)]
    # With its files: the library reads on in a file that anyone has open.
    del sound
    patches = damaged_dataset(three, spoil, 1, count=24)
    # Twice, with other workers: what one has said another does not say again.
    for _ in range(2):
        got = list(DataLoader(patches, batch_size=None, num_workers=workers))
        hit = [scene.path == three[0] for scene, _ in places]
        assert 0 < sum(hit) < 24
        for index in range(24):
            if hit[index]:
                assert (got[index]["charts"] != FILL).any()
            else:
                np.testing.assert_array_equal(got[index]["inputs"], expected[index])
    (line,) = said_there()
    assert line.startswith("cannot read a training scene; using others instead: ")
    assert three[0].name in line


def test_places_drawn_again_depend_on_seed_and_index_alone(three):
    first, second = (dataset([Scene.open(path) for path in three]) for _ in range(2))
    assert first.draw(4) == first.draw(4, 0)
    again = [first.draw(4, attempt) for attempt in range(8)]
    assert again == [second.draw(4, attempt) for attempt in range(8)]
    assert len({str(place) for place in again}) == 8


def test_what_was_met_before_makes_no_difference(three):
    damage(three[0])
    forth, back = (dataset([Scene.open(path) for path in three], count=20) for _ in range(2))
    there = [forth[index]["inputs"] for index in range(20)]
    again = [back[index]["inputs"] for index in reversed(range(20))]
    for first, second in zip(there, reversed(again), strict=True):
        np.testing.assert_array_equal(first, second)


@SPOILS
def test_scenes_of_which_none_can_be_read_end_it(three, spoil):
    patches = damaged_dataset(three, spoil, 3)
    with pytest.raises(NoScenesError, match="No training patch could be read in 20 attempts"):
        patches[0]


def test_a_chart_of_a_reference_apart_is_drawn(make_scene):
    path = make_scene(without=CHARTS)
    make_scene(name=path.name.replace("_prep", "_prep_reference"), without=SAR)
    assert (dataset([Scene.open(path)])[0]["charts"] != FILL).any()


def test_an_unknown_sampling_is_refused(make_scene):
    with pytest.raises(ConfigError, match="uniform or balanced"):
        dataset([Scene.open(make_scene())], sampling="even")
