"""The dashboard's server: Streamlit, told that app.py declares the pages. `seaice app` starts it.

Run: python -m seaice.dashboard.server run app.py
"""

import gc
import sys
import threading
from importlib import import_module

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

# Seconds to import, and needed by the first page.
_HEAVY = ("torch", "torchvision", "timm", "pytorch_grad_cam")


def main() -> None:
    """Run Streamlit's command line on this process's arguments."""
    # Else a first visit that opens a page of the folder pages/ directly would run it without
    # app.py, without the layout and the titles set there.
    PagesManager.uses_pages_directory = False
    # While the browser loads Streamlit's own scripts.
    threading.Thread(target=_import_heavy, daemon=True).start()
    sys.exit(cli.main(prog_name="streamlit"))


def _import_heavy() -> None:
    for name in _HEAVY:
        import_module(name)
    # Streamlit collects garbage after every run of a page; among the objects of these libraries,
    # which stay for good, that took 0.3 s, in which the page could not be sent.
    gc.freeze()


if __name__ == "__main__":
    main()
