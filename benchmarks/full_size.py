"""A full-size scene (5000 x 5200 pixels at 80 m): time and memory to the complete page.

Simulates the scene once into the folder named (about a minute and 4 GiB), then starts the dashboard
on it and opens it in Chromium, each time with a fresh server.
Run: python benchmarks/full_size.py FOLDER
"""

import statistics
import sys
import time
from pathlib import Path

import psutil
from machine import describe
from playwright.sync_api import sync_playwright

from seaice.simulate import simulate_folder

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from dashboard import HOME, launch_chromium, running_dashboard, settle

RUNS = 3


def open_once(folder: Path) -> tuple[float, float]:
    """Seconds to the settled page, and the server's peak memory in GiB."""
    with running_dashboard(folder, HOME / "models") as url, sync_playwright() as playwright:
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        begun = time.perf_counter()
        page.goto(url)
        settle(page)
        seconds = time.perf_counter() - begun
        page.wait_for_selector(".js-plotly-plot")
        return seconds, _peak_gib()


def _peak_gib() -> float:
    """Largest memory that a child of this process has held so far, GiB."""
    peaks = []
    for child in psutil.Process().children(recursive=True):
        if any("streamlit" in part for part in child.cmdline()):
            status = Path(f"/proc/{child.pid}/status").read_text()
            peaks += [int(x.split()[1]) for x in status.splitlines() if x.startswith("VmHWM")]
    return max(peaks) / 2**20


def main() -> None:
    folder = Path(sys.argv[1])
    if not list(folder.glob("*_prep.nc")):
        simulate_folder(folder, 1, 1, spacing_m=80)
    runs = [open_once(folder) for _ in range(RUNS)]
    print(describe())
    print(f"first visit to the complete page: {statistics.median(s for s, _ in runs):.1f} s")
    print(f"server's peak memory: {statistics.median(gib for _, gib in runs):.2f} GiB")


if __name__ == "__main__":
    main()
