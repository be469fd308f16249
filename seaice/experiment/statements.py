"""The five findings of the study as statements, with a verdict for each task.

A statement holds if all of its contrasts are above 0, and it does not hold if one of them is below
`MARGIN`. P values are those of the t distribution, two-sided, adjusted after Holm (1979) for all
contrasts of all statements about a task.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seaice.experiment.bootstrap import LEVEL, Bootstrap, Estimate, holm
from seaice.experiment.contrasts import Weights, difference
from seaice.experiment.controls import is_control
from seaice.experiment.tally import Cell

VerdictName = Literal["supported", "not supported", "undecided"]

MARGIN = 0.5
"""Points of score that count as no difference. A statement that one thing is better does not hold
if it is better by less, for certain, unless it is certainly better at all."""


@dataclass(frozen=True)
class Statement:
    """A finding of the study.

    Attributes:
        name: A short name.
        text: The finding.
        contrasts: By description: weights by cell. It holds if all are above 0.
        lacking: What a sweep must hold in addition to judge it; empty if it holds all.
    """

    name: str
    text: str
    contrasts: Mapping[str, Weights]
    lacking: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a sweep says of a statement.

    Attributes:
        statement: The statement.
        verdict: Supported, not supported or undecided.
        contrast: Which contrast decided, or keeps it from being decided.
        estimate: Its effect; None if the sweep lacks networks.
        p_value: Adjusted p value of the decision; NaN without an estimate.
        needed: How many times as many scenes and seeds would decide an undecided statement on its
            own, roughly: the width of the interval goes with 1 / sqrt(scenes). NaN if it is decided
            or has no interval.
    """

    statement: Statement
    verdict: VerdictName
    contrast: str = ""
    estimate: Estimate | None = None
    p_value: float = math.nan
    needed: float = math.nan


@dataclass(frozen=True)
class Sizes:
    """Atrous rates by the size of their receptive field; the controls are in none.

    Attributes:
        small: The rates with the smallest field.
        medium: Those between.
        large: Those with the largest.
    """

    small: tuple[str, ...]
    medium: tuple[str, ...]
    large: tuple[str, ...]


def sizes(bootstrap: Bootstrap) -> Sizes:
    """The rates of a sweep by size."""
    fields: dict[str, float] = {}
    for source in bootstrap.tally.sources:
        if not is_control(source.cell.rates):
            fields[source.cell.rates] = max(source.field_km, fields.get(source.cell.rates, 0.0))
    ordered = tuple(sorted(fields, key=lambda rates: fields[rates]))
    return Sizes(ordered[:1], ordered[1:-1], ordered[-1:] if len(ordered) > 1 else ())


def statements(bootstrap: Bootstrap) -> list[Statement]:
    """The statements, with contrasts between the networks that there are."""
    return [
        _best("small", "Small fields are best for SAR alone", bootstrap, ("sar",)),
        _best("medium", "Medium fields are best (the study: for SOD)", bootstrap, ()),
        _large_worse(bootstrap),
        _both_better(bootstrap),
        _frequencies(bootstrap),
    ]


def judge(bootstrap: Bootstrap) -> list[Verdict]:
    """A verdict on each statement for the task of a bootstrap."""
    asked = statements(bootstrap)
    estimates = {
        (statement.name, label): bootstrap.estimate(weights)
        for statement in asked
        for label, weights in statement.contrasts.items()
    }
    known = {key: each for key, each in estimates.items() if not each.reason}
    adjusted = dict(zip(known, holm([_p_value(each) for each in known.values()]), strict=True))
    return [_verdict(statement, estimates, adjusted) for statement in asked]


def _p_value(estimate: Estimate) -> float:
    return min(1.0, 2 * min(estimate.p_above(0), estimate.p_below(MARGIN)))


def _verdict(
    statement: Statement,
    estimates: Mapping[tuple[str, str], Estimate],
    adjusted: Mapping[tuple[str, str], float],
) -> Verdict:
    own = {
        label: estimates[statement.name, label]
        for label in statement.contrasts
        if not math.isnan(estimates[statement.name, label].effect)
    }
    if not own:
        return Verdict(statement, "undecided")
    label = min(own, key=lambda each: own[each].effect)
    weakest = own[label]
    if any(estimate.reason for estimate in own.values()):
        return Verdict(statement, "undecided", label, weakest)
    p_values = {each: adjusted[statement.name, each] for each in own}
    sure = {each for each, p_value in p_values.items() if p_value < 1 - LEVEL}
    above = {each for each in sure if _is_above(own[each], p_values[each])}
    if len(above) == len(statement.contrasts):
        return Verdict(statement, "supported", label, weakest, max(p_values.values()))
    below = sure - above
    if below:
        label = min(below, key=lambda each: own[each].effect)
        return Verdict(statement, "not supported", label, own[label], p_values[label])
    return Verdict(statement, "undecided", label, weakest, p_values[label], needed_times(weakest))


