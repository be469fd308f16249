"""Several processes share the steps of a run: through torchrun, and started by Lightning itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file
from torch.testing import assert_close

from seaice.core.errors import ConfigError
from seaice.training import devices
from seaice.training.devices import DeviceLayout, device_layout, needed_devices
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.status import read_status

# `seaice`, which stops after a step if it is told to.
SCRIPT = """
import os

import torch

torch.set_num_threads(1)

from seaice.commands.main import main
from seaice.training.runs.status import StatusWriter

if "STOP_AFTER" in os.environ:
    StatusWriter.stop_requested = lambda self: self.status.step == int(os.environ["STOP_AFTER"])

main()
"""
# Starts what follows twice, as `srun --ntasks=2` does.
SRUN = """
import os, socket, subprocess, sys

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
shared = {"JOB_ID": 7, "NTASKS": 2, "STEP_NUM_TASKS": 2, "NNODES": 1, "NODEID": 0}
shared = {f"SLURM_{name}": str(value) for name, value in shared.items()}
shared |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "SLURM_JOB_NAME": "job.sh"}
both = [
    subprocess.Popen(
        [sys.executable, *sys.argv[1:]],
        env=os.environ | shared | {"SLURM_PROCID": str(rank), "SLURM_LOCALID": str(rank)},
    )
    for rank in range(2)
]
sys.exit(max([each.wait() for each in both]))
"""
LAUNCHER = "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"


@pytest.fixture
def command(folder: Path, tmp_path: Path):
    """Train in processes of their own; gives the run's folder."""
    script = tmp_path / "stoppable.py"
    script.write_text(SCRIPT)

    def run(
        name: str, *options: object, launcher: tuple[str, ...] = (), status: int = 0
    ) -> RunFolder:
        small = {"patch": 64, "batch": 4, "steps": 4, "validate-every": 2, "workers": 0}
        small |= {"precision": "float32", "validation-share": 0.5}
        # Norms of a step's own patches would see other neighbours in several processes.
        small |= {"norms": "fixed", "norm-patches": 8}
        settings = [part for key, value in small.items() for part in (f"--{key}", value)]
        folders = "--data", folder, "--models", tmp_path / name, "--runs", tmp_path / f"runs-{name}"
        own = () if "--resume" in options else ("--rates", "1-2", "--channels", "sar", *settings)
        words = "train", *folders, *own, *options
        done = subprocess.run(
            [sys.executable, *launcher, script, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == status, done.stderr[-3000:]
        (made,) = list_runs(tmp_path / f"runs-{name}")
        return made

    return run


def same(one: RunFolder, other: RunFolder) -> None:
    first, second = (read_metrics(each) for each in (one, other))
    for name in ("loss", "loss_SIC", "loss_SOD", "loss_FLOE"):
        expected = [each[name] for each in first.steps]
        assert [each[name] for each in second.steps] == pytest.approx(expected, rel=2e-4), name
    assert [each["step"] for each in second.validations] == [2, 4]
    for name in ("combined", "SOD"):
        expected = [each[name] for each in first.validations]
        assert [each[name] for each in second.validations] == pytest.approx(expected, abs=0.5)


@pytest.mark.slow
def test_two_processes_train_like_one(command, tmp_path: Path):
    one = command("one")
    two = command("two", launcher=LAUNCHER)
    same(one, two)
    weights = [load_file(each.state_file) for each in (one, two)]
    for name, each in weights[0].items():
        if name.startswith("weight."):
            assert_close(weights[1][name], each, rtol=0, atol=1e-3)
    status = read_status(two)
    assert (status.state, status.device[:4]) == ("finished", "2 x ")
    # Each said once, by the first of them.
    assert len(read_metrics(two).steps) == two.metrics_file.read_text().count('"kind": "step"') == 4
    assert len(list((tmp_path / "two").iterdir())) == 1


@pytest.mark.slow
def test_two_processes_of_srun_do_so_too(command, tmp_path: Path):
    (tmp_path / "srun.py").write_text(SRUN)
    two = command("two", launcher=(str(tmp_path / "srun.py"),))
    same(command("one"), two)
    assert (read_status(two).state, read_status(two).device[:4]) == ("finished", "2 x ")
    assert len(list((tmp_path / "two").iterdir())) == 1


@pytest.mark.slow
def test_clipping_averaging_and_no_dropout_act_alike_on_two_processes(command):
    """Limits and averages so strong that each step feels them."""
    limit, averaging = 1e-3, 0.9
    recipe = "--clip-norm", limit, "--averaging", averaging, "--dropout", 0
    one, two = command("one", *recipe), command("two", *recipe, launcher=LAUNCHER)
    same(one, two)
    states = [load_file(each.state_file) for each in (one, two)]
    for name in (each for each in states[0] if each.startswith(("weight.", "average."))):
        assert_close(states[1][name], states[0][name], rtol=0, atol=1e-3)
    for state in states:
        weight = "decoders.SOD.0.project.0.weight"
        moved = state[f"average.{weight}"] - state[f"weight.{weight}"]
        assert moved.abs().max() > 1e-4
        # Each of 4 gradients had this norm, over all weights of the network together.
        squares = sum(float(v.sum()) for name, v in state.items() if name.endswith("exp_avg_sq"))
        assert squares == pytest.approx(limit**2 * (1 - 0.999**4), rel=1e-2)


@pytest.mark.slow
def test_lightning_starts_the_second_process_itself(command):
    same(command("one"), command("two", "--devices", 2))


@pytest.mark.slow
def test_a_run_of_two_processes_goes_on_as_two(command, monkeypatch):
    one = command("one")
    monkeypatch.setenv("STOP_AFTER", "3")
    two = command("two", launcher=LAUNCHER, status=1)
    assert (read_status(two).state, read_status(two).step) == ("cancelled", 3)
    monkeypatch.delenv("STOP_AFTER")
    assert command("two", "--resume", two.path, launcher=LAUNCHER) == two
    same(one, two)


@pytest.mark.slow
def test_processes_that_lightning_starts_find_a_run_of_another_folder(
    command, folder: Path, tmp_path: Path, monkeypatch
):
    """Named and resumed from elsewhere, its data named as they were seen from its own folder."""
    monkeypatch.setenv("STOP_AFTER", "3")
    monkeypatch.chdir(tmp_path)
    made = command("two", "--data", folder.name, "--devices", 2, status=130)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.delenv("STOP_AFTER")
    command("two", "--resume", os.path.relpath(made.path))
    assert (read_status(made).state, read_status(made).step) == ("finished", 4)


def test_the_layout_is_the_launchers(folder: Path, config, monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")
    for name, value in (("WORLD_SIZE", "16"), ("LOCAL_WORLD_SIZE", "8")):
        monkeypatch.setenv(name, value)
    assert device_layout(config(folder, batch=32), None) == DeviceLayout("cpu", 8, 2)
    with pytest.raises(ConfigError, match="batch of 8 cannot be split evenly among 16"):
        device_layout(config(folder, batch=8), None)
    one_value = config(folder, batch=16, patch=16, output_stride=8, rates=(1,))
    with pytest.raises(ConfigError, match="single patch of 16 pixels at a time is too little"):
        device_layout(one_value, None)


def test_the_layout_is_slurms(folder: Path, config, monkeypatch):
    for name, value in (
        ("PROCID", "3"),
        ("NTASKS", "8"),
        ("NNODES", "2"),
        ("STEP_NUM_TASKS", "8"),
    ):
        monkeypatch.setenv(f"SLURM_{name}", value)
    assert device_layout(config(folder, batch=8), None) == DeviceLayout("cpu", 4, 2)


def test_gpus_are_those_that_the_queue_has_given(folder: Path, config, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert device_layout(config(folder), ["cuda:1", "cuda:3"]) == DeviceLayout("cuda", [1, 3], 1)
    monkeypatch.setattr(devices, "all_devices", lambda: ["cuda:0", "cuda:1"])
    assert needed_devices(config(folder, devices=2)) == 2
    with pytest.raises(ConfigError, match="devices is 4, but this machine has 2"):
        needed_devices(config(folder, batch=4, devices=4))
