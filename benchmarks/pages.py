"""Opening the dashboard in Chromium, each time with a fresh server."""

import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from dashboard import HOME, launch_chromium, running_dashboard, settle

_RUNS = 3


@dataclass(frozen=True)
class Visit:
    """A first visit.

    Attributes:
        start_s: From the command to a server that answers.
        page_s: From the address to the complete page, 0.8 s of calm included.
        reload_s: The same when the browser loads it again.
        megabytes: Sent to the browser for the page's content, Streamlit's own start left out.
        peak_gib: Largest memory of the server.
    """

    start_s: float
    page_s: float
    reload_s: float
    megabytes: float
    peak_gib: float


def first_visits(data: Path) -> Visit:
    """Medians over several first visits to Compare."""
    visits = [_visit(data) for _ in range(_RUNS)]
    names = Visit.__dataclass_fields__
    return Visit(
        **{name: statistics.median(getattr(each, name) for each in visits) for name in names}
    )


def _visit(data: Path) -> Visit:
    begun = time.perf_counter()
    with running_dashboard(data, HOME / "models") as url, sync_playwright() as playwright:
        up = time.perf_counter()
        received: list[int] = []
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        opened = time.perf_counter()
        page.goto(f"{url}/compare")
        settle(page)
        page.wait_for_selector(".st-key-maps .js-plotly-plot .main-svg")
        complete = time.perf_counter()
        megabytes = sum(received) / 1e6
        again = time.perf_counter()
        page.reload()
        settle(page)
        page.wait_for_selector(".st-key-maps .js-plotly-plot .main-svg")
        reloaded = time.perf_counter() - again
        peak = server_memory_gib("VmHWM")
        return Visit(up - begun, complete - opened, reloaded, megabytes, peak)


def server_memory_gib(kind: str = "VmRSS") -> float:
    """Memory of the server started here, GiB: what it holds now, or the most it held (`VmHWM`)."""
    found = []
    for child in psutil.Process().children(recursive=True):
        # Chromium leaves processes that have ended.
        with suppress(psutil.NoSuchProcess):
            if "seaice.dashboard.server" in child.cmdline():
                status = Path(f"/proc/{child.pid}/status").read_text()
                found += [int(x.split()[1]) for x in status.splitlines() if x.startswith(kind)]
    return max(found) / 2**20
