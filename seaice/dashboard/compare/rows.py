"""Rows of maps: a map of the scene itself, then one for each network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from seaice.dashboard.compare.display import DisplaySettings, RowName
from seaice.dashboard.compare.drawn_maps import (
    DrawnMap,
    channel_map,
    chart_map,
    entropy_map,
    error_map,
    evidence_map,
    prediction_map,
    strongest_evidence,
)
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.compare.score_chips import score_chips
from seaice.dashboard.scene_view import SceneView
from seaice.figures.maps import Row


@dataclass(frozen=True)
class MapRow:
    """A row of maps; it holds at least one.

    Attributes:
        name: Which row it is.
        scene_map: A map of the scene itself, if there is one.
        network_maps: One for each network.
    """

    name: RowName
    scene_map: DrawnMap | None
    network_maps: Sequence[DrawnMap]

    @property
    def maps(self) -> list[DrawnMap]:
        """All maps, the scene's own first."""
        return [*([self.scene_map] if self.scene_map else []), *self.network_maps]

    def to_figure_row(self, view: SceneView, opacity: float, columns: int) -> Row:
        """The row in a figure of so many columns.

        Args:
            view: What the maps were drawn from.
            opacity: Of the networks' maps over the radar image, 0 to 1.
            columns: Columns of the figure, at least one more than there are networks.
        """
        panels = [self.scene_map.panel(view) if self.scene_map else None]
        panels += [each.panel(view, opacity) for each in self.network_maps]
        panels += [None] * (columns - len(panels))
        # The legend explains the networks' maps, which the scene's own map shares colours with.
        explained = [*self.network_maps, *self.maps][0]
        unlabelled = explained.unlabelled or bool(self.scene_map and self.scene_map.unlabelled)
        return Row(panels, explained.palette, unlabelled=unlabelled, land=True)


def map_rows(
    view: SceneView, settings: DisplaySettings, results: Sequence[NetworkResult]
) -> list[MapRow]:
    """Draw the rows that are shown.

    Errors need a chart and entropy needs class probabilities: rows without these are left out.
    """
    channels = [name for name in settings.channels if name in view.scene.channels]
    scene_maps: Iterator[DrawnMap] = (channel_map(view, name) for name in channels)
    rows = []
    for name in settings.rows:
        maps = _network_maps(name, view, settings, results)
        if name == "Maps" and settings.chart in view.scene.charts:
            rows.append(MapRow(name, chart_map(view, settings.chart, settings.scheme), maps))
        elif maps or name == "Maps":
            rows.append(MapRow(name, next(scene_maps, None), maps))
    # The remaining channels get rows of their own below.
    rows += [MapRow("Maps", each, ()) for each in scene_maps]
    return [row for row in rows if row.maps]


def _network_maps(
    name: RowName, view: SceneView, settings: DisplaySettings, results: Sequence[NetworkResult]
) -> list[DrawnMap]:
    chart = settings.chart
    if name == "Maps":
        maps = [prediction_map(view, chart, each.prediction, settings.scheme) for each in results]
        scores = score_chips(chart, results)
        return [replace(drawn, score=score) for drawn, score in zip(maps, scores, strict=True)]
    if name == "Errors" and chart in view.scene.charts:
        return [error_map(view, chart, each.prediction) for each in results]
    if name == "Entropy" and chart != "SIC":
        return [entropy_map(view, chart, each.prediction) for each in results]
    if name == "Evidence":
        # One scale for all, if the evidence of several networks has one.
        strongest = strongest_evidence(view, results)
        return [evidence_map(view, each, strongest) for each in results if each.heatmap]
    return []
