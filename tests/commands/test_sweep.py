"""`seaice sweep`: a grid from options and files, listed, continued, refused."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from seaice.ai4arctic.channels import AMSR2
from seaice.ai4arctic.charts import CHARTS
from seaice.commands.sweep import _print_progress
from seaice.core import cluster
from seaice.experiment.sweep import scoring
from seaice.experiment.sweep.progress import SweepProgress
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.status import read_status, write_status

WHY = {13: "why", 28: "state.ckpt cannot be written (No space left on device)."}
"""Of runs that fail, by their steps."""
GRID = "--rates", "none 1-2-3", "--channels", "sar"


def pretend(run: str, models: str) -> tuple[str, str]:
    folder = RunFolder(Path(run))
    config = json.loads(folder.config_file.read_text())
    state = "failed" if config["steps"] in WHY else "finished"
    checkpoint = Path(models) / f"{config['name']}.safetensors"
    checkpoint.parent.mkdir(exist_ok=True)
    checkpoint.touch()
    status = replace(read_status(folder), state=state, checkpoint=str(checkpoint))
    status = replace(status, message=WHY.get(config["steps"], ""))
    write_status(folder, status)
    return state, ""


class Pretending(Executor):
    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.threads = threads

    def submit(self, work: Callable, *arguments: str) -> Future:
        return self.threads.submit(pretend, *arguments)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, make_scene: Callable, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scene, and workers that only pretend."""

    @contextmanager
    def workers(scheduler: str, count: int) -> Iterator[tuple[Executor, Callable[[], int]]]:
        with ThreadPoolExecutor(1) as threads:
            yield Pretending(threads), lambda: count

    monkeypatch.setattr(cluster, "cluster_workers", workers)
    monkeypatch.chdir(tmp_path)
    for name in ("SEAICE_DATA", "SEAICE_MODELS", "SEAICE_RUNS"):
        monkeypatch.delenv(name, raising=False)
    make_scene(300, 300, folder=tmp_path / "data")
    return tmp_path


def test_a_grid_is_trained_listed_and_enlarged(seaice, caplog):
    assert seaice("sweep")[1] == "There are no sweeps in runs.\n"
    status, text, lines = seaice("sweep", "tiny", *GRID, "--set", "steps=7", "--json")
    assert status == 0
    facts = json.loads(text)
    assert (facts["cells"], facts["finished"], facts["failed"]) == (2, 2, {})
    assert [Path(each).name for each in facts["checkpoints"]] == [
        "sar_none_seed0.safetensors",
        "sar_1-2-3_seed0.safetensors",
    ]
    # What each of its runs would say is said once.
    assert caplog.messages == ["no validation scenes: the checkpoint will have no scores"]
    assert lines[0].startswith("cell 0/2  0 %")
    assert [line for line in lines if "worker" in line] == ["1 worker on this machine"]
    assert lines[-2] == "cell 2/2  100 %"
    assert lines[-1] == "score its cells with: seaice evaluate-all tiny --data TEST_SCENES"
    # What is left out stays as it is.
    assert json.loads(seaice("sweep", "tiny", "--seeds", "0 1", "--json")[1])["cells"] == 4
    assert json.loads(seaice("sweep", "tiny", "--json")[1])["finished"] == 4
    (listed,) = json.loads(seaice("sweep", "--json")[1])
    assert (listed["cells"], listed["finished"]) == (4, 4)
    assert "tiny  4 of 4 cells" in seaice("sweep")[1]
    configs = [json.loads(path.read_text()) for path in Path("runs").glob("*/config.json")]
    assert {config["steps"] for config in configs} == {7}
    assert len(configs) == 4


def test_progress_says_what_is_trained_and_how_long_it_takes(capsys):
    running = ("sar_1-2-3_seed0", "sar_3-6-9_seed0")
    for left, words in ((610.0, "10 min left  "), (None, "")):
        _print_progress(SweepProgress(4, 1, 0.375, left, running, ()))
        line = f"cell 1/4  38 %  {words}sar_1-2-3_seed0  sar_3-6-9_seed0\n"
        assert capsys.readouterr().err == line
    _print_progress(SweepProgress(4, 4, 1.0, 0.0, (), ()))
    assert capsys.readouterr().err == "cell 4/4  100 %\n"


def test_a_file_gives_the_grid_and_options_override_it(seaice, here: Path):
    (here / "grid.toml").write_text(
        'rates = ["none"]\nchannels = ["sar"]\n[settings]\nsteps = 7\n[vary]\nwidth = [8]\n'
    )
    command = "sweep", "tiny", "--config", "grid.toml", "--seeds", "3", "--vary", "width=8 16"
    status, text, _ = seaice(*command, "--trunk-steps", 5, "--json")
    assert status == 0
    runs = json.loads(text)["runs"]
    assert set(runs) == {
        f"sar_{kind}_seed3_width{width}" for kind in ("none", "trunk") for width in (8, 16)
    }


