"""Runs in this process, without the queue: what is tested is the training."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seaice.training.config import TrainingConfig
from seaice.training.run import train as compute
from seaice.training.run_context import RunContext, RunResult
from seaice.training.runs.folder import RunFolder, create_run
from seaice.training.runs.status import Status, StatusWriter

Train = Callable[..., RunResult]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, far slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
        return compute(config, RunContext(into, models, ["cpu"], status_writer, **context))

    return run
