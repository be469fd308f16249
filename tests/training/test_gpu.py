"""A run, its prediction and its explanation on a GPU; skipped where there is none."""

from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.explain.gradcam import CamConfig, explain
from seaice.network.checkpoint import load_checkpoint
from seaice.results.evaluation import score
from seaice.scenes.catalogue import read_catalogue
from seaice.training.config import TrainingConfig
from seaice.training.run import train as compute
from seaice.training.run_context import RunContext, RunResult
from seaice.training.runs.folder import create_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.status import Status, StatusWriter

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


def train_on(device: str, config: TrainingConfig, tmp_path: Path) -> tuple[RunResult, list[float]]:
    into = create_run(tmp_path / "runs", config.to_json(), device)
    status_writer = StatusWriter(into, Status(state="running"))
    result = compute(config, RunContext(into, tmp_path / device, [device], status_writer))
    return result, [each["loss"] for each in read_metrics(into).steps]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_a_prediction_and_an_explanation(
    folder: Path, config, tmp_path: Path, precision: str
):
    setting = config(folder, steps=60, learning_rate=1e-2, precision=precision)
    result, losses = train_on("cuda:0", setting, tmp_path)
    assert result.scores["SOD"]["value"] > 80
    assert min(losses[-5:]) < losses[0]
    stored = load_checkpoint(result.path, "cuda")
    scene = read_catalogue(folder).scenes[0]
    assert score(stored, scene).scores.SOD.value > 80
    heatmap = explain(scene, stored, CamConfig("SOD", 4))
    assert heatmap.target_pixels > 0
    assert np.isfinite(heatmap.raw).all()


def test_the_first_losses_are_the_processors(folder: Path, config, tmp_path: Path, monkeypatch):
    setting = config(folder, steps=2)
    _, on_gpu = train_on("cuda:0", setting, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("torch.cuda.is_available", lambda: False)
        _, on_cpu = train_on("cpu", setting, tmp_path)
    # TF32 has 10 bits after the point; dropout draws other places.
    assert on_gpu == pytest.approx(on_cpu, rel=0.05)
