"""Colours of charts, of fields, and of pixels without data.

SIC and SOD take the colours of the WMO ice chart standard (JCOMM TR-24, WMO/TD-No. 1215, rev.
2014), which has one set for each: ranges of CT for SIC, one representative code for each class of
SOD. Because networks predict a number, SIC runs from the colour of one range into that of the next,
unless you ask for steps. Floe size has no WMO scheme and takes a sequential, colour-blind-safe
scale. The alternative to the WMO colours is safe for colour-blind viewers: cmocean's `ice` for SIC,
`inferno` for SOD.
Continuous fields take cmocean's scales (Thyng et al. 2016).
"""

from dataclasses import dataclass
from typing import Literal, get_args

import cmocean
import matplotlib as mpl
import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName

RGB = tuple[int, int, int]

SchemeName = Literal["WMO", "WMO in steps", "Colour-blind safe"]
SCHEMES: tuple[SchemeName, ...] = get_args(SchemeName)

# Warm, to stand out from the neutral greys of radar.
LAND: RGB = (157, 147, 130)
HATCH: RGB = (120, 120, 120)
WATER: RGB = (0, 100, 255)

_SIC: dict[str, RGB] = {
    "0 %": WATER,
    "10-30 %": (140, 255, 160),
    "40-60 %": (255, 255, 0),
    "70-80 %": (255, 125, 7),
    "90-100 %": (255, 0, 0),
}
# Each lies between the last class of a range and the first class of the next.
_SIC_EDGES = (5.0, 35.0, 65.0, 85.0)
# Percent and colour: the middles of the ranges, with that of less than a tenth.
_SIC_SCALE: tuple[tuple[float, RGB], ...] = (
    (0, WATER),
    (5, (150, 200, 255)),
    (20, _SIC["10-30 %"]),
    (50, _SIC["40-60 %"]),
    (75, _SIC["70-80 %"]),
    (95, _SIC["90-100 %"]),
)

_SOD: tuple[RGB, ...] = (
    WATER,
    (240, 210, 250),  # 81 new ice
    (170, 40, 240),  # 83 young ice
    (155, 210, 0),  # 87 thin first-year ice
    (0, 120, 0),  # 93 thick first-year ice
    (180, 100, 50),  # 95 old ice
)
_BERGS: RGB = (0, 230, 230)


@dataclass(frozen=True)
class Palette:
    """A table of colours, and what they stand for.

    Attributes:
        colours: (n, 3) uint8.
        labels: A label for each colour if the colours are classes; empty for a continuous scale.
        low: Value of the first colour of a continuous scale.
        high: Value of its last colour.
        name: What the colours show.
        unit: Unit of the values; empty for classes and pure numbers.
        hint: What the ends of a scale without a unit mean.
        edges: If the classes are ranges of a number, the values between them.
    """

    colours: np.ndarray
    labels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    name: str = ""
    unit: str = ""
    hint: str = ""
    edges: tuple[float, ...] = ()

    @property
    def title(self) -> str:
        """Title of a legend or a colour bar: the name, and the unit or the hint in brackets."""
        explained = self.unit or self.hint
        return f"{self.name} ({explained})" if self.name and explained else self.name or explained

    def indices(self, values: np.ndarray) -> np.ndarray:
        """Indices into the colours for values; values beyond the ends take the last colour.

        Args:
            values: Classes or numbers, any shape. NaN gives index 0 on a continuous scale.

        Returns:
            uint8 of the same shape.
        """
        last = len(self.colours) - 1
        if self.edges:
            return np.asarray(np.searchsorted(self.edges, values, side="right"), np.uint8)
        if self.labels:
            return np.asarray(np.clip(values, 0, last), np.uint8)
        share = (np.nan_to_num(values, nan=self.low) - self.low) / (self.high - self.low)
        return np.asarray(np.rint(np.clip(share, 0, 1) * last), np.uint8)

    def css(self, index: int) -> str:
        """A colour as CSS."""
        red, green, blue = self.colours[index]
        return f"rgb({red},{green},{blue})"

    def plotly_scale(self) -> list[list[float | str]]:
        """The colours as a Plotly colour scale."""
        steps = np.linspace(0, len(self.colours) - 1, min(32, len(self.colours))).round()
        return [[step / (len(self.colours) - 1), self.css(int(step))] for step in steps]


def _sampled(colormap: mpl.colors.Colormap, count: int) -> np.ndarray:
    rgba = np.asarray(colormap(np.linspace(0, 1, count)))
    colours: np.ndarray = (rgba[:, :3] * 255).round().astype(np.uint8)
    return colours


def continuous(
    scale: str,
    low: float,
    high: float,
    name: str = "",
    *,
    unit: str = "",
    hint: str = "",
    count: int = 200,
) -> Palette:
    """A cmocean scale between two values.

    Args:
        scale: Name of the scale.
        low: Value of its first colour.
        high: Value of its last colour.
        name: What it shows.
        unit: Unit of the values.
        hint: What its ends mean, if there is no unit.
        count: Number of colours.
    """
    colours = _sampled(cmocean.cm.cmap_d[scale], count)
    return Palette(colours, (), low, high, name, unit, hint)


def chart_palette(chart: ChartName, scheme: SchemeName = "WMO") -> Palette:
    """Colours of a chart: SIC in percent, SOD and FLOE by class."""
    if chart == "SIC":
        if scheme == "WMO in steps":
            colours = np.array(list(_SIC.values()), np.uint8)
            return Palette(colours, tuple(_SIC), name="SIC", edges=_SIC_EDGES)
        if scheme == "WMO":
            return Palette(_sic_scale(), (), 0, 100, "SIC", "%")
        return continuous("ice", 0, 100, "SIC", unit="%", count=101)
    names = CHART[chart].class_names
    if chart == "FLOE":
        # From light for cake ice to dark for vast floes; magma's lightness is even for all viewers.
        sizes = _sampled(mpl.colormaps["magma"], 12)[[11, 9, 7, 5, 3]]
        return Palette(np.array([WATER, *sizes, _BERGS], np.uint8), names, name="FLOE")
    safe = (WATER, *_sampled(mpl.colormaps["inferno"], 6)[:0:-1])
    stages = safe if scheme == "Colour-blind safe" else _SOD
    return Palette(np.array(stages, np.uint8), names, name="SOD")


def _sic_scale() -> np.ndarray:
    """A colour for each percent, (101, 3) uint8."""
    percent, colours = zip(*_SIC_SCALE, strict=True)
    mixed = [np.interp(np.arange(101), percent, band) for band in zip(*colours, strict=True)]
    scale: np.ndarray = np.rint(np.stack(mixed, axis=1)).astype(np.uint8)
    return scale


def difference_palette(name: str = "SIC error") -> Palette:
    """Colours of a difference of SIC in percentage points."""
    return continuous("balance", -100, 100, name, unit="points", count=101)


def entropy_palette() -> Palette:
    """Colours of the entropy of class probabilities, as a share of its maximum."""
    return continuous("matter", 0, 1, "Entropy", hint="0 sure, 1 guess", count=101)


def heat_palette(*, shared: bool = True) -> Palette:
    """Colours of evidence as a share of the strongest shown: in all maps, or in each."""
    hint = "1 = strongest" if shared else "1 = each map's peak"
    return continuous("thermal", 0, 1, "Evidence", hint=hint, count=64)
