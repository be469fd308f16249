"""Bars below a map: the distribution of its values, in the colours of the map.

Bars of numbers stand on an axis in their unit, and bars of classes beside the classes' names. So
they are the map's colour bar or legend too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.palettes import Palette

_COUNT = 40
# Height of the strip of colours below bars of numbers, as a fraction of the highest bar.
_STRIP = 0.12
# Fraction of the width that class names take.
_NAMES_SHARE = 0.46
_FONT = {"size": 10}
_BACKGROUND = "rgba(128,140,150,0.16)"


@dataclass(frozen=True)
class Bars:
    """Distribution of values.

    Attributes:
        at: (bars,) float64, centres of the bars in the unit, or indices of classes.
        percent: (bars,) float64, percentage of the pixels that have a value.
        ends: Labels of the first and the last tick, in the unit.
        unit: Unit of the values.
        decimals: Number of decimals to show.
        names: Class names; empty for numbers.
    """

    at: np.ndarray
    percent: np.ndarray
    ends: tuple[float, float]
    unit: str = ""
    decimals: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spot:
    """Position of bars in a figure.

    Attributes:
        axes: Number of their pair of axes in the figure, from 2.
        across: Left and right end, fractions of the plotting area.
        down: Lower and upper end, the same.
    """

    axes: int
    across: tuple[float, float]
    down: tuple[float, float]


def histogram(values: np.ndarray, palette: Palette) -> Bars:
    """Distribution of numbers over a continuous scale.

    Args:
        values: Valid values, any shape. Those beyond the ends of the scale count as pixels but
            have no bar.
        palette: The scale, with the unit of the values.
    """
    edges = np.linspace(palette.low, palette.high, _COUNT + 1)
    counts, _ = np.histogram(values, edges)
    return Bars(
        (edges[1:] + edges[:-1]) / 2,
        100 * counts / max(values.size, 1),
        (palette.low, palette.high),
        palette.unit,
        decimals_of(palette),
    )


def decimals_of(palette: Palette) -> int:
    """Number of decimals that show three digits of a continuous scale's range."""
    return int(np.clip(2 - np.floor(np.log10(palette.high - palette.low)), 0, 6))


def class_shares(classes: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Distribution of classes that have names.

    Args:
        classes: Labelled pixels, any shape, uint8.
        names: The classes.
    """
    return Bars(*_shares(classes, len(names)), (0, len(names) - 1), names=names)


def step_shares(classes: np.ndarray, count: int, step: float, unit: str) -> Bars:
    """Distribution of classes that are steps of a number, such as concentrations.

    Args:
        classes: Labelled pixels, any shape, uint8.
        count: Number of classes.
        step: Difference between two classes, in the unit.
        unit: The unit.
    """
    at, percent = _shares(classes, count)
    return Bars(at * step, percent, (0, (count - 1) * step), unit)


def _shares(classes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    counts = np.bincount(classes.ravel(), minlength=count)[:count]
    return np.arange(count, dtype=float), 100 * counts / max(counts.sum(), 1)


def add_bars(figure: go.Figure, bars: Bars, palette: Palette, spot: Spot) -> None:
    """Draw bars.

    Args:
        figure: The figure.
        bars: The bars.
        palette: The map's colours.
        spot: Their position.
    """
    colours = [palette.css(int(each)) for each in palette.indices(bars.at)]
    marker: dict[str, object] = {"color": colours, "line": {"width": 0}}
    draw = _add_classes if bars.names else _add_numbers
    draw(figure, bars, marker, spot)


def set_axes(
    figure: go.Figure, number: int, x: Mapping[str, object], y: Mapping[str, object]
) -> dict[str, str]:
    """Lay out a pair of axes that are anchored to each other.

    Args:
        figure: The figure.
        number: Number of the pair, from 1.
        x: Settings of the x axis.
        y: Settings of the y axis.

    Returns:
        `xaxis` and `yaxis` of a trace on them.
    """
    # Plotly omits the number of the first pair.
    suffix = "" if number == 1 else str(number)
    plain = {"showgrid": False, "zeroline": False}
    figure.layout[f"xaxis{suffix}"] = {**plain, "anchor": f"y{suffix}", **x}
    figure.layout[f"yaxis{suffix}"] = {**plain, "anchor": f"x{suffix}", **y}
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _add_classes(figure: go.Figure, bars: Bars, marker: dict[str, object], spot: Spot) -> None:
    """Horizontal bars beside the names of the classes, the first class on top."""
    longest = max(float(bars.percent.max()), 1.0)
    left, right = spot.across
    axes = set_axes(
        figure,
        spot.axes,
        {
            "domain": [left + _NAMES_SHARE * (right - left), right],
            # Room for the numbers beside the bars.
            "range": [0, longest * 1.5],
            "visible": False,
            "fixedrange": True,
        },
        {
            "domain": spot.down,
            "range": [len(bars.at) - 0.5, -0.5],
            "tickvals": bars.at,
            "ticktext": bars.names,
            "tickfont": _FONT,
            "fixedrange": True,
        },
    )
    figure.add_trace(
        go.Bar(
            # A class without pixels still shows its colour.
            x=np.maximum(bars.percent, longest * 0.03),
            y=bars.at,
            width=0.86,
            orientation="h",
            text=[f"{each:.1f} %" for each in bars.percent],
            textposition="outside",
            textfont=_FONT,
            cliponaxis=False,
            marker=marker,
            hoverinfo="skip",
            **axes,
        )
    )


def _add_numbers(figure: go.Figure, bars: Bars, marker: dict[str, object], spot: Spot) -> None:
    """Vertical bars on a strip of the colours."""
    highest = max(float(bars.percent.max()), 1e-9)
    width = bars.at[1] - bars.at[0]
    ticks = [bars.ends[0], sum(bars.ends) / 2, bars.ends[1]]
    axes = set_axes(
        figure,
        spot.axes,
        {
            "domain": spot.across,
            # Slightly beyond the bars, or rounding may hide the ticks at the ends.
            "range": [bars.at[0] - 0.51 * width, bars.at[-1] + 0.51 * width],
            "tickvals": ticks,
            "ticktext": [f"{each:.{bars.decimals}f}" for each in ticks],
            "ticks": "outside",
            "ticklen": 3,
            "tickfont": _FONT,
            "fixedrange": True,
        },
        {
            "domain": spot.down,
            "range": [-_STRIP * highest, highest],
            "visible": False,
            "fixedrange": True,
        },
    )
    figure.add_shape(
        # A background that shows both black and white bars, in light and in dark mode.
        type="rect",
        xref=f"{axes['xaxis']} domain",
        yref=f"{axes['yaxis']} domain",
        x0=0,
        x1=1,
        y0=0,
        y1=1,
        fillcolor=_BACKGROUND,
        line_width=0,
        layer="below",
    )
    strip = np.full(len(bars.at), _STRIP * 0.8 * highest)
    shown = f"%{{x:.{bars.decimals}f}} {bars.unit}: %{{y:.1f}} % of the pixels<extra></extra>"
    hovers: tuple[dict[str, str], ...] = ({"hovertemplate": shown}, {"hoverinfo": "skip"})
    bases, heights_of = (0.0, -_STRIP * highest), (bars.percent, strip)
    for base, heights, hover in zip(bases, heights_of, hovers, strict=True):
        figure.add_trace(
            go.Bar(x=bars.at, y=heights, base=base, width=width, marker=marker, **hover, **axes)
        )
