"""Archives as they come: folders for train and test, references apart, scenes further down."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seaice.core.errors import NoScenesError
from seaice.scenes.catalogue import read_catalogue, reference_files, scene_files
from seaice.scenes.scene import Scene

SceneWriter = Callable[..., Path]
CHARTS = ("SIC", "SOD", "FLOE")


def name(day: int) -> str:
    return f"2018032{day}T000000_dmi_prep.nc"


@pytest.fixture
def archive(make_scene: SceneWriter, tmp_path: Path) -> Path:
    """Two scenes to train with and one to test, whose charts lie in a folder of their own."""
    folder = tmp_path / "archive"
    for day, part in ((1, "train"), (2, "train"), (3, "test")):
        without = CHARTS if part == "test" else ()
        make_scene(40, 48, folder=folder / part, name=name(day), without=without)
    (folder / "test_reference").mkdir()
    reference = make_scene(40, 48, name="all.nc")
    reference.rename(folder / "test_reference" / name(3).replace(".nc", "_reference.nc"))
    (folder / "metadata.csv").write_text("split,input_path")
    return folder


def test_scenes_of_the_parts_are_found_with_their_charts(archive: Path) -> None:
    catalogue = read_catalogue(archive)
    assert [scene.path.name for scene in catalogue.scenes] == [name(1), name(2), name(3)]
    assert [catalogue.part_of(scene) for scene in catalogue.scenes] == ["train", "train", "test"]
    assert catalogue.problems == ()
    test = catalogue.scenes[2]
    assert test.charts == CHARTS
    assert test.charts_path.parent.name == "test_reference"
    assert reference_files(archive) == [test.charts_path]
    assert [scene.path.name for scene in catalogue.trainable] == [name(1), name(2)]
    assert catalogue.parts_notice.startswith("3 scenes, of which 2 in train, 1 in test.")


def test_a_part_alone_is_a_folder_like_any_other(archive: Path) -> None:
    catalogue = read_catalogue(archive / "test")
    assert catalogue.trainable == catalogue.scenes
    assert (catalogue.scenes[0].charts, catalogue.parts_notice) == (CHARTS, "")


def test_a_folder_with_scenes_of_its_own_has_no_parts(archive: Path) -> None:
    """Scenes to look at with simulated ones for training below them are not one archive."""
    (archive / "test" / name(3)).rename(archive / name(3))
    catalogue = read_catalogue(archive)
    assert [catalogue.part_of(scene) for scene in catalogue.scenes] == [None]
    assert (len(catalogue.trainable), catalogue.parts_notice) == (1, "")
    # A folder for references in it, too.
    assert catalogue.scenes[0].charts == CHARTS
    (archive / "test_reference").rename(archive / "references")
    assert Scene.open(archive / name(3)).charts == CHARTS


def test_other_folders_are_named_instead_of_searched(archive: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    (outer / "data").mkdir(parents=True)
    (outer / ".hidden").mkdir()
    (outer / ".hidden" / "a.nc").touch()
    (outer / "loop").symlink_to(outer)
    archive.rename(outer / "data" / "archive")
    assert scene_files(outer) == []
    with pytest.raises(NoScenesError) as raised:
        read_catalogue(outer)
    named = "data/archive/test (1 file), data/archive/train (2 files)"
    assert f"Folders in it may hold scenes: {named}. Name one" in str(raised.value)
    assert "simulate" not in str(raised.value)


def test_one_scene_in_two_parts_is_named(archive: Path) -> None:
    (archive / "test" / name(1)).write_bytes((archive / "train" / name(1)).read_bytes())
    catalogue = read_catalogue(archive)
    assert len(catalogue.scenes) == 3
    assert f"{archive / 'train' / name(1)} is left out: another file" in catalogue.problems[0]
