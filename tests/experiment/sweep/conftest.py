"""Sweeps that look at their runs all the time."""

import pytest

from seaice.experiment.sweep import train


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep does not wait long for what tests make happen at once."""
    monkeypatch.setattr(train, "_POLL_S", 0.01)
    monkeypatch.setattr(train, "_STOP_S", 2.0)
