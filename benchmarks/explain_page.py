"""Explain in Chromium: four rates side by side, computed and computed before, and one pixel.

Run: python benchmarks/explain_page.py

A scene is new when this server has not shown it. What the networks put out is then predicted and
explained; to come back to a question computes nothing.
"""

import statistics
import sys
import time
from collections.abc import Callable

from machine import describe
from playwright.sync_api import Page, sync_playwright

from pages import HOME

sys.path.insert(0, str(HOME / "tools"))
from dashboard import launch_chromium, running_dashboard, settle

_RATES = ("1-2-3", "3-6-9", "6-12-18", "12-24-36")
_SCENES = 3
_ADDRESS = "explain?channels=sar%2Bamsr2-18-36&question=evidence&rates=" + "%20".join(_RATES)
_EVIDENCE = ".st-key-evidence_maps .js-plotly-plot"
_PIXEL = ".st-key-pixel_gradient .js-plotly-plot"
_AT_REST = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState
  === 'notRunning' && !document.querySelector('[data-stale=true]')"""
_DRAWN = f"""([selector, heading]) => {{
  const plot = document.querySelector(selector);
  return ({_AT_REST})() && plot?.querySelector('.main-svg')
    && document.querySelector('.st-key-heading').textContent !== heading;
}}"""


def until_drawn_s(page: Page, act: Callable[[], object], selector: str, heading: str = "") -> float:
    """From an action to the figure on a page at rest, of another scene than the heading names."""
    begun = time.perf_counter()
    act()
    page.wait_for_function(_DRAWN, arg=[selector, heading], polling=10, timeout=90_000)
    taken = time.perf_counter() - begun
    settle(page)
    return taken


def ask_s(page: Page, question: str, selector: str) -> float:
    """Choose a question; the time until its figure is there."""
    radio = page.get_by_role("radio", name=question, exact=True)
    return until_drawn_s(page, radio.click, selector)


def scene_s(page: Page, number: int, selector: str) -> float:
    """Choose a scene that this server has not shown; the time until its figure is there."""
    heading = page.locator(".st-key-heading").text_content() or ""
    page.locator(".st-key-scene [role=combobox]").click()
    option = page.get_by_role("option").nth(number)
    option.wait_for()
    return until_drawn_s(page, option.click, selector, heading)


def main() -> None:
    new: list[float] = []
    story: list[float] = []
    again: list[float] = []
    with running_dashboard(HOME / "data", HOME / "models") as url, sync_playwright() as playwright:
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/{_ADDRESS}")
        settle(page)
        for number in range(1, 1 + _SCENES):
            new.append(scene_s(page, number, _EVIDENCE))
            story.append(ask_s(page, "One pixel", _PIXEL))
            again.append(ask_s(page, "Evidence", _EVIDENCE))
    print(describe())
    print(f"evidence of {len(_RATES)} rates, a new scene {statistics.median(new):6.2f} s")
    print(f"the same, computed before         {statistics.median(again):6.2f} s")
    print(f"one pixel of the same             {statistics.median(story):6.2f} s")


if __name__ == "__main__":
    main()
