"""The rows of the Compare figure: from a scene, its predictions and heatmaps to map panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seaice.data.grid import PixelGrid
from seaice.data.scene import Scene
from seaice.explain.gradcam import Heatmap
from seaice.figures.maps import Extent, Panel, Row, at_cells, hover_step
from seaice.figures.palettes import (
    Palette,
    chart_palette,
    continuous,
    difference_palette,
    heat_palette,
)
from seaice.figures.png import map_png
from seaice.inference import Prediction
from seaice.ui import loaders
from seaice.vocabulary import CHANNEL, CHART, FILL, POSITIONS, ChartName, rates_name

# Pixels along a panel: more than a screen shows of one panel only costs transfer.
_DISPLAY_PX = 1100

# Usual range of Sentinel-1 EW backscatter over ice and water, dB.
_SAR_RANGE_DB = {"nersc_sar_primary": (-28.0, -4.0), "nersc_sar_secondary": (-36.0, -14.0)}


@dataclass(frozen=True)
class Base:
    """A scene at the spacing of the display.

    Attributes:
        scene: The scene.
    """

    scene: Scene

    @cached_property
    def grid(self) -> PixelGrid:
        """Its grid, coarsened by whole blocks to what a panel can show."""
        own = self.scene.grid
        return own.at(own.spacing_m * max(1, -(-max(own.shape) // _DISPLAY_PX)))

    @cached_property
    def land(self) -> np.ndarray:
        """Land, where the scene tells; (lines, samples) bool."""
        if "distance_map" not in self.scene.channels:
            return np.zeros(self.grid.shape, bool)
        # Zone 0 is land; a mean of blocks of land and coast lies between.
        return loaders.channel(self.scene, "distance_map", self.grid.spacing_m)[0] < 0.5

    @cached_property
    def valid(self) -> np.ndarray:
        """Validity, (lines, samples) bool."""
        name = next(n for n in self.scene.channels if n not in POSITIONS)
        return loaders.channel(self.scene, name, self.grid.spacing_m)[1]

    @cached_property
    def extent(self) -> Extent:
        """What every panel covers."""
        km = self.grid.spacing_m / 1000
        sides = self.grid.lines * km, self.grid.samples * km
        cell = hover_step(self.grid.shape) * km
        if POSITIONS[0] not in self.scene.channels:
            return Extent(*sides, cell)
        latitude, longitude = loaders.positions(self.scene, self.grid.spacing_m)
        return Extent(*sides, cell, at_cells(latitude), at_cells(longitude))

    def chart(self, chart: ChartName) -> np.ndarray:
        """Reference chart at the spacing of the display, uint8."""
        return loaders.chart(self.scene, chart, self.grid.spacing_m)


def compare_rows(
    base: Base, chart: ChartName, predictions: Sequence[Prediction], heatmaps: Sequence[Heatmap]
) -> list[Row]:
    """Rows of maps, errors and evidence; the first column is the scene itself.

    Args:
        base: The scene.
        chart: Which chart.
        predictions: One for each rates.
        heatmaps: One for each prediction; none where they could not be computed, which leaves
            their row out.
    """
    names = [rates_name(prediction.info.rates) for prediction in predictions]
    maps = chart_palette(chart)
    errors = difference_palette(chart)
    charted = chart in base.scene.charts
    rows = [
        Row(
            [
                _chart_panel(base, chart, maps)
                if charted
                else _sar_panel(base, "nersc_sar_primary"),
                *(
                    _prediction_panel(base, chart, prediction, name, maps)
                    for prediction, name in zip(predictions, names, strict=True)
                ),
            ],
            maps,
            unlabelled=charted,
            land=True,
        ),
        Row(
            [
                _sar_panel(base, "nersc_sar_primary"),
                *(
                    _difference_panel(base, chart, prediction, name, errors)
                    for prediction, name in zip(predictions, names, strict=True)
                ),
            ],
            errors,
            unlabelled=True,
            land=True,
        ),
    ]
    if not charted:
        # Without a chart there are no errors.
        rows = rows[:1]
    return [*rows, _heat_row(base, names, heatmaps)] if heatmaps else rows


def _heat_row(base: Base, names: Sequence[str], heatmaps: Sequence[Heatmap]) -> Row:
    palette, strongest = heat_palette(), _strongest(heatmaps)
    panels = [
        _heat_panel(base, heatmap, name, strongest, palette)
        for heatmap, name in zip(heatmaps, names, strict=True)
    ]
    return Row([_sar_panel(base, "nersc_sar_secondary"), *panels], palette, land=True)


def _class_texts(chart: ChartName, classes: np.ndarray) -> np.ndarray:
    """Class names of an array of classes."""
    names = np.array([*CHART[chart].class_names, "unlabelled"], dtype=object)
    return names[np.minimum(classes, CHART[chart].n_classes)]


def _masked_text(base: Base, text: np.ndarray) -> np.ndarray:
    """Text, with what is no data said in words; on the pointer's grid."""
    valid, land = at_cells(base.valid), at_cells(base.land)
    return np.where(valid, text, np.where(land, "Land", "No data"))


