"""Rows of maps: a map of the scene itself, then one for each column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from seaice.dashboard.compare.difference_maps import difference_maps, error_maps
from seaice.dashboard.compare.display import DisplaySettings, RowName
from seaice.dashboard.compare.drawn_maps import (
    DrawnMap,
    channel_map,
    chart_map,
    entropy_map,
    evidence_map,
    prediction_map,
    strongest_evidence,
)
from seaice.dashboard.compare.results import ColumnResult, networks_among
from seaice.dashboard.compare.score_chips import score_chips
from seaice.dashboard.scene_view import SceneView
from seaice.figures.maps import Row


@dataclass(frozen=True)
class MapRow:
    """A row of maps; it holds at least one.

    Attributes:
        name: Which row it is.
        scene_map: A map of the scene itself, if there is one.
        column_maps: One for each column, or for the first ones; None leaves its place empty.
    """

    name: RowName
    scene_map: DrawnMap | None
    column_maps: Sequence[DrawnMap | None]

    @property
    def maps(self) -> list[DrawnMap]:
        """All maps, the scene's own first."""
        return [each for each in (self.scene_map, *self.column_maps) if each]

    def to_figure_rows(self, view: SceneView, opacity: float, columns: int) -> list[Row]:
        """The row in a figure of so many columns; what does not fit goes on in rows below.

        Args:
            view: What the maps were drawn from.
            opacity: Of the predicted maps over the radar image, 0 to 1.
            columns: Columns of the figure, at least 2 where there are maps of columns.
        """
        first = self.scene_map.panel(view) if self.scene_map else None
        predicted = [each.panel(view, opacity) if each else None for each in self.column_maps]
        step = columns - 1
        parts = [predicted[i : i + step] for i in range(0, len(predicted), step or 1)] or [[]]
        # The legend explains the columns' maps, which the scene's own map shares colours with.
        explained = next(filter(None, (*self.column_maps, self.scene_map)))
        unlabelled = explained.unlabelled or bool(self.scene_map and self.scene_map.unlabelled)
        return [
            Row(
                [None if number else first, *part, *[None] * (step - len(part))],
                explained.palette,
                unlabelled=unlabelled,
                land=True,
            )
            for number, part in enumerate(parts)
            if number == 0 or any(part)
        ]


def map_rows(
    view: SceneView, settings: DisplaySettings, results: Sequence[ColumnResult]
) -> list[MapRow]:
    """Draw the rows that are shown.

    Errors need a chart and entropy needs class probabilities: rows without these are left out.
    """
    channels = [name for name in settings.channels if name in view.scene.channels]
    scene_maps: Iterator[DrawnMap] = (channel_map(view, name) for name in channels)
    rows = []
    for name in settings.rows:
        maps = _column_maps(name, view, settings, results)
        if name == "Maps" and settings.chart in view.scene.charts:
            rows.append(MapRow(name, chart_map(view, settings.chart, settings.scheme), maps))
        elif name == "Differences":
            rows += _differences(view, settings, results)
        elif maps or name == "Maps":
            rows.append(MapRow(name, next(scene_maps, None), maps))
    # The remaining channels get rows of their own below.
    rows += [MapRow("Maps", each, ()) for each in scene_maps]
    return [row for row in rows if row.maps]


def _differences(
    view: SceneView, settings: DisplaySettings, results: Sequence[ColumnResult]
) -> list[MapRow]:
    """The row of differences between columns; none with fewer than two."""
    if len(results) < 2:
        return []
    against = min(settings.against, len(results) - 1)
    everywhere, maps = difference_maps(view, settings.chart, results, against)
    headed = [
        drawn and replace(drawn, heading=each.heading)
        for drawn, each in zip(maps, results, strict=True)
    ]
    return [MapRow("Differences", everywhere, headed)]


def _column_maps(
    name: RowName, view: SceneView, settings: DisplaySettings, results: Sequence[ColumnResult]
) -> list[DrawnMap]:
    """A map for each result; networks come first, so that a row may end with theirs."""
    maps = _without_headings(name, view, settings, results)
    return [
        replace(drawn, heading=each.heading) for drawn, each in zip(maps, results, strict=False)
    ]


def _without_headings(
    name: RowName, view: SceneView, settings: DisplaySettings, results: Sequence[ColumnResult]
) -> list[DrawnMap]:
    chart = settings.chart
    if name == "Maps":
        maps = [prediction_map(view, chart, each.maps, settings.scheme) for each in results]
        scores = score_chips(chart, results)
        return [replace(drawn, score=score) for drawn, score in zip(maps, scores, strict=True)]
    if name == "Errors" and chart in view.scene.charts:
        return error_maps(view, chart, results)
    if name == "Entropy" and chart != "SIC":
        # Maps from files, which come last, have no probabilities.
        return [entropy_map(view, chart, each.maps) for each in results if each.maps.probabilities]
    if name == "Evidence":
        networks = networks_among(results)
        # One scale for all, if the evidence of several networks has one.
        strongest = strongest_evidence(view, networks)
        return [evidence_map(view, each, strongest) for each in networks if each.heatmap]
    return []
