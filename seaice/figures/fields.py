"""Scores, or gains, against the receptive field: a line a channel set, a dot a seed.

Each point knows its networks: its customdata are channel set, rates and seed, no seed for the
mean of all.
"""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seaice.core.intervals import end_text
from seaice.figures.baseline_lines import baseline_lines
from seaice.figures.chart_top import add_top
from seaice.figures.series import SYMBOLS, apart, colour
from seaice.figures.stacked import stacked_html

_HEIGHT_PX = 370
_SEED_PX, _MEAN_PX = 5, 9
# A baseline farther below or above would squeeze the lines.
_MOST_BEYOND = 0.6
# Baselines: a dash for each kind, and the symbols of their channel sets before the right end.
_KIND_DASHES, _KIND_PX, _BEFORE_END = ("dot", "dashdot", "longdashdot"), 7, 1.06
_MINUS = "\N{MINUS SIGN}"
_GREY = {False: "#5b6770", True: "#9fb0bd"}


@dataclass(frozen=True)
class FieldPoint:
    """The networks of one channel set and rates.

    Attributes:
        rates: Their rates in written form.
        field_km: Their receptive field, km.
        score: Mean score of their seeds, or its difference from another one.
        low: Lower end of its interval; NaN without one.
        high: Upper end.
        seeds: Score by seed.
        label: The rates as a person reads them; empty if that is `rates`.
    """

    rates: str
    field_km: float
    score: float
    low: float
    high: float
    seeds: Mapping[int, float]
    label: str = ""

    @property
    def rates_label(self) -> str:
        """The rates as a person reads them: with their reach, where it is known."""
        return self.label or self.rates


@dataclass(frozen=True)
class FieldLine:
    """The networks of one channel set.

    Attributes:
        label: The channel set.
        points: Those with atrous branches, by field.
        control: The one without atrous branches; None if there is none.
        centre: The one with branches of their centre tap alone; None if there is none.
    """

    label: str
    points: tuple[FieldPoint, ...]
    control: FieldPoint | None = None
    centre: FieldPoint | None = None

    @property
    def everything(self) -> tuple[FieldPoint, ...]:
        """All points."""
        return (*self.points, *(each for each in (self.control, self.centre) if each))


def field_figure(
    lines: Sequence[FieldLine], baselines: Mapping[str, float], title: str, dark: bool
) -> go.Figure:
    """Draw scores against the receptive field on a logarithmic axis.

    Args:
        lines: A line for each channel set.
        baselines: Scores by label; those far beyond the networks' are left out, see
            `shown_baselines`.
        title: What the scores are of.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    _add_lines(figure, lines, dark, signed=False)
    # To the right of the last point stand the symbols of the baselines.
    ends = _ends(lines, 1.25)
    for number, line in enumerate(lines):
        if line.control:
            _add_control(figure, line, line.control, ends, colour(number, dark))
    _add_baselines(figure, lines, shown_baselines(lines, baselines), ends, dark)
    return _laid_out(figure, lines, ends, title)


def gain_figure(lines: Sequence[FieldLine], title: str, dark: bool) -> go.Figure:
    """Draw what each receptive field gains over no context at all.

    Args:
        lines: A line for each channel set; the score of a point is its difference from the
            control of its set, in points.
        title: What is gained.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    _add_lines(figure, lines, dark, signed=True)
    ends = _ends(lines, 1.15)
    figure.add_hline(y=0, line={"color": _GREY[dark], "width": 1.4, "dash": "dash"})
    return _laid_out(figure, lines, ends, title)


def _laid_out(
    figure: go.Figure, lines: Sequence[FieldLine], ends: tuple[float, float], title: str
) -> go.Figure:
    ticks = {point.field_km: point.rates_label for line in lines for point in line.points}
    figure.update_xaxes(
        title="Receptive field, atrous rates and their reach",
        type="log",
        tickvals=list(ticks),
        ticktext=[f"{km:.0f} km<br>{stacked_html(rates)}" for km, rates in ticks.items()],
        range=[math.log10(end) for end in ends] if ticks else None,
        showgrid=False,
    )
    figure.update_yaxes(showgrid=True)
    return add_top(figure, title, _HEIGHT_PX).update_layout(hovermode="closest")


def shown_baselines(lines: Sequence[FieldLine], baselines: Mapping[str, float]) -> dict[str, float]:
    """The baselines whose scores are near those of the networks."""
    scores = [p.score for line in lines for p in line.everything if not math.isnan(p.score)]
    if not scores:
        return {}
    low, high = min(scores), max(scores)
    beyond = _MOST_BEYOND * max(high - low, 5.0)
    return {
        label: score for label, score in baselines.items() if low - beyond <= score <= high + beyond
    }


def _ends(lines: Sequence[FieldLine], beyond: float) -> tuple[float, float]:
    """Ends of the axis of fields, km; the last field times a factor."""
    fields = [point.field_km for line in lines for point in line.everything] or [10.0, 100.0]
    return min(fields) * 0.85, max(fields) * beyond


