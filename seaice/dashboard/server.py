"""The dashboard's server: Streamlit with the pages that app.py declares. `seaice app` starts it.

Run: python -m seaice.dashboard.server run app.py
"""

import multiprocessing
import signal
import sys
from typing import NoReturn

from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from seaice.core.endings import end_at_once, heeded, status_of
from seaice.dashboard import warmup
from seaice.explain.kept_features import KEPT_FEATURES
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.decoded import DECODED

_DECODED_BYTES = 64 * 2**20
"""Memory for decoded variables: a few scenes of a million pixels."""
_COARSENED_BYTES = 64 * 2**20
"""Memory for coarsened ones: a few scenes of 26 million pixels at 400 m."""
_FEATURES_BYTES = 64 * 2**20
"""Memory for encoders' features: those of some networks for a scene of a million pixels."""


def main() -> None:
    """Run Streamlit's command line on this process's arguments."""
    # Otherwise a first visit to a page's own address would run that page without app.py, and so
    # without its layout and titles.
    PagesManager.uses_pages_directory = False
    _ask_nobody()
    _end_in_order()
    DECODED.most_bytes = _DECODED_BYTES
    COARSENED.most_bytes = _COARSENED_BYTES
    KEPT_FEATURES.most_bytes = _FEATURES_BYTES
    warmup.begin()
    try:
        sys.exit(cli.main(prog_name="streamlit"))
    except SystemExit as ended:
        _leave(status_of(ended))


def _leave(status: int) -> NoReturn:
    for worker in multiprocessing.active_children():
        # A conversion would be waited for.
        worker.terminate()
    end_at_once(status)


def _ask_nobody() -> None:
    """Contact no other host.

    Of a page from an unknown one, as behind a proxy, Streamlit would ask a server on the internet
    for this machine's own address, and let it connect from there.
    """
    net_util.get_external_ip = net_util.get_internal_ip = lambda: None


def _end_in_order() -> None:
    """Let a lost connection and a scheduler's notice end the server as SIGTERM does.

    Streamlit heeds that one and SIGINT in order, but only once it has told its address. Until then,
    an exception would come out of its loop as a traceback.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _leave(0))
    for number in set(heeded()) - {signal.SIGTERM}:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))


if __name__ == "__main__":
    main()
