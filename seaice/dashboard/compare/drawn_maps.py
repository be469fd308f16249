"""The maps of Compare: each is drawn once for a view, a network and its settings, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import CHANNEL, HH
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import UNLABELLED, class_texts, in_percent, masked_texts
from seaice.explain.gradcam import Heatmap
from seaice.figures.channels import SAR_RANGE_DB, channel_palette, sar_palette
from seaice.figures.extent import at_cells
from seaice.figures.maps import Panel
from seaice.figures.palettes import (
    Palette,
    SchemeName,
    chart_palette,
    difference_palette,
    entropy_palette,
    heat_palette,
)
from seaice.results.inference import Prediction

# A drawn map takes up to 1 MB.
_SCENE_MAPS, _NETWORK_MAPS = 24, 40

# Images of classes that are smaller than a panel are enlarged here, without blending.
_CRISP_PX = 600


@dataclass(frozen=True)
class DrawnMap:
    """A map, ready to be placed in a figure.

    Attributes:
        title: What it shows.
        rates: Atrous rates of the network and their reach; empty for a map of the scene itself.
        image: Palette PNG as a data URI.
        palette: Its colours.
        hover: (cells, cells) object array on the pointer's grid: the text of each cell.
        unlabelled: Whether hatched pixels have no label.
        message: Text over a map that has nothing to show.
        backed: Whether the map is always seen over the radar image.
        note: A line below the title; empty for none.
        score: Score of the network here, in Plotly's markup; empty if there is none.
    """

    title: str
    rates: str
    image: str
    palette: Palette
    hover: np.ndarray
    unlabelled: bool = False
    message: str = ""
    backed: bool = False
    note: str = ""
    score: str = ""

    def panel(self, view: SceneView, opacity: float = 1.0) -> Panel:
        """The map as a panel of a figure.

        Args:
            view: What it was drawn from.
            opacity: Opacity of a network's map over the radar image, 0 to 1.
        """
        rates = f"<br>{self.rates}" if self.rates else ""
        seen_through = self.backed or (bool(self.rates) and opacity < 1)
        below = [radar] if seen_through and (radar := backdrop(view)) else []
        opacity = opacity if below else 1.0
        score = f"<br>{self.score}" if self.score else ""
        note = f"<br>{self.note}" if self.note else ""
        title = f"{self.title}{rates}{note}{score}"
        return Panel(title, [*below, self.image], self.hover, self.message, opacity)


@cached(max_entries=12)
def backdrop(view: SceneView) -> str:
    """HH at half the resolution as a data URI, to lie below other maps; empty without HH."""
    if HH not in view.scene.channels:
        return ""
    return view.image(view.channel(HH), sar_palette(HH), step=2)


@cached(_SCENE_MAPS)
def chart_map(view: SceneView, chart: ChartName, scheme: SchemeName) -> DrawnMap:
    """The ice chart."""
    classes, palette = view.chart(chart), chart_palette(chart, scheme)
    shown = in_percent(chart, classes)
    image = view.image(shown, palette, classes != FILL, at_least_px=_CRISP_PX)
    text = _masked_text(view, class_texts(chart, at_cells(classes)))
    return DrawnMap(f"Ice chart {chart}", "", image, palette, text, unlabelled=True)


@cached(_SCENE_MAPS)
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
    return DrawnMap(title, "", image, palette, _masked_text(view, text))


@cached(_NETWORK_MAPS)
def prediction_map(
    view: SceneView, chart: ChartName, prediction: Prediction, scheme: SchemeName
) -> DrawnMap:
    """The predicted chart."""
    values, palette = _predicted(view, chart, prediction), chart_palette(chart, scheme)
    image = view.image(in_percent(chart, values), palette, at_least_px=_CRISP_PX)
    text = _both_texts(view, chart, values)
    return DrawnMap(f"Predicted {chart}", prediction.info.rates_label, image, palette, text)


@cached(_NETWORK_MAPS)
def error_map(view: SceneView, chart: ChartName, prediction: Prediction) -> DrawnMap:
    """Prediction against the chart."""
    reference, palette = view.chart(chart), difference_palette(chart)
    values = _predicted(view, chart, prediction)
    difference = values.astype(np.float32) - reference
    shown = difference * 10 if chart == "SIC" else np.sign(difference) + 1
    image = view.image(shown, palette, reference != FILL, at_least_px=_CRISP_PX)
    text = _both_texts(view, chart, values)
    return DrawnMap("Error", prediction.info.rates_label, image, palette, text, unlabelled=True)


@cached(_NETWORK_MAPS)
def entropy_map(view: SceneView, chart: ChartName, prediction: Prediction) -> DrawnMap:
    """How undecided the network is between the classes."""
    palette = entropy_palette()
    values = prediction.entropy(chart, view.grid, view.window)
    image = view.image(values, palette)
    text = np.char.mod("entropy %.2f", at_cells(values)).astype(object)
    return DrawnMap(
        "Entropy", prediction.info.rates_label, image, palette, _masked_text(view, text)
    )


@cached(max_entries=200)
def peak_evidence(view: SceneView, result: NetworkResult) -> float:
    """The strongest evidence that a result's heatmap shows; 0 if there is none."""
    evidence = _heatmap(result).on(view.grid, view.window)[view.valid]
    return float(np.nanmax(evidence, initial=0))