def test_what_failed_is_named_as_soon_as_it_has(seaice, caplog):
    status, _, lines = seaice("sweep", "tiny", *GRID, "--set", "steps=13")
    assert status == 2
    assert caplog.messages[1:] == [
        "sar_none_seed0 failed, and is tried again: why",
        "sar_1-2-3_seed0 failed, and is tried again: why",
        "sar_none_seed0 failed: why",
        "sar_1-2-3_seed0 failed: why",
    ]
    assert lines[-1] == (
        "2 of 2 cells are not finished. sar_none_seed0 failed: why sar_1-2-3_seed0 failed: why"
    )


def test_a_full_disk_stops_it_at_the_first_cell_and_it_goes_on(seaice, here: Path, caplog):
    status, out, lines = seaice("sweep", "tiny", *GRID, "--set", "steps=28")
    assert (status, out) == (2, "")
    assert lines[-1] == (
        "state.ckpt cannot be written (No space left on device). The sweep has stopped at "
        "sar_none_seed0. Finished cells are kept: make room, start the same command again, and it "
        "goes on with the others."
    )
    assert len(list((here / "runs").glob("2*"))) == 1
    assert "tried again" not in caplog.text
    assert "Another process" not in seaice("sweep", "tiny")[2][-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tiny",), "There is no sweep 'tiny' in runs/sweeps. Begin it with"),
        (("../tiny", *GRID), "A sweep's name can hold letters"),
        (("shipped", *GRID), "'shipped' is what the pages call the sweep"),
        (("checkpoints", *GRID), "Choose another name."),
        (("tiny", "--rates", "none"), "A sweep needs channels"),
        (GRID, "Name the sweep: `seaice sweep NAME"),
        (("tiny", *GRID, "--seeds", "a"), "Write seeds as '0 1 2', not 'a'"),
        (("tiny", *GRID, "--set", "steps"), "Write a setting as NAME=VALUE"),
        (("tiny", *GRID, "--set", "step=3"), "No setting 'step' of a training"),
        (("tiny", *GRID, "--data", "gone"), "gone cannot be opened as a folder"),
        (("tiny", *GRID, "--rates", "none centre-6"), "'centre' stands alone, not with rates"),
        (("tiny", *GRID, "--set", "width=0"), "width must be between 4 and 256, not 0"),
        (("tiny", "--config", "gone.json"), "gone.json cannot be read as JSON"),
    ],
)
def test_bad_input_is_a_sentence(seaice, here: Path, arguments, words):
    status, _, lines = seaice("sweep", *arguments)
    assert status == 2
    assert words in lines[-1]
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ([[0, 6]], 'rates of a sweep is a list, such as ["none", "1-2-3"]'),
        ([0, 6], 'rates of a sweep is a list, such as ["none", "1-2-3"]'),
        (["0-6"], "'centre'; not '0-6'"),
        (["none", "centre-6"], "'centre' stands alone, not with rates: 'centre-6'"),
    ],
)
def test_rates_of_a_file_that_are_none_are_a_sentence(seaice, here: Path, rates, words):
    (here / "grid.json").write_text(json.dumps({"rates": rates, "channels": ["sar"]}))
    status, out, (line,) = seaice("sweep", "tiny", "--config", "grid.json")
    assert (status, out) == (2, "")
    assert line.startswith("grid.json: ")
    assert words in line
    assert not (here / "runs").exists()


def damaged(here: Path, make_scene: Callable) -> None:
    (path,) = (here / "data").iterdir()
    path.write_bytes(b"nothing")


def without_charts(here: Path, make_scene: Callable) -> None:
    make_scene(300, 300, folder=here / "data", without=CHARTS)


def without_amsr2(here: Path, make_scene: Callable) -> None:
    make_scene(300, 300, folder=here / "data", without=AMSR2)


def nothing(here: Path, make_scene: Callable) -> None:
    """The scenes are as they should be."""


def models_is_a_file(here: Path, make_scene: Callable) -> None:
    (here / "models").touch()


@pytest.mark.parametrize(
    ("spoil", "arguments", "words"),
    [
        (damaged, (), "data has no usable scene. Not usable: data/20180325T194759"),
        (without_charts, (), "No scene in data has an ice chart to train on."),
        (without_amsr2, ("--channels", "sar amsr2"), "which channel set amsr2 needs"),
        (nothing, ("--set", "patch=304"), "is larger than every scene: the longest side is 300"),
        (nothing, ("--set", "train_list=gone.json"), "gone.json"),
        (models_is_a_file, (), "models"),
    ],
)
def test_what_every_cell_would_fail_on_is_said_before_the_first(
    seaice, here: Path, make_scene, spoil, arguments, words
):
    spoil(here, make_scene)
    status, _, lines = seaice("sweep", "tiny", *GRID, *arguments)
    assert (status, words in lines[-1]) == (2, True), lines
    assert not (here / "runs").exists()


