"""Run folders of today's and of other formats."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from seaice.core.errors import CheckpointError, RunError
from seaice.training import run_format
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule
from seaice.training.process import run_here
from seaice.training.run_format import FORMAT_VERSION
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import delete_run, facts, inspect_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.status import read_status
from seaice.training.start import new_run, resume
from seaice.training.state import load_state, save_progress

DATA = Path(__file__).parent / "data"
KEY = "seaice training state"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], RunFolder]:
    """A copy of the kept run of a format, in a working directory of its own."""
    monkeypatch.chdir(tmp_path)

    def copy(version: int) -> RunFolder:
        copied = shutil.copytree(DATA / f"run-{version}", tmp_path / "runs" / f"run-{version}")
        return RunFolder(Path(copied))

    return copy


def of_format(run: RunFolder, version: object, **more: object) -> RunFolder:
    """Change the version in a run's configuration, and add settings."""
    values = json.loads(run.config_file.read_text())
    run.config_file.write_text(json.dumps({**values, "format_version": version, **more}))
    return run


def state_of_format(run: RunFolder, version: object) -> None:
    """Change the version in a run's saved state."""
    with safe_open(run.state_file, framework="pt") as file:
        values = json.loads(file.metadata()[KEY])
    metadata = {KEY: json.dumps({**values, "format_version": version})}
    save_file(load_file(run.state_file), run.state_file, metadata=metadata)


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_run_of_each_format_ends_like_an_undisturbed_one(
    version: int, kept, network_of_kept_runs, make_scene, tmp_path: Path
):
    """`data/README.md` says how the runs were made."""
    for day in (1, 2, 3):
        make_scene(64, 96, name=f"2018032{day}T000000_dmi_prep.nc", folder=Path("scenes"), seed=day)
    run = kept(version)
    assert run_here(run, tmp_path / "models").path is not None
    whole = new_run(read_config(run), tmp_path / "whole")
    run_here(whole, tmp_path / "models")
    shutil.copyfile(DATA / f"run-{version}-undisturbed.jsonl", tmp_path / "metrics.jsonl")
    resumed, fresh = read_metrics(run), read_metrics(whole)
    expected = read_metrics(RunFolder(tmp_path))
    for name in ("loss", "loss_SIC", "loss_SOD", "loss_FLOE"):
        losses = [each[name] for each in expected.steps]
        # Processors round differently, and AdamW's first steps follow the gradient's sign.
        assert [each[name] for each in resumed.steps] == pytest.approx(losses, rel=0.02), name
        assert [each[name] for each in fresh.steps] == pytest.approx(losses, rel=0.02), name
    assert [each["step"] for each in resumed.validations] == [2, 4, 6]
    assert read_status(run).state == "finished"


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_the_state_of_each_format_is_restored_bit_for_bit(version: int, kept, network_of_kept_runs):
    run = kept(version)
    assert read_config(run).norm_patch == {1: 0, 2: 0}.get(version, 512)
    before, module = load_file(run.state_file), SeaIceModule(read_config(run))
    progress = load_state(run.state_file, module)
    assert (progress.step, progress.validated, progress.best_step) == (3, 2, 2)
    for name, weight in module.network.state_dict().items():
        assert torch.equal(weight, before[f"weight.{name}"]), name
    save_progress(run.state_file, progress)
    after = load_file(run.state_file)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_an_older_run_is_upgraded(kept, network_of_kept_runs, monkeypatch):
    """A made-up format whose configuration called the seed otherwise and whose state the step."""
    run = kept(1)
    expected = read_config(run)

    def upgrade_config(old: dict[str, Any]) -> dict[str, Any]:
        return {"seed": old["random_seed"]} | {k: v for k, v in old.items() if k != "random_seed"}

    def upgrade_state(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "standing": {**old["standing"], "step": old["standing"]["step"] + 1}}

    values = json.loads(run.config_file.read_text())
    values["random_seed"] = values.pop("seed")
    run.config_file.write_text(json.dumps({**values, "format_version": 0}))
    state_of_format(run, 0)
    with pytest.raises(RunError, match="unknown format version 0"):
        read_config(run)
    configs, states = run_format.CONFIG_UPGRADES, run_format.STATE_UPGRADES
    monkeypatch.setattr(run_format, "CONFIG_UPGRADES", {0: upgrade_config, **configs})
    monkeypatch.setattr(run_format, "STATE_UPGRADES", {0: upgrade_state, **states})
    assert read_config(run) == expected
    assert load_state(run.state_file, SeaIceModule(expected)).step == 4


