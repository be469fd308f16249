"""The maps of Compare: each is drawn once for a view, a network and its settings, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import CHANNEL, HH
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.results import Explained
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import UNLABELLED, class_texts, in_percent, masked_texts
from seaice.explain.gradcam import Heatmap
from seaice.figures.channels import SAR_RANGE_DB, channel_palette, sar_palette
from seaice.figures.extent import at_cells
from seaice.figures.maps import BACKDROP, OVERLAY, Panel
from seaice.figures.palettes import (
    Palette,
    SchemeName,
    chart_palette,
    entropy_palette,
    heat_palette,
)
from seaice.figures.png import CRISP_PX
from seaice.results.maps import ChartMaps

# A drawn map takes up to 1 MB.
SCENE_MAPS, NETWORK_MAPS = 24, 40
"""Drawn maps of scenes and of columns that are kept."""


@dataclass(frozen=True)
class DrawnMap:
    """A map, ready to be placed in a figure.

    Attributes:
        title: What it shows.
        image: Palette PNG as a data URI.
        palette: Its colours.
        hover: (cells, cells) object array on the pointer's grid: the text of each cell.
        unlabelled: Whether hatched pixels have no label.
        scaled: Whether the map shows its own scale, whose ends the title tells.
        message: Text over a map that has nothing to show.
        backed: Whether the map is always seen over the radar image.
        note: A line below the title; empty for none.
        score: Score of the column here, in Plotly's markup; empty if there is none.
        heading: What predicted it, in lines; empty for a map of the scene itself.
    """

    title: str
    image: str
    palette: Palette
    hover: np.ndarray
    unlabelled: bool = False
    scaled: bool = False
    message: str = ""
    backed: bool = False
    note: str = ""
    score: str = ""
    heading: tuple[str, ...] = ()

    def panel(self, view: SceneView, opacity: float = 1.0) -> Panel:
        """The map as a panel of a figure.

        Args:
            view: What it was drawn from.
            opacity: Opacity of a predicted map over the radar image, 0 to 1.
        """
        covers = bool(self.heading)
        below = [radar] if (self.backed or covers) and (radar := backdrop(view)) else []
        opacity = opacity if below else 1.0
        names = ("" if self.backed else BACKDROP, OVERLAY if covers else "") if below else ()
        # Plotly reads markup in titles, and a heading may hold a file's name.
        heading = (line.replace("<", "&lt;") for line in self.heading)
        title = "<br>".join(filter(None, (self.title, *heading, self.note, self.score)))
        hover = view.at_pointer(self.hover)
        scale = self.palette if self.scaled else None
        return Panel(title, [*below, self.image], hover, self.message, opacity, names, scale)


@cached(max_entries=12)
def backdrop(view: SceneView) -> str:
    """HH at half the resolution as a data URI, to lie below other maps; empty without HH."""
    if HH not in view.scene.channels:
        return ""
    return view.image(view.channel(HH), sar_palette(HH), step=2)


@cached(SCENE_MAPS)
def chart_map(view: SceneView, chart: ChartName, scheme: SchemeName) -> DrawnMap:
    """The ice chart."""
    classes, palette = view.chart(chart), chart_palette(chart, scheme)
    shown = in_percent(chart, classes)
    image = view.image(shown, palette, classes != FILL, at_least_px=CRISP_PX)
    text = class_texts(chart, at_cells(classes))
    if (polygons := view.polygon_texts()) is not None:
        text = text + np.where(polygons == "", "", "<br>" + polygons)
    return DrawnMap(f"Ice chart {chart}", image, palette, masked_text(view, text), unlabelled=True)


@cached(SCENE_MAPS)
def channel_map(view: SceneView, name: str) -> DrawnMap:
    """A channel of the scene in its physical unit."""
    values = view.channel(name)
    label, unit = CHANNEL[name].label, CHANNEL[name].unit
    if name in SAR_RANGE_DB:
        palette = sar_palette(name, label)
    else:
        palette = channel_palette(name, values[view.valid], label, unit)
    text = np.char.add(np.char.mod("%.4g", at_cells(values)), f" {unit}").astype(object)
    title = f"{label}, {palette.low:.3g} to {palette.high:.3g} {unit}"
    image = view.image(values, palette)
    return DrawnMap(title, image, palette, masked_text(view, text), scaled=True)


@cached(NETWORK_MAPS)
def prediction_map(
    view: SceneView, chart: ChartName, maps: ChartMaps, scheme: SchemeName
) -> DrawnMap:
    """The predicted chart."""
    values, palette = _predicted(view, chart, maps), chart_palette(chart, scheme)
    # Only maps from files may lack classes.
    known = np.isfinite(values) if chart == "SIC" else values != FILL
    labelled = None if known.all() else known
    image = view.image(
        np.nan_to_num(in_percent(chart, values)), palette, labelled, at_least_px=CRISP_PX
    )
    text = _both_texts(view, chart, values)
    unlabelled = labelled is not None
    return DrawnMap(f"Predicted {chart}", image, palette, text, unlabelled=unlabelled)


@cached(NETWORK_MAPS)
def entropy_map(view: SceneView, chart: ChartName, maps: ChartMaps) -> DrawnMap:
    """How undecided the network is between the classes."""
    palette = entropy_palette()
    values = maps.entropy(chart, view.grid, view.window)
    image = view.image(values, palette)
    text = np.char.mod("entropy %.2f", at_cells(values)).astype(object)
    return DrawnMap("Entropy", image, palette, masked_text(view, text))


@cached(max_entries=200)
def peak_evidence(view: SceneView, result: Explained) -> float:
    """The strongest evidence that a result's heatmap shows; 0 if there is none."""
    evidence = _heatmap(result).on(view.grid, view.window)[view.valid]
    return float(np.nanmax(evidence, initial=0))


