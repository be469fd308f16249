"""The findings of the study as statements, with a verdict for each."""

import streamlit as st

from seaice.dashboard.context.scope import Scope
from seaice.dashboard.text import plain
from seaice.experiment.report_tables import verdict_rows
from seaice.experiment.sentences import one_seed_text, verdict_text
from seaice.experiment.stated import stated_text

_COLOURS = {"supported": "green", "not supported": "red", "undecided": "gray"}
_HELP = (
    "What the study behind this project found, tested here for the chosen task. Scenes and seeds "
    "are drawn anew together, differences are paired, and p values are adjusted after Holm for all "
    "statements about a task. Not supported: the difference is for certain below half a point."
)


def verdict_section(scope: Scope) -> None:
    """Draw the stated contrast and the statements."""
    results, task, reference = scope.results, scope.task, scope.reference
    st.subheader("What the study found, and what this sweep says", help=_HELP)
    stated = results.stated(task, reference)
    if stated:
        st.markdown(plain(stated_text(stated, results.simulated)))
    verdicts = results.verdicts(task, reference)
    stands_on = [each.estimate for each in (stated, *verdicts) if each]
    if caveat := one_seed_text(stands_on):
        st.caption(caveat)
    for verdict in verdicts:
        badge = f":{_COLOURS[verdict.verdict]}-badge[{verdict.verdict}]"
        st.markdown(f"{badge} **{plain(verdict.statement.text)}**")
        st.caption(plain(verdict_text(verdict, results.simulated)))
    with st.expander("As a table", icon=":material/table:", key="context_verdicts"):
        st.table(verdict_rows(verdicts, results.simulated))