def test_the_next_version_is_written_as_such(monkeypatch):
    config = TrainingConfig("scenes", (1, 2), "sar")
    written = config.to_json()
    assert json.loads(written)["format_version"] == FORMAT_VERSION
    later = FORMAT_VERSION + 1
    monkeypatch.setattr(run_format, "FORMAT_VERSION", later)
    monkeypatch.setattr(run_format, "CONFIG_UPGRADES", {FORMAT_VERSION: lambda old: old})
    assert json.loads(config.to_json())["format_version"] == later
    assert TrainingConfig.from_json(config.to_json()) == config
    assert TrainingConfig.from_json(written) == config


def test_a_run_of_version_1_keeps_its_behaviour_whatever_the_defaults_are():
    """The smallest configuration that was ever written."""
    config = TrainingConfig.from_json('{"data": "x", "rates": [1, 2], "channel_set": "sar"}')
    assert (config.output_stride, config.width) == (8, 64)
    assert (config.stem, config.padding) == ("full", "zeros")
    assert (config.patch, config.batch, config.steps, config.patience) == (576, 4, 400, 0)
    given = TrainingConfig.from_json(
        '{"data": "x", "rates": [1, 2], "channel_set": "sar", "output_stride": 16, "steps": 7}'
    )
    assert (given.output_stride, given.steps) == (16, 7)


NEWER = "Run run-1 has format version 7, and this version of seaice reads up to 3. Update seaice."


def test_a_newer_run_is_refused_and_left_as_it_is(kept, tmp_path: Path, seaice):
    run = of_format(kept(1), 7, moon_phase="full", learning_rate=None)
    content = {path.name: path.read_bytes() for path in run.path.iterdir()}
    for refused in (
        lambda: run_here(run, tmp_path / "models"),
        lambda: resume(run, tmp_path / "models"),
        lambda: delete_run(run),
    ):
        with pytest.raises(RunError) as said:
            refused()
        assert str(said.value) == NEWER
    status, out, errors = seaice("train", "--resume", run.path)
    assert (status, out, errors[-1]) == (2, "", NEWER)
    (run.path / ".lock").unlink()
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == content


def test_a_newer_run_is_listed_as_such(kept, seaice):
    run = of_format(kept(1), 7, moon_phase="full")
    seen = inspect_run(run)
    assert (seen.supported, seen.config, seen.can_resume) == (False, None, False)
    assert (seen.status.state, seen.status.step, seen.status.message) == ("cancelled", 3, NEWER)
    assert facts(seen)["config"]["moon_phase"] == "full"
    status, out, _ = seaice("runs", "--runs", run.path.parent)
    assert status == 0
    assert out.strip().endswith(NEWER)


@pytest.mark.parametrize("version", [0, True, 1.5, "new", None, [1]])
def test_a_version_that_is_none_is_refused(kept, version: object):
    run = of_format(kept(1), version)
    with pytest.raises(RunError, match=r"^Run run-1 .*format version.* Train it again\.$"):
        read_config(run)
    assert not inspect_run(run).supported


def test_a_newer_state_is_refused(kept, network_of_kept_runs):
    run = kept(1)
    state_of_format(run, 7)
    with pytest.raises(CheckpointError, match=r"has format version 7, .* Update seaice\.$"):
        load_state(run.state_file, SeaIceModule(read_config(run)))
