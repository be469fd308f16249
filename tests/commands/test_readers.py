"""Commands whose output nobody reads any more, or whose terminal or parent is gone."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from seaice.commands.output import print_message

SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("simulate", "write"),
        pytest.param("predict", "work", marks=SLOW),
        pytest.param("prepare", "work", marks=SLOW),
        pytest.param("convert", "write", marks=SLOW),
    ],
)
def test_a_reader_that_leaves_ends_a_command_quietly(begin, name, moment):
    """As `seaice simulate ... 2>&1 | head -1` does."""
    reading, writing = os.pipe()
    running = begin(name, output=writing)
    os.close(writing)
    running.until(moment)
    os.close(reading)
    assert running.ended() == 1
    assert running.unfinished() == []


@SLOW
@pytest.mark.parametrize(
    ("name", "moment", "status"), [("simulate", "write", 129), ("train", "work", 130)]
)
def test_a_terminal_that_closes_ends_a_command_in_order(begin, name, moment, status):
    """Even though it can no longer say so."""
    ours, terminal = os.openpty()
    running = begin(name, terminal=terminal)
    os.close(terminal)
    running.until(moment)
    os.close(ours)
    assert running.ended() == status
    assert running.unfinished() == []
    assert len(list(running.out.glob("*/state.safetensors"))) == (name == "train")


def test_a_disowned_command_goes_on_without_its_terminal(tmp_path: Path):
    ours, terminal = os.openpty()
    os.close(ours)
    command = [sys.executable, "-m", "seaice", "simulate", tmp_path / "out", "--scenes", "1"]
    done = subprocess.run(
        [*command, "--seed", "1", "--lines", "40", "--samples", "40"],
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    assert done.returncode == 0
    assert len(list((tmp_path / "out").glob("*.nc"))) == 1


@SLOW
def test_a_command_goes_on_without_the_shell_that_started_it(tmp_path: Path):
    out = tmp_path / "out"
    words = f"simulate {out} --scenes 3 --seed 1 --lines 40 --samples 40"
    shell = subprocess.Popen(
        ["sh", "-c", f"{sys.executable} -m seaice {words} & echo $!; wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert shell.stdout is not None
    command = psutil.Process(int(shell.stdout.readline()))
    shell.kill()
    shell.communicate()
    command.wait(60)
    assert len(list(out.glob("*.nc"))) == 3


@pytest.mark.parametrize(
    "closed", [">&- 2>&-", *(pytest.param(each, marks=SLOW) for each in (">&-", "2>&-"))]
)
def test_a_command_that_has_no_output_works(make_scene, closed):
    command = "sh", "-c", f'exec "$0" -m seaice info "$1" {closed}', sys.executable, make_scene()
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("usable" in done.stdout) == (closed == "2>&-")


@SLOW
def test_a_result_that_nobody_reads_is_a_failure(make_scene):
    """The terminal is gone before it is printed."""
    ours, terminal = os.openpty()
    os.close(ours)
    command = [sys.executable, "-m", "seaice", "info", str(make_scene())]
    done = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE)
    os.close(terminal)
    told = b"A terminal or a disk does not answer (Input/output error).\n"
    assert (done.returncode, done.stderr) == (1, told)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_behind_the_output_is_told(tmp_path: Path, options: list[str]):
    command = [sys.executable, "-m", "seaice", "runs", "--runs", tmp_path, *options]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    told = "The result cannot be written (No space left on device). Free some space.\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_another_error_of_the_output_is_no_end_of_a_terminal(monkeypatch):
    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(OSError, match="No space left"):
        print_message("a line")


def test_a_disk_that_fails_is_told_although_its_error_is_that_of_a_lost_terminal(
    seaice, monkeypatch
):
    def fail(**options: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("seaice.commands.main.app", fail)
    status, _, (line,) = seaice("info")
    assert (status, line) == (1, "A terminal or a disk does not answer (Input/output error).")


def test_a_full_disk_is_told_too_where_only_some_of_the_work_is_done():
    program = """
from seaice.commands import main
from seaice.core.errors import PartlyDoneError
def app(**_):
    print("a result")
    raise PartlyDoneError("1 of 2 scenes are left out.")
main.app = app
main.main()
"""
    # Otherwise each line would be out, or fail, when it is printed.
    buffered = {name: each for name, each in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
