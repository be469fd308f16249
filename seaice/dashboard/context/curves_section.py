"""Context measured directly: the curves that lie beside a sweep's table."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from seaice.dashboard.components.figure import figure
from seaice.dashboard.context.charts import chart
from seaice.dashboard.context.kept_curves import kept_curve, kept_drawn, kept_part
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.text import plain
from seaice.experiment.context_beside import (
    AGAINST_CHART,
    EXPLAINED,
    FOLDER,
    MOST,
    curve_files,
    curve_label,
    curve_text,
    measured_groups,
    of_group,
    read_curves,
    shown_first,
)
from seaice.experiment.context_parts import (
    WHOLE,
    Part,
    is_measured,
    part_words,
    parts_of,
)
from seaice.experiment.context_settings import group_words
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.sentences import score_title
from seaice.experiment.tally import TaskName
from seaice.figures.context_curves import context_figure
from seaice.figures.offline import CHART


def curves_section(scope: Scope) -> None:
    """Draw the curves; without any, say how to measure one."""
    st.subheader("Context measured directly", help=EXPLAINED)
    files = curve_files(scope.sweep)
    if not files:
        st.caption("No context curve lies beside this sweep's table yet. Measure one:")
        out = scope.sweep.path / FOLDER / "curve.parquet"
        st.code(f"seaice context CHECKPOINT --data DATA_FOLDER --out {out}", language="bash")
        return
    chosen = _pick_files(scope.sweep.name, files)
    if not chosen:
        st.info("Choose at least one curve.")
        return
    with st.spinner("Reading context curves ..."):
        curves, problems = read_curves(chosen, kept_curve)
    for problem in problems:
        st.warning(plain(problem))
    if groups := measured_groups(curves):
        if scope.reference == "truth":
            st.caption(AGAINST_CHART)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            group = _pick_group(groups)
            part = _pick_part(curves)
        _draw(of_group(curves, group), part, group, scope.task)


def _pick_files(sweep: str, files: Sequence[Path]) -> list[Path]:
    """Draw the picker of curves, if there are several; first those of different channel sets."""
    if len(files) < 2:
        return list(files)
    by_name = {path.stem: path for path in files}
    chosen = st.multiselect(
        "Curves",
        list(by_name),
        default=[path.stem for path in shown_first(files)],
        max_selections=MOST,
        # Sweeps have curves of the same names, and others.
        key=f"context_curves_of_{sweep}",
        persist_state="session",
        help=f"The networks whose curves lie beside the table. The figure holds {MOST}: at first "
        "one of each channel set, as far as files are named like their checkpoints.",
    )
    return [path for name, path in by_name.items() if name in chosen]


def _pick_group(groups: Sequence[str]) -> str:
    """Draw the picker of the channels that are replaced, if the curves tell of several groups."""
    if len(groups) < 2:
        return groups[0]
    chosen: str | None = st.segmented_control(
        "Foreign far away",
        groups,
        default=groups[0],
        key="context_curve_group",
        persist_state="session",
        required=True,
        format_func=lambda group: "All channels" if group == "all" else group.capitalize(),
        help="Which channels are replaced beyond the radius. What the others say stays.",
    )
    return next((group for group in groups if group == chosen), groups[0])


def _pick_part(curves: Sequence[ContextCurve]) -> Part:
    """Draw the picker of a part of the scenes or of their pixels."""
    parts = [WHOLE, *parts_of(curves)]
    chosen = st.selectbox(
        "Part",
        parts,
        key="context_curve_part",
        persist_state="session",
        format_func=part_words,
        width=340,
        help="The curve of all pixels, or of a part: of scenes, or of the pixels at a distance or "
        "with a concentration. Intervals are over the scenes that have such pixels.",
    )
    return chosen if chosen in parts else WHOLE


def _draw(curves: Sequence[ContextCurve], part: Part, group: str, task: TaskName) -> None:
    measured = [each for each in curves if is_measured(each, kept_part(each, part))]
    if lacking := [curve_label(each) for each in curves if each not in measured]:
        st.caption(
            plain(
                f"Not drawn, because some radius has no pixel of this part: {', '.join(lacking)}."
            )
        )
    if not measured:
        return
    title = score_title(task)
    drawn = [kept_drawn(curve, part, group, task) for curve in measured]
    figure(
        chart(context_figure, drawn, title, st.context.theme.type == "dark"),
        key="context_curves",
        config=CHART,
        alt=f"{title} against the radius beyond which {group_words(group)} is foreign",
    )
    for curve in measured:
        st.caption(plain(curve_text(kept_part(curve, part), group, task)))
