"""How commands end: by each signal, at each moment, with nothing half-written and nobody left.

`pytest tests/commands/test_signals.py --junitxml FILE` notes how long each one took.
"""

import json
import signal
import subprocess
import sys
import time
from itertools import product

import pytest

from seaice.training.runs.folder import list_runs
from seaice.training.runs.status import read_status

STATUS = {
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGUSR1: 138,
}

CASES = [
    pytest.param(
        name,
        moment,
        number,
        # The quick core: what leaves most behind, where a scheduler signals it.
        marks=[] if (name, moment, number) == ("simulate", "write", signal.SIGTERM) else [SLOW],
        id=f"{name}-{moment}-{number.name}",
    )
    for SLOW in [pytest.mark.slow]
    for name, moment, numbers in [
        *product(("simulate", "prepare", "convert", "predict"), ("work", "write"), [STATUS]),
        # They write nothing, or only at their end.
        *product(("evaluate", "context"), ("work",), [STATUS]),
        # They work as these do.
        ("evaluate-all", "work", [signal.SIGTERM]),
        ("calibrate", "work", [signal.SIGUSR1]),
        ("channels", "work", [signal.SIGHUP]),
        ("baseline", "work", [signal.SIGINT]),
    ]
    for number in numbers
]


# Each at a moment of its own, of what its folder holds then.
ALONE = [
    ("explain", "computing", signal.SIGTERM),
    ("report", "reporting", signal.SIGINT),
    ("export-autoice", "write", signal.SIGUSR1),
]


def assert_leaves_nothing(begin, name, moment, number, *, to_all):
    running = begin(name)
    running.until(moment)
    assert running.end(number, to_all=to_all) == STATUS[number]
    assert running.unfinished() == []
    assert running.said[-1] == "Stopped."
    return running


@pytest.mark.parametrize(("name", "moment", "number"), CASES)
def test_a_command_that_is_told_to_end_leaves_nothing_behind(begin, name, moment, number):
    """In the middle of its work, as a terminal signals it: with all its processes."""
    assert_leaves_nothing(begin, name, moment, number, to_all=moment == "work")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "moment", "number"), ALONE)
def test_a_command_that_writes_one_result_leaves_none_half_written(
    begin, monkeypatch, name, moment, number
):
    """Evidence, a report or a package: while it is computed, drawn or written."""
    if moment == "computing":
        # It says nothing meanwhile but what it imports.
        monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    running = assert_leaves_nothing(begin, name, moment, number, to_all=True)
    written = {path.name for path in running.out.glob("*")}
    assert "report.json" not in written  # What it ends with.
    assert (name == "report") == bool(written)


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
def test_processes_that_write_are_told_to_end_with_their_command(begin, number):
    assert_leaves_nothing(begin, "simulate", "write", number, to_all=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
def test_the_dashboard_ends_at_once_and_in_order(begin, number):
    running = begin("app")
    running.until("serving")
    # A moment before it is told to, it may not have got as far as to say so.
    time.sleep(0.5)
    assert running.end(number, to_all=True) == 0
    assert running.log.rstrip().endswith("Stopping...")


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
def test_the_dashboard_ends_in_order_before_it_serves(begin, number):
    """Just when it says its address."""
    running = begin("app")
    running.until("serving")
    assert running.end(number) == 0


def test_processes_of_a_command_that_is_killed_tidy_up(begin):
    """Its own processes notice that it is gone."""
    running = begin("simulate")
    running.until("write")
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while running.unfinished():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "moment", "number"),
    [
        *product(("train", "sweep"), ["work"], STATUS),
        *product(("train", "sweep"), ["save"], [signal.SIGINT, signal.SIGTERM]),
    ],
)
def test_a_training_that_is_told_to_end_has_saved_its_state(begin, name, moment, number):
    """The runs of a sweep's cells are processes of their own, which its signals do not reach."""
    running = begin(name)
    running.until(moment)
    assert running.end(number, to_all=True) == (STATUS[number] if name == "sweep" else 130)
    (state,) = running.out.glob("*/status.json")
    assert json.loads(state.read_text())["state"] == "cancelled"
    assert (state.parent / "state.safetensors").is_file()
    assert running.unfinished() == []
    how = "go on with: seaice sweep mine" if name == "sweep" else "--resume"
    assert how in running.log


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_has_just_begun_leaves_nothing_running(begin, number):
    running = begin("sweep")
    running.until("begun")
    assert running.end(number, to_all=True) == STATUS[number]
    assert not any(read_status(each).live for each in list_runs(running.out))
    assert running.unfinished() == []
    assert "go on with: seaice sweep mine" in running.log


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), [*product(("simulate", "sweep"), STATUS)])
def test_at_its_start_a_command_writes_nothing(begin, monkeypatch, name, number):
    """While it imports its modules: before it has set a handler, the system itself ends it."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    running = begin(name)
    running.until("imports")
    assert running.end(number) in (STATUS[number], -number)
    assert not running.out.exists() or list(running.out.iterdir()) == []


def test_an_interruption_before_the_command_itself_has_begun_is_told(seaice, monkeypatch):
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("seaice.commands.main.app", interrupted)
    assert seaice("info") == (130, "", ["Stopped."])


IMPORTING = """
import os, signal, sys, time
from seaice.commands import main
def importing(**_):
    import signalled
    print("goes on", flush=True)
    time.sleep(60)
signal.signal(signal.SIGINT, signal.default_int_handler)
main.app = importing
main.main()
"""
SIGNALLED = """
import os, sys, time
try:
    os.kill(os.getpid(), int(sys.argv[1]))
    time.sleep(0.1)
except BaseException:
    # As a C extension does, or a module that can do without a library.
    if sys.argv[2] == "turned":
        raise ImportError("initialization failed")
"""


@pytest.mark.parametrize("what", ["turned", "lost"])
@pytest.mark.parametrize("number", STATUS)
def test_a_signal_during_an_import_ends_the_command_behind_it(tmp_path, number, what):
    (tmp_path / "signalled.py").write_text(SIGNALLED)
    command = [sys.executable, "-c", IMPORTING, str(int(number)), what]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (STATUS[number], "Stopped.\n")


@pytest.mark.slow
def test_a_hangup_that_is_ignored_stays_so(begin, monkeypatch):
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        running = begin("prepare")
    finally:
        signal.signal(signal.SIGHUP, before)
    running.until("write")
    assert running.end(signal.SIGHUP) == 0
    assert len(list(running.out.glob("*.nc"))) == 80
