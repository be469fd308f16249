"""What the server does while a browser loads Streamlit's own scripts: imports, and the first page.

A page draws sooner if what it needs is imported already. What only other pages need must wait until
the first one is drawn: both would share Python's one lock.
"""

import gc
import threading
from contextlib import suppress
from importlib import import_module

from seaice.core.errors import SeaIceError

# The first page needs these,
_FIRST = (
    "pandas",
    "pyarrow.parquet",
    "plotly.graph_objects",
    "cmocean",
    "scipy.special",
    "seaice.dashboard.context.sweeps",
)
# and Compare these. All take seconds to import.
_HEAVY = ("torch", "torchvision", "timm", "pytorch_grad_cam")

_LONGEST_S = 10.0
"""Nobody may come."""
_goes_on = threading.Event()


def begin() -> None:
    """Begin in a thread of its own."""
    threading.Thread(target=_warm_up, daemon=True).start()


def go_on() -> None:
    """Go on to what other pages need: the first page is drawn, or another one is asked for."""
    _goes_on.set()


def _warm_up() -> None:
    for name in _FIRST:
        import_module(name)
    from seaice.dashboard.context.sweeps import compute_first

    with suppress(SeaIceError, OSError):
        # The page says what is wrong.
        for _ in compute_first():
            if _goes_on.is_set():
                break
    _goes_on.wait(_LONGEST_S)
    for name in _HEAVY:
        import_module(name)
    # Streamlit collects garbage after every run of a page. With the permanent objects of these
    # libraries that takes 0.3 s, during which the page cannot be sent.
    gc.freeze()