def _add_lines(figure: go.Figure, lines: Sequence[FieldLine], dark: bool, *, signed: bool) -> None:
    for number, line in enumerate(lines):
        ink, symbol = colour(number, dark), SYMBOLS[number % len(SYMBOLS)]
        shift = apart(number, len(lines))
        marker = {"symbol": symbol, "size": _MEAN_PX, "color": ink}
        figure.add_scatter(
            **_points(line.label, line.points, shift, ink, signed=signed),
            name=html.escape(line.label),
            mode="lines+markers",
            line={"color": ink, "width": 2},
            marker=marker,
        )
        if line.centre:
            figure.add_scatter(
                **_points(line.label, [line.centre], shift, ink, signed=signed),
                showlegend=False,
                mode="markers",
                marker={**marker, "symbol": f"{symbol}-open"},
            )
        _add_seeds(figure, line, shift, ink, signed=signed)


def _points(
    label: str, points: Sequence[FieldPoint], shift: float, ink: str, *, signed: bool
) -> dict[str, object]:
    """Where points and the ends of their intervals lie, and what they say."""
    return {
        "x": [point.field_km * shift for point in points],
        "y": [point.score for point in points],
        "legendgroup": html.escape(label),
        "error_y": {
            "symmetric": False,
            "array": [point.high - point.score for point in points],
            "arrayminus": [point.score - point.low for point in points],
            "color": ink,
            "thickness": 1.2,
            "width": 4,
        },
        "text": [_hover(label, point, signed=signed) for point in points],
        "customdata": [[label, point.rates, None] for point in points],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _add_seeds(figure: go.Figure, line: FieldLine, shift: float, ink: str, *, signed: bool) -> None:
    """A dot for each seed, where there are several."""
    label = html.escape(line.label)
    dots = [
        (point, seed, score)
        for point in (*line.points, *((line.centre,) if line.centre else ()))
        for seed, score in point.seeds.items()
        if len(point.seeds) > 1
    ]
    if not dots:
        return
    figure.add_scatter(
        x=[point.field_km * shift for point, _, _ in dots],
        y=[score for _, _, score in dots],
        legendgroup=label,
        showlegend=False,
        mode="markers",
        marker={"size": _SEED_PX, "color": ink, "opacity": 0.55},
        text=[
            f"{label}, rates {point.rates_label}, seed {seed}: {_number(score, signed)}"
            for point, seed, score in dots
        ],
        customdata=[[line.label, point.rates, seed] for point, seed, _ in dots],
        hovertemplate="%{text}<extra></extra>",
    )


def _add_control(
    figure: go.Figure, line: FieldLine, control: FieldPoint, ends: tuple[float, float], ink: str
) -> None:
    figure.add_scatter(
        x=list(ends),
        y=[control.score] * 2,
        legendgroup=html.escape(line.label),
        showlegend=False,
        mode="lines",
        line={"color": ink, "width": 1.4, "dash": "dash"},
        text=[_hover(line.label, control)] * 2,
        customdata=[[line.label, control.rates, None]] * 2,
        hovertemplate="%{text}<extra></extra>",
    )


def _add_baselines(
    figure: go.Figure,
    lines: Sequence[FieldLine],
    baselines: Mapping[str, float],
    ends: tuple[float, float],
    dark: bool,
) -> None:
    """Draw baselines in the colours of their channel sets, with their symbols at the right end."""
    kinds: dict[str, str] = {}
    for each in baseline_lines([line.label for line in lines], baselines):
        dash = kinds[each.kind] = _KIND_DASHES[each.dash]
        number = each.number
        ink = _GREY[dark] if number is None else colour(number, dark)
        symbol = "line-ew" if number is None else f"{SYMBOLS[number % len(SYMBOLS)]}-open"
        figure.add_scatter(
            x=[ends[0], ends[1] / _BEFORE_END, ends[1]],
            y=[each.score] * 3,
            legendgroup=html.escape(each.kind),
            showlegend=False,
            mode="lines+markers",
            line={"color": ink, "width": 1.2, "dash": dash},
            marker={"symbol": symbol, "size": [0, _KIND_PX, 0], "color": ink},
            text=[f"{html.escape(each.label)}: {each.score:.1f}"] * 3,
            hovertemplate="%{text}<extra></extra>",
        )
    for kind, dash in kinds.items():
        figure.add_scatter(
            x=[None],
            y=[None],
            name=html.escape(kind),
            legendgroup=html.escape(kind),
            mode="lines",
            line={"color": _GREY[dark], "width": 1.2, "dash": dash},
        )


def _hover(label: str, point: FieldPoint, *, signed: bool = False) -> str:
    low, high = (end_text(end, 1 + signed, signed=signed) for end in (point.low, point.high))
    ends = "" if math.isnan(point.low) else f" ({low} to {high})"
    count = len(point.seeds)
    seeds = f"{count} seed{'' if count == 1 else 's'}"
    return (
        f"<b>{html.escape(label)}</b>, rates {point.rates_label}<br>field {point.field_km:.0f} km"
        f"<br>{_number(point.score, signed)}{ends}, {seeds}"
    )


def _number(value: float, signed: bool) -> str:
    """A score, or a gain with its sign and a second decimal: gains are small."""
    return f"{value:+.2f}".replace("-", _MINUS) if signed else f"{value:.1f}"
