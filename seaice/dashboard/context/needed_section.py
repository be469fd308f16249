"""Which context is needed here? A map of the scene in view, drawn when you ask for it."""

import streamlit as st

from seaice.dashboard.context.scope import Scope

_HELP = (
    "Each pixel has the colour of the smallest receptive field whose network gets it right: pale "
    "if all do, black if none does, purple if only small fields do. SIC counts as right within "
    "10 %."
)


def needed_section(scope: Scope) -> None:
    """Draw the switch, and the map if it is on."""
    st.subheader("Which context is needed here?", help=_HELP)
    task = scope.task
    if task == "combined":
        st.caption("The combined score has no map. Choose a chart as the task.")
        return
    # Predicting takes seconds, and importing torch as well: only on demand.
    if st.toggle("Predict a scene with every receptive field", key="context_needed"):
        from seaice.dashboard.context.needed_map import needed_map

        needed_map(scope, task)
