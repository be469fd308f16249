"""What a run has measured: one JSON object per line, for a step or a validation."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import OutputError
from seaice.core.files import atomic_write, require_file
from seaice.training.runs.folder import RunFolder, json_object

STEP, VALIDATION = "step", "validation"
_STEPS = 2**53
"""Larger step numbers are damage: they no longer fit into a float."""


@dataclass(frozen=True)
class Metrics:
    """What a run has measured, in the order of the steps.

    Attributes:
        steps: One entry per step: `step`, `loss`, `loss_SIC`, `loss_SOD`, `loss_FLOE`,
            `learning_rate`, `seconds` since the step before, `compute_seconds` of forward,
            backward and optimizer step.
        validations: One entry per validation: `step`; `SIC`, `SOD`, `FLOE`, `combined`, times
            100, None if not defined; and `seconds`.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    validations: list[dict[str, Any]] = field(default_factory=list)


def rank(scores: Mapping[str, float | None]) -> float | None:
    """What a run's validations are compared by.

    Args:
        scores: Scores by task, `combined` among them; None if not defined.

    Returns:
        The combined score if it is defined, otherwise the mean of the charts' scores that are;
        None if there are none.
    """
    if scores["combined"] is not None:
        return scores["combined"]
    defined = [score for name in CHARTS if (score := scores[name]) is not None]
    return sum(defined) / len(defined) if defined else None


def append_metrics(folder: RunFolder, kind: str, values: Mapping[str, Any]) -> None:
    """Append an entry, in one write.

    Args:
        folder: The run.
        kind: `STEP` or `VALIDATION`.
        values: What was measured, `step` among it.

    Raises:
        OutputError: The file is not writable, or the disk is full.
    """
    line = json.dumps({"kind": kind, **values}) + "\n"
    try:
        descriptor = os.open(folder.metrics_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            written = os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError(folder.metrics_file, error.strerror or str(error)) from error
    if written < len(line):
        # A nearly full disk took the first part only; the next line would continue it.
        raise OutputError(folder.metrics_file, "No space left on device")


def read_metrics(folder: RunFolder) -> Metrics:
    """What a run has measured so far. Lines that are cut off or damaged are skipped.

    If a run was stopped and resumed from an earlier step, the later entry of a step counts.
    """
    try:
        require_file(folder.metrics_file)
        lines = folder.metrics_file.read_text(errors="replace").splitlines()
    except OSError:
        return Metrics()
    by_kind: dict[str, dict[int, dict[str, Any]]] = {STEP: {}, VALIDATION: {}}
    for line in lines:
        entry = _entry(line)
        if entry is not None:
            by_kind[entry.pop("kind")][entry["step"]] = entry
    return Metrics(*([entries[step] for step in sorted(entries)] for entries in by_kind.values()))


def cut_metrics(folder: RunFolder, step: int, validated: int) -> None:
    """Remove what was measured after the saved state: a run resumed from it measures it again.

    A run can end between a validation and the next save, so the last validation that the state
    knows may be older than its last step.

    Args:
        folder: The run.
        step: Last step that the state knows.
        validated: Last step whose validation the state knows; -1 if there is none.

    Raises:
        OutputError: The file is not writable, or the disk is full.
    """
    if not os.path.exists(folder.metrics_file):
        return
    metrics = read_metrics(folder)
    with atomic_write(folder.metrics_file) as temporary, open(temporary, "w") as file:
        for kind, entries, last in (
            (STEP, metrics.steps, step),
            (VALIDATION, metrics.validations, validated),
        ):
            for entry in entries:
                if entry["step"] <= last:
                    file.write(json.dumps({"kind": kind, **entry}) + "\n")


def _entry(line: str) -> dict[str, Any] | None:
    values = json_object(line)
    step = values.get("step")
    sound = isinstance(step, int) and not isinstance(step, bool) and 0 <= step < _STEPS
    return values if sound and values.get("kind") in (STEP, VALIDATION) else None
