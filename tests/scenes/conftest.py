"""Scenes and formulas that several tests of scenes use."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import SAR

PositionChannels = Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]


@pytest.fixture
def position_channels() -> PositionChannels:
    """The formula of the position inputs, written down with angles: channels by name."""

    def channels(latitude: np.ndarray, longitude: np.ndarray) -> dict[str, np.ndarray]:
        lon, lat = np.pi * longitude / 180, np.pi * latitude / 90
        return {
            "sin_longitude": np.sin(lon),
            "cos_longitude": np.cos(lon),
            "sin_latitude": np.sin(lat),
            "cos_latitude": np.cos(lat),
        }

    return channels


@pytest.fixture
def filled_otherwise(make_scene) -> Path:
    """A scene whose masked radar pixels hold -999, and say so, instead of the layout's 0."""

    def other(arrays: dict) -> None:
        for name in SAR:
            arrays[name][arrays[name] == 0] = -999

    path = make_scene(change=other)
    with netCDF4.Dataset(path, "a") as file:
        for name in SAR:
            file[name].variable_fill_value = -999
    return path
