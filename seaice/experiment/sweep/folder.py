"""A sweep on disk: `sweep.json` in a folder of its own, which names the runs of its cells.

How a cell stands is what its run says. Only the process that works on the sweep writes.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seaice.core.errors import ConfigError, SweepError
from seaice.core.files import atomic_write, files_in
from seaice.core.format_version import Document, FormatVersionError, Upgrade, upgrade_document
from seaice.experiment.evaluated import OWN_NAMES, SETTINGS_NAME, SWEEPS
from seaice.experiment.sweep.plan import SweepCell, SweepPlan
from seaice.experiment.sweep.plan_values import plan_of
from seaice.training.runs.folder import RunFolder, read_text
from seaice.training.runs.lock import is_held
from seaice.training.runs.status import Status, read_status

FORMAT_VERSION = 2
"""Version of `sweep.json` that this software writes."""


def _from_1(old: Document) -> Document:
    """Its cells took these norms unless it said otherwise; those to come must not differ."""
    if not isinstance(old.get("settings", {}), dict):
        return old
    return {**old, "settings": {"norm_patches": 200, "norm_patch": 0, **old.get("settings", {})}}


UPGRADES: dict[int, Upgrade] = {1: _from_1}
"""By version: how `sweep.json` becomes that of the next version."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,79}")

CellState = Literal["not started", "waiting", "running", "finished", "stopped", "failed", "lost"]
_STATES: Mapping[str, CellState] = {
    "waiting": "waiting",
    "running": "running",
    "finished": "finished",
    "cancelled": "stopped",
    "interrupted": "stopped",
    "failed": "failed",
}


@dataclass(frozen=True)
class SweepFolder:
    """Where a sweep lies.

    Attributes:
        path: The folder, in `sweeps` of the folder of runs.
    """

    path: Path

    @property
    def name(self) -> str:
        """Name of the sweep."""
        return self.path.name

    @property
    def runs(self) -> Path:
        """Folder of the runs."""
        return self.path.parent.parent

    @property
    def file(self) -> Path:
        """The plan, and the runs of its cells."""
        return self.path / SETTINGS_NAME

    @property
    def trunks(self) -> Path:
        """Folder of the trunks' checkpoints."""
        return self.path / "trunks"

    @property
    def lock_file(self) -> Path:
        """Locked as long as a process works on the sweep."""
        return self.path / ".lock"

    @property
    def stop_file(self) -> Path:
        """Exists while the process that works on the sweep is asked to stop."""
        return self.path / "stop"

    @property
    def log_file(self) -> Path:
        """What that process says, if a page started it."""
        return self.path / "log.txt"

    @property
    def scores_log(self) -> Path:
        """What the last scoring of finished cells said."""
        return self.path / "scores.txt"

    def log(self) -> str:
        """What the process that a page started has said; empty if none was started."""
        return read_text(self.log_file)

    def alive(self) -> bool:
        """Whether a process of this machine works on the sweep."""
        return is_held(self.lock_file)


@dataclass(frozen=True)
class Sweep:
    """A sweep as its folder describes it.

    Attributes:
        folder: The folder.
        plan: What it trains.
        runs: Name of the run by name of the cell, of cells that were begun.
    """

    folder: SweepFolder
    plan: SweepPlan
    runs: Mapping[str, str]

    def run_of(self, cell: SweepCell) -> RunFolder | None:
        """The run of a cell; None before it is begun, and if its folder is gone."""
        name = self.runs.get(cell.name)
        run = RunFolder(self.folder.runs / name) if name else None
        return run if run and os.path.isfile(run.config_file) else None

    def status_of(self, cell: SweepCell) -> tuple[CellState, Status | None]:
        """How a cell stands. A finished one whose checkpoint is gone is lost."""
        run = self.run_of(cell)
        if run is None:
            return "not started", None
        status = read_status(run)
        if status.state == "finished" and not os.path.isfile(Path(status.checkpoint)):
            return "lost", status
        return _STATES[status.state], status

    def checkpoints(self) -> list[Path]:
        """Checkpoints of the cells that are finished, trunks left out."""
        stand = [self.status_of(cell) for cell in self.plan.cells]
        return [Path(s.checkpoint) for state, s in stand if s is not None and state == "finished"]


def sweep_folder(runs: Path, name: str) -> SweepFolder:
    """Where the sweep of a name lies.

    Raises:
        ConfigError: The name holds other characters than letters, digits and `+._-`, or is one
            that the pages give to what lies in the folder of checkpoints.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"A sweep's name can hold letters, digits and '+._-', at most 80; got {name[:40]!r}."
        )
    folder = SweepFolder(runs / SWEEPS / name)
    if name in OWN_NAMES:
        # Only runs that begin with a trunk hold a path into the folder: others go on elsewhere.
        goes_on = os.path.isfile(folder.file) and not os.path.isdir(folder.trunks)
        renamed = f", or rename its folder in {runs / SWEEPS}" if goes_on else ""
        raise ConfigError(
            f"{name!r} is what the pages call the sweep or the scores in the folder of "
            f"checkpoints, which a sweep of that name would hide. Choose another name{renamed}."
        )
    return folder


def list_sweeps(runs: Path) -> tuple[list[Sweep], list[str]]:
    """The sweeps of a folder of runs by name, and a sentence for each that cannot be read."""
    sweeps, problems = [], []
    for path in files_in(runs / SWEEPS, f"*/{SETTINGS_NAME}"):
        try:
            sweeps.append(read_sweep(SweepFolder(path.parent)))
        except SweepError as error:
            problems.append(str(error))
    return sweeps, problems


def read_sweep(folder: SweepFolder) -> Sweep:
    """Read a sweep.

    Raises:
        SweepError: It does not exist, is damaged, or of a newer format.
    """
    if not os.path.isfile(folder.file):
        raise SweepError(
            f"There is no sweep {folder.name!r} in {folder.path.parent}. Begin it with "
            f"`seaice sweep {folder.name} --rates ... --channels ...`."
        )
    try:
        document = json.loads(folder.file.read_text(encoding="utf-8"))
        version = document.pop("format_version", None)
        values = upgrade_document(document, version, FORMAT_VERSION, UPGRADES)
        runs = values.pop("runs", {})
        if not all(isinstance(part, str) for pair in runs.items() for part in pair):
            raise ValueError("runs are no names")
        return Sweep(folder, plan_of(values, str(folder.file)), runs)
    except FormatVersionError as error:
        raise SweepError(f"{folder.file} {error.problem}. {error.remedy}") from error
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise SweepError(
            f"{folder.file} is damaged ({error}). Begin the sweep again under another name; the "
            "runs of its cells and their checkpoints are kept."
        ) from error


def write_sweep(sweep: Sweep) -> None:
    """Write a sweep, whole or not at all.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        **sweep.plan.to_dict(),
        "runs": dict(sweep.runs),
    }
    with atomic_write(sweep.folder.file, durable=True) as temporary:
        temporary.write_text(json.dumps(document, indent=2), encoding="utf-8")


def planned(folder: SweepFolder, plan: SweepPlan | None) -> Sweep:
    """The sweep of a folder, enlarged by a plan; a new one where there is none.

    Raises:
        SweepError: See `read_sweep`; or the plan has other settings than the sweep of that name.
    """
    if plan is None or os.path.exists(folder.file):
        sweep = read_sweep(folder)
        if plan is None:
            return sweep
        try:
            return Sweep(folder, sweep.plan.enlarged(plan), sweep.runs)
        except ConfigError as error:
            raise SweepError(f"There is a sweep {folder.name!r} already, and {error}.") from error
    return Sweep(folder, plan, {})
