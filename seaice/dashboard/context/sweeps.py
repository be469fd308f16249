"""The sweeps that the page offers, read once for all sessions. Needs no torch."""

from pathlib import Path

import streamlit as st

from seaice.core.folders import models_folder, runs_folder
from seaice.experiment.results import EvaluatedSweep, SweepResults, sweep_folders

FileKey = tuple[str, int, int]


def offered_sweeps() -> list[EvaluatedSweep]:
    """Sweeps with an evaluation table, the shipped one first."""
    return sweep_folders(models_folder(), runs_folder())


def sweep_results(sweep: EvaluatedSweep) -> SweepResults:
    """The results of a sweep; read again when its table or its configuration changes.

    Raises:
        TableError, ConfigError: See `SweepResults.read`.
    """
    return _read(sweep, (_key(sweep.table), _key(sweep.settings)))


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
