"""What was used lately is kept within some memory."""

import numpy as np
import pytest

from seaice.core.recent import Recent


@pytest.fixture
def recent() -> Recent[np.ndarray]:
    """Room for four arrays of 1000 bytes."""
    recent: Recent[np.ndarray] = Recent()
    recent.most_bytes = 4000
    for key in "abcd":
        assert recent.put((key,), np.zeros(125))
    return recent


def test_the_least_recently_used_goes_first(recent):
    assert recent.get(("a",)) is not None
    recent.put(("e",), np.zeros(125))
    assert [recent.get((key,)) is not None for key in "abcde"] == [True, False, True, True, True]
    assert recent.used_bytes == 4000


def test_what_would_drive_out_all_others_is_not_kept(recent):
    assert not recent.put(("large",), np.zeros(126))
    assert recent.get(("large",)) is None
    assert recent.get(("a",)) is not None


def test_it_remembers_nothing_unless_asked_to():
    recent: Recent[np.ndarray] = Recent()
    assert not recent.put(("a",), np.zeros(1))
    assert recent.used_bytes == 0


def test_what_was_kept_can_be_forgotten(recent):
    recent.clear()
    assert recent.get(("a",)) is None
    assert recent.used_bytes == 0