def _is_above(estimate: Estimate, p_value: float) -> bool:
    """Whether an effect is above 0, among as many comparisons as its adjusted p value counts."""
    return 2 * estimate.p_above(0) * (p_value / _p_value(estimate)) < 1 - LEVEL


def needed_times(estimate: Estimate) -> float:
    """How many times as many scenes and seeds make the interval leave 0, or reach the margin."""
    # The effect must be told from 0 if it is above, from the margin if it is below.
    distance = max(estimate.effect, MARGIN - estimate.effect)
    return (estimate.half_width / distance) ** 2


def _channel_sets(bootstrap: Bootstrap, rates: tuple[str, ...]) -> list[str]:
    """Channel sets that have all of these rates."""
    cells = bootstrap.cells()
    names = dict.fromkeys(cell.channel_set for cell in cells)
    return [name for name in names if all(Cell(name, each) in cells for each in rates)]


def _of(channel_sets: list[str], rates: tuple[str, ...]) -> list[Cell]:
    return [Cell(name, each) for name in channel_sets for each in rates]


def _best(
    size: Literal["small", "medium"], text: str, bootstrap: Bootstrap, only: tuple[str, ...]
) -> Statement:
    """One size of field is better than each of the two others."""
    by_size = sizes(bootstrap)
    groups = {"small": by_size.small, "medium": by_size.medium, "large": by_size.large}
    everything = by_size.small + by_size.medium + by_size.large
    sets = [name for name in _channel_sets(bootstrap, everything) if not only or name in only]
    if not sets or not all(groups.values()):
        which = f" of {' and '.join(only)}" if only else " of one channel set"
        return Statement(size, text, {}, f"networks{which} with three sizes of field")
    contrasts = {
        f"{size} less {other} fields": difference(_of(sets, groups[size]), _of(sets, rates))
        for other, rates in groups.items()
        if other != size
    }
    return Statement(size, text, contrasts)


def _large_worse(bootstrap: Bootstrap) -> Statement:
    text = "Large fields are worse"
    by_size = sizes(bootstrap)
    others = by_size.small + by_size.medium
    sets = _channel_sets(bootstrap, others + by_size.large)
    if not sets or not others or not by_size.large:
        return Statement("large", text, {}, "networks of one channel set with two sizes of field")
    contrast = difference(_of(sets, others), _of(sets, by_size.large))
    return Statement("large", text, {"other less large fields": contrast})


def _common_rates(bootstrap: Bootstrap, *channel_sets: str) -> tuple[str, ...]:
    """Rates that each of these channel sets has, with as many shared seeds as possible."""
    of_each = [
        {cell.rates for cell in bootstrap.cells() if cell.channel_set == name}
        for name in channel_sets
    ]
    common = sorted(set.intersection(*of_each))
    # Rates with fewer seeds would leave the others' seeds out.
    seeds = {
        rates: len(bootstrap.shared_seeds({Cell(name, rates): 1.0 for name in channel_sets}))
        for rates in common
    }
    return tuple(rates for rates in common if seeds[rates] == max(seeds.values()))


def _both_better(bootstrap: Bootstrap) -> Statement:
    text = "SAR with AMSR2 is better than either alone"
    rates = _common_rates(bootstrap, "sar", "amsr2", "sar+amsr2")
    if not rates:
        return Statement(
            "both", text, {}, "networks of sar, amsr2 and sar+amsr2 of one set of rates"
        )
    both = _of(["sar+amsr2"], rates)
    contrasts = {
        f"sar+amsr2 less {other}": difference(both, _of([other], rates))
        for other in ("sar", "amsr2")
    }
    return Statement("both", text, contrasts)


def _frequencies(bootstrap: Bootstrap) -> Statement:
    text = "18.7 and 36.5 GHz are worth most among the channels of AMSR2"
    rates = _common_rates(bootstrap, "sar", "sar+amsr2-18-36", "sar+amsr2")
    if not rates:
        lacking = "networks of sar, sar+amsr2-18-36 and sar+amsr2 of one set of rates"
        return Statement("frequencies", text, {}, lacking)
    some = _of(["sar+amsr2-18-36"], rates)
    gain = difference(some, _of(["sar"], rates))
    further = difference(_of(["sar+amsr2"], rates), some)
    contrast = {cell: gain.get(cell, 0.0) - further.get(cell, 0.0) for cell in gain | further}
    return Statement(
        "frequencies", text, {"gain by 18.7 and 36.5 GHz less the further gain by all": contrast}
    )


def stated_verdict(estimate: Estimate) -> VerdictName:
    """The verdict on a contrast, stated or by default: not adjusted, as it is a task's only one."""
    if estimate.reason or _p_value(estimate) >= 1 - LEVEL:
        return "undecided"
    return "supported" if _is_above(estimate, _p_value(estimate)) else "not supported"
