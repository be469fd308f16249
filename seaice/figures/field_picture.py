"""The two figures of a sweep side by side as a picture, for papers and slides."""

import math
from collections.abc import Mapping, Sequence

import cmocean
import numpy as np
from matplotlib.axes import Axes

from seaice.figures.baseline_lines import baseline_lines
from seaice.figures.differences import DifferenceTable, widest_difference
from seaice.figures.fields import FieldLine, FieldPoint, shown_baselines
from seaice.figures.picture_parts import GREY, MARKERS, halves, new_figure, picture_file
from seaice.figures.series import apart, colour
from seaice.figures.stacked import broken, stacked

_WIDTH_IN, _HEIGHT_IN = 12.0, 4.6
# Dashes of the kinds of baselines, and how far from the left their symbols stand.
_KIND_STYLES, _SYMBOL_AT = (":", "-.", (0, (8, 2, 1, 2))), 0.985
# Letters that a row of the legend holds, and those that an entry takes beside its name.
_LEGEND_ROW, _LEGEND_ENTRY = 170, 10


def field_picture(
    lines: Sequence[FieldLine],
    baselines: Mapping[str, float],
    table: DifferenceTable,
    title: str,
    note: str,
) -> bytes:
    """Draw scores against the receptive field, and differences by rates and channel set.

    Args:
        lines: A line for each channel set.
        baselines: Scores by label; those far beyond the networks' are left out.
        table: Differences from the control.
        title: Title of the axis of scores.
        note: A line below, which says where the picture comes from.

    Returns:
        A PNG file.
    """
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    _draw_lines(left, lines, shown_baselines(lines, baselines))
    left.set_ylabel(title)
    handles, names = left.get_legend_handles_labels()
    # Above both: within the first, it would cover intervals.
    figure.legend(
        handles,
        names,
        loc="outside upper left",
        ncols=_legend_columns(names),
        fontsize=8,
        frameon=False,
    )
    _draw_table(right, table)
    right.set_title("Difference from the control, points", fontsize=9)
    return picture_file(figure, note)


def _draw_lines(axes: Axes, lines: Sequence[FieldLine], baselines: Mapping[str, float]) -> None:
    for number, line in enumerate(lines):
        ink, marker = colour(number, dark=False), MARKERS[number % len(MARKERS)]
        style = {"color": ink, "marker": marker, "capsize": 3, "linewidth": 1.6}
        shift = apart(number, len(lines))
        _bars(axes, line.points, shift, **style, label=line.label)
        if line.centre:
            _bars(axes, [line.centre], shift, **style, markerfacecolor="white")
        if line.control:
            axes.axhline(line.control.score, color=ink, linewidth=1, linestyle="--")
    _draw_baselines(axes, lines, baselines)
    ticks = {point.field_km: point.rates_label for line in lines for point in line.points}
    if ticks:
        axes.set_xscale("log")
        axes.set_xticks(
            list(ticks),
            [f"{km:.0f} km\n{stacked(rates)}" for km, rates in ticks.items()],
            fontsize=7,
        )
        axes.minorticks_off()
    axes.set_xlabel("Receptive field, atrous rates and their reach")


def _draw_baselines(axes: Axes, lines: Sequence[FieldLine], baselines: Mapping[str, float]) -> None:
    """Draw baselines in the colours of their channel sets, with their symbols at the right end."""
    kinds = {}
    for each in baseline_lines([line.label for line in lines], baselines):
        dash = kinds[each.kind] = _KIND_STYLES[each.dash]
        number = each.number
        ink = GREY if number is None else colour(number, dark=False)
        axes.axhline(each.score, color=ink, linewidth=0.8, linestyle=dash)
        if number is not None:
            axes.plot(
                [_SYMBOL_AT],
                [each.score],
                color=ink,
                marker=MARKERS[number % len(MARKERS)],
                markersize=4,
                markerfacecolor="white",
                transform=axes.get_yaxis_transform(),
            )
    for kind, dash in kinds.items():
        # Without points, for the legend; as the networks' lines, since other kinds would be first.
        axes.errorbar([], [], color=GREY, linewidth=0.8, linestyle=dash, label=kind)


def _legend_columns(names: Sequence[str]) -> int:
    """Columns of the legend: a row if its names fit into one."""
    lengths = [len(name) + _LEGEND_ENTRY for name in names]
    if sum(lengths) <= _LEGEND_ROW:
        return max(1, len(names))
    return max(1, _LEGEND_ROW // max(lengths))


def _bars(axes: Axes, points: Sequence[FieldPoint], shift: float, **style: object) -> None:
    ends = halves((p.score, p.low, p.high) for p in points)
    fields, scores = [p.field_km * shift for p in points], [p.score for p in points]
    axes.errorbar(fields, scores, yerr=ends, **style)  # type: ignore[arg-type]


def _draw_table(axes: Axes, table: DifferenceTable) -> None:
    widest = widest_difference(table)
    cells = axes.imshow(
        np.ma.masked_invalid(table.coloured),
        cmap=cmocean.tools.crop_by_percent(cmocean.cm.balance, 24, which="both"),
        vmin=-widest,
        vmax=widest,
        aspect="auto",
    )
    for row, texts in enumerate(table.texts):
        for column, text in enumerate(texts):
            shown = "not trained" if table.hatched[row, column] else text
            value = table.coloured[row, column]
            ink = "black" if math.isnan(value) else _ink(np.asarray(cells.to_rgba(value))[:3])
            axes.text(column, row, broken(shown), ha="center", va="center", fontsize=7, color=ink)
    axes.set_xticks(range(len(table.columns)), list(map(stacked, table.columns)), fontsize=7)
    axes.set_yticks(range(len(table.rows)), list(map(stacked, table.rows)), fontsize=7)
    axes.tick_params(length=0)


def _ink(ground: np.ndarray) -> str:
    """Black or white, whichever has more contrast on a colour (WCAG 2.2).

    Args:
        ground: Red, green and blue, (3,) float, 0 to 1.
    """
    linear = [
        (each + 0.055) ** 2.4 / 1.055**2.4 if each > 0.04045 else each / 12.92 for each in ground
    ]
    luminance = float(np.dot((0.2126, 0.7152, 0.0722), linear))
    # Where both contrasts are equal.
    return "white" if luminance < math.sqrt(1.05 * 0.05) - 0.05 else "black"
