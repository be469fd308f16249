"""What a person chooses to see on Compare."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.ai4arctic.channels import HH, HV
from seaice.ai4arctic.charts import ChartName
from seaice.dashboard.orientation import Direction
from seaice.figures.palettes import SchemeName

LayoutName = Literal["Side by side", "Swipe", "Rates"]
LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
RowName = Literal["Maps", "Errors", "Differences", "Evidence", "Entropy"]
ROWS: tuple[RowName, ...] = get_args(RowName)
DEFAULT_ROWS: tuple[RowName, ...] = ("Maps", "Errors", "Evidence")
DEFAULT_CHANNELS = (HH, HV)
MOST_CHANNELS = 4
"""Most channels beside the maps."""
PlaceName = Literal["Close up", "In the scene"]
PLACES: tuple[PlaceName, ...] = get_args(PlaceName)
"""What the maps show of a region."""
CLOSE_UP: PlaceName = "Close up"


@dataclass(frozen=True)
class DisplaySettings:
    """Which maps the page shows, and how they look.

    Attributes:
        chart: The task.
        rows: The rows of maps, in order.
        channels: Channels of the scene beside them.
        scheme: Colours of the charts.
        opacity: Opacity of the networks' maps over the radar image, 0 to 1.
        layout: All maps side by side, two at a time, or blended as a slider moves over the rates.
        direction: How maps lie.
        against: Index of the column that the others are held against.
        narrow: Panels one below the other, for a narrow window.
    """

    chart: ChartName
    rows: tuple[RowName, ...] = DEFAULT_ROWS
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    scheme: SchemeName = "WMO"
    opacity: float = 1.0
    layout: LayoutName = "Side by side"
    direction: Direction = "North up"
    against: int = 0
    narrow: bool = False
