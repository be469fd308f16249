import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from seaice.core.errors import OutputError, RunError
from seaice.training.config import TrainingConfig
from seaice.training.runs.config_file import config_document, read_config
from seaice.training.runs.folder import (
    RunFolder,
    create_run,
    find_run,
    list_runs,
    open_run,
    remove_partial_files,
)
from seaice.training.runs.listing import delete_run, facts, inspect_run
from seaice.training.runs.lock import hold


def test_a_run_is_named_by_the_time_and_what_is_trained(tmp_path: Path):
    made = create_run(tmp_path / "a" / "runs", '{"seed": 1}', "sar+amsr2_1-2_seed0")
    assert made.name[8] == "T"
    assert made.name.endswith("_sar+amsr2_1-2_seed0")
    assert config_document(made) == {"seed": 1}
    assert find_run(tmp_path / "a" / "runs", made.name) == made
    assert open_run(made.path) == made


def test_runs_are_listed_the_newest_first(tmp_path: Path):
    for name in ("20200101T000000_a", "20210101T000000_a", "20190101T000000_b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    names = [run.name for run in list_runs(tmp_path)]
    assert names == ["20210101T000000_a", "20200101T000000_a", "20190101T000000_b"]


def test_only_folders_with_a_configuration_are_runs(run: RunFolder):
    runs = run.path.parent
    (runs / "empty").mkdir()
    (runs / "file").touch()
    (runs / "odd" / "config.json").mkdir(parents=True)
    (runs / "link").symlink_to(run.path)
    assert list_runs(runs) == [run]
    assert list_runs(runs / "gone") == list_runs(runs / "file") == []
    for path in ("empty", "file", "odd", "link", "gone"):
        with pytest.raises(RunError, match="is not a run folder"):
            open_run(runs / path)


def test_one_folder_that_cannot_be_looked_into_does_not_hide_the_others(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
):
    (run.path.parent / "locked").mkdir()
    stat = os.stat

    def refuse(path: object, **more: object) -> os.stat_result:
        if "locked" in os.fspath(path):
            raise PermissionError(13, "Permission denied")
        return stat(path, **more)

    monkeypatch.setattr(os, "stat", refuse)
    assert list_runs(run.path.parent) == [run]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../runs", "a/b", ".hidden", "a\0b", "x" * 300, "gone", "link", "ü\n"]
)
def test_no_other_name_is_found(run: RunFolder, name: str):
    (run.path.parent / "link").symlink_to(run.path)
    (run.path.parent / ".hidden").mkdir()
    (run.path.parent / ".hidden" / "config.json").touch()
    with pytest.raises(RunError, match="has no run") as said:
        find_run(run.path.parent, name)
    assert "\n" not in str(said.value)
    assert len(str(said.value)) < 400


def test_two_made_at_once_are_two(tmp_path: Path):
    made: list[RunFolder] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        made.append(create_run(tmp_path, "{}", "same"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.path for run in made}) == 8
    assert {run.path for run in list_runs(tmp_path)} == {run.path for run in made}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    for runs in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(OutputError, match="cannot be written"):
            create_run(runs, "{}", "test")


def test_a_configuration_without_room_leaves_no_run(tmp_path: Path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="No space left on device"):
        create_run(tmp_path / "runs", "{}", "test")
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", "[" * 200_000, "\0"])
def test_a_configuration_that_cannot_be_read_is_none_in_a_list(run: RunFolder, text: str):
    run.config_file.write_text(text)
    assert config_document(run) == {}
    assert inspect_run(run).config is None
    with pytest.raises(RunError, match="cannot be used"):
        read_config(run)


def test_a_run_carries_its_checked_configuration(run: RunFolder):
    config = TrainingConfig("scenes", (1, 2), "sar")
    run.config_file.write_text(config.to_json())
    assert inspect_run(run).config == config
    # Readable as JSON, and nothing that could be trained.
    run.config_file.write_text('{"rates": "x", "channel_set": 3, "data": [1]}')
    assert inspect_run(run).config is None
    assert facts(inspect_run(run))["config"] == {"rates": "x", "channel_set": 3, "data": [1]}


def test_the_last_lines_of_the_log_are_had(run: RunFolder):
    assert run.log_tail() == ""
    run.log_file.write_bytes(b"\n".join(b"line %d" % number for number in range(1000)) + b"\xff\n")
    assert run.log_tail(2) == "line 998\nline 999\N{REPLACEMENT CHARACTER}"
    assert len(run.log_tail().splitlines()) == 40
    run.log_file.write_text("x" * 1_000_000)
    assert len(run.log_tail()) <= 8000


def test_a_run_that_is_over_is_deleted_with_all_that_is_its_own(run: RunFolder):
    (run.path / "state.safetensors").touch()
    other = create_run(run.path.parent, "{}", "other")
    delete_run(run)
    assert not run.path.exists()
    assert list_runs(run.path.parent) == [other]


def test_a_run_that_is_worked_on_is_not_deleted(run: RunFolder):
    lock = hold(run.lock_file)
    with pytest.raises(RunError, match=r"is still active\. Cancel it first\."):
        delete_run(run)
    lock.release()
    assert config_document(run) == {"seed": 3}
    delete_run(run)


def test_a_run_is_not_resumed_while_it_is_deleted(run: RunFolder, monkeypatch):
    found: list[Callable[..., object] | Exception] = []

    def meanwhile(path: Path) -> None:
        with pytest.raises(RunError, match="in use by another process"):
            hold(run.lock_file)
        found.append(path)

    monkeypatch.setattr(shutil, "rmtree", meanwhile)
    delete_run(run)
    assert found == [run.path]
    assert not run.alive()


def test_a_run_that_cannot_be_removed_is_said(run: RunFolder, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        delete_run(run)
    assert not run.alive()


def test_what_a_killed_process_left_half_written_is_removed(run: RunFolder):
    for name in (".abc.part", ".tmpBfKVxH", "mine.part", ".lock", "state.safetensors"):
        (run.path / name).touch()
    remove_partial_files(run)
    left = {path.name for path in run.path.iterdir()}
    assert left == {"mine.part", ".lock", "state.safetensors", "config.json"}
    assert json.loads(run.config_file.read_text()) == {"seed": 3}
