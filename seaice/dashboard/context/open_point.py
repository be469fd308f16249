"""A point of the main figures opens its network on Compare, beside the control."""

from collections.abc import Sequence
from typing import Any

from seaice.dashboard.link import HASH_DIGITS, Link
from seaice.dashboard.navigation import switch_to
from seaice.experiment.controls import control_of
from seaice.experiment.results import SweepResults
from seaice.experiment.tally import Cell, ReferenceName, Source, TaskName


def open_point(
    points: Sequence[dict[str, Any]],
    results: SweepResults,
    task: TaskName,
    reference: ReferenceName,
) -> None:
    """Switch to Compare if a point was chosen.

    Args:
        points: Chosen points of a figure as Streamlit gives them; see `figures.fields`.
        results: The results that it shows.
        task: The task that it shows.
        reference: What its scores are taken against.
    """
    chosen = next((each["customdata"] for each in points if each.get("customdata")), None)
    if chosen is not None:
        channel_set, rates, seed = chosen
        link = _link(results, task, reference, Cell(channel_set, rates), seed)
        switch_to("compare", link.query())


def _link(
    results: SweepResults,
    task: TaskName,
    reference: ReferenceName,
    cell: Cell,
    seed: int | None,
) -> Link:
    """A cell's network of a seed, or the first of its seeds, beside the same of the control."""
    tally, _ = results.tally(reference)
    control = control_of(results.bootstrap(task, reference), cell.channel_set)
    cells = dict.fromkeys([control or cell, cell])
    shown = [_network(tally.sources, each, seed) for each in cells]
    return Link(
        channels=cell.channel_set,
        rates=tuple(each.cell.rates for each in shown),
        checkpoints=tuple(each.sha256[:HASH_DIGITS] for each in shown),
        task=None if task == "combined" else task,
    )


def _network(sources: Sequence[Source], cell: Cell, seed: int | None) -> Source:
    """The network of a cell and seed; of its first seed if it does not have this one."""
    fitting = sorted(
        (each for each in sources if each.cell == cell), key=lambda each: each.seed or 0
    )
    return next((each for each in fitting if each.seed == seed), fitting[0])
