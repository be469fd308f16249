"""Opening Context: after the server is up, twice again in new browsers, from Help, and reloaded.

Run: python benchmarks/context_page.py
     python benchmarks/context_page.py FOLDER    in turns with another checkout, and the ratios
"""

import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from machine import describe
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import dashboard

_RUNS = 3
_CHARTS = 5
_PAUSE_MS = 1000
_IMPORTED_S = 15
"""After the first page, the server imports torch. By then it has."""
_DRAWN = f"document.querySelectorAll('.js-plotly-plot:has(.main-svg)').length >= {_CHARTS}"


@dataclass(frozen=True)
class Visit:
    """A visit in a browser that has not been there before: seconds until something is drawn.

    Attributes:
        sentence: From the address to the first sentence.
        figures: From the address to all figures.
        chosen: From a click on another page to all figures.
        reloaded: From reloading the page to all figures.
    """

    sentence: float
    figures: float
    chosen: float
    reloaded: float


def visit(url: str) -> Visit:
    """Open the page, leave it for Help, come back and reload it."""
    with sync_playwright() as playwright:
        page = dashboard.launch_chromium(playwright).new_page(
            viewport={"width": 1280, "height": 720}
        )
        begun = time.perf_counter()
        page.goto(url)
        page.get_by_text("scenes,").first.wait_for(timeout=120_000)
        told = time.perf_counter()
        page.wait_for_function(_DRAWN, timeout=120_000)
        drawn = time.perf_counter()
        page.get_by_role("link", name="Help", exact=True).click()
        page.wait_for_function("!document.querySelector('.js-plotly-plot')", timeout=120_000)
        page.wait_for_timeout(_PAUSE_MS)
        chosen = time.perf_counter()
        page.get_by_role("link", name="Context", exact=True).click()
        page.wait_for_function(_DRAWN, timeout=120_000)
        back = time.perf_counter()
        page.wait_for_timeout(_PAUSE_MS)
        asked = time.perf_counter()
        page.reload()
        page.wait_for_function(_DRAWN, timeout=120_000)
        again = time.perf_counter()
        return Visit(told - begun, drawn - begun, back - chosen, again - asked)


def visits(home: Path) -> dict[str, float]:
    """One server of a checkout, and three visits."""
    os.environ["PYTHONPATH"] = str(home)
    dashboard.HOME = home
    begun = time.perf_counter()
    with dashboard.running_dashboard(home / "data", home / "models") as url:
        up = time.perf_counter() - begun
        first, second = visit(url), visit(url)
        time.sleep(_IMPORTED_S)
        third = visit(url)
    return {
        "server up": up,
        "first visit, sentence": first.sentence,
        "first visit, all figures": first.figures,
        "second visit, sentence": second.sentence,
        "second visit, all figures": second.figures,
        "later visit, sentence": third.sentence,
        "later visit, all figures": third.figures,
        "chosen from Help, all figures": third.chosen,
        "reloaded, all figures": third.reloaded,
    }


def _medians(results: list[dict[str, float]]) -> list[float]:
    return [statistics.median([each[name] for each in results]) for name in results[0]]


def main() -> None:
    homes = [dashboard.HOME, *map(Path, sys.argv[1:2])]
    results: dict[Path, list[dict[str, float]]] = {home: [] for home in homes}
    for _ in range(_RUNS):
        for home in homes:
            results[home].append(visits(home))
    print(describe())
    columns = [_medians(results[home]) for home in homes]
    for name, *values in zip(results[homes[0]][0], *columns, strict=True):
        ratio = f"   ratio {values[0] / values[1]:.2f}" if len(values) > 1 else ""
        print(f"{name:28s}" + "".join(f"{value:8.1f} s" for value in values) + ratio)


if __name__ == "__main__":
    main()
