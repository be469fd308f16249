"""A folder is read once; the second time its files are not opened."""

import json
import os
import re
from pathlib import Path

import netCDF4
import pytest

from seaice.core.cache import Store
from seaice.core.errors import NoScenesError
from seaice.scenes.catalogue import index, read_catalogue, scene_files
from seaice.simulate import simulate_folder


@pytest.fixture
def opened(monkeypatch) -> list[Path]:
    """The files that are opened."""
    paths: list[Path] = []
    inspect = index.SANDBOX.inspect

    def noting(path: Path) -> dict:
        paths.append(path)
        return inspect(path)

    monkeypatch.setattr(index.SANDBOX, "inspect", noting)
    return paths


@pytest.fixture
def folder(tmp_path, make_scene) -> Path:
    for number in range(3):
        make_scene(40, 48, name=f"2020010{number + 1}T000000_dmi_prep.nc", folder=tmp_path / "data")
    return tmp_path / "data"


def test_the_second_time_no_file_is_opened(folder, opened) -> None:
    told: list[tuple[int, int]] = []
    first = read_catalogue(folder, on_progress=lambda *count: told.append(count))
    assert told == [(0, 3), (1, 3), (2, 3)]
    assert len(opened) == 3
    again = read_catalogue(folder, on_progress=lambda *count: pytest.fail("nothing to tell"))
    assert len(opened) == 3
    assert again == first


def test_predictions_are_told_apart_and_opened_once(folder, opened) -> None:
    for name in ("20200101T000000_dmi_a.nc", "20200102T000000_dmi_a.nc"):
        with netCDF4.Dataset(folder / name, "w") as file:
            file.checkpoint_sha256 = "ab"
            file.createDimension("lines", 4)
    damaged = folder / "20200109T000000_dmi_prep.nc"
    damaged.write_bytes(b"CDF")
    catalogue = read_catalogue(folder)
    assert len(catalogue.scenes) == 3
    assert [path.name for path in catalogue.results] == [
        "20200101T000000_dmi_a.nc",
        "20200102T000000_dmi_a.nc",
    ]
    assert len(catalogue.problems) == 1
    assert catalogue.left_out == (
        *catalogue.problems,
        "2 files hold predictions or other results of seaice, not scenes: "
        "20200101T000000_dmi_a.nc, 20200102T000000_dmi_a.nc.",
    )
    damaged.unlink()
    opened.clear()
    assert read_catalogue(folder).results == catalogue.results
    assert opened == []


def test_what_comes_goes_or_changes_is_noticed(folder, opened, make_scene) -> None:
    read_catalogue(folder)
    opened.clear()
    new = make_scene(40, 48, name="20210101T000000_dmi_prep.nc", folder=folder)
    changed = folder / "20200102T000000_dmi_prep.nc"
    os.utime(changed, ns=(1, 1))
    (folder / "20200101T000000_dmi_prep.nc").unlink()
    catalogue = read_catalogue(folder)
    assert opened == [changed, new]
    assert [scene.id[:8] for scene in catalogue.scenes] == ["20200102", "20200103", "20210101"]


def test_a_reference_that_comes_later_is_found(folder, make_scene) -> None:
    path = make_scene(
        40, 48, name="20220101T000000_cis_prep.nc", folder=folder, without=("SIC", "SOD", "FLOE")
    )
    assert read_catalogue(folder)["20220101T000000_cis"].charts == ()
    make_scene(40, 48, name="20220101T000000_cis_prep_reference.nc", folder=folder)
    scene = read_catalogue(folder)["20220101T000000_cis"]
    assert scene.charts == ("SIC", "SOD", "FLOE")
    assert scene.charts_path.name == "20220101T000000_cis_prep_reference.nc"
    scene.charts_path.unlink()
    assert read_catalogue(folder)["20220101T000000_cis"].charts_path == path


def test_an_entry_comes_back_as_it_went(folder) -> None:
    simulate_folder(folder, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    first, again = read_catalogue(folder), read_catalogue(folder)
    assert again == first
    assert {scene.simulated for scene in again.scenes} == {False, True}


def test_a_raw_scene_beside_its_conversion_is_left_out(folder) -> None:
    simulate_folder(folder, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    catalogue = read_catalogue(folder)
    assert len(catalogue.scenes) == 4
    assert not [scene for scene in catalogue.scenes if scene.raw]
    (problem,) = catalogue.problems
    assert "another file is scene" in problem


@pytest.mark.parametrize("value", [b"", b"no JSON", b"[]", b'{"path": 1}', b'{"path": "x"}'])
def test_a_damaged_entry_is_read_again(folder, value) -> None:
    first = read_catalogue(folder)
    store = Store()
    paths = sorted(folder.iterdir())
    keys = [index._key(path) for path in paths]
    assert set(store.get_many(index._KIND, keys)) == set(keys)
    store.put_many(index._KIND, dict.fromkeys(keys, value))
    assert read_catalogue(folder) == first
    assert read_catalogue(folder) == first


def test_a_wrong_type_in_an_entry_is_no_scene(folder) -> None:
    text = index._entry(read_catalogue(folder).scenes[0])
    assert index._from_entry(text)
    for name in json.loads(text)["scene"]:
        values = json.loads(text)
        del values["scene"][name]
        assert index._from_entry(json.dumps(values).encode()) is None


def test_what_was_opened_before_a_stop_is_kept(folder, opened) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_catalogue(folder, on_progress=stop)
    opened.clear()
    read_catalogue(folder)
    assert len(opened) == 1


def test_bad_files_are_looked_at_again(folder, opened) -> None:
    """They may have been in the middle of being copied."""
    (folder / "bad.nc").write_bytes(b"bad")
    for _ in range(2):
        (problem,) = read_catalogue(folder).problems
        assert "bad.nc is not a NetCDF file" in problem
    assert opened.count(folder / "bad.nc") == 2


def test_many_bad_files_are_not_all_listed_in_one_sentence(tmp_path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.nc").write_bytes(b"bad")
    with pytest.raises(NoScenesError, match=r"4\.nc is not .* And 4 more\.$") as said:
        read_catalogue(tmp_path)
    assert "5.nc" not in str(said.value)


def test_nothing_is_written_into_the_folder(folder) -> None:
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]}
    read_catalogue(folder)
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]} == before


def test_a_folder_that_is_missing_is_named_in_what_would_fill_it(tmp_path: Path):
    missing = tmp_path / "my training"
    with pytest.raises(NoScenesError, match=re.escape(f"simulate '{missing}' --scenes")):
        scene_files(missing)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NoScenesError, match="simulate data --scenes"):
        scene_files(file)
    empty = tmp_path / "nothing yet"
    empty.mkdir()
    with pytest.raises(NoScenesError, match=r"It is empty\. Choose another folder, or "):
        read_catalogue(empty)
    with pytest.raises(NoScenesError, match=re.escape(f"simulate '{empty}' --scenes")):
        read_catalogue(empty)
