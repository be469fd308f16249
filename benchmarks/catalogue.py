"""A folder as large as the archive: what opening it takes the first and the second time.

Run: python benchmarks/catalogue.py [--scenes 533]

The scenes are links to the shipped ones under names of their own; the dashboard is started anew
for each visit, on the shipped scenes, and then the folder is named in its sidebar.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from machine import describe
from playwright.sync_api import sync_playwright

from pages import HOME, launch_chromium, running_dashboard, settle

_RUNS = 3
_SCRIPT = """
import sys, time
from pathlib import Path
from seaice.scenes.catalogue import read_catalogue
begun = time.perf_counter()
scenes = read_catalogue(Path(sys.argv[1])).scenes
print(len(scenes), time.perf_counter() - begun)
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=533)
    count = parser.parse_args().scenes
    print(describe())
    with tempfile.TemporaryDirectory() as temporary:
        folder, cache = Path(temporary) / "data", Path(temporary) / "cache"
        os.environ["SEAICE_CACHE"] = str(cache)
        _link(folder, count)
        for label in ("first", *["again"] * _RUNS):
            print(f"catalogue of {count} scenes, {label:5}    {_catalogue_s(folder):6.2f} s")
        for label in ("first", *["again"] * _RUNS):
            print(f"page of them, {label:5}               {_visit_s(folder, count):6.2f} s")


def _link(folder: Path, count: int) -> None:
    folder.mkdir()
    shipped = itertools.cycle(sorted((HOME / "data").glob("*_prep.nc")))
    for number, path in zip(range(count), shipped, strict=False):
        time_ = datetime(2018, 1, 1) + timedelta(hours=65 * number)
        service = path.name.split("_")[1]
        (folder / f"{time_:%Y%m%dT%H%M%S}_{service}_prep.nc").symlink_to(path)


def _catalogue_s(folder: Path) -> float:
    """Seconds in a process of its own, its imports left out."""
    command = [sys.executable, "-c", _SCRIPT, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HOME)
    return float(done.stdout.split()[1])


def _visit_s(folder: Path, count: int) -> float:
    """Seconds from naming the folder in the sidebar to the complete page, thumbnails included.

    Of these 0.8 s are spent in seeing that nothing moves any more.
    """
    with running_dashboard(HOME / "data", HOME / "models") as url, sync_playwright() as playwright:
        page = launch_chromium(playwright).new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/scenes")
        settle(page)
        field = page.get_by_role("textbox", name="Data folder")
        field.fill(str(folder))
        begun = time.perf_counter()
        field.press("Enter")
        page.get_by_text(f"{count} usable scenes").wait_for()
        settle(page)
        while (others := page.get_by_role("button", name="Load the remaining thumbnails")).count():
            others.click()
            settle(page)
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
