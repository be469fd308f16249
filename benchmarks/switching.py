"""Switching on Compare, in Chromium: how long until the page is redrawn, and what it costs.

Run: python benchmarks/switching.py             times, transfer, memory with every checkpoint used
     python benchmarks/switching.py --quick     times alone, with one channel set
     python benchmarks/switching.py --soak 200  memory over so many switches as well
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from machine import describe
from playwright.sync_api import Page, sync_playwright

from pages import HOME, server_memory_gib

sys.path.insert(0, str(HOME / "tools"))
from dashboard import launch_chromium, running_dashboard, settle

_RUNS = 5
_OTHER_RATES = "3-6-9"
_SETS = ("sar+amsr2-18-36", "sar", "sar+amsr2")

# What a person sees of a switch: other titles above the maps, and a page at rest.
_TITLES = """() => [...document.querySelectorAll('.st-key-maps .js-plotly-plot')]
  .flatMap(plot => plot.layout.annotations.map(note => note.text)).join()"""
_REDRAWN = f"""before => {{
  const app = document.querySelector('[data-testid=stApp]');
  return app.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale=true]')
    && ({_TITLES})() !== before;
}}"""

_FLIP = """async key => {
  const host = [...document.querySelectorAll('*')].find(
    each => each.shadowRoot?.querySelector('section.swipe'));
  const root = host?.shadowRoot ?? document;
  const canvas = root.querySelector('canvas[data-part=canvas]');
  const figure = root.querySelector('[data-part=figure]');
  const before = canvas.toDataURL();
  figure.focus();
  const begun = performance.now();
  figure.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  for (;;) {
    await new Promise(requestAnimationFrame);
    const shown = performance.now();
    if (canvas.toDataURL() !== before) return (shown - begun) / 1000;
    if (shown - begun > 5000) throw new Error('The map did not change.');
  }
}"""


def redrawn_s(page: Page, act: Callable[[], object]) -> float:
    """From an action to the redrawn page, seconds."""
    before = page.evaluate(_TITLES)
    begun = time.perf_counter()
    act()
    page.wait_for_function(_REDRAWN, arg=before, polling=10, timeout=60_000)
    return time.perf_counter() - begun


def add_s(page: Page, rates: str) -> float:
    """Choose rates in the sidebar; the time until they are shown."""
    page.locator(".st-key-rates [role=combobox]").click()
    option = page.get_by_role("option", name=_named(rates))
    option.wait_for()
    taken = redrawn_s(page, option.click)
    page.keyboard.press("Escape")
    settle(page)
    return taken


def remove_s(page: Page, rates: str) -> float:
    """Take rates away; the time until they are gone."""
    button = page.get_by_role("button", name=re.compile(rf"^Remove {rates}( |$)"))
    taken = redrawn_s(page, button.click)
    settle(page)
    return taken


def _named(rates: str) -> re.Pattern[str]:
    """Rates as the pickers write them, with their reach."""
    return re.compile(rf"^{rates}( |$)")


def task_s(page: Page) -> float:
    """Median time of another task of the same scene and networks, all shown before."""
    tasks = ("SIC", "FLOE", "SOD")
    taken = []
    for name in tasks * 2:
        radio = page.get_by_role("radio", name=re.compile(rf"^{name} "))
        taken.append(redrawn_s(page, radio.click))
        settle(page)
    return statistics.median(taken[len(tasks) :])


def scene_s(page: Page, others: int = 3) -> float:
    """Median time of a scene that this server has not shown."""
    taken = []
    for number in range(1, 1 + others):
        page.locator(".st-key-scene [role=combobox]").click()
        option = page.get_by_role("option").nth(number)
        option.wait_for()
        taken.append(redrawn_s(page, option.click))
        settle(page)
    return statistics.median(taken)


def flips_s(page: Page) -> float:
    """Median time of flipping between two preloaded rates on the swipe viewer.

    Not all scenes tell rates apart: the first one does.
    """
    page.get_by_role("radio", name="Swipe").click()
    settle(page)
    taken = [page.evaluate(_FLIP, key) for key in "12" * _RUNS]
    page.get_by_role("radio", name="Side by side").click()
    settle(page)
    return statistics.median(taken)


def uncached_s(page: Page, sets: Sequence[str]) -> float:
    """Median time of a rate that this server has not computed, over channel sets."""
    taken = []
    for name in sets:
        page.locator(".st-key-channel_set [role=combobox]").click()
        page.get_by_role("option", name=name, exact=True).click()
        settle(page)
        for rates in ("12-24-36", _OTHER_RATES):
            remove_s(page, "6-12-18" if rates == "12-24-36" else "12-24-36")
            taken.append(add_s(page, rates))
        remove_s(page, _OTHER_RATES)
        add_s(page, "6-12-18")
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=int, default=0, help="switches to watch the memory over")
    parser.add_argument("--quick", action="store_true", help="one channel set, no memory")
    arguments = parser.parse_args()
    soak, quick = arguments.soak, arguments.quick
    sets = _SETS[:1] if quick else _SETS
    with running_dashboard(HOME / "data", HOME / "models") as url, sync_playwright() as playwright:
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        received: list[int] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        page.goto(f"{url}/compare")
        settle(page)
        print(describe())
        print(f"view with two rates, sent     {sum(received) / 1e6:6.2f} MB")
        print(f"another rate, not computed    {uncached_s(page, sets):6.2f} s")
        remove_s(page, "6-12-18")
        cached = []
        for _ in range(_RUNS):
            cached.append(add_s(page, _OTHER_RATES))
            remove_s(page, _OTHER_RATES)
        print(f"another rate, computed before {statistics.median(cached):6.2f} s")
        add_s(page, "6-12-18")
        print(f"another task                  {task_s(page):6.2f} s")
        print(f"flip of preloaded rates       {flips_s(page):6.3f} s")
        print(f"another scene, not computed   {scene_s(page):6.2f} s")
        if quick:
            return
        print(f"server, every checkpoint used {server_memory_gib():6.2f} GiB")
        for count in range(0, soak, 50):
            for _ in range(25):
                remove_s(page, "6-12-18")
                add_s(page, "6-12-18")
            print(f"server after {count + 50:4} switches     {server_memory_gib():6.2f} GiB")


if __name__ == "__main__":
    main()