def _predicted_text(base: Base, chart: ChartName, prediction: Prediction) -> np.ndarray:
    values = at_cells(prediction.on(base.grid, chart))
    if chart == "SIC":
        return np.char.add(np.rint(values * 10).astype(int).astype(str), " %").astype(object)
    return _class_texts(chart, values)


def _both_text(base: Base, chart: ChartName, prediction: Prediction) -> np.ndarray:
    reference = _class_texts(chart, at_cells(base.chart(chart)))
    predicted = _predicted_text(base, chart, prediction)
    return _masked_text(base, predicted + "<br>chart: " + reference)


def _chart_panel(base: Base, chart: ChartName, palette: Palette) -> Panel:
    classes = base.chart(chart)
    labelled = classes != FILL
    shown = classes.astype(np.float32) * 10 if chart == "SIC" else classes
    return Panel(
        f"Ice chart {chart}",
        [map_png(shown, palette, base.valid, base.land, labelled)],
        _masked_text(base, _class_texts(chart, at_cells(classes))),
    )


def _prediction_panel(
    base: Base, chart: ChartName, prediction: Prediction, name: str, palette: Palette
) -> Panel:
    values = prediction.on(base.grid, chart)
    shown = values * 10 if chart == "SIC" else values
    return Panel(
        f"Predicted {chart}<br>rates {name}",
        [map_png(shown, palette, base.valid, base.land)],
        _both_text(base, chart, prediction),
    )


def _difference_panel(
    base: Base, chart: ChartName, prediction: Prediction, name: str, palette: Palette
) -> Panel:
    reference = base.chart(chart)
    predicted = prediction.on(base.grid, chart)
    difference = predicted.astype(np.float32) - reference
    shown = difference * 10 if chart == "SIC" else np.sign(difference) + 1
    return Panel(
        f"Error<br>rates {name}",
        [map_png(shown, palette, base.valid, base.land, reference != FILL)],
        _both_text(base, chart, prediction),
    )


def _sar_panel(base: Base, name: str) -> Panel | None:
    if name not in base.scene.channels:
        return None
    values, valid = loaders.channel(base.scene, name, base.grid.spacing_m)
    text = np.char.add(np.char.mod("%.1f", at_cells(values)), " dB").astype(object)
    return Panel(
        "{}, {:.0f} to {:.0f} dB".format(CHANNEL[name].label, *_SAR_RANGE_DB[name]),
        [_sar_png(values, name, valid, base.land)],
        _masked_text(base, text),
    )


def _sar_png(values: np.ndarray, name: str, valid: np.ndarray, land: np.ndarray) -> str:
    low, high = _SAR_RANGE_DB[name]
    return map_png(values, continuous("gray", low, high, "dB", 128), valid, land)


def _strongest(heatmaps: Sequence[Heatmap]) -> float:
    """Common upper end of the heatmaps' scale."""
    peaks = [float(each.raw[each.valid].max()) for each in heatmaps if not each.message]
    return max(peaks, default=1.0)


def _heat_panel(
    base: Base, heatmap: Heatmap, name: str, strongest: float, palette: Palette
) -> Panel:
    half = base.grid.at(base.grid.spacing_m * 2)
    share = heatmap.on(half) / strongest
    valid, land = base.valid[::2, ::2], base.land[::2, ::2]
    layers = []
    if "nersc_sar_primary" in base.scene.channels:
        values, _ = loaders.channel(base.scene, "nersc_sar_primary", base.grid.spacing_m)
        layers.append(_sar_png(values[::2, ::2], "nersc_sar_primary", valid, land))
    # Weak evidence lets the radar image through.
    alpha = np.linspace(0, 235, len(palette.colours)).astype(np.uint8)
    layers.append(map_png(share, palette, valid & np.isfinite(share), land, alpha=alpha))
    text = np.char.mod("%.2f", at_cells(heatmap.on(base.grid) / strongest)).astype(object)
    peak = heatmap.raw[heatmap.valid].max(initial=0) / strongest
    return Panel(
        f"Grad-CAM{'' if heatmap.message else f' (peak {peak:.2f})'}<br>rates {name}",
        layers,
        _masked_text(base, "evidence " + text),
        message=heatmap.message,
    )
