"""Descriptions in files that once broke their readers, or would without a word in their code.

Each is the least that does it. What broke a reader of tables, curves, lists, regions or runs is
kept in the tests of that reader; docs/damaged-files.md says where.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from seaice.baselines.baseline import load_baseline
from seaice.baselines.files import list_baselines
from seaice.core.errors import BaselineError, CheckpointError, ConfigError, SweepError
from seaice.experiment.sweep.folder import list_sweeps, read_sweep, sweep_folder
from seaice.experiment.sweep.plan_values import read_plan
from seaice.experiment.sweep_settings import read_settings
from seaice.network.checkpoint_files import list_checkpoints
from seaice.network.checkpoint_format import BASELINE_KEY, METADATA_KEY
from seaice.network.checkpoint_info import read_info
from seaice.training.run_format import STATE_KEY
from seaice.training.state import load_state

DEEP = "[" * 100_000
"""Text that a reader of JSON or TOML follows until the stack is full: no ValueError."""
LONG = "[1" + "0" * 9999 + "]"
"""A number of more digits than Python reads."""
IDS = {DEEP: "deep", LONG: "long"}.get


def with_metadata(path: Path, **metadata: str) -> Path:
    save_file({"weight": np.zeros(1, np.float32)}, path, metadata=metadata)
    return path


@pytest.mark.parametrize("text", [DEEP, LONG, '"\\ud800"', "null"], ids=IDS)
def test_a_checkpoints_description(tmp_path: Path, text: str):
    path = with_metadata(tmp_path / "x.safetensors", **{METADATA_KEY: text})
    with pytest.raises(CheckpointError, match="has metadata that cannot be read"):
        read_info(path)
    assert len(list_checkpoints(tmp_path)[1]) == 1


def calibrated(path: Path, calibration: Any) -> Path:
    values = json.loads(read_info(path).to_json()) | {"calibration": calibration}
    save_file(load_file(path), path, metadata={METADATA_KEY: json.dumps(values)})
    return path


def test_a_calibration_without_temperatures_changes_nothing(make_checkpoint):
    assert read_info(calibrated(make_checkpoint(), {"scenes": ["one"]})).temperature("SOD") == 1


@pytest.mark.parametrize(
    "calibration",
    [[], {"temperatures": []}, {"temperatures": None}, {"temperatures": {"SOD": "1"}}],
    ids=str,
)
def test_a_calibration_that_is_none_is_refused(make_checkpoint, calibration):
    with pytest.raises(CheckpointError, match="has metadata that cannot be read"):
        read_info(calibrated(make_checkpoint(), calibration))


@pytest.mark.parametrize("text", [DEEP, LONG, "null"], ids=IDS)
def test_a_baselines_description(tmp_path: Path, text: str):
    (tmp_path / "baselines").mkdir()
    path = with_metadata(tmp_path / "baselines" / "x.safetensors", **{BASELINE_KEY: text})
    with pytest.raises(BaselineError, match="has metadata that cannot be read"):
        load_baseline(path)
    assert len(list_baselines(tmp_path)[1]) == 1


@pytest.mark.parametrize("text", [DEEP, LONG, "null"], ids=IDS)
def test_a_saved_states_description(tmp_path: Path, text: str):
    path = with_metadata(tmp_path / "state.safetensors", **{STATE_KEY: text})
    # Never gets as far as the module.
    with pytest.raises(CheckpointError, match="is damaged or not a training state"):
        load_state(path, torch.nn.Linear(1, 1))


@pytest.mark.parametrize("read", [read_plan, read_settings])
@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", DEEP), ("a.json", LONG), ("a.toml", "a = " + DEEP), ("a.toml", "a = " + LONG)],
    ids=["deep JSON", "long JSON", "deep TOML", "long TOML"],
)
def test_a_configuration_of_a_sweep(
    tmp_path: Path, read: Callable[[Path], object], name: str, text: str
):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigError, match=name) as caught:
        read(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", [DEEP, LONG, "null"], ids=IDS)
def test_a_sweep(tmp_path: Path, text: str):
    """It does not hide the others either."""
    folder = sweep_folder(tmp_path, "mine")
    folder.path.mkdir(parents=True)
    folder.file.write_text(text)
    with pytest.raises(SweepError, match="is damaged"):
        read_sweep(folder)
    sweeps, (said,) = list_sweeps(tmp_path)
    assert sweeps == []
    assert str(folder.file) in said
