"""How the dashboard answers while a run uses the machine: Compare idle and busy, side by side.

Run: python benchmarks/responsive.py
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine import describe
from playwright.sync_api import Page, sync_playwright
from switching import add_s, remove_s

from pages import HOME
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import inspect_run
from seaice.training.start import cancel, start

sys.path.insert(0, str(HOME / "tools"))
import time

from dashboard import launch_chromium, running_dashboard, settle

_RUNS = 5
_SETS = ("sar", "sar+amsr2", "sar+amsr2-18-36")


@contextmanager
def training(folder: Path) -> Iterator[None]:
    """A run with the default configuration that is in the middle of its steps."""
    config = TrainingConfig(str(HOME / "data"), (6, 12, 18), "sar+amsr2-18-36", steps=100_000)
    run = start(config, folder / "runs", folder / "models")
    while inspect_run(run).status.step < 3:
        time.sleep(0.2)
        if not inspect_run(run).status.live:
            raise RuntimeError(run.log_tail())
    try:
        yield
    finally:
        cancel(run)
        while inspect_run(run).status.live:
            time.sleep(0.2)


def not_computed_s(page: Page) -> float:
    """Median time of rates that this server has not computed."""
    taken = []
    for name in _SETS:
        page.locator(".st-key-channel_set [role=combobox]").click()
        page.get_by_role("option", name=name, exact=True).click()
        settle(page)
        for rates in ("3-6-9", "12-24-36"):
            taken.append(add_s(page, rates))
            remove_s(page, rates)
    return statistics.median(taken)


def computed_s(page: Page) -> float:
    """Median time of rates that this server has computed before."""
    taken = []
    for _ in range(_RUNS):
        taken.append(add_s(page, "3-6-9"))
        remove_s(page, "3-6-9")
    return statistics.median(taken)


def answers(folder: Path) -> tuple[float, float]:
    """Times of a fresh server."""
    with (
        running_dashboard(HOME / "data", HOME / "models", folder / "runs") as url,
        sync_playwright() as playwright,
    ):
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/compare")
        settle(page)
        return not_computed_s(page), computed_s(page)


def main() -> None:
    print(describe())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        idle = answers(folder)
        with training(folder):
            busy = answers(folder)
    print(f"{'':30}{'idle':>8}{'busy':>8}{'ratio':>8}")
    rows = zip(("rates not computed before", "rates computed before"), idle, busy, strict=True)
    for words, without, during in rows:
        print(f"{words:30}{without:7.2f} s{during:6.2f} s{during / without:8.2f}")


if __name__ == "__main__":
    main()
