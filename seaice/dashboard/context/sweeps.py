"""The sweeps that the page offers, read once for all sessions. Needs no torch."""

import os
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import streamlit as st

from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.context.kept_curves import compute_first_curves
from seaice.experiment.drawn import channel_sets
from seaice.experiment.evaluated import SWEEPS, EvaluatedSweep, sweep_folders
from seaice.experiment.results import GROUPINGS, SweepResults
from seaice.experiment.sweep.folder import Sweep, SweepFolder, read_sweep
from seaice.experiment.tally import TaskName

FileKey = tuple[str, int, int]

FIRST_TASK: TaskName = "combined"
"""What a first visit shows: what the README reports of the study."""
_reading = threading.Lock()


def offered_sweeps() -> list[EvaluatedSweep]:
    """Sweeps, the shipped one first; those of `runs/sweeps/` also before their first score."""
    return sweep_folders(models_folder(), runs_folder())


def sweep_results(sweep: EvaluatedSweep) -> list[SweepResults]:
    """The results of a sweep by variant; read again when its table or its configuration changes.

    Raises:
        TableError, ConfigError: See `SweepResults.read`.
    """
    with st.spinner("Reading the scores ..."):
        return _results(sweep)


def version_of(sweep: EvaluatedSweep) -> tuple[FileKey, ...]:
    """What changes as soon as there are other results."""
    return _key(sweep.table), _key(sweep.settings)


def training_of(sweep: EvaluatedSweep) -> Sweep | None:
    """The sweep as `seaice sweep` trains it; None for a folder that only holds a table.

    Raises:
        SweepError: It is damaged, or of a newer format.
    """
    folder = SweepFolder(sweep.path)
    own = sweep.path.parent == runs_folder() / SWEEPS and os.path.isfile(folder.file)
    return read_sweep(folder) if own else None


def _key(path: Path) -> FileKey:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def compute_first() -> Iterator[None]:
    """Compute what a first visit shows, step by step, before the first browser asks for it.

    Raises:
        TableError, ConfigError: See `SweepResults.read`.
    """
    sweeps = offered_sweeps()
    results = _results(sweeps[0])[0] if sweeps else None
    if results is None or not results.references:
        return
    task, reference = FIRST_TASK, results.references[0]
    yield
    for compute in (results.finding, results.stated, results.verdicts):
        compute(task, reference)
        yield
    if sets := channel_sets(results, reference):
        results.differences(GROUPINGS[0], task, reference, sets[-1])
        yield
    yield from compute_first_curves(sweeps[0], task)


def _results(sweep: EvaluatedSweep) -> list[SweepResults]:
    # Who comes while it is read waits, and does not read it as well.
    with _reading:
        return _read(sweep, version_of(sweep))


# Not Streamlit's cache, which asks for a browser's session. What is computed from a table is kept
# with it: some 100 MB for 60 scenes.
@lru_cache(maxsize=3)
def _read(sweep: EvaluatedSweep, version: tuple[FileKey, ...]) -> list[SweepResults]:
    return SweepResults.read(sweep)
