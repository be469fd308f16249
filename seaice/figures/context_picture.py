"""The context curves of a task side by side as a picture, for papers and slides."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from seaice.figures.context_curves import TICKS_KM, RadiusCurve
from seaice.figures.picture_parts import MARKERS, halves, new_figure, picture_file
from seaice.figures.series import apart, colour

_PANEL_IN, _HEIGHT_IN = 6.0, 4.6
_STYLES = ("-", "--", ":", "-.", (0, (8, 3)))
_GRADIENT_TO = 0.07
"""Height of the radius of a gradient, as a share of the panel's."""


@dataclass(frozen=True)
class ContextPanel:
    """The curves of one group of channels.

    Attributes:
        title: What was replaced.
        curves: By number, which gives a curve its colour in all panels.
    """

    title: str
    curves: Mapping[int, RadiusCurve]


def context_picture(panels: Sequence[ContextPanel], title: str, note: str) -> bytes:
    """Draw context curves on logarithmic axes; a dotted line stands at the context used.

    A short one stands at the radius that holds 90 % of the input gradient.

    Args:
        panels: At least one, side by side with a common axis of scores.
        title: Title of that axis.
        note: A line below, which says where the picture comes from.

    Returns:
        A PNG file.
    """
    figure = new_figure(_PANEL_IN * max(2, len(panels)), _HEIGHT_IN)
    places = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, panel in zip(places, panels, strict=True):
        _draw(axes, panel)
    places[0].set_ylabel(title)
    return picture_file(figure, note)


def _draw(axes: Axes, panel: ContextPanel) -> None:
    axes.set_xscale("log")
    for place, (number, curve) in enumerate(panel.curves.items()):
        ink, shift = colour(number, dark=False), apart(place, len(panel.curves))
        axes.errorbar(
            [km * shift for km in curve.r_km],
            curve.scores,
            yerr=halves(zip(curve.scores, curve.low, curve.high, strict=True)),
            color=ink,
            linestyle=_STYLES[number % len(_STYLES)],
            marker=MARKERS[number % len(MARKERS)],
            markersize=4,
            capsize=3,
            linewidth=1.6,
            label=curve.label,
        )
        if math.isfinite(curve.used_km):
            axes.axvline(curve.used_km, color=ink, linewidth=1, linestyle=":")
        if curve.gradient_km > 0:
            axes.axvline(curve.gradient_km, 0, _GRADIENT_TO, color=ink, linewidth=2.5)
    axes.set_title(panel.title, fontsize=9)
    low, high = axes.get_xlim()
    ticks = [km for km in TICKS_KM if low <= km <= high]
    axes.set_xticks(ticks, [f"{km}" for km in ticks])
    axes.minorticks_off()
    gradient = any(curve.gradient_km > 0 for curve in panel.curves.values())
    short = "; short: 90 % of the gradient" if gradient else ""
    axes.set_xlabel(f"Kept radius, km; dotted: context used{short}")
    axes.legend(fontsize=8, frameon=False)
