import pytest

from seaice.core.errors import ConfigError
from seaice.training.cluster import (
    is_first_process,
    launched,
    machines_and_devices,
    require_others,
    without_launcher,
)

SRUN = {"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_NNODES": "2", "SLURM_STEP_NUM_TASKS": "8"}

VARIABLES = (
    "TORCHELASTIC_RUN_ID",
    "RANK",
    "WORLD_SIZE",
    "LOCAL_WORLD_SIZE",
    "LOCAL_RANK",
    "SLURM_PROCID",
    "SLURM_NTASKS",
    "SLURM_NNODES",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_JOB_NAME",
)


def given(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Set these variables, and no other of a launcher."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, (False, True, (1, 1))),
        # Lightning's own further process.
        ({"LOCAL_RANK": "1"}, (False, False, (1, 1))),
        # A shell within an allocation, or a job of one task.
        ({"SLURM_PROCID": "0"}, (False, True, (1, 1))),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, (False, True, (1, 1))),
        (SRUN | {"SLURM_PROCID": "3", "LOCAL_RANK": "0"}, (True, False, (2, 4))),
        (SRUN, (True, True, (2, 4))),
        # A shell that srun has started, to type in.
        (SRUN | {"SLURM_JOB_NAME": "bash"}, (False, True, (2, 4))),
        (
            {"TORCHELASTIC_RUN_ID": "x", "RANK": "4", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"},
            (True, False, (2, 4)),
        ),
        # torchrun within SLURM is torchrun's.
        (
            {
                "TORCHELASTIC_RUN_ID": "x",
                "RANK": "0",
                "WORLD_SIZE": "2",
                "LOCAL_WORLD_SIZE": "2",
                "SLURM_PROCID": "1",
                "SLURM_NTASKS": "4",
            },
            (True, True, (1, 2)),
        ),
    ],
)
def test_what_a_launcher_has_set_out_is_known(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    expected: tuple[bool, bool, tuple[int, int]],
):
    given(monkeypatch, variables)
    assert (launched(), is_first_process(), machines_and_devices()) == expected


def test_a_batch_job_whose_script_alone_runs_is_told_how_to_start_its_processes(monkeypatch):
    """The script has the variables of the first task, and nobody else comes."""
    alone = {name: value for name, value in SRUN.items() if "STEP" not in name}
    given(monkeypatch, alone)
    assert not launched()
    with pytest.raises(
        ConfigError, match=r"has 8 tasks, .* `srun seaice train \.\.\.`, or a single"
    ):
        require_others()
    for fine in (SRUN, alone | {"TORCHELASTIC_RUN_ID": "x"}, {"SLURM_NTASKS": "8"}, {}):
        given(monkeypatch, fine)
        require_others()
    given(monkeypatch, SRUN | {"SLURM_NTASKS": "5"})
    with pytest.raises(ConfigError, match="5 tasks cannot be split evenly among 2 machines"):
        require_others()


def test_what_starts_alone_is_no_process_of_a_launcher(monkeypatch):
    given(monkeypatch, without_launcher(SRUN | {"LOCAL_RANK": "3", "RANK": "3", "HOME": "/x"}))
    assert (launched(), is_first_process()) == (False, True)
