"""Scores against the receptive field: a line for each channel set, a dot for each seed."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seaice.figures.series import SYMBOLS, colour

_HEIGHT_PX = 340
_SEED_PX, _MEAN_PX = 5, 9
# A baseline farther below or above would squeeze the lines.
_MOST_BEYOND = 0.6
# Share of the range of scores within which two names above their lines would overlap.
_CLOSE = 0.08
_GREY = {False: "#5b6770", True: "#9fb0bd"}


@dataclass(frozen=True)
class FieldPoint:
    """The networks of one channel set and rates.

    Attributes:
        rates: Their rates in written form.
        field_km: Their receptive field, km.
        score: Mean score of their seeds.
        low: Lower end of its interval; NaN without one.
        high: Upper end.
        seeds: Score by seed.
    """

    rates: str
    field_km: float
    score: float
    low: float
    high: float
    seeds: Mapping[int, float]


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
        title: Title of the axis of scores.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    for number, line in enumerate(lines):
        _add_line(figure, line, number, dark)
    ends = _ends(lines)
    for number, line in enumerate(lines):
        if line.control:
            _add_control(figure, line, line.control, ends, colour(number, dark))
    _add_baselines(figure, shown_baselines(lines, baselines), ends, dark)
    ticks = {point.field_km: point.rates for line in lines for point in line.points}
    figure.update_xaxes(
        title="Receptive field, km (atrous rates)",
        type="log",
        tickvals=list(ticks),
        ticktext=[f"{km:.0f} km<br>{rates}" for km, rates in ticks.items()],
        range=[math.log10(end) for end in ends] if ticks else None,
        showgrid=False,
    )
    figure.update_yaxes(title=html.escape(title))
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="closest",
        uirevision="fields",
    )


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


def _ends(lines: Sequence[FieldLine]) -> tuple[float, float]:
    """Ends of the axis of fields, km."""
    fields = [point.field_km for line in lines for point in line.everything] or [10.0, 100.0]
    # To the right of the last point stand the names of the baselines.
    return min(fields) * 0.85, max(fields) * 1.9


def _add_line(figure: go.Figure, line: FieldLine, number: int, dark: bool) -> None:
    ink, label = colour(number, dark), html.escape(line.label)
    symbol = SYMBOLS[number % len(SYMBOLS)]
    bars = [
        {
            "symmetric": False,
            "array": [p.high - p.score for p in points],
            "color": ink,
            "arrayminus": [p.score - p.low for p in points],
            "thickness": 1.2,
            "width": 4,
        }
        for points in (line.points, (line.centre,) if line.centre else ())
    ]
    figure.add_scatter(
        x=[point.field_km for point in line.points],
        y=[point.score for point in line.points],
        name=label,
        legendgroup=label,
        mode="lines+markers",
        line={"color": ink, "width": 2},
        marker={"symbol": symbol, "size": _MEAN_PX},
        error_y=bars[0],
        text=[_hover(line.label, point) for point in line.points],
        hovertemplate="%{text}<extra></extra>",
    )
    if line.centre:
        figure.add_scatter(
            x=[line.centre.field_km],
            y=[line.centre.score],
            legendgroup=label,
            showlegend=False,
            mode="markers",
            marker={"symbol": f"{symbol}-open", "size": _MEAN_PX, "color": ink},
            error_y=bars[1],
            text=[_hover(line.label, line.centre)],
            hovertemplate="%{text}<extra></extra>",
        )
    dots = [
        (point, seed, score)
        for point in (*line.points, *((line.centre,) if line.centre else ()))
        for seed, score in point.seeds.items()
        if len(point.seeds) > 1
    ]
    if dots:
        figure.add_scatter(
            x=[point.field_km for point, _, _ in dots],
            y=[score for _, _, score in dots],
            legendgroup=label,
            showlegend=False,
            mode="markers",
            marker={"size": _SEED_PX, "color": ink, "opacity": 0.55},
            text=[f"{label}, rates {p.rates}, seed {seed}: {s:.1f}" for p, seed, s in dots],
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
        hovertemplate="%{text}<extra></extra>",
    )


def _add_baselines(
    figure: go.Figure, baselines: Mapping[str, float], ends: tuple[float, float], dark: bool
) -> None:
    above = math.inf
    close = _CLOSE * _range(figure)
    for label, score in sorted(baselines.items(), key=lambda each: -each[1]):
        # Of two close lines, the lower one has its name below it.
        anchor = "top" if above - score < close else "bottom"
        above = score
        figure.add_scatter(
            x=list(ends),
            y=[score] * 2,
            showlegend=False,
            mode="lines",
            line={"color": _GREY[dark], "width": 1, "dash": "dot"},
            text=[f"{html.escape(label)}: {score:.1f}"] * 2,
            hovertemplate="%{text}<extra></extra>",
        )
        figure.add_annotation(
            x=math.log10(ends[1]),
            y=score,
            text=html.escape(label),
            xanchor="right",
            yanchor=anchor,
            showarrow=False,
            font={"size": 10, "color": _GREY[dark]},
        )


def _range(figure: go.Figure) -> float:
    """The range of the scores that a figure shows; 0 without any."""
    scores = [score for trace in figure.data for score in trace.y if not math.isnan(score)]
    return max(scores) - min(scores) if scores else 0.0


def _hover(label: str, point: FieldPoint) -> str:
    ends = "" if math.isnan(point.low) else f" ({point.low:.1f} to {point.high:.1f})"
    count = len(point.seeds)
    seeds = f"{count} seed{'' if count == 1 else 's'}"
    return (
        f"<b>{html.escape(label)}</b>, rates {point.rates}<br>field {point.field_km:.0f} km"
        f"<br>{point.score:.1f}{ends}, {seeds}"
    )
