"""The channels of the chosen scene: read once at the spacing of the display, drawn by groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st

from seaice.ai4arctic.channels import AMSR2, CHANNEL, DISTANCE_MAP, ERA5, POSITIONS, SAR
from seaice.ai4arctic.charts import CHART, FILL
from seaice.ai4arctic.layout import unscale
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.dashboard import cached
from seaice.dashboard.base import land_of
from seaice.dashboard.words import class_texts, in_percent, masked_texts
from seaice.figures.bars import class_shares, histogram, step_shares
from seaice.figures.channels import ROBUST_PERCENTILES, ChannelPanel, channel_palette
from seaice.figures.maps import Extent, at_cells, hover_step
from seaice.figures.palettes import chart_palette
from seaice.figures.png import map_png
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene, SceneKey

# Pixels along a panel; of channels on the 2 km grid, which show no more, half as many.
_DISPLAY_PX = 520

RADAR, RADIOMETER, WEATHER = "Sentinel-1 and charts", "AMSR2", "ERA5 and distance to land"
_GROUPS = {RADAR: SAR, RADIOMETER: AMSR2, WEATHER: (*ERA5, DISTANCE_MAP)}


@dataclass(frozen=True)
class Layers:
    """A scene's channels at the spacing of the display.

    Attributes:
        grid: The grid.
        values: (lines, samples) float32 in the channel's unit, by channel; those derived from
            the positions left out.
        valid: (lines, samples) bool.
        land: (lines, samples) bool; nowhere where the scene does not tell.
    """

    grid: PixelGrid
    values: dict[str, np.ndarray]
    valid: np.ndarray
    land: np.ndarray

    @property
    def extent(self) -> Extent:
        """Ground that every panel covers."""
        km = self.grid.spacing_m / 1000
        cell_km = hover_step(self.grid.shape) * km
        return Extent(self.grid.lines * km, self.grid.samples * km, cell_km)


@dataclass(frozen=True)
class Spread:
    """How the valid values of a channel are spread, in its unit.

    Attributes:
        mean: Their mean.
        std: Their standard deviation.
        low: Where the colours begin.
        high: Where they end.
        decimals: Decimals that the values are worth.
    """

    mean: float
    std: float
    low: float
    high: float
    decimals: int

    def shown(self, name: str) -> str:
        """One of the values as text."""
        return f"{getattr(self, name):.{self.decimals}f}"

    @property
    def range(self) -> str:
        """Both ends as text."""
        return f"{self.shown('low')} to {self.shown('high')}"


def layers(scene: Scene) -> Layers:
    """Channels of a scene, all read at once: validity then costs its three channels only once."""
    return _layers(scene.key, scene)


@st.cache_resource(max_entries=4, show_spinner="Reading the channels ...")
def _layers(scene_key: SceneKey, _scene: Scene) -> Layers:
    own = _scene.grid
    grid = own.at(own.spacing_m * max(1, -(-max(own.shape) // _DISPLAY_PX)))
    names = [name for name in _scene.channels if name not in POSITIONS]
    inputs = read_inputs(_scene, names, grid.spacing_m)
    values = {name: unscale(name, inputs.values[at]) for at, name in enumerate(names)}
    return Layers(grid, values, inputs.valid, land_of(values.get(DISTANCE_MAP), grid.shape))


def groups(scene: Scene) -> list[str]:
    """Groups of channels that a scene has something to show of."""
    has_charts = {RADAR} if scene.charts else set()
    return [
        name
        for name, channels in _GROUPS.items()
        if name in has_charts or set(channels) & set(scene.channels)
    ]


def panels(scene: Scene, group: str) -> list[ChannelPanel]:
    """Panels of a group's channels, and of the charts with the radar's."""
    return _panels(scene.key, group, scene)


@st.cache_resource(max_entries=12, show_spinner="Drawing the channels ...")
def _panels(scene_key: SceneKey, group: str, _scene: Scene) -> list[ChannelPanel]:
    shown = layers(_scene)
    drawn = [_channel_panel(shown, name) for name in _GROUPS[group] if name in shown.values]
    return [*drawn, *_chart_panels(_scene, shown)] if group == RADAR else drawn


def spreads(scene: Scene) -> dict[str, Spread]:
    """How the values of each channel are spread; those without a valid pixel are left out."""
    return _spreads(scene.key, scene)


@st.cache_resource(max_entries=100, show_spinner=False)
def _spreads(scene_key: SceneKey, _scene: Scene) -> dict[str, Spread]:
    shown = layers(_scene)
    return {name: _spread(shown, name) for name in shown.values} if shown.valid.any() else {}


def _spread(shown: Layers, name: str) -> Spread:
    values = shown.values[name][shown.valid]
    low, high = np.percentile(values, ROBUST_PERCENTILES)
    decimals = histogram(values[:0], channel_palette(name, values), "").decimals
    mean, std = values.mean(dtype=float), values.std(dtype=float)
    return Spread(float(mean), float(std), float(low), float(high), decimals)


def _channel_panel(shown: Layers, name: str) -> ChannelPanel:
    channel, values = CHANNEL[name], shown.values[name]
    inside = values[shown.valid]
    palette = channel_palette(name, inside)
    step = 2 if channel.grid == "2km" and max(values.shape) > _DISPLAY_PX // 2 else 1
    fewer = slice(None, None, step), slice(None, None, step)
    note = "no valid pixel"
    if inside.size:
        spread = _spread(shown, name)
        note = f"mean {spread.shown('mean')}, std {spread.shown('std')}"
    return ChannelPanel(
        title=f"{channel.label} ({channel.unit})",
        note=note,
        image=map_png(values[fewer], palette, shown.valid[fewer], shown.land[fewer]),
        hover=at_cells(np.where(shown.valid, values, np.float32(np.nan))),
        palette=palette,
        bars=histogram(inside, palette, channel.unit),
    )


def _chart_panels(scene: Scene, shown: Layers) -> Iterator[ChannelPanel]:
    for name in scene.charts:
        classes = cached.chart(scene, name, shown.grid.spacing_m)
        labelled = (classes != FILL) & shown.valid
        share = labelled.sum() / max(shown.valid.sum(), 1)
        palette, names = chart_palette(name), CHART[name].class_names
        inside = classes[labelled]
        percent = name == "SIC"
        hover = class_texts(name, at_cells(classes))
        yield ChannelPanel(
            title=f"{name} (%)" if percent else name,
            note=f"{CHART[name].long_name}, {100 * share:.0f} % labelled",
            image=map_png(in_percent(name, classes), palette, shown.valid, shown.land, labelled),
            hover=masked_texts(hover, at_cells(shown.valid), at_cells(shown.land)),
            palette=palette,
            bars=step_shares(inside, len(names), 10, "%")
            if percent
            else class_shares(inside, names),
        )
