"""Channels that are told together: a polarisation, a frequency, the weather."""

from collections.abc import Sequence

from seaice.ai4arctic.channels import (
    AMSR2,
    AMSR2_GHZ,
    CHANNEL,
    DISTANCE_MAP,
    ERA5,
    POSITIONS,
    SAR,
)

_GROUP = {
    **{name: CHANNEL[name].label for name in (*SAR, DISTANCE_MAP)},
    **{
        name: f"{ghz} GHz"
        for ghz, pair in zip(AMSR2_GHZ, zip(*[iter(AMSR2)] * 2, strict=True), strict=True)
        for name in pair
    },
    **dict.fromkeys(ERA5, "ERA5 weather"),
    **dict.fromkeys(POSITIONS, "Position"),
}

_SENSOR = {"Radar": SAR, "Radiometer": AMSR2}


def channel_groups(channels: Sequence[str]) -> dict[str, list[int]]:
    """Indices of the channels of each group, in order.

    >>> channel_groups(["nersc_sar_primary", "btemp_18_7h", "btemp_18_7v", "t2m"])
    {'HH': [0], '18.7 GHz': [1, 2], 'ERA5 weather': [3]}

    Args:
        channels: Names of channels.
    """
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(channels):
        groups.setdefault(_GROUP[name], []).append(index)
    return groups


def sensor_groups(groups: Sequence[str]) -> dict[str, list[int]]:
    """Indices of the groups of channels that each sensor measured; of no sensor without any.

    >>> sensor_groups(["HH", "18.7 GHz", "36.5 GHz", "ERA5 weather"])
    {'Radar': [0], 'Radiometer': [1, 2]}

    Args:
        groups: Names that `channel_groups` gives.
    """
    by_sensor = {
        sensor: [groups.index(name) for name in channel_groups(channels) if name in groups]
        for sensor, channels in _SENSOR.items()
    }
    return {sensor: indices for sensor, indices in by_sensor.items() if indices}
