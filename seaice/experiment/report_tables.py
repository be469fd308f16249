"""Tidy tables of a sweep's results, for people and for CSV."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seaice.experiment.bootstrap import Estimate
from seaice.experiment.differences import Differences
from seaice.experiment.reach import reach_columns
from seaice.experiment.results import GROUPINGS, SweepResults
from seaice.experiment.sentences import data_text, interval_text
from seaice.experiment.statements import Verdict
from seaice.experiment.tally import ReferenceName, TaskName

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd


def verdict_rows(verdicts: list[Verdict], simulated: bool) -> "pd.DataFrame":
    """Statements with verdicts and what those stand on, as a person reads them."""
    import pandas as pd

    rows = [
        {
            "Statement": verdict.statement.text,
            "Verdict": verdict.verdict,
            "Contrast": verdict.contrast or f"lacks {verdict.statement.lacking}",
            "Effect": interval_text(verdict.estimate) if verdict.estimate else "",
            "p (Holm)": p_text(verdict.p_value),
            "Stands on": _data_text(verdict.estimate, simulated),
        }
        for verdict in verdicts
    ]
    return pd.DataFrame(rows).set_index("Statement")


def _data_text(estimate: Estimate | None, simulated: bool) -> str:
    return "" if estimate is None else data_text(estimate.scenes, estimate.seeds, simulated)


def p_text(p_value: float) -> str:
    """A p value to three digits; empty for NaN."""
    if math.isnan(p_value):
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def score_table(
    results: SweepResults, task: TaskName, reference: ReferenceName
) -> list[dict[str, Any]]:
    """A row for each network, with the mean and the interval of its cell."""
    bootstrap = results.bootstrap(task, reference)
    scores = results.scores(task, reference)
    gains = results.from_control(task, reference)
    rows = []
    for source in bootstrap.tally.sources:
        seed = source.seed if source.seed is not None else -1
        gain = gains.get(source.cell)
        # An interval for this difference alone, and one for all fields of the channel set at once.
        alone = gain and replace(gain, half_band=math.nan)
        at_once = _numbers("from_control_at_once", gain)
        score = bootstrap.score(source.cell, seed)
        linear = results.linear(task, reference, source.cell.channel_set)
        rows.append(
            {
                "task": task,
                "reference": reference,
                "source": source.name,
                "channel_set": source.cell.channel_set,
                "rates": source.cell.rates,
                **reach_columns(source.cell.rates, results.cell_m),
                "field_km": source.field_km,
                "seed": seed,
                "score": score,
                "linear": linear,
                # Empty in a table where it is not known.
                "below_linear": None if math.isnan(linear) else score < linear,
                **_numbers("cell_mean", scores[source.cell]),
                **_numbers("from_control", alone),
                **{name: at_once[name] for name in at_once if name.endswith(("_low", "_high"))},
            }
        )
    return rows


def verdict_table(
    results: SweepResults, task: TaskName, reference: ReferenceName
) -> list[dict[str, Any]]:
    """A row for each statement, and one for the contrast that is tested by itself."""
    rows: list[dict[str, Any]] = [
        {
            "task": task,
            "reference": reference,
            "statement": verdict.statement.text,
            "verdict": verdict.verdict,
            "contrast": verdict.contrast or f"lacks {verdict.statement.lacking}",
            **_numbers("effect", verdict.estimate),
            "p_holm": verdict.p_value,
            **_stands_on(verdict.estimate, verdict.needed),
            "simulated": results.simulated,
        }
        for verdict in results.verdicts(task, reference)
    ]
    if stated := results.stated(task, reference):
        rows.insert(
            0,
            {
                "task": task,
                "reference": reference,
                "statement": stated.kind.lower(),
                "verdict": stated.verdict,
                "contrast": stated.text,
                **_numbers("effect", stated.estimate),
                "p_holm": math.nan,
                **_stands_on(stated.estimate, stated.needed),
                "simulated": results.simulated,
            },
        )
    return rows


def _stands_on(estimate: Estimate | None, needed: float) -> dict[str, Any]:
    """Numbers of scenes and seeds, and how many times as many would decide what is undecided."""
    scenes, seeds = (estimate.scenes, estimate.seeds) if estimate else (0, 0)
    return {"scenes": scenes, "seeds": seeds, "needed": needed}


def all_differences(
    results: SweepResults, task: TaskName, reference: ReferenceName, channel_set: str
) -> Iterator[tuple[str, Differences]]:
    """What a report tells of: differences by each grouping of scenes and of pixels, by class."""
    for grouping in GROUPINGS:
        found = results.differences(grouping, task, reference, channel_set)
        if found is not None:
            yield grouping, found
    of_classes = results.of_classes(task, reference, channel_set)
    if of_classes is not None:
        yield "class", of_classes


def difference_rows(
    differences: Differences,
    task: TaskName,
    reference: ReferenceName,
    grouping: str,
    cell_m: float | None,
) -> list[dict[str, Any]]:
    """A row for each group and cell; with `cell_m`, the size of a feature cell, their reach."""
    return [
        {
            "task": task,
            "reference": reference,
            "grouping": grouping,
            "group": group,
            "channel_set": cell.channel_set,
            "rates": cell.rates,
            **reach_columns(cell.rates, cell_m),
            "control": differences.control.rates,
            "difference": float(differences.points[row, column]),
            "half_width": float(differences.half_widths[row, column]),
            "pixels": int(differences.pixels[row]),
            "scenes": int(differences.scenes[row]),
        }
        for row, group in enumerate(differences.groups)
        for column, cell in enumerate(differences.cells)
    ]


def _numbers(name: str, estimate: Estimate | None) -> dict[str, Any]:
    """An estimate as columns; NaN where there is none."""
    if estimate is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), math.nan)
    return {name: estimate.effect, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
