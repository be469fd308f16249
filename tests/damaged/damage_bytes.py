"""Bytes damaged at random, and what must become of whatever reads them."""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from seaice.core.errors import SeaIceError

EXAMPLES = int(os.environ.get("SEAICE_FUZZ_EXAMPLES", "150"))
"""Of each test; a night's run takes more."""

bounded = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with some replaced, cut off or put in, mostly where files describe themselves."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        near = min(len(data), draw(st.sampled_from([16, 400, 4000, 10**9])))
        at = draw(st.integers(0, max(near - 1, 0)))
        what = draw(st.sampled_from(["flip", "cut", "insert", "drop"]))
        if what == "flip" and data:
            data[at] ^= draw(st.integers(1, 255))
        elif what == "cut":
            del data[at:]
        elif what == "insert":
            data[at:at] = draw(st.binary(max_size=20))
        else:
            del data[at : at + draw(st.integers(1, 50))]
    return bytes(data)


def require_read_or_said(read: Callable[[], object]) -> None:
    """Check that foreign bytes are read, or refused in one sentence that can be printed."""
    said = ""
    try:
        read()
    except SeaIceError as error:
        said = str(error)
    assert len(said) < 2000
