"""The field's words: charts and their classes, channels and channel sets, atrous rates.

Nothing here depends on a file layout, a network or a page; everything else depends on this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from seaice.errors import ConfigError

ChartName = Literal["SIC", "SOD", "FLOE"]
CHARTS: tuple[ChartName, ...] = get_args(ChartName)

FILL = 255
"""Value of a chart's pixel without a label."""


NEW, YOUNG, THIN, THICK, OLD = 1, 2, 3, 4, 5
"""Classes of SOD with ice: new, young, thin and thick first-year, old."""

CAKE, SMALL, MEDIUM, BIG, VAST, BERGS = 1, 2, 3, 4, 5, 6
"""Classes of FLOE with ice."""


@dataclass(frozen=True)
class Chart:
    """One of the three charts of an ice analysis.

    Attributes:
        name: Short name, also the variable in a scene file.
        long_name: The name in words.
        class_names: The classes in order; a pixel holds an index into them or `FILL`.
        weight: The chart's weight in the combined score (AutoICE, Stokholm et al. 2024).
    """

    name: ChartName
    long_name: str
    class_names: tuple[str, ...]
    weight: int

    @property
    def n_classes(self) -> int:
        """Number of classes, the unlabelled one not counted."""
        return len(self.class_names)

    @property
    def n_outputs(self) -> int:
        """Outputs of the network's head: SIC is a regression on the class index."""
        return 1 if self.name == "SIC" else self.n_classes


CHART: dict[ChartName, Chart] = {
    "SIC": Chart(
        "SIC",
        "Sea ice concentration",
        ("0 %", "10 %", "20 %", "30 %", "40 %", "50 %", "60 %", "70 %", "80 %", "90 %", "100 %"),
        2,
    ),
    "SOD": Chart(
        "SOD",
        "Stage of development",
        (
            "Open water",
            "New ice",
            "Young ice",
            "Thin first-year ice",
            "Thick first-year ice",
            "Old ice",
        ),
        2,
    ),
    "FLOE": Chart(
        "FLOE",
        "Floe size",
        (
            "Open water",
            "Cake ice",
            "Small floe",
            "Medium floe",
            "Big floe",
            "Vast floe",
            "Bergs",
        ),
        1,
    ),
}


Grid = Literal["full", "2km", "positions"]


@dataclass(frozen=True)
class Channel:
    """One input of a network.

    Attributes:
        name: Name of the variable in a scene file; of a derived channel, its own name.
        label: What a person reads.
        unit: Physical unit before scaling.
        grid: Where it lives: the full grid, the 2 km grid of AMSR2 and ERA5, or derived from the
            positions.
    """

    name: str
    label: str
    unit: str
    grid: Grid


AMSR2_GHZ = ("6.9", "7.3", "10.7", "18.7", "23.8", "36.5", "89.0")

SAR = ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle")
AMSR2 = tuple(f"btemp_{ghz.replace('.', '_')}{pol}" for ghz in AMSR2_GHZ for pol in "hv")
AMSR2_18_36 = tuple(name for name in AMSR2 if "18_7" in name or "36_5" in name)
DISTANCE = ("distance_map",)
ERA5 = ("u10m_rotated", "v10m_rotated", "t2m", "skt", "tcwv", "tclw")
POSITIONS = ("sin_longitude", "cos_longitude", "sin_latitude", "cos_latitude")

_AMSR2_LABELS = [f"{ghz} GHz {pol}" for ghz in AMSR2_GHZ for pol in "HV"]
_CHANNELS = (
    Channel("nersc_sar_primary", "HH", "dB", "full"),
    Channel("nersc_sar_secondary", "HV", "dB", "full"),
    Channel("sar_incidenceangle", "Incidence angle", "degree", "full"),
    *(Channel(n, lab, "K", "2km") for n, lab in zip(AMSR2, _AMSR2_LABELS, strict=True)),
    Channel("distance_map", "Distance to land", "zone", "full"),
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
    "all": SAR + AMSR2 + DISTANCE + ERA5,
    "autoice18": SAR + POSITIONS + DISTANCE + AMSR2_18_36 + ERA5,
}
"""Channel sets by name, each in its order of channels."""


def channel_set(name: str) -> tuple[str, ...]:
    """Channels of a channel set, or those named one by one, in order.

    >>> channel_set("sar_incidenceangle,btemp_18_7h")
    ('sar_incidenceangle', 'btemp_18_7h')

    Args:
        name: Name of a channel set, or names of channels joined by commas.

    Raises:
        ConfigError: There is no such channel set or channel, or a channel stands there twice.
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
        raise ConfigError(f"A channel stands twice in {name[:200]!r}.")
    return names


Rates = tuple[int, ...]
"""Atrous rates in feature cells; empty for the control without an atrous branch."""

RATE_PRESETS: tuple[Rates, ...] = ((1, 2, 3), (3, 6, 9), (6, 12, 18), (12, 24, 36))
MAX_RATES = 5
MAX_RATE = 96


def check_rates(rates: Sequence[int]) -> Rates:
    """Rates as a tuple, if a network can be built from them.

    Raises:
        ConfigError: More than five rates, or one that is not between 1 and 96.
    """
    if len(rates) > MAX_RATES or any(not 1 <= rate <= MAX_RATE for rate in rates):
        raise ConfigError(
            f"Atrous rates must be one to {MAX_RATES} whole numbers between 1 and {MAX_RATE}, such "
            f"as 6-12-18, or 'none'; not {rates_name(rates)[:60]!r}."
        )
    return tuple(int(rate) for rate in rates)


def rates_name(rates: Sequence[int]) -> str:
    """Rates as they are written everywhere.

    >>> rates_name((6, 12, 18)), rates_name(())
    ('6-12-18', 'none')
    """
    return "-".join(str(rate) for rate in rates) or "none"


def parse_rates(text: str) -> Rates:
    """Rates from their written form; inverse of `rates_name`.

    >>> parse_rates("6-12-18"), parse_rates("none")
    ((6, 12, 18), ())

    Raises:
        ConfigError: The text does not name rates.
    """
    if text == "none":
        return ()
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ConfigError(
            f"Atrous rates {text[:40]!r} are whole numbers joined by '-', such as 6-12-18, "
            "or 'none'."
        )
    return check_rates([int(part) for part in parts])


EncoderName = Literal["resnet18", "resnet34", "resnet50", "resnet152"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
"""Encoders by timm's names."""
