"""Colours of charts, fields and what is no data.

Stages of development take the colours of the WMO ice chart standard (JCOMM TR-24, WMO/TD-No. 1215,
rev. 2014), one representative code a class. There is no WMO scheme for floe size: a sequential,
colour-blind-safe scale is used. Continuous fields take cmocean's scales (Thyng et al. 2016).
"""

from dataclasses import dataclass

import cmocean
import matplotlib as mpl
import numpy as np

from seaice.vocabulary import CHART, ChartName

RGB = tuple[int, int, int]

LAND: RGB = (150, 150, 150)
HATCH: RGB = (120, 120, 120)
WATER: RGB = (0, 100, 255)

_SOD: tuple[RGB, ...] = (
    WATER,
    (240, 210, 250),  # 81 new ice
    (170, 40, 240),  # 83 young ice
    (155, 210, 0),  # 87 thin first-year ice
    (0, 120, 0),  # 93 thick first-year ice
    (180, 100, 50),  # 95 old ice
)
_BERGS: RGB = (0, 230, 230)

AGREEMENT = ("Below the chart", "Agrees", "Above the chart")
"""Classes of a difference map of SOD or FLOE: the predicted class against the chart's."""


@dataclass(frozen=True)
class Palette:
    """A table of colours, and what the indices into it mean.

    Attributes:
        colours: (n, 3) uint8.
        labels: A label a colour where the colours are classes; empty for a continuous scale.
        low: Value of the first colour of a continuous scale.
        high: Value of its last colour.
        title: What a legend or a colour bar says above it, with the unit.
    """

    colours: np.ndarray
    labels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    title: str = ""

    def indices(self, values: np.ndarray) -> np.ndarray:
        """Values -> indices into the colours, uint8; values beyond the ends are held.

        Args:
            values: Any shape; classes, or numbers on a continuous scale. NaN gives index 0.
        """
        last = len(self.colours) - 1
        if self.labels:
            return np.clip(values, 0, last).astype(np.uint8)
        share = (np.nan_to_num(values, nan=self.low) - self.low) / (self.high - self.low)
        return np.rint(np.clip(share, 0, 1) * last).astype(np.uint8)

    def css(self, index: int) -> str:
        """A colour as CSS."""
        red, green, blue = self.colours[index]
        return f"rgb({red},{green},{blue})"

    def plotly_scale(self) -> list[list[float | str]]:
        """As a Plotly colour scale."""
        steps = np.linspace(0, len(self.colours) - 1, min(32, len(self.colours))).round()
        return [[step / (len(self.colours) - 1), self.css(int(step))] for step in steps]


def _sampled(colormap: mpl.colors.Colormap, count: int) -> np.ndarray:
    return (colormap(np.linspace(0, 1, count))[:, :3] * 255).round().astype(np.uint8)


def continuous(name: str, low: float, high: float, title: str, count: int = 200) -> Palette:
    """A cmocean scale between two values."""
    return Palette(_sampled(cmocean.cm.cmap_d[name], count), (), low, high, title)


def chart_palette(chart: ChartName) -> Palette:
    """Colours of a chart: SIC continuous in percent, SOD and FLOE by class."""
    if chart == "SIC":
        return continuous("ice", 0, 100, "SIC (%)", 101)
    names = CHART[chart].class_names
    if chart == "SOD":
        return Palette(np.array(_SOD, np.uint8), names, title="SOD")
    # From light for cake ice to dark for vast floes; magma's lightness is even for all viewers.
    sizes = _sampled(mpl.colormaps["magma"], 12)[[11, 9, 7, 5, 3]]
    colours = np.concatenate([[WATER], sizes, [_BERGS]]).astype(np.uint8)
    return Palette(colours, names, title="FLOE")


def difference_palette(chart: ChartName) -> Palette:
    """Colours of prediction minus chart: SIC in percentage points, else below, agrees, above."""
    if chart == "SIC":
        return continuous("balance", -100, 100, "SIC error (points)", 101)
    three = _sampled(cmocean.cm.balance, 9)[[2, 4, 6]]
    return Palette(three, AGREEMENT, title=f"{chart} error")


def heat_palette() -> Palette:
    """Colours of Grad-CAM evidence as a share of the strongest shown."""
    return continuous("thermal", 0, 1, "Evidence (1 = strongest)", 64)
