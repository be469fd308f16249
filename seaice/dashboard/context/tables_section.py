"""Differences by class, and by region, season or another grouping."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from seaice.dashboard.components.figure import figure
from seaice.dashboard.context.charts import chart
from seaice.dashboard.context.scope import Scope, pick_grouping
from seaice.experiment.differences import Differences
from seaice.experiment.drawn import channel_sets, groups_table, no_band_text
from seaice.experiment.results import GROUPING
from seaice.figures.differences import difference_figure

_HELP = (
    "Differences in score from the control, with half of a 95 % band that holds for all rows of a "
    "column at once. * marks those whose band does not hold 0; the others have no colour. Red: "
    "more than the control. Classes are compared by their F1."
)


def tables_section(scope: Scope) -> None:
    """Draw both tables for a channel set."""
    results, task, reference = scope.results, scope.task, scope.reference
    st.subheader("Where context helps", help=_HELP)
    sets = channel_sets(results, reference)
    if not sets:
        return
    first = _most_told(scope, sets)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel_set: str | None = st.segmented_control(
            "Channel set",
            sets,
            default=first,
            key="context_channel_set",
            persist_state="session",
            required=True,
        )
        grouping = pick_grouping()
    chosen = channel_set if channel_set in sets else first
    st.markdown(f"**{GROUPING[grouping]}**")
    found = results.differences(grouping, task, reference, chosen)
    _draw(found, scope, "context_groups")
    st.markdown("**Class**")
    if task == "combined":
        st.caption("The combined score has no classes. Choose a chart as the task.")
    else:
        _draw(results.of_classes(task, reference, chosen), scope, "context_classes")


def _most_told(scope: Scope, sets: Sequence[str]) -> str:
    """The last channel set with fields to compare: one network alone shows no differences."""
    sources = scope.results.tally(scope.reference)[0].sources
    known = Counter(cell.channel_set for cell in {source.cell for source in sources})
    return next((name for name in reversed(sets) if known[name] > 1), sets[-1])


def _draw(differences: Differences | None, scope: Scope, key: str) -> None:
    if differences is None or not differences.groups:
        st.caption("There is no control and no second field to compare with yet.")
        return
    table = groups_table(differences, scope.results.cell_m)
    figure(
        chart(difference_figure, table, narrow=scope.narrow),
        key=key,
        config={"displayModeBar": False},
        alt="Differences in score from the control",
    )
    if caveat := no_band_text(differences):
        st.caption(caveat)
