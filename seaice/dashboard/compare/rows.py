"""What Compare shows of a scene: rows of maps, side by side or two at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.base import Base
from seaice.dashboard.compare.panels import (
    HH,
    HV,
    DrawnMap,
    channel_map,
    chart_map,
    entropy_map,
    error_map,
    heat_map,
    peak_of,
    prediction_map,
)
from seaice.explain.gradcam import Heatmap
from seaice.figures.maps import Row
from seaice.figures.palettes import SchemeName
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.inference import Prediction

RowName = Literal["Maps", "Errors", "Grad-CAM", "Entropy"]
ROWS: tuple[RowName, ...] = get_args(RowName)
DEFAULT_ROWS: tuple[RowName, ...] = ("Maps", "Errors", "Grad-CAM")
DEFAULT_CHANNELS = (HH, HV)


@dataclass(frozen=True)
class Content:
    """What a person chose to see.

    Attributes:
        chart: The task.
        rows: Which rows of maps, in order.
        channels: Channels of the scene beside them.
        scheme: Colours of the charts.
        opacity: Of maps over the radar image, 0 to 1.
        swiped: Two maps at a time instead of side by side.
        narrow: Panels one below the other.
    """

    chart: ChartName
    rows: tuple[RowName, ...] = DEFAULT_ROWS
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    scheme: SchemeName = "WMO"
    opacity: float = 1.0
    swiped: bool = False
    narrow: bool = False


@dataclass(frozen=True)
class Results:
    """What the checkpoints make of the scene; one of each for each checkpoint.

    Attributes:
        files: The checkpoints.
        predictions: Their predictions.
        heatmaps: Their heatmaps; empty where they could not be computed or are not shown.
    """

    files: Sequence[CheckpointFile]
    predictions: Sequence[Prediction]
    heatmaps: Sequence[Heatmap] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Identity for caches; the predictions follow from the files and the scene."""
        files = (cached.file_key(file.path) for file in self.files)
        explained = ((each.config, str(each.region)) for each in self.heatmaps)
        return *files, *explained


@dataclass(frozen=True)
class DrawnRow:
    """A row of maps.

    Attributes:
        name: Which row it is.
        beside: A map of the scene itself, where there is one.
        maps: One for each checkpoint.
    """

    name: RowName
    beside: DrawnMap | None
    maps: Sequence[DrawnMap]

    def row(self, base: Base, opacity: float, columns: int) -> Row:
        """As a row of a figure of so many columns."""
        panels = [self.beside.panel(base) if self.beside else None]
        panels += [each.panel(base, opacity) for each in self.maps]
        panels += [None] * (columns - len(panels))
        explained = self.maps[0] if self.maps else self.beside
        unlabelled = explained.unlabelled or bool(self.beside and self.beside.unlabelled)
        return Row(panels, explained.palette, unlabelled=unlabelled, land=True)


def drawn_rows(base: Base, content: Content, results: Results) -> list[DrawnRow]:
    """The rows that are shown; those that need a chart, or probabilities, where there are such."""
    channels = [name for name in content.channels if name in base.scene.channels]
    beside: Iterator[DrawnMap] = (channel_map(base, name) for name in channels)
    rows = []
    for name in content.rows:
        maps = _maps(name, base, content, results)
        if name == "Maps" and content.chart in base.scene.charts:
            rows.append(DrawnRow(name, chart_map(base, content.chart, content.scheme), maps))
        elif maps or name == "Maps":
            rows.append(DrawnRow(name, next(beside, None), maps))
    # Channels that found no row stand below.
    rows += [DrawnRow("Maps", left, ()) for left in beside]
    return [row for row in rows if row.beside or row.maps]


def all_maps(rows: Sequence[DrawnRow]) -> list[DrawnMap]:
    """Every map of the rows, those of the scene itself first."""
    return [
        *(row.beside for row in rows if row.beside),
        *(drawn for row in rows for drawn in row.maps),
    ]


def _maps(name: RowName, base: Base, content: Content, results: Results) -> list[DrawnMap]:
    chart = content.chart
    pairs = list(zip(results.files, results.predictions, strict=True))
    if name == "Maps":
        return [prediction_map(base, chart, *pair, content.scheme) for pair in pairs]
    if name == "Errors" and chart in base.scene.charts:
        return [error_map(base, chart, *pair) for pair in pairs]
    if name == "Entropy" and chart != "SIC":
        return [entropy_map(base, chart, *pair) for pair in pairs]
    if name == "Grad-CAM" and results.heatmaps:
        strongest = _strongest(base, results)
        return [
            heat_map(base, file, heatmap, strongest)
            for file, heatmap in zip(results.files, results.heatmaps, strict=True)
        ]
    return []


def _strongest(base: Base, results: Results) -> float:
    """Common upper end of the scale of the heatmaps: the strongest evidence that is shown."""
    pairs = zip(results.files, results.heatmaps, strict=True)
    # Where there is none at all, any scale will do.
    return max(peak_of(base, *pair) for pair in pairs) or 1.0
