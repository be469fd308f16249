"""Take the README's pictures of the dashboard again: every page, light, dark and narrow.

Run: make screenshots
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard import HOME, launch_chromium, running_dashboard, settle
from playwright.sync_api import Browser, Page, sync_playwright

OUT = HOME / "docs" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: its file, the size of the window, the address, what is done before."""

    name: str
    width: int
    height: int
    dark: bool = False
    path: str = "compare"
    act: Callable[[Page], None] = lambda page: None


def _scenes(page: Page) -> None:
    page.get_by_role("link", name="Scenes").click()
    page.get_by_role("heading", name="Scenes").wait_for()


def _training(page: Page) -> None:
    page.get_by_role("link", name="Training").first.click()
    page.get_by_role("heading", name="Training").wait_for()


def _swipe(page: Page) -> None:
    page.get_by_role("radio", name="Swipe").click()
    settle(page)
    page.get_by_label("Left", exact=True).select_option("Ice chart SOD")


SHOTS = (
    Shot("context-light", 1280, 720, path=""),
    Shot("context-dark", 1280, 720, dark=True, path=""),
    Shot("compare-light", 1440, 1560),
    Shot("compare-dark", 1440, 1560, dark=True),
    Shot("compare-narrow", 480, 1400),
    Shot("explain-light", 1280, 1060, path="explain"),
    Shot("swipe-light", 1440, 1400, act=_swipe),
    Shot("region-light", 1440, 1400, path="compare?region=180-300_20-180"),
    Shot("scenes-light", 1440, 1560, act=_scenes),
    Shot("scenes-dark", 1440, 1560, dark=True, act=_scenes),
    Shot("training-light", 1440, 1300, act=_training),
)


def take(browser: Browser, url: str, shot: Shot) -> Path:
    """Take one picture."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
    )
    page = context.new_page()
    page.goto(f"{url}/{shot.path}")
    settle(page)
    shot.act(page)
    settle(page)
    path = OUT / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def train(folder: Path) -> Path:
    """Make two short runs to be looked at; their folder."""
    runs = folder / "runs"
    short = ["--steps", "120", "--patch", "128", "--batch", "2", "--validate-every", "10"]
    short += ["--norm-patches", "16"]
    for rates in ("1-2-3", "3-6-7"):
        command = [sys.executable, "-m", "seaice", "train", "--rates", rates, "--channels", "sar"]
        folders = ["--data", "data", "--models", str(folder / "models"), "--runs", str(runs)]
        subprocess.run([*command, *short, *folders], cwd=HOME, check=True)
    return runs


def main() -> None:
    """Take all pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_dashboard(HOME / "data", HOME / "models", train(Path(folder))) as url,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        for shot in SHOTS:
            print(take(browser, url, shot))


if __name__ == "__main__":
    main()