def test_a_priority_that_is_none_is_said_before_the_first_cell(seaice, here: Path, monkeypatch):
    monkeypatch.setenv("SEAICE_NICE", "high")
    assert "SEAICE_NICE is 'high'" in seaice("sweep", "tiny", *GRID)[2][-1]
    assert not (here / "runs").exists()


def test_another_sweep_of_that_name_is_refused(seaice):
    seaice("sweep", "tiny", *GRID, "--set", "steps=7")
    status, _, lines = seaice("sweep", "tiny", *GRID, "--set", "steps=8")
    assert status == 2
    assert "There is a sweep 'tiny' already, and its settings differ (steps)." in lines[-1]


def test_cells_are_named_one_by_one_and_a_grid_follows(seaice):
    command = "sweep", "tiny", "--only", "sar:none amsr2:1-2-3", "--set", "steps=7", "--json"
    assert json.loads(seaice(*command)[1])["cells"] == 2
    more = json.loads(seaice("sweep", "tiny", "--only", "sar:3-6-9", "--json")[1])
    assert (more["cells"], more["finished"]) == (3, 3)
    assert set(more["runs"]) == {"sar_none_seed0", "amsr2_1-2-3_seed0", "sar_3-6-9_seed0"}
    assert json.loads(seaice("sweep", "tiny", "--rates", "none", "--json")[1])["cells"] == 4


def test_finished_cells_are_scored_on_other_scenes_than_those_of_the_training(
    seaice, here: Path, monkeypatch
):
    """By a process that says what it was given, and leaves something out."""
    shutil.copytree(here / "data", here / "test")
    given = here / "given.txt"
    text = f"echo $@ >> {given}; echo left out: a scene; echo notice: odd values"
    monkeypatch.setattr(scoring.sys, "executable", program(here / "python", text))
    assert "holds the training scenes" in seaice("sweep", "tiny", *GRID, "--test", "data")[2][-1]
    status, _, lines = seaice("sweep", "tiny", *GRID, "--test", "test")
    assert status == 0
    assert lines[-3:] == [
        "not scored: a scene",
        "notice: odd values",
        "write figures and tables with: seaice report tiny --out report",
    ]
    words = "-m seaice evaluate-all runs/sweeps/tiny --data test --models models --runs runs"
    assert set(given.read_text().splitlines()) == {words}
    # The folder is part of the plan.
    assert json.loads(Path("runs/sweeps/tiny/sweep.json").read_text())["test"] == "test"
    monkeypatch.setattr(scoring.sys, "executable", program(here / "python", "echo Broken.; exit 2"))
    status, _, lines = seaice("sweep", "tiny", "--seeds", 1)
    assert status == 2
    assert lines[-2] == "not scored: Broken."
    assert "All cells are finished, but scoring them ended with an error" in lines[-1]


@pytest.mark.parametrize("test", ["test", "gone"])
def test_test_scenes_that_another_process_adds_meanwhile_count(
    seaice, here: Path, monkeypatch, test: str
):
    """Before this one has its lock, and after it has read the sweep."""
    shutil.copytree(here / "data", here / "test")
    monkeypatch.setattr(scoring.sys, "executable", program(here / "python", "touch scored"))
    seaice("sweep", "tiny", *GRID)
    file, workers = here / "runs" / "sweeps" / "tiny" / "sweep.json", cluster.cluster_workers

    @contextmanager
    def meanwhile(*given: object) -> Iterator[tuple[Executor, Callable[[], int]]]:
        file.write_text(json.dumps({**json.loads(file.read_text()), "test": test}))
        with workers(*given) as found:
            yield found

    monkeypatch.setattr(cluster, "cluster_workers", meanwhile)
    status, _, lines = seaice("sweep", "tiny")
    words = "write figures and tables with" if test == "test" else "gone cannot be opened"
    assert (status, words in lines[-1]) == (0 if test == "test" else 2, True), lines
    assert (here / "scored").exists() == (test == "test")


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_seaice_data_is_for_new_sweeps_alone(seaice, here: Path, monkeypatch):
    shutil.copytree(here / "data", here / "mine")
    monkeypatch.setenv("SEAICE_DATA", "mine")
    seaice("sweep", "tiny", *GRID)
    monkeypatch.setenv("SEAICE_DATA", "data")
    assert seaice("sweep", "tiny", "--seeds", "0 1")[0] == 0
    configs = [json.loads(path.read_text()) for path in Path("runs").glob("*/config.json")]
    assert {config["data"] for config in configs} == {"mine"}
