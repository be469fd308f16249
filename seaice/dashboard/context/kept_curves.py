"""Context curves and what is drawn of them, computed once for all sessions. Needs no torch.

Not in Streamlit's cache, which asks for a browser's session: before the first one they are computed
already.
"""

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from seaice.experiment.context_beside import (
    curve_files,
    drawn_curve,
    measured_groups,
    of_group,
    read_curves,
    shown_first,
)
from seaice.experiment.context_files import read_curve
from seaice.experiment.context_parts import WHOLE, Part, part_of
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.tally import TaskName
from seaice.figures.context_curves import RadiusCurve

# Who comes while something is read or computed waits, and does not do it as well.
_turn = threading.RLock()


def compute_first_curves(sweep: EvaluatedSweep, task: TaskName) -> Iterator[None]:
    """Compute step by step what a first visit shows of the curves beside a sweep's table."""
    curves, _ = read_curves(shown_first(curve_files(sweep)), kept_curve)
    yield
    for group in measured_groups(curves)[:1]:
        for curve in of_group(curves, group):
            kept_drawn(curve, WHOLE, group, task)
            yield


def kept_curve(path: Path) -> ContextCurve:
    """The curve of a file; read again when that changes.

    Raises:
        SceneError: See `read_curve`.
    """
    status = path.stat()
    with _turn:
        return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=24)
def _read(path: Path, mtime_ns: int, size: int) -> ContextCurve:
    return read_curve(path)


def kept_part(curve: ContextCurve, part: Part) -> ContextCurve:
    """A part of a curve; see `part_of`."""
    with _turn:
        return _part(curve, part)


@lru_cache(maxsize=72)
def _part(curve: ContextCurve, part: Part) -> ContextCurve:
    return part_of(curve, part)


def kept_drawn(curve: ContextCurve, part: Part, group: str, task: TaskName) -> RadiusCurve:
    """What a figure draws of a part of a curve; see `drawn_curve`."""
    with _turn:
        return _drawn(curve, part, group, task)


@lru_cache(maxsize=144)
def _drawn(curve: ContextCurve, part: Part, group: str, task: TaskName) -> RadiusCurve:
    return drawn_curve(kept_part(curve, part), group, task)