def strongest_evidence(view: SceneView, results: Sequence[NetworkResult]) -> float | None:
    """The strongest evidence of all heatmaps, in their unit; None if they share no scale."""
    explained = [each for each in results if each.heatmap]
    if not all(_heatmap(each).unit for each in explained):
        return None
    return max((peak_evidence(view, each) for each in explained), default=0) or None


@cached(_NETWORK_MAPS)
def evidence_map(view: SceneView, result: NetworkResult, strongest: float | None) -> DrawnMap:
    """Where the network looked.

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
    share = heatmap.on(view.grid, view.window) / scale
    # Weak evidence lets the radar image through.
    alpha = np.linspace(0, 235, len(palette.colours)).astype(np.uint8)
    image = view.image(share, palette, step=2, alpha=alpha)
    text = np.char.mod("evidence %.2f", at_cells(share)).astype(object)
    peak = "" if heatmap.message or strongest is None else f"peak {own / scale:.2f}"
    whole = heatmap.region == heatmap.grid.whole
    return DrawnMap(
        "Evidence" if whole else "Evidence for the region",
        result.rates,
        image,
        palette,
        _masked_text(view, text),
        message=heatmap.message,
        backed=True,
        note=peak,
    )


def _heatmap(result: NetworkResult) -> Heatmap:
    assert result.heatmap is not None, "rows hold heat maps of explained results only"
    return result.heatmap


def _predicted(view: SceneView, chart: ChartName, prediction: Prediction) -> np.ndarray:
    return prediction.on(view.grid, chart, view.window)


def _masked_text(view: SceneView, texts: np.ndarray) -> np.ndarray:
    return masked_texts(texts, at_cells(view.valid), at_cells(view.land))


def _both_texts(view: SceneView, chart: ChartName, predicted: np.ndarray) -> np.ndarray:
    """Predicted and charted class of each cell; there are few different texts, each made once."""
    charted = np.minimum(at_cells(view.chart(chart)), CHART[chart].n_classes)
    values = at_cells(predicted)
    if chart == "SIC":
        values, names = np.rint(values * 10).astype(int), [f"{i} %" for i in range(101)]
    else:
        names = list(CHART[chart].class_names)
    chart_names = (*CHART[chart].class_names, UNLABELLED)
    texts = [[f"{name}<br>chart: {other}" for other in chart_names] for name in names]
    return _masked_text(view, np.array(texts, dtype=object)[values, charted])
