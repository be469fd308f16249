"""The finding in a sentence, and the scores against the receptive field."""

import streamlit as st

from seaice.dashboard.context.scope import REFERENCE, Scope
from seaice.dashboard.text import plain
from seaice.experiment.drawn import field_lines
from seaice.experiment.sentences import points, task_text
from seaice.figures.fields import field_figure, shown_baselines

_HELP = (
    "A line for each channel set, with the mean over the seeds and a 95 % interval over scenes and "
    "seeds; a dot for each seed where there are several. Dashed: the control without atrous "
    "branches. Open: the control with branches of their centre tap alone. Dotted: baselines."
)


def main_figure(scope: Scope) -> None:
    """Draw the sentence and the figure."""
    results, task, reference = scope.results, scope.task, scope.reference
    st.markdown(f"**{plain(results.finding(task, reference))}**")
    lines = field_lines(results, task, reference)
    if not lines:
        st.info(f"No network is scored against the {REFERENCE[reference].lower()} yet.")
        return
    baselines = results.baselines(task, reference)
    title = f"Score of {task_text(task)}"
    dark = st.context.theme.type == "dark"
    with st.container(key="context_main"):
        st.plotly_chart(
            field_figure(lines, baselines, title, dark),
            key="context_fields",
            config={"displaylogo": False},
            alt=f"{title} against the receptive field: a line for each channel set",
        )
    hidden = baselines.keys() - shown_baselines(lines, baselines).keys()
    beyond = [f"{plain(name)} {points(baselines[name])}" for name in sorted(hidden)]
    notes = [f"Beyond the axis: {', '.join(beyond)}."] if beyond else []
    _, left_out = results.tally(reference)
    if left_out:
        names = ", ".join(plain(name) for name in left_out)
        notes.append(f"Not compared, because scored on few scenes so far: {names}.")
    st.caption(" ".join([_HELP, *notes]))
