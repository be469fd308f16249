"""Errors cross processes whole."""

import pickle

import pytest

from seaice.core import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.ConfigError("month is 13"),
        errors.SceneError("a.nc", "is not a NetCDF file", "Take another."),
        errors.MissingChannelsError("a", "sar", ["nersc_sar_primary"], []),
        errors.OutputError("/nowhere", "No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_pickling(error: errors.SeaIceError) -> None:
    """A worker's error says to the caller what it said in the worker."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
