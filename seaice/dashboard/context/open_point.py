"""A point of the main figures opens its network on Compare, beside the control."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from seaice.dashboard.context.at_hand import elsewhere_text, files_at_hand
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.link import HASH_DIGITS, Link
from seaice.dashboard.navigation import switch_to
from seaice.dashboard.permalink import hand_over
from seaice.dashboard.text import plain
from seaice.experiment.controls import control_of
from seaice.experiment.tally import Cell, Source


def open_point(point: Sequence[Any] | None, scope: Scope) -> None:
    """Switch to Compare if a point was chosen, or say where its networks lie.

    Args:
        point: Customdata of a chosen point, see `figures.fields`; None without one.
        scope: What the figure shows.
    """
    if point is None:
        return
    channel_set, rates, seed = point
    shown = _networks(scope, Cell(channel_set, rates), seed)
    found = files_at_hand(shown)
    if lacking := [each for each in shown if each not in found]:
        st.info(plain(elsewhere_text(scope.sweep, lacking)))
        return
    link = Link(
        channels=channel_set,
        rates=tuple(each.cell.rates for each in shown),
        checkpoints=tuple(each.sha256[:HASH_DIGITS] for each in shown),
        task=None if scope.task == "combined" else scope.task,
    )
    hand_over(link)
    switch_to("compare")


def _networks(scope: Scope, cell: Cell, seed: int | None) -> list[Source]:
    """The control's and the cell's network of a seed, or of their first seeds."""
    sources = scope.results.tally(scope.reference)[0].sources
    bootstrap = scope.results.bootstrap(scope.task, scope.reference)
    control = control_of(bootstrap, cell.channel_set)
    return [_network(sources, each, seed) for each in dict.fromkeys([control or cell, cell])]


def _network(sources: Sequence[Source], cell: Cell, seed: int | None) -> Source:
    """The network of a cell and seed; of its first seed if it does not have this one."""
    fitting = [each for each in sources if each.cell == cell]
    fitting.sort(key=lambda each: each.seed or 0)
    return next((each for each in fitting if each.seed == seed), fitting[0])
