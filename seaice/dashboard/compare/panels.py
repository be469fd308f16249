"""The maps of Compare: each drawn once for a scene, a checkpoint and a setting, and kept."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from seaice.ai4arctic.channels import CHANNEL
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.dashboard import cached
from seaice.dashboard.base import Base
from seaice.dashboard.words import UNLABELLED, class_texts, in_percent, masked_texts
from seaice.explain.gradcam import Heatmap
from seaice.figures.channels import channel_palette
from seaice.figures.maps import Panel, at_cells
from seaice.figures.palettes import (
    Palette,
    SchemeName,
    chart_palette,
    continuous,
    difference_palette,
    entropy_palette,
    heat_palette,
)
from seaice.figures.png import map_png
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import rates_name
from seaice.results.inference import Prediction

HH, HV = "nersc_sar_primary", "nersc_sar_secondary"

# Usual range of Sentinel-1 EW backscatter over ice and water, dB.
_SAR_RANGE_DB = {HH: (-28.0, -4.0), HV: (-36.0, -14.0)}
# Grey levels of a radar image: more than the eye tells apart; each one more makes larger files.
_GREYS = 64

# Images of classes that are smaller than a panel are enlarged here, without blending.
_crisp_png = partial(map_png, at_least_px=600)


@dataclass(frozen=True)
class DrawnMap:
    """A map, ready to be placed.

    Attributes:
        title: What it shows.
        rates: Of which atrous rates; empty for a map of the scene itself.
        image: Palette PNG as a data URI.
        palette: Its colours.
        hover: (cells, cells) object array on the pointer's grid: the text of each cell.
        unlabelled: Whether hatched pixels have no label.
        message: Words in place of a map that has nothing to show.
        backed: Whether the map is always seen over the radar image.
        note: What is said behind the title.
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

    def panel(self, base: Base, opacity: float = 1.0) -> Panel:
        """As a panel of a figure.

        Args:
            base: What it lies on.
            opacity: Of the map over the radar image; of a map of a network alone.
        """
        rates = f"<br>rates {self.rates}" if self.rates else ""
        seen_through = self.backed or (bool(self.rates) and opacity < 1)
        below = [radar] if seen_through and (radar := backdrop(base)) else []
        opacity = opacity if below else 1.0
        title = f"{self.title}{self.note}{rates}"
        return Panel(title, [*below, self.image], self.hover, self.message, opacity)


def backdrop(base: Base) -> str:
    """HH at half the resolution, as a data URI, for maps that it shows through; or nothing."""
    if HH not in base.scene.channels:
        return ""
    return cached.kept(("backdrop", base.key), lambda: _half(base))


def _half(base: Base) -> str:
    values = base.channel(HH)[0]
    palette = continuous("gray", *_SAR_RANGE_DB[HH], "dB", _GREYS)
    return map_png(values[::2, ::2], palette, base.valid[::2, ::2], base.land[::2, ::2])


def chart_map(base: Base, chart: ChartName, scheme: SchemeName) -> DrawnMap:
    """The reference ice chart."""

    def draw() -> DrawnMap:
        classes, palette = base.chart(chart), chart_palette(chart, scheme)
        image = _crisp_png(
            in_percent(chart, classes), palette, base.valid, base.land, classes != FILL
        )
        text = _masked_text(base, class_texts(chart, at_cells(classes)))
        return DrawnMap(f"Ice chart {chart}", "", image, palette, text, unlabelled=True)

    return cached.kept(("chart", base.key, chart, scheme), draw)


def channel_map(base: Base, name: str) -> DrawnMap:
    """A channel of the scene in its physical unit."""

    def draw() -> DrawnMap:
        values, valid = base.channel(name)
        label, unit = CHANNEL[name].label, CHANNEL[name].unit
        if name in _SAR_RANGE_DB:
            palette = continuous("gray", *_SAR_RANGE_DB[name], f"{label} ({unit})", _GREYS)
        else:
            palette = replace(channel_palette(name, values[valid]), title=f"{label} ({unit})")
        text = np.char.add(np.char.mod("%.4g", at_cells(values)), f" {unit}").astype(object)
        title = f"{label}, {palette.low:.3g} to {palette.high:.3g} {unit}"
        image = map_png(values, palette, valid, base.land)
        return DrawnMap(title, "", image, palette, _masked_text(base, text))

    return cached.kept(("channel", base.key, name), draw)


def prediction_map(
    base: Base, chart: ChartName, file: CheckpointFile, prediction: Prediction, scheme: SchemeName
) -> DrawnMap:
    """What a checkpoint makes of the scene."""

    def draw() -> DrawnMap:
        values, palette = _predicted(base, chart, prediction), chart_palette(chart, scheme)
        image = _crisp_png(in_percent(chart, values), palette, base.valid, base.land)
        text = _both_text(base, chart, values)
        return DrawnMap(f"Predicted {chart}", _rates(file), image, palette, text)

    return cached.kept(("prediction", base.key, chart, scheme, _file_key(file)), draw)


