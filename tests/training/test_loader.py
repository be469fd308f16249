import pytest

from seaice.training.loader import Steps


@pytest.mark.parametrize("devices", [1, 2, 3, 6])
def test_the_patches_of_a_step_are_the_same_on_any_number_of_devices(devices: int):
    shares = [list(Steps(0, 5, 6, rank, devices)) for rank in range(devices)]
    for step in range(5):
        together = sorted(index for share in shares for index in share[step])
        assert together == list(range(6 * step, 6 * step + 6))
        assert {len(share[step]) for share in shares} == {6 // devices}


@pytest.mark.parametrize("first", [0, 1, 4, 5])
def test_a_run_that_goes_on_takes_the_patches_that_are_left(first: int):
    whole, rest = Steps(0, 5, 4), Steps(first, 5, 4)
    assert list(rest) == list(whole)[first:]
    assert len(rest) == len(list(rest))
