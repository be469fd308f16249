"""Input channels and channel sets."""

from dataclasses import dataclass
from typing import Literal

from seaice.core.errors import ConfigError

Grid = Literal["full", "2km", "positions"]


@dataclass(frozen=True)
class Channel:
    """One input of a network.

    Attributes:
        name: Name of the variable in a scene file, or the name of a derived channel.
        label: Name to show.
        unit: Physical unit before scaling.
        grid: The full grid, the 2 km grid of AMSR2 and ERA5, or derived from the positions.
    """

    name: str
    label: str
    unit: str
    grid: Grid

    @property
    def smooth(self) -> bool:
        """Whether it varies little from pixel to pixel: coarser data, positions, and the angle."""
        return self.grid != "full" or self.name == INCIDENCE_ANGLE


AMSR2_GHZ = ("6.9", "7.3", "10.7", "18.7", "23.8", "36.5", "89.0")

HH, HV = "nersc_sar_primary", "nersc_sar_secondary"
INCIDENCE_ANGLE = "sar_incidenceangle"
DISTANCE_MAP = "distance_map"

SIGMA0 = (HH, HV)
SAR = (*SIGMA0, INCIDENCE_ANGLE)
AMSR2 = tuple(f"btemp_{ghz.replace('.', '_')}{pol}" for ghz in AMSR2_GHZ for pol in "hv")
AMSR2_18_36 = tuple(name for name in AMSR2 if "18_7" in name or "36_5" in name)
ERA5 = ("u10m_rotated", "v10m_rotated", "t2m", "skt", "tcwv", "tclw")
POSITIONS = ("sin_longitude", "cos_longitude", "sin_latitude", "cos_latitude")

_AMSR2_LABELS = [f"{ghz} GHz {pol}" for ghz in AMSR2_GHZ for pol in "HV"]
_CHANNELS = (
    Channel(HH, "HH", "dB", "full"),
    Channel(HV, "HV", "dB", "full"),
    Channel(INCIDENCE_ANGLE, "Incidence angle", "degree", "full"),
    *(Channel(n, lab, "K", "2km") for n, lab in zip(AMSR2, _AMSR2_LABELS, strict=True)),
    Channel(DISTANCE_MAP, "Distance to land", "zone", "full"),
    Channel("u10m_rotated", "Wind along samples", "m s-1", "2km"),
    Channel("v10m_rotated", "Wind along lines", "m s-1", "2km"),
    Channel("t2m", "Air temperature at 2 m", "K", "2km"),
    Channel("skt", "Skin temperature", "K", "2km"),
    Channel("tcwv", "Column water vapour", "kg m-2", "2km"),
    Channel("tclw", "Column cloud liquid water", "kg m-2", "2km"),
    Channel("sin_longitude", "sin(pi x longitude / 180)", "1", "positions"),
    Channel("cos_longitude", "cos(pi x longitude / 180)", "1", "positions"),
    Channel("sin_latitude", "sin(pi x latitude / 90)", "1", "positions"),
    Channel("cos_latitude", "cos(pi x latitude / 90)", "1", "positions"),
)
CHANNEL: dict[str, Channel] = {channel.name: channel for channel in _CHANNELS}

CHANNEL_SETS: dict[str, tuple[str, ...]] = {
    "sar": SAR,
    "amsr2": AMSR2,
    "sar+amsr2-18-36": SAR + AMSR2_18_36,
    "sar+amsr2": SAR + AMSR2,
    "all": (*SAR, *AMSR2, DISTANCE_MAP, *ERA5),
    "autoice18": (*SAR, *POSITIONS, DISTANCE_MAP, *AMSR2_18_36, *ERA5),
}
"""The channels of each channel set, in order."""


def channel_set(name: str) -> tuple[str, ...]:
    """Channels of a channel set, in order.

    >>> channel_set("sar_incidenceangle,btemp_18_7h")
    ('sar_incidenceangle', 'btemp_18_7h')

    Args:
        name: Name of a channel set, or names of channels joined by commas.

    Raises:
        ConfigError: A channel set or channel is unknown, or a channel is named twice.
    """
    if name in CHANNEL_SETS:
        return CHANNEL_SETS[name]
    names = tuple(name.split(","))
    unknown = [each for each in names if each not in CHANNEL]
    if len(names) == 1 and unknown:
        raise ConfigError(f"No channel set {name[:80]!r}. There are: {', '.join(CHANNEL_SETS)}.")
    if unknown:
        raise ConfigError(
            f"No channel {', '.join(each[:40] for each in unknown[:5])!r}. "
            f"There are: {', '.join(CHANNEL)}."
        )
    if len(set(names)) < len(names):
        raise ConfigError(f"A channel is named twice in {name[:200]!r}.")
    return names
