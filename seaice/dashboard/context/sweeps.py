"""The sweeps that the page offers, read once for all sessions. Needs no torch."""

from pathlib import Path

import streamlit as st

from seaice.core.folders import models_folder, runs_folder
from seaice.experiment.evaluated import SWEEPS, EvaluatedSweep, sweep_folders
from seaice.experiment.results import SweepResults
from seaice.experiment.sweep.folder import Sweep, SweepFolder, read_sweep

FileKey = tuple[str, int, int]


def offered_sweeps() -> list[EvaluatedSweep]:
    """Sweeps, the shipped one first; those of `runs/sweeps/` also before their first score."""
    return sweep_folders(models_folder(), runs_folder())


def sweep_results(sweep: EvaluatedSweep) -> SweepResults:
    """The results of a sweep; read again when its table or its configuration changes.

    Raises:
        TableError, ConfigError: See `SweepResults.read`.
    """
    return _read(sweep, version_of(sweep))


def version_of(sweep: EvaluatedSweep) -> tuple[FileKey, ...]:
    """What changes as soon as there are other results."""
    return _key(sweep.table), _key(sweep.settings)


def training_of(sweep: EvaluatedSweep) -> Sweep | None:
    """The sweep as `seaice sweep` trains it; None for a folder that only holds a table.

    Raises:
        SweepError: It is damaged, or of a newer format.
    """
    folder = SweepFolder(sweep.path)
    own = sweep.path.parent == runs_folder() / SWEEPS and folder.file.is_file()
    return read_sweep(folder) if own else None


def _key(path: Path) -> FileKey:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


# What is computed from a table is kept with it: some 100 MB for 60 scenes.
@st.cache_resource(max_entries=3, show_spinner="Reading the scores ...")
def _read(_sweep: EvaluatedSweep, key: tuple[FileKey, ...]) -> SweepResults:
    return SweepResults.read(_sweep)
