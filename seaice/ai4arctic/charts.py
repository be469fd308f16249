"""The three charts of an ice analysis and their classes."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.core.errors import ConfigError

ChartName = Literal["SIC", "SOD", "FLOE"]
CHARTS: tuple[ChartName, ...] = get_args(ChartName)

FILL = 255
"""Value of a chart's pixel without a label."""

DOMINANT_SHARE = 0.65
"""Smallest share of a polygon's ice with which a class is dominant."""

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


def chart_named(words: str) -> ChartName:
    """The chart that a user names, in any case.

    Raises:
        ConfigError: There is no such chart.
    """
    for name in CHARTS:
        if name == words.upper():
            return name
    raise ConfigError(f"No chart {words[:40]!r}. There are: {', '.join(CHARTS)}.")
