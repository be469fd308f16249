"""The finding in a sentence, and the scores against the receptive field."""

import math

import streamlit as st

from seaice.dashboard.components.figure import figure
from seaice.dashboard.context.charts import chart
from seaice.dashboard.context.open_point import open_point
from seaice.dashboard.context.scope import REFERENCE, Scope
from seaice.dashboard.text import plain
from seaice.experiment.drawn import GAIN_TITLE, enough_texts, field_lines, gain_lines
from seaice.experiment.sentences import points, score_title
from seaice.experiment.sweep_settings import FROZEN_TEXT
from seaice.figures.fields import field_figure, gain_figure, shown_baselines
from seaice.figures.offline import CHART

_HELP = (
    "Scores: a line for each channel set, with the mean over the seeds and a 95 % interval over "
    "scenes and seeds; a dot for each seed where there are several. Dashed: the control without "
    "atrous branches. Open, at the left: the control with branches of their centre tap alone. "
    "Thin, dotted or dash-dotted: baselines, in the colour of their channel set, with its open "
    "symbol at the right end. Gains: each score less that of the control of its channel set. "
    "Both saw the same scenes and seeds, so these intervals are narrower; they hold for all "
    "fields of a channel set at once, as in the sentences and the matrix. One that includes zero "
    "leaves open whether context helps. A click on a point opens its network on Compare, beside "
    "the control."
)
_ALT = "{} against the receptive field: a line for each channel set"
_GAIN_ALT = "What each receptive field gains over the control without atrous branches"
_ENOUGH_HELP = (
    "The field of each channel set that gains most over its control, seed by seed, with an "
    "interval that holds for all fields at once. Where it gains for certain: the smallest field, "
    "interpolated between those that are trained, at which 95 % of that gain is reached."
)


def main_figure(scope: Scope) -> None:
    """Draw the sentence and the figures."""
    results, task, reference = scope.results, scope.task, scope.reference
    st.markdown(f"**{plain(results.finding(task, reference))}**")
    if results.shares_encoder:
        st.caption(FROZEN_TEXT)
    lines = field_lines(results, task, reference)
    if not lines:
        st.info(f"No network is scored against the {REFERENCE[reference].lower()} yet.")
        return
    if task == "combined" and all(
        math.isnan(point.score) for line in lines for point in line.everything
    ):
        st.info("The combined score takes charts of all tasks. Choose one of them as the task.")
        return
    baselines = results.baselines(task, reference)
    dark = st.context.theme.type == "dark"
    title = score_title(task)
    scores = chart(field_figure, lines, baselines, title, dark)
    drawn = [(scores, "context_fields", _ALT.format(title))]
    if gains := gain_lines(results, task, reference):
        drawn.append((chart(gain_figure, gains, GAIN_TITLE, dark), "context_gains", _GAIN_ALT))
    with st.container(key="context_main"):
        for place, (each, key, alt) in zip(st.columns(len(drawn)), drawn, strict=True):
            with place:
                point = figure(each, key, alt=alt, config=CHART, picks=True)
            open_point(point, scope)
    hidden = baselines.keys() - shown_baselines(lines, baselines).keys()
    beyond = [f"{plain(name)} {points(baselines[name])}" for name in sorted(hidden)]
    notes = [f"Beyond the axis: {', '.join(beyond)}."] if beyond else []
    _, left_out = results.tally(reference)
    if left_out:
        names = ", ".join(plain(name) for name in left_out)
        notes.append(f"Not compared, because scored on few scenes so far: {names}.")
    st.caption(" ".join([_HELP, *notes]))
    if enough := enough_texts(results, task, reference):
        st.markdown("**How far is far enough?**", help=_ENOUGH_HELP)
        st.markdown("\n".join(f"- {plain(each)}" for each in enough))
