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
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.reach import rates_text
from seaice.experiment.sweep.folder import Sweep, planned, sweep_folder
from seaice.experiment.sweep.plan_values import plan_of, plan_values
from seaice.experiment.sweep.scenes import require_scenes
from seaice.experiment.sweep.start import start_sweep
from seaice.experiment.tally import Cell
from seaice.training.config import TrainingConfig
from seaice.training.settings import settings_of

_MOST_SEEDS = 5
_NEW = "mine"
_TEST_HELP = (
    "A folder of other scenes. Each network is scored on them when it is finished, and its score "
    "appears on this page."
)


_FOLDERS = ("data", "validation")
"""Settings that may lie elsewhere here."""


@dataclass(frozen=True)
class _Asked:
    """What is to be trained.

    Attributes:
        name: Name of the sweep.
        values: Its plan, as a file would give it.
        own: The settings that the command names itself: `config` lacks them, or has others.
        config: File of a sweep whose settings are taken; None without one.
    """

    name: str
    values: dict[str, Any]
    own: dict[str, Any]
    config: Path | None = None

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
        words += ["--config", str(self.config)] if self.config else []
        for name in ("only", "seeds"):
            words += [f"--{name}", " ".join(map(str, self.values[name]))]
        settings = dict(self.own)
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
        format_func=lambda cell: f"{cell.channel_set} · {rates_text(cell.rates, scope.cell_m)}",
    )
    if not chosen:
        st.button("Train", key="context_train", disabled=True, icon=":material/model_training:")
        return
    asked = _enlarge(own, chosen) if own is not None else _begin(scope.sweep, chosen)
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
        dict(plan.settings),
    )


def _begin(like: EvaluatedSweep, cells: list[Cell]) -> _Asked:
    """Draw the fields of a new sweep, which hold what is known of the one in view."""
    known = plan_values(like)
    settings = known.get("settings", {})
    test = _there(known.get("test")) or _there(data_folder() / "test") or ""
    usual = settings_of(TrainingConfig)["steps"].default
    st.caption(_like_words(known))
    with st.container(horizontal=True, vertical_alignment="bottom", key="context_new_sweep"):
        name = _text("Name", _NEW, like, width=120)
        data = _text("Training scenes", _there(settings.get("data")) or data_folder(), like)
        test = _text("Test scenes", test, like, help=_TEST_HELP)
        steps = _count("Steps", 10_000_000, settings.get("steps", usual), like)
        seeds = len(known.get("seeds", [0]))
        count = _count("Seeds", _MOST_SEEDS, seeds, like, help="Networks for each cell.")
    own = {"data": typed_path(data), "steps": steps, **_without_validation(settings)}
    values = {
        **{name: each for name, each in known.items() if name not in ("rates", "channels")},
        "only": [f"{cell.channel_set}:{cell.rates}" for cell in cells],
        "seeds": list(range(count)),
        "settings": {**settings, **own},
        "test": typed_path(test),
    }
    return _Asked(name.strip(), values, own, like.settings if known else None)


def _without_validation(settings: dict[str, Any]) -> dict[str, str]:
    """Where the validation folder does not lie here, a part of the training scenes is held out."""
    named = settings.get("validation")
    return {"validation": ""} if named and _there(named) is None else {}


def _text(
    label: str, value: Path | str, like: EvaluatedSweep, width: int = 200, help: str | None = None
) -> str:
    """A field of a new sweep; beside another sweep it is another one."""
    key = f"context_{label.split()[0].lower()}_{like.name}"
    return st.text_input(label, str(value), key=key, width=width, max_chars=1000, help=help)


def _count(label: str, most: int, value: int, like: EvaluatedSweep, help: str | None = None) -> int:
    """The same for a number from 1 on."""
    key = f"context_{label.lower()}_{like.name}"
    return int(st.number_input(label, 1, most, min(value, most), key=key, width=120, help=help))


def _like_words(known: dict[str, Any]) -> str:
    """What a new sweep has of the one in view, and what it needs."""
    own = "These networks become a sweep of their own"
    control = "Tick the control *none* of each channel set too: differences are taken from it."
    if not known:
        return f"{own}, as nothing is known of how those in view were trained. {control}"
    said = known.get("settings", {}).items()
    settings = ", ".join(f"{name} {value}" for name, value in said if name not in _FOLDERS)
    trunk = ", ".join(f"{name} {value}" for name, value in known.get("trunk", {}).items())
    trunks = f" All begin with a trunk ({trunk})." if trunk else ""
    with_settings = f" with the settings of the one in view ({settings})" if settings else ""
    return f"{own}{plain(with_settings)}.{plain(trunks)} {control}"


def _there(folder: Path | str | None) -> Path | str | None:
    """A folder, if it is there."""
    return folder if isinstance(folder, str | Path) and folder and os.path.isdir(folder) else None


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
