"""Folders of sweeps: where their tables and settings lie. Imports nothing that takes long."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from seaice.core.files import files_in

TABLE_NAMES = ("evaluation.parquet", "scores.parquet")
SETTINGS_NAME = "sweep.json"
SWEEPS = "sweeps"
"""Folder of the sweeps in the folder of runs."""
OWN_NAMES = ("shipped", "checkpoints")
"""What the sweep of the folder of checkpoints is called, and the table of the checkpoints
themselves: a sweep of that name would take its place on the pages."""


@dataclass(frozen=True)
class EvaluatedSweep:
    """A folder with an evaluation table, or of a sweep that will have one.

    Attributes:
        name: Its name for people.
        path: The folder.
        table: The table, which need not exist yet.
    """

    name: str
    path: Path
    table: Path

    @property
    def settings(self) -> Path:
        """The sweep's configuration, which need not exist."""
        return self.path / SETTINGS_NAME


def table_in(folder: Path) -> Path | None:
    """The evaluation table of a folder; of several the one that was written last."""
    tables = [folder / name for name in TABLE_NAMES if os.path.isfile(folder / name)]
    return max(tables, key=lambda table: table.stat().st_mtime, default=None)


def sweep_folders(models: Path, runs: Path) -> list[EvaluatedSweep]:
    """The sweeps: the shipped one, others in the folder of checkpoints, then those of the runs.

    Args:
        models: Folder of checkpoints. The shipped sweep is its folder `sweep`; without that, the
            table of the checkpoints themselves is one. Its other folders with a table are named
            after it, such as `models/frozen`.
        runs: Folder of runs, whose sweeps in `sweeps/` come newest first.
    """
    folders = [path for path in files_in(runs / SWEEPS, "*") if os.path.isdir(path)]
    found = [
        EvaluatedSweep(_name(path), path, table_in(path) or path / TABLE_NAMES[-1])
        for path in folders
        if table_in(path) or os.path.isfile(path / SETTINGS_NAME)
    ]
    found.sort(key=_changed, reverse=True)
    shipped = [
        EvaluatedSweep(name, path, table)
        for name, path in zip(OWN_NAMES, (models / "sweep", models), strict=True)
        if (table := table_in(path)) is not None
    ]
    return shipped[:1] + _beside(models) + found


def _name(path: Path) -> str:
    """Name of a sweep of the runs; a folder that an earlier version named like one of ours too."""
    return f"{SWEEPS}/{path.name}" if path.name in OWN_NAMES else path.name


def _beside(models: Path) -> list[EvaluatedSweep]:
    """Folders with a table in the folder of checkpoints, by name, but for the shipped sweep."""
    return [
        EvaluatedSweep(f"{models.resolve().name}/{path.name}", path, table)
        for path in files_in(models, "*")
        if path.name != "sweep" and os.path.isdir(path) and (table := table_in(path)) is not None
    ]


def _changed(sweep: EvaluatedSweep) -> float:
    for path in (sweep.table, sweep.settings):
        with suppress(OSError):
            return path.stat().st_mtime
    return 0.0
