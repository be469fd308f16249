"""Folders that the system does not let one look into: none of what lies there is known."""

import ast
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seaice.baselines.files import list_baselines
from seaice.core.errors import NoScenesError
from seaice.core.files import files_in, require_file, unlistable
from seaice.experiment.evaluated import sweep_folders
from seaice.experiment.sweep.folder import list_sweeps
from seaice.network.checkpoint_files import list_checkpoints
from seaice.scenes.catalogue import read_catalogue, scene_files
from seaice.scenes.catalogue.folder import reference_files
from seaice.training.runs.folder import list_runs
from seaice.training.runs.queue import queue

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that lacks the permissions to list it and to look at what it holds."""
    folder = tmp_path / "locked"
    folder.mkdir()

    def refusing(name: str, own: bool) -> None:
        system: Callable[..., Any] = getattr(os, name)

        def call(path: Any = ".", *args: Any, **settings: Any) -> Any:
            below = str(path).startswith(f"{folder}{os.sep}")
            if below or (own and str(path) == str(folder)):
                raise PermissionError(13, "Permission denied", str(path))
            return system(path, *args, **settings)

        monkeypatch.setattr(os, name, call)

    refusing("stat", own=False)
    refusing("scandir", own=True)
    refusing("listdir", own=True)
    return folder


@pytest.mark.parametrize("below", ["", "in"])
def test_nothing_is_found_there(locked: Path, below: str):
    folder = locked / below
    assert files_in(folder, "*") == files_in(folder, "*/x") == []
    assert list_baselines(folder) == list_sweeps(folder) == ([], [])
    assert sweep_folders(folder, folder) == list_runs(folder) == []


def test_a_locked_folder_is_told_from_one_that_is_missing(locked: Path, tmp_path: Path):
    for folder in (locked, locked / "in"):
        sentence = f"{folder} cannot be opened (Permission denied). Check its permissions."
        assert list_checkpoints(folder) == ([], [sentence])
    (tmp_path / "file").touch()
    for name in ("gone", "file", "\0", "."):
        assert unlistable(tmp_path / name) == []


def test_a_queue_that_cannot_be_looked_into_is_empty(locked: Path, monkeypatch):
    monkeypatch.setenv("SEAICE_CACHE", str(locked / "cache"))
    assert queue() == []


def test_scenes_there_are_refused_with_the_reason(locked: Path, tmp_path: Path):
    for folder in (locked, locked / "in"):
        with pytest.raises(NoScenesError, match=r"locked.* as a folder \(Permission denied\)\. "):
            scene_files(folder)
    # One part of an archive.
    locked.rename(tmp_path / "moved")
    (tmp_path / "train").symlink_to(locked)
    assert reference_files(tmp_path) == []
    with pytest.raises(NoScenesError, match="has no usable scene"):
        read_catalogue(tmp_path)


def test_a_file_there_is_not_said_to_be_missing(locked: Path, tmp_path: Path):
    with pytest.raises(PermissionError):
        require_file(locked / "scene.nc")
    # What is missing is the business of whoever opens it.
    require_file(tmp_path / "gone")
    with pytest.raises(OSError, match="is not a file"):
        require_file(tmp_path)


def test_no_module_asks_pathlib_whether_something_is_there():
    """Its answer to a lack of permissions depends on the version of Python; `os.path` says no."""
    files = [*HOME.glob("seaice/**/*.py"), *HOME.glob("pages/*.py")]
    assert len(files) > 400
    asked = [
        f"{path.relative_to(HOME)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("exists", "is_dir", "is_file")
        # As of `os.scandir`, which keeps what it knows.
        and not (isinstance(node.value, ast.Name) and node.value.id == "entry")
        and ast.unparse(node.value) != "os.path"
    ]
    assert asked == []