def strongest_evidence(view: SceneView, results: Sequence[Explained]) -> float | None:
    """The strongest evidence of all heatmaps, in their unit; None if they share no scale."""
    explained = [each for each in results if each.heatmap]
    if not all(_heatmap(each).unit for each in explained):
        return None
    return max((peak_evidence(view, each) for each in explained), default=0) or None


@cached(NETWORK_MAPS)
def evidence_map(view: SceneView, result: Explained, strongest: float | None) -> DrawnMap:
    """Where a network looked.

    Args:
        view: What it is drawn on.
        result: A result with a heatmap.
        strongest: Upper end of the scale that all heatmaps share; None if each has its own, or none
            of them any evidence.
    """
    heatmap, palette = _heatmap(result), heat_palette(shared=bool(_heatmap(result).unit))
    # Any scale will do for a map without evidence.
    own = peak_evidence(view, result)
    scale = strongest or own or 1.0
    image, text = heat_image(view, heatmap, palette, scale)
    peak = "" if heatmap.message or strongest is None else f"peak {own / scale:.2f}"
    whole = heatmap.region == heatmap.grid.whole
    return DrawnMap(
        "Evidence" if whole else "Evidence for the region",
        image,
        palette,
        text,
        message=heatmap.message,
        backed=True,
        note=peak,
    )


def heat_image(
    view: SceneView, heatmap: Heatmap, palette: Palette, scale: float
) -> tuple[str, np.ndarray]:
    """Evidence to be seen over the radar image, and the pointer's texts.

    Args:
        view: What it is drawn on.
        heatmap: The heatmap.
        palette: Colours of 0 to 1.
        scale: The evidence that is drawn as 1.
    """
    share = heatmap.on(view.grid, view.window) / scale
    # Weak evidence lets the radar image through.
    alpha = np.linspace(0, 235, len(palette.colours)).astype(np.uint8)
    text = np.char.mod("evidence %.2f", at_cells(share)).astype(object)
    return view.image(share, palette, step=2, alpha=alpha), masked_text(view, text)


def _heatmap(result: Explained) -> Heatmap:
    assert result.heatmap is not None, "rows hold heat maps of explained results only"
    return result.heatmap


def _predicted(view: SceneView, chart: ChartName, maps: ChartMaps) -> np.ndarray:
    return maps.on(view.grid, chart, view.window)


def masked_text(view: SceneView, texts: np.ndarray) -> np.ndarray:
    """Texts of the pointer's cells, with what lies there where the scene has no data."""
    return masked_texts(texts, at_cells(view.valid), at_cells(view.land))


def _both_texts(view: SceneView, chart: ChartName, predicted: np.ndarray) -> np.ndarray:
    """Predicted and charted class of each cell; there are few different texts, each made once."""
    charted = np.minimum(at_cells(view.chart(chart)), CHART[chart].n_classes)
    values = at_cells(predicted)
    if chart == "SIC":
        names = [f"{i} %" for i in range(101)]
        values = np.rint(np.nan_to_num(values * 10, nan=len(names))).astype(int)
    else:
        names = [*CHART[chart].class_names]
    values = np.minimum(values, len(names))
    chart_names = (*CHART[chart].class_names, UNLABELLED)
    texts = [
        [f"{name}<br>chart: {other}" for other in chart_names] for name in (*names, UNLABELLED)
    ]
    return masked_text(view, np.array(texts, dtype=object)[values, charted])
