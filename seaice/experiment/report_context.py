"""The context curves beside a table in a sweep's report: figures, sentences and tables."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seaice.core.text import counted
from seaice.experiment.context_beside import (
    AGAINST_CHART,
    EXPLAINED,
    curve_label,
    curve_text,
    drawn_curve,
    measured_groups,
    of_group,
    radius_text,
)
from seaice.experiment.context_parts import Part, measured_parts, part_words
from seaice.experiment.context_settings import group_words
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.report_differences import div
from seaice.experiment.sentences import score_title, task_text
from seaice.experiment.tally import TASKS, TaskName
from seaice.figures.context_curves import RadiusCurve, context_figure

_BY = ("region", "season")
_BY_PART = (
    "Radius at which 95 % of the gain is reached, with its interval over scenes, by region and "
    "season, and the number of scenes; none where some radius has no pixel of the part. One "
    "scene gives no interval, so it has no radius. Two or three give one that is too narrow: few "
    "draws of them differ."
)
_Parts = Mapping[Part, ContextCurve]


# Compared by identity: curves hold tables, which `==` compares cell by cell.
@dataclass(frozen=True, eq=False)
class Beside:
    """The context curves beside the table.

    Attributes:
        curves: Those that a figure holds.
        notes: Sentences about others.
    """

    curves: Sequence[ContextCurve] = ()
    notes: Sequence[str] = ()

    @cached_property
    def drawn(self) -> dict[tuple[str, TaskName], list[RadiusCurve]]:
        """The curves that tell of each group of channels and task, as figures draw them.

        Taken once for the page and the pictures: their radii take a bootstrap each.
        """
        return {
            (group, task): [
                drawn_curve(curve, group, task) for curve in of_group(self.curves, group)
            ]
            for group in measured_groups(self.curves)
            for task in TASKS
        }


def context_parts(beside: Beside) -> Iterator[str]:
    """A figure, sentences and a table for each task and group of channels, as HTML."""
    yield f"<p>{EXPLAINED} {AGAINST_CHART}</p>"
    yield from (f"<p>{html.escape(note)}</p>" for note in beside.notes)
    # Taken once: all tasks and groups share the sums of a part.
    parts = {id(curve): _parts(curve) for curve in beside.curves}
    for task in TASKS:
        for group in measured_groups(beside.curves):
            curves = of_group(beside.curves, group)
            yield from _figure(curves, beside.drawn[group, task], group, task)
            yield from _by_part([(each, parts[id(each)]) for each in curves], group, task)


def context_rows(curves: Sequence[ContextCurve]) -> list[dict[str, Any]]:
    """A row for each point of each curve, task and group of channels."""
    return [
        {
            "checkpoint": curve.checkpoint,
            "group": group,
            "task": task,
            "r_km": point.r_km,
            "score": point.score,
            "score_low": point.low,
            "score_high": point.high,
            "loss": point.loss,
            "loss_low": point.loss_low,
            "loss_high": point.loss_high,
            "pixels": point.pixels,
            "scenes": len(curve.scenes),
        }
        for curve in curves
        for group in curve.groups
        for task in TASKS
        for point in curve.points(group, task)
    ]


def _figure(
    curves: Sequence[ContextCurve], drawn: Sequence[RadiusCurve], group: str, task: TaskName
) -> Iterator[str]:
    title = f"{task_text(task).capitalize()}, where {group_words(group)} farther away is foreign"
    yield f"<h3>{html.escape(title)}</h3>"
    yield div(context_figure(drawn, score_title(task), dark=False))
    sentences = (html.escape(curve_text(curve, group, task)) for curve in curves)
    yield f"<ul>{''.join(f'<li>{sentence}.</li>' for sentence in sentences)}</ul>"


def _parts(curve: ContextCurve) -> dict[Part, ContextCurve]:
    """Its measured parts by region and by season; none by what all scenes have in common."""
    several = {name for name in _BY if curve.frame[name].nunique() > 1}
    return measured_parts(curve, several)


def _by_part(
    curves: Sequence[tuple[ContextCurve, _Parts]], group: str, task: TaskName
) -> Iterator[str]:
    """The radius that each curve uses to benefit in each region and season, as a table."""
    keys = list(dict.fromkeys(key for _, parts in curves for key in parts))
    if not keys:
        return
    head = "".join(f"<th>{html.escape(curve_label(curve))}</th>" for curve, _ in curves)
    rows = "".join(_row(key, [parts.get(key) for _, parts in curves], group, task) for key in keys)
    yield "<details><summary>By region and season</summary>"
    yield f"<p>{_BY_PART}</p>\n<table><tr><th></th>{head}</tr>\n{rows}</table></details>"


def _row(key: Part, parts: Sequence[ContextCurve | None], group: str, task: TaskName) -> str:
    name = html.escape(part_words(key))
    cells = (_cell(part, group, task) if part else "" for part in parts)
    return f"<tr><th>{name}</th>{''.join(f'<td>{each}</td>' for each in cells)}</tr>\n"


def _cell(part: ContextCurve, group: str, task: TaskName) -> str:
    count = len(part.scenes)
    return html.escape(f"{radius_text(part.used(group, task))}; {counted(count, 'scene')}")
