"""Commands in processes of their own, which tests signal and leave in the middle of their work."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pandas as pd
import psutil
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.experiment.table import write_table
from seaice.simulate import simulate_folder

MOST_S = 5.0
"""Within which a command ends, on a machine that has nothing else to do."""

ENDLESS = (
    ("steps", 100_000),
    ("patch", 32),
    ("batch", 2),
    ("workers", 0),
    ("validate_every", 2),
    ("patience", 0),
)
"""Settings of a training that does not end by itself, and often saves its state."""
QUICK = ("prepare", "predict", "evaluate", "evaluate-all", "channels", "calibrate")
"""Commands that take a moment for a scene: they would be done before a test that has to wait sees
them work."""
QUALITIES = {("sar", rates): 0.5 for rates in ("none", "1-2-3", "12-24-36")}
"""Of the networks of a table to report on."""
_STATE = 2**20
"""Bytes: of what a run writes, only its state is larger."""
_WORKING = re.compile(r"^(measuring|(scored|scene|prediction|step) [1-9])", re.MULTILINE)


class Running:
    """A command in a session of its own, and the processes that it has started.

    Args:
        arguments: What follows `seaice`.
        out: Where it writes; the log lies beside.
        output: Descriptor that takes its output in place of the log.
        terminal: Descriptor of a terminal that it runs in.
    """

    def __init__(
        self,
        arguments: tuple[object, ...],
        out: Path,
        output: int | None = None,
        terminal: int | None = None,
    ) -> None:
        self.out = out
        self.seconds = 0.0
        self._log = out.parent / "log.txt"

        def own_terminal() -> None:
            if terminal is not None:
                fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

        command = [sys.executable, "-m", "seaice", *map(str, arguments)]
        with open(self._log, "w") as log:
            to = next((each for each in (output, terminal) if each is not None), log.fileno())
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=to,
                cwd=out.parent,
                start_new_session=True,
                preexec_fn=own_terminal,
            )
        self._family: set[psutil.Process] = set()

    def until(self, moment: str) -> None:
        """Wait for a moment of the command's work, however late other programs let it come.

        For one that never comes, the limit of the test is there.
        """
        while not self._come(moment):
            assert self.process.poll() is None, self.log
            time.sleep(0.001)
        self._family.update(psutil.Process(self.process.pid).children(recursive=True))

    def _come(self, moment: str) -> bool:
        if moment == "serving":
            return "URL:" in self.log
        if moment == "imports":
            return "seaice.core.errors" in self.log
        if moment == "computing":
            # The last module that `explain` imports: from here on it reads, predicts and explains.
            return "| seaice.explain.export\n" in self.log
        if moment == "reporting":
            return any(self.out.glob("*.csv"))
        if moment == "begun":
            return "cell 0/" in self.log
        if moment == "write":
            return bool(self.unfinished())
        if moment == "save":
            return any(_size(path) > _STATE for path in self.unfinished())
        measured = (path.stat().st_size for path in self.out.glob("*/metrics.jsonl"))
        return any(self.out.glob("*.nc")) or any(measured) or bool(_WORKING.search(self.log))

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def said(self) -> list[str]:
        """The lines of its log without those of `PYTHONPROFILEIMPORTTIME`."""
        return [each for each in self.log.splitlines() if not each.startswith("import time:")]

    def end(self, number: signal.Signals, *, to_all: bool = False) -> int:
        """Send a signal; the status, once this process and all that it has started are gone.

        Args:
            number: The signal.
            to_all: Send it to all processes of the command at once, as terminals and schedulers do.
        """
        if to_all:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """The status, once this process and all that it has started are gone.

        Checks that this is soon: where other programs want the cores too, in proportion.
        """
        begun = time.monotonic()
        status = self.process.wait(120)
        _, alive = psutil.wait_procs(self._family, 30)
        self.seconds = time.monotonic() - begun
        assert not alive
        assert "Traceback" not in self.log, self.log
        wanted = os.getloadavg()[0] / (os.cpu_count() or 1)
        assert self.seconds < MOST_S * max(1.0, 2 * wanted), (self.seconds, wanted)
        return status

    def kill(self) -> None:
        """End all of it, where a test has failed."""
        if self.process.poll() is None:
            self._family.update(psutil.Process(self.process.pid).children(recursive=True))
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for process in self._family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def unfinished(self) -> list[Path]:
        return sorted(self.out.glob("**/.*.part"))


@pytest.fixture
def begin(
    tmp_path: Path,
    make_scene: Callable[..., Path],
    make_checkpoint: Callable[..., Path],
    make_table: Callable[..., pd.DataFrame],
    record_property: Callable[[str, Any], None],
) -> Iterator[Callable[..., Running]]:
    """Start a command on some scenes, which writes into a folder."""
    started: list[Running] = []

    def start(name: str, scenes: int = 8, **where: int) -> Running:
        out, data = tmp_path / "out", tmp_path / "scenes"
        if name == "convert":
            _many_raw(data)
        elif name == "explain":
            make_scene(1000, 1000, folder=data)
        elif name == "report":
            write_table(tmp_path / "evaluation.parquet", make_table(QUALITIES, scenes=4))
        elif name == "export-autoice":
            _predictions(data)
        elif name not in ("simulate", "app"):
            for day in range(1, scenes + 1):
                make_scene(folder=data, name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
        if name in QUICK:
            _under_many_names(data)
        size = ("--lines", 160, "--samples", 160)
        trained = ("--rates", "1-2-3", "--channels", "sar", "--data", data, "--runs", out)
        models = ("--models", tmp_path / "models")
        words: dict[str, Callable[[], tuple[object, ...]]] = {
            "simulate": lambda: (out, "--seed", 1, "--scenes", 60, *size, "--jobs", 2),
            "prepare": lambda: (data, out, "--jobs", 2),
            "convert": lambda: (*sorted(data.glob("S1*.nc")), out),
            "predict": lambda: (make_checkpoint(), *sorted(data.glob("*.nc")), "--out", out),
            "evaluate": lambda: (make_checkpoint(), "--data", data),
            "evaluate-all": lambda: (
                *(make_checkpoint().parent, "--data", data, "--table", out / "table.parquet"),
            ),
            "baseline": lambda: ("linear", "--channels", "sar", "--data", data, *models),
            "channels": lambda: (make_checkpoint(), "--data", data),
            "calibrate": lambda: (make_checkpoint(), "--data", data),
            "context": lambda: (
                *(make_checkpoint(stride=4), "--data", data, "--radii", "2,4,6", "--shuffles", 50),
                *("--out", out / "curve.parquet"),
            ),
            "explain": lambda: (
                *(make_checkpoint(), *data.glob("*.nc"), "--chart", "SIC", "--class", "more"),
                *("--out", out / "heat.nc"),
            ),
            "report": lambda: (tmp_path / "evaluation.parquet", "--out", out),
            "export-autoice": lambda: (*sorted(data.glob("*.nc")), "--out", out / "upload.nc"),
            "sweep": lambda: (
                *("mine", *trained, *models),
                *(each for key, value in ENDLESS for each in ("--set", f"{key}={value}")),
            ),
            "train": lambda: (
                *(*trained, *models),
                *(each for key, value in ENDLESS for each in (f"--{key.replace('_', '-')}", value)),
            ),
            "app": lambda: ("--port", free_port(), "--runs", out),
        }
        started.append(Running((name, *words[name]()), out, **where))
        return started[-1]

    yield start
    for each in started:
        record_property("seconds", round(each.seconds, 1))
        each.kill()


def _many_raw(folder: Path) -> None:
    """60 raw scenes: two under many names, since a test that has to wait sees only a later one."""
    simulate_folder(folder, 2, 1, lines=160, samples=160, raw=True)
    for number, path in enumerate(sorted(folder.glob("S1*.nc"))):
        for minute in range(30):
            time = f"2018010{number + 1}T00{minute:02}00"
            os.link(path, path.with_name(re.sub(r"\d{8}T\d{6}", time, path.name, count=1)))
        path.unlink()


def _under_many_names(folder: Path) -> None:
    for path in sorted(folder.glob("*.nc")):
        for minute in range(1, 10):
            os.link(path, path.with_name(path.name.replace("T000000", f"T00{minute:02}00")))


def _predictions(folder: Path) -> None:
    """Four predictions as large as scenes are: random classes, which do not compress."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    for day in range(1, 5):
        scene = f"2018032{day}T000000_dmi"
        with netCDF4.Dataset(folder / f"{scene}.nc", "w") as file:
            file.setncatts({"scene": scene, "pixel_spacing": 80.0})
            for dim in ("lines", "samples"):
                file.createDimension(dim, 3000)
            for name, chart in {"SIC_class": "SIC", "SOD": "SOD", "FLOE": "FLOE"}.items():
                values = rng.integers(0, CHART[chart].n_classes, (3000, 3000), np.uint8)
                file.createVariable(name, "u1", ("lines", "samples"))[:] = values


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def make_three_scenes(make_scene: Callable[..., Path], tmp_path: Path) -> Callable[[int], Path]:
    """Write three scenes of so many pixels a side into a folder."""

    def make(side: int) -> Path:
        for day in (1, 2, 3):
            name = f"2018032{day}T000000_dmi_prep.nc"
            make_scene(side, side, folder=tmp_path / "scenes", name=name, seed=day)
        return tmp_path / "scenes"

    return make
