"""What the page Context shows, and the link to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import streamlit as st

from seaice.ai4arctic.charts import CHART
from seaice.dashboard import permalink
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.context.sweeps import FIRST_TASK, offered_sweeps, sweep_results, training_of
from seaice.dashboard.link import not_available
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.results import GROUPING, GROUPINGS, GroupingName, SweepResults
from seaice.experiment.sweep.folder import Sweep
from seaice.experiment.tally import TASKS, ReferenceName, TaskName
from seaice.experiment.variants import variant_key, variant_text

REFERENCE: dict[ReferenceName, str] = {"chart": "Ice chart", "truth": "Simulated truth"}
_SWEEP, _TASK, _AGAINST = "context_sweep", "context_task", "context_against"
_VARIANT = "context_variant"
# In addresses. None of these is a name of a link to Compare.
_SHOWN = "_context_shown"
_QUERY = {"sweep": _SWEEP, "score": _TASK, "against": _AGAINST}
_NETWORKS = "networks"
_ASKED, _PROBLEMS = "_context_asked", "_context_problems"
_NAMES = {
    "sweep": "sweep is",
    "score": "task is",
    "against": "reference is",
    _NETWORKS: "choice of networks is",
}


@dataclass(frozen=True)
class Scope:
    """What is shown.

    Attributes:
        sweep: Which sweep.
        results: Its results, of one variant; empty before the first score.
        training: The sweep as `seaice sweep` trains it; None for a mere table.
        task: The task.
        reference: What its scores are taken against.
        narrow: Whether the page has little room.
    """

    sweep: EvaluatedSweep
    results: SweepResults
    training: Sweep | None
    task: TaskName
    reference: ReferenceName
    narrow: bool = False

    @property
    def cell_m(self) -> float | None:
        """Size of a feature cell of the networks, metres; before the first score, as planned."""
        if self.training is not None and not self.results.references:
            return self.training.plan.cell_m
        return self.results.cell_m


def pick_scope() -> Scope | None:
    """Draw the pickers; None and what to do if there is no table.

    Raises:
        TableError, ConfigError: The table or the configuration of the sweep cannot be read.
    """
    sweeps = {sweep.name: sweep for sweep in offered_sweeps()}
    if not sweeps:
        _explain()
        return None
    notice = st.container()
    asked = _follow(list(sweeps))
    with st.container(horizontal=True, vertical_alignment="top"):
        task: TaskName | None = st.segmented_control(
            "Task",
            TASKS,
            key=_TASK,
            persist_state="session",
            required=True,
            format_func=_task_label,
            help="; ".join(f"{name}: {chart.long_name}" for name, chart in CHART.items()),
        )
        name = next(iter(sweeps))
        if len(sweeps) > 1:
            name = st.selectbox(
                "Sweep", list(sweeps), key=_SWEEP, persist_state="session", width=220
            )
        sweep = sweeps[name]
        results = _pick_variant(sweep_results(sweep), asked)
        reference = _pick_reference(results)
    query = _write(name, task or TASKS[-1], reference, variant_key(results.variant))
    with notice:
        permalink.tell(_problems(query))
    shown = sweep, results, training_of(sweep), task or TASKS[-1], reference
    return Scope(*shown, narrow=is_narrow())


def show_sweep(name: str) -> None:
    """Show a sweep from the next run of the page on."""
    st.session_state[_SHOWN] = name


def pick_grouping() -> GroupingName:
    """Draw the picker of groups."""
    return st.selectbox(
        "Differences by",
        GROUPINGS,
        key="context_grouping",
        persist_state="session",
        format_func=lambda name: GROUPING[name],
        width=280,
    )


def _pick_variant(variants: list[SweepResults], asked: str | None) -> SweepResults:
    if len(variants) < 2:
        return variants[0]
    by_key = {variant_key(each.variant): each for each in variants}
    words = {key: variant_text(each.variant) for key, each in by_key.items()}
    if asked in by_key:
        st.session_state[_VARIANT] = asked
    chosen: str | None = st.selectbox(
        "Networks",
        list(by_key),
        format_func=words.__getitem__,
        key=_VARIANT,
        persist_state="session",
        width=220,
        help="What this sweep varies besides rates, channels and seeds. All that is shown is of "
        "networks that are alike in it.",
    )
    return by_key.get(chosen or "", variants[0])


def _pick_reference(results: SweepResults) -> ReferenceName:
    names = results.references
    if len(names) < 2:
        return names[0] if names else "chart"
    chosen: ReferenceName | None = st.segmented_control(
        "Scored against",
        names,
        key=_AGAINST,
        persist_state="session",
        required=True,
        format_func=lambda name: REFERENCE[name],
        help="An ice chart smooths over its polygons. Of simulated scenes the truth is known.",
    )
    return chosen or names[0]


def _task_label(task: TaskName) -> str:
    # Short, so that all pickers fit beside each other; the sentence below has the name in full.
    return "Combined" if task == "combined" else task


def _follow(sweeps: list[str]) -> str | None:
    """Take the values of the address, once; values that are not offered are left out.

    Returns:
        The variant that the address asks for. Only the sweep's table tells whether it has it.
    """
    offered = {_SWEEP: sweeps, _TASK: TASKS, _AGAINST: get_args(ReferenceName)}
    defaults = {_SWEEP: sweeps[0], _TASK: FIRST_TASK, _AGAINST: "chart"}
    first = _TASK not in st.session_state
    if first:
        # A run that another one takes over may not come to what it shows.
        st.session_state[_ASKED] = {
            name: st.query_params[name] for name in _NAMES if name in st.query_params
        }
    for name, key in _QUERY.items():
        asked = st.query_params.get(name) if first else None
        if asked in offered[key]:
            st.session_state[key] = asked
        st.session_state.setdefault(key, defaults[key])
    if (shown := st.session_state.pop(_SHOWN, None)) in sweeps:
        st.session_state[_SWEEP] = shown
    if st.session_state[_SWEEP] not in sweeps:
        st.session_state[_SWEEP] = sweeps[0]
    return st.query_params.get(_NETWORKS) if first else None


def _write(sweep: str, task: TaskName, reference: ReferenceName, variant: str) -> dict[str, str]:
    """Write what is shown into the address; returns its query."""
    query = {"sweep": sweep, "score": task, "against": reference}
    if variant:
        query[_NETWORKS] = variant
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    return query


def _problems(shown: Mapping[str, str]) -> list[str]:
    """A message for each value of the address that is not shown, until another is chosen.

    Args:
        shown: The query of what is shown.
    """
    asked: Mapping[str, str] | None = st.session_state.pop(_ASKED, None)
    if asked is not None:
        missing = [name for name, value in asked.items() if shown.get(name) != value]
        st.session_state[_PROBLEMS] = shown, [not_available(_NAMES[name]) for name in missing]
    instead, problems = st.session_state.get(_PROBLEMS, (shown, []))
    return problems if instead == shown else []


def _explain() -> None:
    st.info(
        "There is no sweep yet. This page shows what the receptive field does to the scores once "
        "there is an evaluation table. Train a sweep from a terminal, or score your checkpoints:"
    )
    st.code(
        "seaice sweep first --rates 'none 1-2-3' --channels sar --data TRAINING --test TEST\n"
        "seaice evaluate-all models --data TEST",
        language="bash",
    )
    st.caption("*Compare* shows the trained networks on single scenes in the meantime.")
