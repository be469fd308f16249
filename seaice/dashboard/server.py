"""The dashboard's server: Streamlit with the pages that app.py declares. `seaice app` starts it.

Run: python -m seaice.dashboard.server run app.py
"""

import gc
import signal
import sys
import threading
from importlib import import_module

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from seaice.core.endings import heeded

# The first page needs these,
_FIRST = ("pandas", "pyarrow.parquet", "plotly.graph_objects", "cmocean", "scipy.special")
# and Compare these. All take seconds to import.
_HEAVY = ("torch", "torchvision", "timm", "pytorch_grad_cam")


def main() -> None:
    """Run Streamlit's command line on this process's arguments."""
    # Otherwise a first visit to a page's own address would run that page without app.py, and so
    # without its layout and titles.
    PagesManager.uses_pages_directory = False
    _end_in_order()
    # Meanwhile the browser loads Streamlit's own scripts.
    threading.Thread(target=_import_heavy, daemon=True).start()
    sys.exit(cli.main(prog_name="streamlit"))


def _end_in_order() -> None:
    """Let a lost connection and a scheduler's notice end the server as SIGTERM does."""
    for number in set(heeded()) - {signal.SIGTERM}:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))


def _import_heavy() -> None:
    for name in (*_FIRST, *_HEAVY):
        import_module(name)
    # Streamlit collects garbage after every run of a page. With the permanent objects of these
    # libraries that takes 0.3 s, during which the page cannot be sent.
    gc.freeze()


if __name__ == "__main__":
    main()
