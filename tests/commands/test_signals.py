"""How commands end: by each signal, at each moment, with nothing half-written and nobody left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import psutil
import pytest

from seaice.simulate import simulate_folder

STATUS = {
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGUSR1: 138,
}


MOST_S = 5.0
"""Within which a command ends."""


class Running:
    """A command in a process group of its own, and the processes that it has started."""

    def __init__(self, arguments: tuple[object, ...], out: Path) -> None:
        self.out = out
        self._log = out.parent / "log.txt"
        command = [sys.executable, "-m", "seaice", *map(str, arguments)]
        with open(self._log, "w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=out.parent, start_new_session=True
            )
        self._family: set[psutil.Process] = set()

    def until(self, come: Callable[[], bool], seconds: float = 120) -> None:
        """Wait for a moment of the command's work."""
        deadline = time.monotonic() + seconds
        while not come():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.001)
        self._family.update(psutil.Process(self.process.pid).children(recursive=True))

    @property
    def log(self) -> str:
        return self._log.read_text()

    def end(self, number: signal.Signals) -> int:
        """Send a signal; the status, once this process and all that it has started are gone."""
        self.process.send_signal(number)
        status = self.process.wait(60)
        _, alive = psutil.wait_procs(self._family, 30)
        assert not alive
        assert "Traceback" not in self.log, self.log
        return status

    def unfinished(self) -> list[Path]:
        return sorted(self.out.glob("**/.*.part"))


@pytest.fixture
def begin(tmp_path: Path, make_scene, make_checkpoint):
    """Start a command on some scenes, which writes into a folder."""
    started: list[Running] = []

    def start(name: str) -> Running:
        out, data = tmp_path / "out", tmp_path / "scenes"
        if name == "convert":
            simulate_folder(data, 6, 1, lines=160, samples=160, raw=True)
        elif name not in ("simulate", "app"):
            for day in range(1, 9):
                make_scene(folder=data, name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
        size = ("--lines", 160, "--samples", 160)
        words: dict[str, Callable[[], tuple[object, ...]]] = {
            "simulate": lambda: (out, "--seed", 1, "--scenes", 60, *size, "--jobs", 2),
            "prepare": lambda: (data, out, "--jobs", 2),
            "convert": lambda: (*sorted(data.glob("S1*.nc")), out),
            "predict": lambda: (make_checkpoint(), *sorted(data.glob("*.nc")), "--out", out),
            "evaluate": lambda: (make_checkpoint(), "--data", data),
            "app": lambda: ("--port", free_port(), "--runs", out),
        }
        started.append(Running((name, *words[name]()), out))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def moments(running: Running) -> dict[str, Callable[[], bool]]:
    return {
        "work": lambda: any(running.out.glob("*.nc")) or "scored" in running.log,
        "write": lambda: bool(running.unfinished()),
        "serving": lambda: "URL:" in running.log,
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
    for name, moment in [
        *product(("simulate", "prepare", "convert", "predict"), ("work", "write")),
        # It writes nothing.
        ("evaluate", "work"),
    ]
    for number in STATUS
]


@pytest.mark.parametrize(("name", "moment", "number"), CASES)
def test_a_command_that_is_told_to_end_leaves_nothing_behind(begin, name, moment, number):
    running = begin(name)
    running.until(moments(running)[moment])
    assert running.end(number) == STATUS[number]
    assert running.unfinished() == []
    assert running.log.rstrip().endswith("Stopped.")


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
def test_the_dashboard_ends_at_once_and_in_order(begin, number):
    running = begin("app")
    running.until(moments(running)["serving"])
    begun = time.monotonic()
    assert running.end(number) == 0
    assert time.monotonic() - begun < MOST_S
    assert running.log.rstrip().endswith("Stopping...")


def test_processes_of_a_command_that_is_killed_tidy_up(begin):
    """Its own processes notice that it is gone."""
    running = begin("simulate")
    running.until(moments(running)["write"])
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while running.unfinished():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
def test_at_its_start_a_command_writes_nothing(begin, number):
    """Before Python has set a handler, the system itself ends it."""
    running = begin("simulate")
    time.sleep(0.3)
    assert running.end(number) in (STATUS[number], -number)
    assert not running.out.exists() or list(running.out.iterdir()) == []


@pytest.mark.slow
def test_a_hangup_that_is_ignored_stays_so(begin, monkeypatch):
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        running = begin("prepare")
    finally:
        signal.signal(signal.SIGHUP, before)
    running.until(moments(running)["write"])
    assert running.end(signal.SIGHUP) == 0
    assert len(list(running.out.glob("*.nc"))) == 8
