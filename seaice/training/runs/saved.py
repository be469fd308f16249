"""The step from which a run would continue, read without torch and without the weights."""

import json

from seaice.core.errors import CheckpointError
from seaice.core.format_version import FormatVersionError
from seaice.core.safetensors_header import read_header
from seaice.training.run_format import STATE_KEY, upgrade_state
from seaice.training.runs.folder import RunFolder

_NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading metadata raises that a run did not write."""


def saved_step(folder: RunFolder) -> int | None:
    """The step of a run's saved state; None where none is saved, or it cannot be read."""
    try:
        metadata = upgrade_state(json.loads(read_header(folder.state_file)[STATE_KEY]))
        step = metadata["standing"]["step"]
    except (CheckpointError, FormatVersionError, *_NOT_OURS):
        return None
    return step if type(step) is int else None
