import pytest

from seaice.training.cluster import is_first_process, launched, machines_and_devices

VARIABLES = (
    "TORCHELASTIC_RUN_ID",
    "RANK",
    "WORLD_SIZE",
    "LOCAL_WORLD_SIZE",
    "LOCAL_RANK",
    "SLURM_PROCID",
    "SLURM_NTASKS",
    "SLURM_NNODES",
)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, (False, True, (1, 1))),
        # Lightning's own further process.
        ({"LOCAL_RANK": "1"}, (False, False, (1, 1))),
        # A shell within an allocation, or a job of one task.
        ({"SLURM_PROCID": "0"}, (False, True, (1, 1))),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, (False, True, (1, 1))),
        (
            {"SLURM_PROCID": "3", "SLURM_NTASKS": "8", "SLURM_NNODES": "2", "LOCAL_RANK": "0"},
            (True, False, (2, 4)),
        ),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_NNODES": "2"}, (True, True, (2, 4))),
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
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (launched(), is_first_process(), machines_and_devices()) == expected
