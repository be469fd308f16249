from collections.abc import Callable

import numpy as np
import pytest

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
