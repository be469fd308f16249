"""One dashboard and one Chromium for all browser tests, on the shipped scenes and checkpoints."""

import os
from collections.abc import Iterator

import pytest
from dashboard import HOME, Watch, find_chromium, launch_chromium, running_dashboard, settle
from playwright.sync_api import Browser, Page, sync_playwright

_VISITS = {"test_a_first_visit_shows_maps_scores_and_heatmaps", "test_scenes_lists_the_folder"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all browser tests slow but two visits: `make test` opens pages, `test-all` uses them."""
    for item in items:
        if item.get_closest_marker("browser") and item.name not in _VISITS:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The dashboard's address."""
    with running_dashboard(HOME / "data", HOME / "models") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; skips where none is installed, unless SEAICE_REQUIRE_BROWSER is set."""
    if find_chromium() is None:
        if os.environ.get("SEAICE_REQUIRE_BROWSER"):
            pytest.fail("No Chromium was found, and SEAICE_REQUIRE_BROWSER is set.", pytrace=False)
        pytest.skip("No Chromium was found: install it to test the dashboard in a browser.")
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Compare as a first visitor sees it; no other host asked, nothing on the console."""
    context = browser.new_context(viewport={"width": 1440, "height": 1200})
    page = context.new_page()
    page.set_default_timeout(60_000)
    watch = Watch(page)
    page.goto(f"{address}/compare")
    settle(page)
    yield page
    context.close()
    assert watch.foreign == []
    assert watch.errors == []
