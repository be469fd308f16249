"""A run from the sidebar to the maps: what happens to the page or the server does not touch it."""

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dashboard import HOME, Watch, free_port, running_dashboard, settle
from playwright.sync_api import Browser, Page, expect

from seaice.training.config import TrainingConfig
from seaice.training.run_time import step_seconds
from seaice.training.runs.folder import list_runs
from seaice.training.runs.status import read_status
from seaice.training.start import cancel

pytestmark = pytest.mark.browser

# The run must outlive a reload and a restart of the server, and come to its end soon after.
_RUN_S, _FEWEST, _MOST = 25, 40, 4000
_SLOW_MS = 180_000
_END_S = 60


@dataclass(frozen=True)
class Places:
    """Where the dashboard under test lives."""

    models: Path
    runs: Path
    port: int


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """Folders and a port of the test's own; no run outlives it."""
    found = Places(tmp_path / "models", tmp_path / "runs", free_port())
    found.models.mkdir()
    yield found
    for folder in list_runs(found.runs):
        deadline = time.monotonic() + _END_S
        while folder.alive():
            cancel(folder)
            if time.monotonic() > deadline:
                os.kill(read_status(folder).pid, signal.SIGKILL)
            time.sleep(0.2)


def sidebar(page: Page):
    return page.get_by_test_id("stSidebar")


def type_into(page: Page, name: str, value: str) -> None:
    """Type into the field of a setting."""
    field = page.locator(f".st-key-train_{name} input")
    field.fill(value)
    field.press("Enter")
    settle(page)


def wait_beyond(page: Page, step: int) -> int:
    """Wait until the sidebar shows a later step, and return that step."""
    step_shown = page.wait_for_function(
        "step => {"
        "  const bar = document.querySelector('[data-testid=stSidebar] [data-testid=stProgress]');"
        "  const match = bar && /step (\\d+)\\/\\d+/.exec(bar.innerText);"
        "  return match && +match[1] > step ? +match[1] : null;"
        "}",
        arg=step,
        timeout=_SLOW_MS,
    )
    return step_shown.json_value()


def unfold(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} summary").first.click()
    settle(page)


def enough_steps() -> int:
    """Steps for `_RUN_S` seconds on this machine as busy as it is, the reading of scenes apart."""
    config = TrainingConfig("data", (1, 2), "sar", patch=128, batch=2)
    return round(min(max(_RUN_S / step_seconds(config), _FEWEST), _MOST))


def start_a_run(page: Page, steps: int) -> None:
    """Fill in the form and press Train."""
    unfold(page, "train_form")
    type_into(page, "rates", "1-2")
    type_into(page, "steps", str(steps))
    # All other settings stand on the page, unfolded as long as there is no run.
    if not page.locator(".st-key-train_patch").is_visible():
        unfold(page, "train_settings")
    type_into(page, "patch", "128")
    type_into(page, "batch", "2")
    type_into(page, "validation_share", "0.12")
    type_into(page, "validate_every", str(steps))
    page.locator(".st-key-train_start").get_by_role("button").click()


def wait_until_finished(page: Page) -> None:
    """However slow the machine is, as long as something moves."""
    finished = sidebar(page).get_by_text("sar_1-2_seed0 is now available")
    while not finished.is_visible():
        page.wait_for_function(
            "before => document.querySelector('[data-testid=stSidebar]').innerText !== before",
            arg=sidebar(page).inner_text(),
            timeout=_SLOW_MS,
        )


def see_its_prediction(page: Page) -> None:
    """Choose the new rates on Compare."""
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="Compare atrous rates").wait_for()
    settle(page)
    page.locator(".st-key-rates [role=combobox]").click()
    page.get_by_role("option", name="1-2 ·").click()
    page.keyboard.press("Escape")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.st-key-maps .js-plotly-plot')]"
        ".some(plot => plot.layout.annotations.some("
        "note => note.text.startsWith('Predicted SOD<br>1-2 ·')))",
        timeout=_SLOW_MS,
    )


def test_a_run_outlives_page_and_server_and_ends_in_the_pickers(
    browser: Browser, places: Places, monkeypatch: pytest.MonkeyPatch
):
    # With a user's own priority: otherwise it may end before it is cancelled.
    monkeypatch.delenv("SEAICE_NICE")
    context = browser.new_context(viewport={"width": 1440, "height": 1200})
    page = context.new_page()
    page.set_default_timeout(60_000)
    watch = Watch(page)
    steps = enough_steps()
    folders = (HOME / "data", places.models, places.runs, places.port)
    with running_dashboard(*folders) as url:
        page.goto(f"{url}/?channels=sar")
        settle(page)
        page.get_by_role("link", name="Training").click()
        page.get_by_role("heading", name="Training", exact=True).wait_for()
        settle(page)
        start_a_run(page, steps)
        step = wait_beyond(page, wait_beyond(page, 0))
        # A page opened by its own address requests files that exist at the root only.
        assert watch.errors == []
        page.reload()
        step = wait_beyond(page, step)
    with running_dashboard(*folders) as url:
        page.goto(f"{url}/training?channels=sar")
        step = wait_beyond(page, step)
        sidebar(page).get_by_role("button", name="Cancel").click()
        stopped = sidebar(page).get_by_text("It can be resumed")
        expect(stopped).to_be_visible(timeout=_SLOW_MS)
        at = int(re.search(r"after step (\d+)", stopped.inner_text())[1])
        assert step <= at < steps
        assert list(places.models.iterdir()) == []
        settle(page)
        page.get_by_test_id("stMain").get_by_role("button", name="Resume").click()
        # It continues where it stopped, not from the start.
        assert wait_beyond(page, 0) >= at
        wait_until_finished(page)
        assert [path.name for path in places.models.iterdir()] == ["sar_1-2_seed0.safetensors"]
        see_its_prediction(page)
    context.close()
    assert watch.foreign == []
