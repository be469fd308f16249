"""Training ticked cells of the matrix: what `seaice sweep` does, from the page."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.folders import data_folder, models_folder, runs_folder
from seaice.core.text import counted
from seaice.dashboard.context.scope import Scope, show_sweep
from seaice.dashboard.text import plain, typed_path
from seaice.experiment.sweep.folder import Sweep, planned, sweep_folder
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.scenes import require_scenes
from seaice.experiment.sweep.start import start_sweep
from seaice.experiment.tally import Cell
from seaice.training.config import TrainingConfig
from seaice.training.settings import settings_of

_MOST_SEEDS = 5
_NEW = "mine"


@dataclass(frozen=True)
class _Asked:
    """What is to be trained.

    Attributes:
        name: Name of the sweep.
        values: Its plan, as a file would give it.
    """

    name: str
    values: dict[str, Any]

    def sweep(self) -> Sweep:
        """The sweep, enlarged if there is one of that name.

        Raises:
            ConfigError, SweepError: Something does not fit.
        """
        folder = sweep_folder(runs_folder(), self.name)
        return planned(folder, plan_of(self.values, f"The sweep {self.name}"))

    def command(self) -> str:
        """The command that does the same."""
        words = ["seaice", "sweep", self.name]
        for name in ("only", "seeds"):
            words += [f"--{name}", " ".join(map(str, self.values[name]))]
        settings = dict(self.values["settings"])
        words += ["--data", str(settings.pop("data", ""))]
        words += ["--test", self.values["test"]] if self.values["test"] else []
        for name, value in settings.items():
            words += ["--set", f"{name}={value}"]
        return shlex.join(words)


def train_section(scope: Scope, cells: list[Cell]) -> None:
    """Draw the ticks and what trains them.

    Args:
        scope: What is shown.
        cells: What this sweep has not trained and does not plan to.
    """
    own = scope.training
    if own is not None and own.folder.alive():
        st.caption("To tick further cells, pause the sweep or wait for its end.")
        return
    if own is None:
        # Another sweep than the one in view: the control belongs to it as well.
        cells = _with_control(cells)
    if not cells:
        return
    chosen: list[Cell] = st.pills(
        "Tick cells to train",
        cells,
        selection_mode="multi",
        key="context_cells",
        format_func=lambda cell: f"{cell.channel_set} · {cell.rates}",
    )
    if not chosen:
        st.button("Train", key="context_train", disabled=True, icon=":material/model_training:")
        return
    asked = _enlarge(own, chosen) if own is not None else _begin(chosen)
    _offer(asked, own)


def _with_control(cells: Sequence[Cell]) -> list[Cell]:
    controls = [Cell(cell.channel_set, "none") for cell in cells]
    return list(dict.fromkeys([*controls, *cells]))


def _enlarge(sweep: Sweep, cells: list[Cell]) -> _Asked:
    """The sweep in view with further cells: its settings stay, as scores must be comparable."""
    plan = sweep.plan
    return _Asked(
        sweep.folder.name,
        {
            "only": [f"{cell.channel_set}:{cell.rates}" for cell in cells],
            "seeds": list(plan.seeds),
            "vary": {name: list(values) for name, values in plan.vary.items()},
            "settings": dict(plan.settings),
            "trunk": dict(plan.trunk),
            "contrasts": dict(plan.contrasts),
            "test": plan.test,
        },
    )


def _begin(cells: list[Cell]) -> _Asked:
    """Draw the fields of a new sweep."""
    st.caption(
        "These networks become a sweep of their own, as those in view were trained with other "
        "settings. Tick the control *none* of each channel set too: differences are taken from it."
    )
    steps = settings_of(TrainingConfig)["steps"]
    with st.container(horizontal=True, vertical_alignment="bottom", key="context_new_sweep"):
        name = st.text_input("Name", _NEW, key="context_name", width=120, max_chars=80)
        data = st.text_input(
            "Training scenes", str(data_folder()), key="context_data", width=200, max_chars=1000
        )
        test = st.text_input(
            "Test scenes",
            str(_known_test()),
            key="context_test",
            width=200,
            max_chars=1000,
            help="A folder of other scenes. Each network is scored on them when it is finished, "
            "and its score appears on this page.",
        )
        count = st.number_input(
            "Steps", 1, 10_000_000, steps.default, key="context_steps", width=120
        )
        seeds = st.number_input(
            "Seeds", 1, _MOST_SEEDS, key="context_seeds", width=110, help="Networks for each cell."
        )
    return _Asked(
        name.strip(),
        {
            "only": [f"{cell.channel_set}:{cell.rates}" for cell in cells],
            "seeds": list(range(int(seeds))),
            "settings": {"data": typed_path(data), "steps": int(count)},
            "test": typed_path(test),
        },
    )


def _known_test() -> Path | str:
    folder = data_folder() / "test"
    return folder if os.path.isdir(folder) else ""


def _offer(asked: _Asked, own: Sweep | None) -> None:
    """Draw the button with the number of networks, and the command that does the same."""
    try:
        sweep = asked.sweep()
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    known = len(own.plan.cells) if own is not None else 0
    count = len(sweep.plan.cells) - known
    pressed = st.button(
        f"Train {counted(count, 'network')}",
        key="context_train",
        type="primary",
        icon=":material/model_training:",
        help="Runs on when you close the page. You can pause it here and on Training.",
    )
    st.code(asked.command(), language="bash", wrap_lines=True)
    if pressed:
        _start(sweep)


def _start(sweep: Sweep) -> None:
    try:
        if not sweep.plan.test:
            st.error("Name a folder of test scenes, on which the networks are scored.")
            return
        require_scenes(sweep.plan)
        start_sweep(sweep, models_folder())
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    show_sweep(sweep.folder.name)
    st.rerun()
