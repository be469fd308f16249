"""Context measured directly: the curves that lie beside a sweep's table."""

import math
from pathlib import Path

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.files import files_in
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.text import plain
from seaice.experiment.context_files import read_curve
from seaice.experiment.context_radius import UsedContext
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.sentences import score_title
from seaice.experiment.tally import TaskName
from seaice.figures.context_curves import RadiusCurve, context_figure
from seaice.figures.offline import OFFLINE

FOLDER = "context"
_MOST = 6
_HELP = (
    "The score where everything farther away than a radius is replaced by what other scenes have "
    "there, with 95 % intervals over scenes. Dotted: the radius at which 95 % of the gain is "
    "reached, the context that is used to benefit."
)


def curves_section(scope: Scope) -> None:
    """Draw the curves; without any, say how to measure one."""
    st.subheader("Context measured directly", help=_HELP)
    files = curve_files(scope.sweep)
    if not files:
        st.caption("No context curve lies beside this sweep's table yet. Measure one:")
        out = scope.sweep.path / FOLDER / "curve.parquet"
        st.code(f"seaice context CHECKPOINT --data DATA_FOLDER --out {out}", language="bash")
        return
    curves = []
    for path in files[:_MOST]:
        try:
            status = path.stat()
            curves.append(_read(str(path), status.st_mtime_ns, status.st_size))
        except (SeaIceError, OSError) as error:
            st.warning(plain(str(error)))
    if not curves:
        return
    title = score_title(scope.task)
    st.plotly_chart(
        context_figure(
            [_drawn(curve, scope.task) for curve in curves],
            title,
            st.context.theme.type == "dark",
        ),
        key="context_curves",
        config=OFFLINE,
        alt=f"{title} against the radius beyond which everything is foreign",
    )
    for curve in curves:
        st.caption(plain(f"{_label(curve)}: {used_text(curve.used('all', scope.task))}"))
    if len(files) > _MOST:
        st.caption(f"The first {_MOST} of {len(files)} curves are shown.")


def curve_files(sweep: EvaluatedSweep) -> list[Path]:
    """Files of context curves beside a sweep's table, by name."""
    return files_in(sweep.path / FOLDER, "*.parquet")


@st.cache_resource(max_entries=24, show_spinner="Reading context curves ...")
def _read(path: str, mtime_ns: int, size: int) -> ContextCurve:
    return read_curve(Path(path))


@st.cache_resource(
    max_entries=48,
    show_spinner=False,
    hash_funcs={ContextCurve: lambda curve: (curve.sha256, curve.seed, curve.scenes)},
)
def _drawn(curve: ContextCurve, task: TaskName) -> RadiusCurve:
    points = curve.points("all", task)
    return RadiusCurve(
        _label(curve),
        [point.r_km for point in points],
        [point.score for point in points],
        [point.low for point in points],
        [point.high for point in points],
        curve.used("all", task).km,
    )


def _label(curve: ContextCurve) -> str:
    """A curve's network: the name of its file without the ending."""
    return Path(curve.checkpoint).stem


def used_text(used: UsedContext) -> str:
    """The context used to benefit, in words."""
    if used.reason:
        return f"no radius, because {used.reason}"
    if math.isinf(used.km):
        return "more context is used than the largest radius"
    ends = "" if math.isnan(used.low) else f" ({_km(used.low)} to {_km(used.high)} km)"
    return f"context to {_km(used.km)} km is used to benefit{ends}"


def _km(radius: float) -> str:
    """A radius in km, with a decimal where whole ones would be too coarse.

    >>> _km(8.94), _km(137.2)
    ('8.9', '137')
    """
    return f"{radius:.1f}" if radius < 10 else f"{radius:.0f}"
