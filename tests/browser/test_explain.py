"""Explain at 150 % zoom, in headless Chromium."""

import pytest
from dashboard import settle
from playwright.sync_api import Browser, expect

from seaice.dashboard.explain.questions import QUESTIONS

pytestmark = pytest.mark.browser

_CUT = """() => [...document.querySelectorAll("[data-testid=stTable], [role=radiogroup]")]
  .flatMap((each) => [each, ...each.querySelectorAll("div")])
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .map((each) => each.textContent)"""
"""Texts of tables and of choices that have no room."""


def test_beside_the_sidebar_of_a_zoomed_window_all_questions_are_seen_and_the_map_has_room(
    browser: Browser, address: str
):
    """1280 x 720 at 150 % zoom: with the sidebar open, the page has the room of a phone's."""
    context = browser.new_context(viewport={"width": 853, "height": 480})
    page = context.new_page()
    page.goto(f"{address}/explain?question=one-pixel&task=FLOE")
    settle(page)
    expect(page.get_by_role("link", name="Scenes")).to_be_visible()
    for name in QUESTIONS:
        box = page.get_by_role("radio", name=name, exact=True).bounding_box()
        assert box["x"] + box["width"] <= 853, name
    assert page.locator(".st-key-explain_map .nsewdrag").bounding_box()["width"] > 350
    assert page.evaluate(_CUT) == []
    # In a wider window, there is room side by side.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_timeout(1000)
    settle(page)
    left = page.locator(".st-key-explain_map").bounding_box()
    assert page.get_by_test_id("stTable").first.bounding_box()["x"] > left["x"] + left["width"]
    context.close()
