"""The step that is read from a saved state, whatever that file holds."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from seaice.training.run_format import STATE_KEY, stamped
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.saved import saved_step


def test_the_step_of_a_saved_state(run: RunFolder):
    assert saved_step(run) is None
    _save(run, stamped({"standing": {"step": 45}}))
    assert saved_step(run) == 45


@pytest.mark.parametrize("metadata", [[], {}, {"standing": 3}, {"standing": {"step": 1e999}}])
def test_a_state_that_does_not_say_its_step_raises_nothing(run: RunFolder, metadata: object):
    _save(run, metadata)
    assert saved_step(run) is None
    run.state_file.write_bytes(b"no state")
    assert saved_step(run) is None


def test_a_newer_state_raises_nothing(run: RunFolder):
    _save(run, {"format_version": 1000, "standing": {"step": 45}})
    assert saved_step(run) is None


def _save(run: RunFolder, metadata: object) -> None:
    save_file({"a": np.zeros(1)}, run.state_file, {STATE_KEY: json.dumps(metadata)})
