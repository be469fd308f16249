"""The channels of the chosen scene, drawn by groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import AMSR2, CHANNEL, DISTANCE_MAP, ERA5, POSITIONS, SAR
from seaice.ai4arctic.charts import CHART, FILL
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import class_texts, in_percent, masked_texts
from seaice.figures.bars import class_shares, decimals_of, histogram, step_shares
from seaice.figures.channels import ROBUST_PERCENTILES, ChannelPanel, channel_palette
from seaice.figures.extent import at_cells
from seaice.figures.palettes import chart_palette
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

# Pixels along a panel. Channels of the 2 km grid show no more detail with more than half as many.
_PANEL_PX = 520

RADAR, RADIOMETER, WEATHER = "Sentinel-1 and charts", "AMSR2", "ERA5 and distance to land"
_GROUPS = {RADAR: SAR, RADIOMETER: AMSR2, WEATHER: (*ERA5, DISTANCE_MAP)}


@dataclass(frozen=True)
class Spread:
    """Statistics of the valid values of a channel, in its unit.

    Attributes:
        mean: Mean.
        std: Standard deviation.
        low: Where the colours begin.
        high: Where they end.
        decimals: Number of significant decimals.
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


def channel_view(scene: Scene, region: Region | None = None, *, north_up: bool = True) -> SceneView:
    """A scene, or a region of it, at the spacing that the panels show."""
    return SceneView(scene, region, longest_px=_PANEL_PX, north_up=north_up)


def groups(scene: Scene) -> list[str]:
    """Groups of channels that a scene has something to show of."""
    has_charts = {RADAR} if scene.charts else set()
    return [
        name
        for name, channels in _GROUPS.items()
        if name in has_charts or set(channels) & set(scene.channels)
    ]


def panels(view: SceneView, group: str) -> list[ChannelPanel]:
    """Panels of a group's channels; those of the radar group include the charts."""
    values = _channels(view)
    drawn = [_channel_panel(view, name, values[name]) for name in _GROUPS[group] if name in values]
    return [*drawn, *_chart_panels(view)] if group == RADAR else drawn


@cached(max_entries=100)
def spreads(scene: Scene) -> dict[str, Spread]:
    """Statistics by channel; empty if the scene has no valid pixel."""
    view = channel_view(scene)
    if not view.valid.any():
        return {}
    return {name: _spread(name, values[view.valid]) for name, values in _channels(view).items()}


def _channels(view: SceneView) -> dict[str, np.ndarray]:
    """All channels in their units, without those derived from the positions."""
    return view.channels([name for name in view.scene.channels if name not in POSITIONS])


def _spread(name: str, values: np.ndarray) -> Spread:
    low, high = np.percentile(values, ROBUST_PERCENTILES)
    decimals = decimals_of(channel_palette(name, values))
    mean, std = values.mean(dtype=float), values.std(dtype=float)
    return Spread(float(mean), float(std), float(low), float(high), decimals)


def _channel_panel(view: SceneView, name: str, values: np.ndarray) -> ChannelPanel:
    channel, inside = CHANNEL[name], values[view.valid]
    palette = channel_palette(name, inside, channel.label, channel.unit)
    step = 2 if channel.grid == "2km" and max(values.shape) > _PANEL_PX // 2 else 1
    note = "no valid pixel"
    if inside.size:
        spread = _spread(name, inside)
        note = f"mean {spread.shown('mean')}, std {spread.shown('std')}"
    return ChannelPanel(
        title=palette.title,
        note=note,
        image=view.image(values, palette, step=step),
        hover=at_cells(np.where(view.valid, values, np.float32(np.nan))),
        palette=palette,
        bars=histogram(inside, palette),
    )


def _chart_panels(view: SceneView) -> Iterator[ChannelPanel]:
    for name in view.scene.charts:
        classes = view.chart(name)
        labelled = (classes != FILL) & view.valid
        share = labelled.sum() / max(view.valid.sum(), 1)
        palette, names = chart_palette(name), CHART[name].class_names
        inside = classes[labelled]
        percent = name == "SIC"
        hover = class_texts(name, at_cells(classes))
        yield ChannelPanel(
            title=f"{name} (%)" if percent else name,
            note=f"{CHART[name].long_name}, {100 * share:.0f} % labelled; bars: shares of these",
            image=view.image(in_percent(name, classes), palette, labelled),
            hover=masked_texts(hover, at_cells(view.valid), at_cells(view.land)),
            palette=palette,
            bars=step_shares(inside, len(names), 10, "%")
            if percent
            else class_shares(inside, names),
        )
