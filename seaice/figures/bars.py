"""Bars below a map: how its values are spread, in the colours of the map.

Bars of numbers stand on an axis in their unit and bars of classes beside the classes' names, so
that they are the map's colour bar or legend too.
"""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.palettes import Palette

_COUNT = 40
# Height of the strip of colours below bars of numbers, as a share of the highest bar.
_STRIP = 0.12
# Share of the width that names of classes take.
_NAMES_SHARE = 0.46
_FONT = {"size": 10}
_BACKGROUND = "rgba(128,140,150,0.16)"


@dataclass(frozen=True)
class Bars:
    """How values are spread.

    Attributes:
        at: (bars,) float64, their middles in the unit; of classes, their numbers.
        percent: (bars,) float64, share of the pixels that have a value.
        ends: What the first and the last tick say, in the unit.
        unit: Unit of the values.
        decimals: Decimals that the values are worth.
        names: Names of classes; empty for numbers.
    """

    at: np.ndarray
    percent: np.ndarray
    ends: tuple[float, float]
    unit: str = ""
    decimals: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spot:
    """Where bars stand.

    Attributes:
        axes: Number of their pair of axes in the figure, from 2.
        across: Both ends along the width, shares of the plotting area.
        down: Lower and upper end.
    """

    axes: int
    across: tuple[float, float]
    down: tuple[float, float]


def histogram(values: np.ndarray, palette: Palette, unit: str) -> Bars:
    """Spread of numbers over a continuous scale.

    Args:
        values: Valid values, any shape. Those beyond the ends of the scale count as pixels but
            have no bar.
        palette: The scale.
        unit: Unit of the values.
    """
    edges = np.linspace(palette.low, palette.high, _COUNT + 1)
    counts, _ = np.histogram(values, edges)
    # Three digits of the range tell its values apart.
    decimals = int(np.clip(2 - np.floor(np.log10(palette.high - palette.low)), 0, 6))
    return Bars(
        (edges[1:] + edges[:-1]) / 2,
        100 * counts / max(values.size, 1),
        (palette.low, palette.high),
        unit,
        decimals,
    )


def class_shares(classes: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Shares of classes that have names.

    Args:
        classes: Labelled pixels, any shape, uint8.
        names: The classes.
    """
    return Bars(*_shares(classes, len(names)), (0, len(names) - 1), names=names)


def step_shares(classes: np.ndarray, count: int, step: float, unit: str) -> Bars:
    """Shares of classes that are steps of a number, such as concentrations.

    Args:
        classes: Labelled pixels, any shape, uint8.
        count: Number of classes.
        step: From one class to the next, in the unit.
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
        spot: Where they stand.
    """
    colours = [palette.css(int(each)) for each in palette.indices(bars.at)]
    marker = {"color": colours, "line": {"width": 0}}
    draw = _add_classes if bars.names else _add_numbers
    draw(figure, bars, marker, spot)


def set_axes(
    figure: go.Figure, number: int, x: dict[str, object], y: dict[str, object]
) -> dict[str, str]:
    """Lay out a pair of axes that stand on each other.

    Args:
        figure: The figure.
        number: Number of the pair, from 1.
        x: What the x axis has.
        y: What the y axis has.

    Returns:
        `xaxis` and `yaxis` of a trace on them.
    """
    # Plotly leaves the number of the first pair out.
    suffix = "" if number == 1 else str(number)
    plain = {"showgrid": False, "zeroline": False}
    figure.layout[f"xaxis{suffix}"] = {**plain, "anchor": f"y{suffix}", **x}
    figure.layout[f"yaxis{suffix}"] = {**plain, "anchor": f"x{suffix}", **y}
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _add_classes(figure: go.Figure, bars: Bars, marker: dict[str, object], spot: Spot) -> None:
    """Bars from left to right beside the names of the classes, the first one on top."""
    longest = max(float(bars.percent.max()), 1.0)
    left, right = spot.across
    axes = set_axes(
        figure,
        spot.axes,
        {
            "domain": [left + _NAMES_SHARE * (right - left), right],
            # Room for the figures beside the bars.
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
            # A class that is not there still shows its colour.
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
    """Bars upward from a strip of the colours."""
    highest = max(float(bars.percent.max()), 1e-9)
    width = bars.at[1] - bars.at[0]
    ticks = [bars.ends[0], sum(bars.ends) / 2, bars.ends[1]]
    axes = set_axes(
        figure,
        spot.axes,
        {
            "domain": spot.across,
            # A little more than the bars, or rounding may hide the ticks at the ends.
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
        # Behind the bars, so that black and white ones are seen in light and in dark mode.
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
    for base, heights, hover in (
        (0.0, bars.percent, {"hovertemplate": shown}),
        (-_STRIP * highest, strip, {"hoverinfo": "skip"}),
    ):
        figure.add_trace(
            go.Bar(x=bars.at, y=heights, base=base, width=width, marker=marker, **hover, **axes)
        )
