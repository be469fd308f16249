"""A scheduler that is killed while a cell trains: how the command ends, and how it goes on."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from distributed import Client

from seaice.training.runs.folder import list_runs
from seaice.training.runs.status import read_status

pytestmark = pytest.mark.slow

GRID = ("--rates", "none 1-2-3", "--channels", "sar")
SETTINGS = (
    *("steps=60", "patch=32", "batch=2", "width=8", "workers=0"),
    *("validate_every=1000", "norm_patches=0", "averaging=0"),
)


@contextmanager
def begun(log: Path, *module: str) -> Iterator[subprocess.Popen[bytes]]:
    """A module's process, which is killed in the end with all that it has started."""
    with open(log, "w") as errors:
        command = [sys.executable, "-m", *module]
        process = subprocess.Popen(
            command, cwd=log.parent, stdout=subprocess.DEVNULL, stderr=errors
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            own = psutil.Process(process.pid)
            for each in (*own.children(recursive=True), own):
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        process.wait()


def scheduler_with_a_worker(stack: ExitStack, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Dask's own commands, which nobody else can reach."""
    file = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    dask = "distributed.cli.dask_"
    scheduler = stack.enter_context(
        begun(folder / "scheduler.txt", f"{dask}scheduler", *here, "--port", "0")
    )
    stack.enter_context(begun(folder / "worker.txt", f"{dask}worker", *here, "--nthreads", "1"))
    until = time.monotonic() + 120
    while not file.exists() or not file.read_text().endswith("}"):
        assert time.monotonic() < until, (folder / "scheduler.txt").read_text()
        time.sleep(0.05)
    address = json.loads(file.read_text())["address"]
    with Client(address) as client:
        client.wait_for_workers(1, timeout=120)
    return scheduler, address


def test_the_command_ends_with_a_sentence_and_goes_on(make_scene, tmp_path: Path):
    for day in (1, 2, 3):
        make_scene(folder=tmp_path / "data", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    sweep = ("seaice", "sweep", "mine", "--runs", "runs")
    new = (*GRID, "--data", "data", *(word for each in SETTINGS for word in ("--set", each)))
    with ExitStack() as stack:
        scheduler, address = scheduler_with_a_worker(stack, tmp_path)
        log = tmp_path / "sweep.txt"
        command = stack.enter_context(begun(log, *sweep, *new, "--scheduler", address))
        until = time.monotonic() + 300
        while not any(map(os.path.getsize, tmp_path.glob("runs/*_1-2-3_*/metrics.jsonl"))):
            assert command.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        scheduler.kill()
        assert command.wait(300) == 2
        said = log.read_text().splitlines()
        # A line of its workers, those of its progress, and one that says why it has ended.
        assert said[1] == f"1 worker at {address}"
        assert said[-1].startswith("The scheduler or its workers are gone. Finished cells are kept")
        others = [line for line in said[:-1] if not line.startswith("cell ")]
        assert others == [said[1], "waiting until 1 of the runs have saved their state"]
        first, second = list_runs(tmp_path / "runs")
        if "_none_" in second.name:
            first, second = second, first
        assert (read_status(first).state, read_status(second).state) == ("finished", "cancelled")
        assert 0 < read_status(second).step < 60
    before = first.metrics_file.read_text(), second.metrics_file.read_text()
    done = subprocess.run(
        [sys.executable, "-m", *sweep], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "cell 0/2" not in done.stderr
    assert {path.name for path in list_runs(tmp_path / "runs")} == {first.name, second.name}
    assert first.metrics_file.read_text() == before[0]
    # The missing one goes on where it was stopped.
    assert second.metrics_file.read_text().startswith(before[1])
    assert read_status(second).state == "finished"
    assert len(list((tmp_path / "models").glob("*.safetensors"))) == 2
