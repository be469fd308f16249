"""A region of a full-size scene on Compare, in Chromium: from the drawn box to its maps.

Run: python benchmarks/region.py FOLDER    5000 x 5200 pixels at 80 m; simulated into the folder
                                           where it is empty (about a minute and 4 GiB)

Regions of 1000 x 1000 pixels, each of which this server has not shown; the scene is predicted.
"""

import re
import statistics
import sys
import time
from pathlib import Path

from machine import describe
from playwright.sync_api import Page, sync_playwright

from pages import HOME
from seaice.simulate import simulate_folder

sys.path.insert(0, str(HOME / "tools"))
from dashboard import choose_drag, launch_chromium, running_dashboard, settle

_SIDE_KM, _WIDTH_KM = 80, 416
_CORNERS = ((0.2, 0.2), (0.5, 0.3), (0.3, 0.6))
"""Of the boxes, as shares of a map's sides."""
_AT_REST = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState
  === 'notRunning' && !document.querySelector('[data-stale=true]')
  && document.querySelector('.st-key-region_maps .js-plotly-plot .main-svg')"""


def draw_s(page: Page, corner: tuple[float, float]) -> float:
    """Draw a box on the first map; the time from letting go to the region's maps."""
    panel = page.locator(".st-key-maps .nsewdrag").first.bounding_box()
    assert panel is not None, "the maps are drawn"
    left, top = (
        panel[start] + share * panel[size]
        for start, size, share in (("x", "width", corner[0]), ("y", "height", corner[1]))
    )
    side = panel["width"] * _SIDE_KM / _WIDTH_KM
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + side, top + side, steps=6)
    begun = time.perf_counter()
    page.mouse.up()
    page.wait_for_function(_AT_REST, polling=10, timeout=60_000)
    taken = time.perf_counter() - begun
    settle(page)
    return taken


def main() -> None:
    folder = Path(sys.argv[1])
    if not list(folder.glob("*_prep.nc")):
        simulate_folder(folder, 1, 1, spacing_m=80)
    with running_dashboard(folder, HOME / "models") as url, sync_playwright() as playwright:
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/compare")
        settle(page)
        choose_drag(page, "Chooses a region")
        taken = []
        for corner in _CORNERS:
            taken.append(draw_s(page, corner))
            page.get_by_role("button", name=re.compile("Whole scene")).click()
            settle(page)
    print(describe())
    print(f"a region of 1000 x 1000 pixels: {', '.join(f'{each:.2f}' for each in taken)} s")
    print(f"median {statistics.median(taken):.2f} s")


if __name__ == "__main__":
    main()
