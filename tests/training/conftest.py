"""Runs that train in seconds: the training alone, and runs with their queue and their process."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch

import seaice.training.run
from seaice.training.config import TrainingConfig
from seaice.training.run_context import RunContext, RunResult
from seaice.training.runs.folder import RunFolder, create_run, list_runs
from seaice.training.runs.queue import queue
from seaice.training.runs.status import Status, StatusWriter, read_status
from seaice.training.start import new_run

Train = Callable[..., RunResult]
Until = Callable[..., Status]


@pytest.fixture
def folder(make_scene, tmp_path: Path) -> Path:
    """Four scenes whose charts follow from HH, so that there is something to learn."""

    def learnable(arrays: dict[str, Any]) -> None:
        ice = np.zeros((96, 128), bool)
        ice[:48] = True
        arrays["nersc_sar_primary"][:, 16:] = ice[:, 16:] * 2.0 - 1
        for name, index in (("SIC", 10), ("SOD", 4), ("FLOE", 3)):
            labelled = arrays[name] != 255
            arrays[name][labelled] = (ice * index)[labelled]

    for day in range(1, 5):
        make_scene(
            folder=tmp_path / "scenes",
            name=f"2018032{day}T000000_dmi_prep.nc",
            seed=day,
            change=learnable,
        )
    return tmp_path / "scenes"


@pytest.fixture
def config(tiny_config: Callable[..., TrainingConfig]) -> Callable[..., TrainingConfig]:
    """A configuration of a folder that trains in a second."""
    return tiny_config


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small network, whose saved state takes less than a twentieth of the default's.

    No stage has fewer than 8 channels: with 4, torch 2.15 wrote beyond its memory in steps on a
    processor with AVX2 alone.
    """
    shrink_networks(monkeypatch, (8, 8, 8, 8))


def shrink_networks(monkeypatch: pytest.MonkeyPatch, channels: tuple[int, ...]) -> None:
    """Give encoders so many channels a stage, a block each, and decoders of 4 channels."""
    create, network = timm.create_model, TrainingConfig.network

    def create_small(*arguments: Any, **settings: Any) -> torch.nn.Module:
        small = {"channels": channels, "layers": (1, 1, 1, 1)}
        return create(*arguments, **{**settings, **small})

    monkeypatch.setattr(timm, "create_model", create_small)
    monkeypatch.setattr(
        TrainingConfig, "network", lambda self: replace(network(self), decoder_channels=4)
    )


@pytest.fixture
def network_of_kept_runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The network whose states are kept in data/, without oneDNN: see `small_network`."""
    shrink_networks(monkeypatch, (4, 8, 8, 8))
    with torch.backends.mkldnn.flags(enabled=False):
        yield


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Train in a fresh run folder, or go on in one; `stop_after` stops after so many steps."""

    def run(
        config: TrainingConfig,
        models: Path = tmp_path / "models",
        into: RunFolder | None = None,
        stop_after: int | None = None,
        **context: Any,
    ) -> RunResult:
        into = into or create_run(tmp_path / "runs", config.to_json(), "test")
        status_writer = StatusWriter(into, Status(state="running"))
        if stop_after is not None:
            context["stop_requested"] = lambda: status_writer.status.step >= stop_after
        run_context = RunContext(into, models, ["cpu"], status_writer, **context)
        return seaice.training.run.train(config, run_context)

    return run


@pytest.fixture
def scenes(make_scene: Callable[..., Path], tmp_path: Path) -> Path:
    """Three small scenes of random arrays."""
    for day in (1, 2, 3):
        make_scene(folder=tmp_path / "scenes", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    return tmp_path / "scenes"


@pytest.fixture
def run_config(
    scenes: Path, tiny_config: Callable[..., TrainingConfig]
) -> Callable[..., TrainingConfig]:
    """A configuration of these scenes that trains in seconds."""
    return partial(tiny_config, scenes)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Path]:
    """A folder of runs; what still works on one when the test ends is ended."""
    yield tmp_path / "runs"
    for run in list_runs(tmp_path / "runs"):
        if run.alive() and read_status(run).pid not in (0, os.getpid()):
            os.kill(read_status(run).pid, signal.SIGKILL)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Folder of finished checkpoints."""
    return tmp_path / "models"


@pytest.fixture
def run(run_config, runs: Path) -> RunFolder:
    """A run of three steps that is not started yet."""
    return new_run(run_config(), runs)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nothing is trained; what would have been."""
    trained: list[Any] = []

    def note(config: Any, context: Any) -> RunResult:
        trained.append((config, context, os.getcwd(), len(queue())))
        return RunResult(context.models / "a.safetensors", {}, 3, 0.0)

    monkeypatch.setattr(seaice.training.run, "train", note)
    return trained


@pytest.fixture
def until() -> Until:
    """Wait until a run's status is as wanted; fails where it ends in another way."""

    def wait(run: RunFolder, wanted: Callable[[Status], bool], seconds: float = 90) -> Status:
        deadline = time.monotonic() + seconds
        while not wanted(status := read_status(run)):
            assert time.monotonic() < deadline, (status, run.log_tail())
            assert status.live or run.alive(), (status, run.log_tail())
            time.sleep(0.02)
        return status

    return wait


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """In place of the process of a run, one that holds its lock and does nothing; gives its id."""
    told = tmp_path / "pid"
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\necho $$ > {told}.new\nmv {told}.new {told}\nexec sleep 20\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))

    def pid() -> int:
        deadline = time.monotonic() + 10
        while not told.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return int(told.read_text())

    yield pid
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(told.read_text()), signal.SIGKILL)
