"""The context curves beside a sweep's table, as the page Context and the report show them."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from seaice.core.errors import SeaIceError
from seaice.core.files import files_in
from seaice.experiment.context_files import read_curve
from seaice.experiment.context_radius import UsedContext
from seaice.experiment.context_settings import GROUPS
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.tally import TaskName
from seaice.figures.context_curves import RadiusCurve

FOLDER = "context"
"""Folder of the curves beside a table."""
MOST = 6
"""Curves that a figure holds."""
EXPLAINED = (
    "The score where what all channels, or those of one sensor, hold farther away than a radius is "
    "replaced by what other scenes have there, with 95 % intervals over scenes. Dotted: the radius "
    "at which 95 % of the gain is reached, the context that is used to benefit. Short and named: "
    "the radius that holds 90 % of a network's input gradient, the context that is used at all, "
    "for single tasks where all channels are replaced."
)
AGAINST_CHART = (
    "These curves are against the ice chart, also where scores are against the simulated truth."
)


def curve_files(sweep: EvaluatedSweep) -> list[Path]:
    """Files of context curves beside a sweep's table, by name."""
    return files_in(sweep.path / FOLDER, "*.parquet")


def read_curves(
    files: Sequence[Path], read: Callable[[Path], ContextCurve] = read_curve
) -> tuple[list[ContextCurve], list[str]]:
    """The curves of files.

    Args:
        files: Some of `curve_files`.
        read: Reads one.

    Returns:
        The curves, and a sentence for each file that cannot be read.
    """
    curves, problems = [], []
    for path in files:
        try:
            curves.append(read(path))
        except (SeaIceError, OSError) as error:
            problems.append(str(error))
    return curves, problems


def shown_first(files: Sequence[Path]) -> list[Path]:
    """As many files as a figure holds, by name: one of each channel set, then further ones.

    The channel set is what a file's name begins with, as checkpoints are named.
    """
    known: Counter[str] = Counter()
    turns: dict[Path, int] = {}
    for path in files:
        channel_set = path.stem.partition("_")[0]
        turns[path] = known[channel_set]
        known[channel_set] += 1
    first = sorted(files, key=turns.__getitem__)[:MOST]
    return [path for path in files if path in first]


def limit_text(files: Sequence[Path]) -> str:
    """Which of the files are shown first, if not all."""
    if len(files) <= MOST:
        return ""
    return f"{MOST} of {len(files)} curves are shown: first one of each channel set."


def measured_groups(curves: Sequence[ContextCurve]) -> list[str]:
    """Groups of channels that any of the curves tells of, all channels first."""
    found = {group for curve in curves for group in curve.groups}
    return [group for group in ("all", *GROUPS) if group in found]


def of_group(curves: Sequence[ContextCurve], group: str) -> list[ContextCurve]:
    """The curves that tell of a group of channels."""
    return [curve for curve in curves if group in curve.groups]


def drawn_curve(curve: ContextCurve, group: str, task: TaskName) -> RadiusCurve:
    """A curve as a figure draws it."""
    points = curve.points(group, task)
    return RadiusCurve(
        curve_label(curve),
        [point.r_km for point in points],
        [point.score for point in points],
        [point.low for point in points],
        [point.high for point in points],
        curve.used(group, task).km,
        _gradient_km(curve, group, task),
    )


def curve_label(curve: ContextCurve) -> str:
    """A curve's network: the name of its file without the ending."""
    return Path(curve.checkpoint).stem


def curve_text(curve: ContextCurve, group: str, task: TaskName) -> str:
    """The context that a network uses to benefit, and at all if its file tells, in a sentence."""
    text = f"{curve_label(curve)}: {used_text(curve.used(group, task))}"
    km = _gradient_km(curve, group, task)
    return text if math.isnan(km) else f"{text}; 90 % of the input gradient is within {_km(km)} km"


def _gradient_km(curve: ContextCurve, group: str, task: TaskName) -> float:
    """Radius of a network's gradient; NaN if there is none, or it is not that of these channels."""
    if group != "all" or task == "combined":
        return math.nan
    return curve.gradient_km.get(task, math.nan)


def used_text(used: UsedContext) -> str:
    """The context used to benefit, in words."""
    if used.reason:
        return f"no radius, because {used.reason}"
    if math.isinf(used.km):
        return "more context is used than the largest radius"
    return f"context to {_km(used.km)} km is used to benefit{_ends(used)}"


def radius_text(used: UsedContext) -> str:
    """The same in a cell of a table."""
    if used.reason:
        return f"none: {used.reason}"
    return "more than measured" if math.isinf(used.km) else f"{_km(used.km)} km{_ends(used)}"


def _ends(used: UsedContext) -> str:
    """Both ends of its interval in brackets; empty without one."""
    if math.isnan(used.low):
        return ""
    low, high = _km(used.low), _km(used.high)
    return f" ({low} km or more)" if math.isinf(used.high) else f" ({low} to {high} km)"


def _km(radius: float) -> str:
    """A radius in km, with a decimal where whole ones would be too coarse.

    >>> _km(8.94), _km(137.2)
    ('8.9', '137')
    """
    return f"{radius:.1f}" if radius < 10 else f"{radius:.0f}"