def error_map(
    base: Base, chart: ChartName, file: CheckpointFile, prediction: Prediction
) -> DrawnMap:
    """Prediction against the chart."""

    def draw() -> DrawnMap:
        reference, palette = base.chart(chart), difference_palette(chart)
        values = _predicted(base, chart, prediction)
        difference = values.astype(np.float32) - reference
        shown = difference * 10 if chart == "SIC" else np.sign(difference) + 1
        image = _crisp_png(shown, palette, base.valid, base.land, reference != FILL)
        text = _both_text(base, chart, values)
        return DrawnMap("Error", _rates(file), image, palette, text, unlabelled=True)

    return cached.kept(("error", base.key, chart, _file_key(file)), draw)


def entropy_map(
    base: Base, chart: ChartName, file: CheckpointFile, prediction: Prediction
) -> DrawnMap:
    """How undecided the network is between the classes."""

    def draw() -> DrawnMap:
        palette = entropy_palette()
        values = prediction.entropy(chart, base.grid, base.window)
        image = map_png(values, palette, base.valid, base.land)
        text = np.char.mod("entropy %.2f", at_cells(values)).astype(object)
        return DrawnMap("Entropy", _rates(file), image, palette, _masked_text(base, text))

    return cached.kept(("entropy", base.key, chart, _file_key(file)), draw)


def peak_of(base: Base, file: CheckpointFile, heatmap: Heatmap) -> float:
    """The strongest evidence that a heatmap's map shows; 0 where there is none."""

    def find() -> float:
        evidence = heatmap.on(base.grid, base.window)[base.valid]
        return float(np.nanmax(evidence, initial=0))

    return cached.kept(("peak", base.key, _file_key(file), *_heat_key(heatmap)), find)


def _heat_key(heatmap: Heatmap) -> tuple[object, ...]:
    return heatmap.config, str(heatmap.region)


def heat_map(base: Base, file: CheckpointFile, heatmap: Heatmap, strongest: float) -> DrawnMap:
    """Where the network looked.

    Args:
        base: What it lies on.
        file: The checkpoint.
        heatmap: Its evidence.
        strongest: Common upper end of the scale of all heatmaps shown.
    """

    def draw() -> DrawnMap:
        palette = heat_palette()
        share = heatmap.on(base.grid, base.window) / strongest
        valid = (base.valid & np.isfinite(share))[::2, ::2]
        # Weak evidence lets the radar image through.
        alpha = np.linspace(0, 235, len(palette.colours)).astype(np.uint8)
        image = map_png(share[::2, ::2], palette, valid, base.land[::2, ::2], alpha=alpha)
        text = np.char.mod("evidence %.2f", at_cells(share)).astype(object)
        peak = peak_of(base, file, heatmap) / strongest
        note = "" if heatmap.message else f" (peak {peak:.2f})"
        title = "Grad-CAM" if heatmap.region == heatmap.grid.whole else "Grad-CAM in the region"
        return DrawnMap(
            title,
            _rates(file),
            image,
            palette,
            _masked_text(base, text),
            message=heatmap.message,
            backed=True,
            note=note,
        )

    key = ("heat", base.key, _file_key(file), *_heat_key(heatmap), strongest)
    return cached.kept(key, draw)


def _rates(file: CheckpointFile) -> str:
    return rates_name(file.info.rates)


def _file_key(file: CheckpointFile) -> tuple[str | int, ...]:
    return cached.file_key(file.path)


def _predicted(base: Base, chart: ChartName, prediction: Prediction) -> np.ndarray:
    return prediction.on(base.grid, chart, base.window)


def _masked_text(base: Base, texts: np.ndarray) -> np.ndarray:
    return masked_texts(texts, at_cells(base.valid), at_cells(base.land))


def _both_text(base: Base, chart: ChartName, predicted: np.ndarray) -> np.ndarray:
    """Predicted and charted class of each cell; few different texts, each made once."""
    drawn = np.minimum(at_cells(base.chart(chart)), CHART[chart].n_classes)
    values = at_cells(predicted)
    if chart == "SIC":
        values, names = np.rint(values * 10).astype(int), [f"{i} %" for i in range(101)]
    else:
        names = list(CHART[chart].class_names)
    charted = (*CHART[chart].class_names, UNLABELLED)
    texts = [[f"{name}<br>chart: {other}" for other in charted] for name in names]
    return _masked_text(base, np.array(texts, dtype=object)[values, drawn])
