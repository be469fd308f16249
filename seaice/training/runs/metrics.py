"""What a run has measured: one JSON object a line, of a step or of a validation."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seaice.core.errors import OutputError
from seaice.core.files import atomic_write, require_file
from seaice.training.runs.folder import RunFolder, json_object

STEP, VALIDATION = "step", "validation"
_STEPS = 2**53
"""No run has as many; larger numbers no longer fit everywhere."""


@dataclass(frozen=True)
class Metrics:
    """What a run has measured, in the order of the steps.

    Attributes:
        steps: One entry a step: `step`, `loss`, `loss_SIC`, `loss_SOD`, `loss_FLOE`,
            `learning_rate`, `seconds` since the step before, `compute_seconds` of forward,
            backward and optimizer step.
        validations: One entry a validation: `step`, `SIC`, `SOD`, `FLOE`, `combined`, times 100,
            None where there is none, and `seconds`.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    validations: list[dict[str, Any]] = field(default_factory=list)


def append_metrics(folder: RunFolder, kind: str, values: Mapping[str, Any]) -> None:
    """Append an entry, in one write.

    Args:
        folder: The run.
        kind: `STEP` or `VALIDATION`.
        values: What was measured, `step` among it.

    Raises:
        OutputError: The file cannot be written to.
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
        # The disk took its first part and said nothing; the next line would go on with it.
        raise OutputError(folder.metrics_file, "No space left on device")


def read_metrics(folder: RunFolder) -> Metrics:
    """What a run has measured so far; lines that are cut off or damaged are passed over.

    Where a run was stopped and went on from an earlier step, the later entry of a step counts.
    """
    try:
        require_file(folder.metrics_file)
        lines = folder.metrics_file.read_text(errors="replace").splitlines()
    except OSError:
        return Metrics()
    found: dict[str, dict[int, dict[str, Any]]] = {STEP: {}, VALIDATION: {}}
    for line in lines:
        entry = _entry(line)
        if entry is not None:
            found[entry.pop("kind")][entry["step"]] = entry
    return Metrics(*([entries[step] for step in sorted(entries)] for entries in found.values()))


def cut_metrics(folder: RunFolder, step: int) -> None:
    """Leave out what was measured after a step: a run that goes on from there measures it again.

    Raises:
        OutputError: The file cannot be written to.
    """
    if not folder.metrics_file.exists():
        return
    metrics = read_metrics(folder)
    with atomic_write(folder.metrics_file) as temporary, open(temporary, "w") as file:
        for kind, entries in ((STEP, metrics.steps), (VALIDATION, metrics.validations)):
            for entry in entries:
                if entry["step"] <= step:
                    file.write(json.dumps({"kind": kind, **entry}) + "\n")


def _entry(line: str) -> dict[str, Any] | None:
    values = json_object(line)
    step = values.get("step")
    sound = isinstance(step, int) and not isinstance(step, bool) and 0 <= step < _STEPS
    return values if sound and values.get("kind") in (STEP, VALIDATION) else None
