"""Maps that are looked at closely, in headless Chromium."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from dashboard import HOME, choose_drag, running_dashboard, settle
from playwright.sync_api import Browser, Page, expect

from seaice.simulate import simulate_folder

pytestmark = pytest.mark.browser

_LENGTH = re.compile(r"(\d+) (km|m)")


@dataclass(frozen=True)
class Shown:
    """What the maps show: ends of the axes, left, right, upper, lower; bars and labels of lines."""

    left: float
    right: float
    top: float
    bottom: float
    bars: list[dict]
    lengths: list[str]
    labels: list[dict]

    def seen(self, x: float, y: float) -> bool:
        """Whether a place lies within the view."""
        low, high = sorted((self.top, self.bottom))
        left, right = sorted((self.left, self.right))
        return left - 0.01 <= x <= right + 0.01 and low - 0.01 <= y <= high + 0.01


def shown(page: Page, key: str = "maps") -> Shown:
    (left, right), (bottom, top), bars, lengths, labels = page.evaluate(
        """(key) => {
          const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
          const { xaxis, yaxis } = plot._fullLayout;
          const { shapes, annotations } = plot.layout;
          const named = (all, name) => all.filter(each => each.name === name)
            .map(({ x, y, x0, x1, y0, text }) => ({ x, y, x0, x1, y0, text }));
          return [xaxis.range, yaxis.range, named(shapes, 'bar'),
            named(annotations, 'bar').map(each => each.text), named(annotations, 'graticule')];
        }""",
        key,
    )
    return Shown(left, right, top, bottom, bars, lengths, labels)


def draw(page: Page, size: int, key: str = "maps", number: int = 1) -> None:
    """Drag over a square of a panel, the second one at first, which zooms into it."""
    panel = page.locator(f".st-key-{key} .nsewdrag").nth(number).bounding_box()
    x, y = panel["x"] + 60, panel["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + size, y + size, steps=6)
    page.mouse.up()
    settle(page)


def assert_follows(view: Shown, maps: int = 9) -> None:
    """Every map has a bar of the length that it says, in the lower left corner of what is seen."""
    assert len(view.bars) == 2 * len(view.lengths) == 2 * maps
    number, unit = _LENGTH.fullmatch(view.lengths[0]).groups()
    km = int(number) / (1 if unit == "km" else 1000)
    width = abs(view.right - view.left)
    for bar in view.bars:
        assert abs(bar["x1"] - bar["x0"]) == pytest.approx(km)
        assert view.seen(bar["x0"], bar["y0"])
        assert view.seen(bar["x1"], bar["y0"])
        assert abs(bar["x0"] - view.left) < 0.1 * width
        assert abs(bar["y0"] - view.bottom) < 0.1 * abs(view.top - view.bottom)
    # At most three tenths of the width, and no shorter than the next lower round length.
    assert 0.1 * width < km < 0.31 * width
    assert view.labels
    for label in view.labels:
        assert view.seen(label["x"], label["y"])


def test_scale_bar_and_graticule_follow_the_view(page: Page):
    before = shown(page)
    assert_follows(before)
    for size in (70, 60):
        draw(page, size)
        view = shown(page)
        assert abs(view.right - view.left) < 0.6 * abs(before.right - before.left)
        assert_follows(view)
        assert view.labels != before.labels
    page.locator(".st-key-maps .nsewdrag").nth(1).dblclick()
    settle(page)
    assert shown(page) == before
    # Another task keeps the view, and its elements with it.
    draw(page, 70)
    view = shown(page)
    page.get_by_role("radio", name="SIC · Concentration").click()
    settle(page)
    after = shown(page)
    assert (after.left, after.right) == (view.left, view.right)
    assert_follows(after)


def test_maps_of_explain_follow_the_view_and_keep_it_when_a_pixel_is_chosen(
    page: Page, address: str
):
    page.goto(f"{address}/explain?question=one-pixel")
    settle(page)
    before = shown(page, "explain_map")
    assert_follows(before, maps=1)
    draw(page, 120, "explain_map", 0)
    view = shown(page, "explain_map")
    assert abs(view.right - view.left) < 0.6 * abs(before.right - before.left)
    assert_follows(view, maps=1)
    place = page.url
    page.locator(".st-key-explain_map .nsewdrag").click()
    page.wait_for_url(lambda url: url != place)
    settle(page)
    assert shown(page, "explain_map") == view


def test_what_a_person_measured_stays_when_the_view_changes(page: Page):
    choose_drag(page, "Measures km")
    draw(page, 50)
    said = page.locator(".st-key-maps .shape-label text").text_content()
    page.mouse.wheel(0, -300)
    settle(page)
    assert_follows(shown(page))
    assert page.locator(".st-key-maps .shape-label text").text_content() == said


def test_escape_leaves_the_full_screen(page: Page):
    plot = page.locator(".st-key-maps .js-plotly-plot")
    plot.hover()
    plot.locator(".modebar-btn[data-title^=Fullscreen]").click()
    page.wait_for_function("() => document.fullscreenElement?.matches('.js-plotly-plot')")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.fullscreenElement === null")
    settle(page)
    assert_follows(shown(page))


def test_a_closer_look_offers_the_pixels_that_the_maps_leave_out(browser: Browser, tmp_path: Path):
    """Not on a scene whose pixels are all there already."""
    simulate_folder(tmp_path, 1, 5, spacing_m=80, lines=400, samples=1250)
    with running_dashboard(tmp_path, HOME / "models") as url:
        page = browser.new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/compare")
        settle(page)
        offer = page.get_by_role("button", name="Show this part in more detail")
        expect(offer).to_be_hidden()
        draw(page, 40)
        expect(offer).to_be_visible()
        page.locator(".st-key-maps .nsewdrag").nth(1).dblclick()
        expect(offer).to_be_hidden()
        draw(page, 40)
        view = shown(page)
        offer.click()
        settle(page)
        close_up = shown(page, "region_maps")
        assert (close_up.left, close_up.right) == pytest.approx((view.left, view.right), abs=0.1)
        assert page.get_by_text(re.compile("^Region: ")).is_visible()
        # There is nothing more to see.
        draw(page, 40, "region_maps")
        expect(offer).to_be_hidden()
        page.close()


def test_scenes_too_shows_the_channels_of_a_part_in_more_detail(browser: Browser, tmp_path: Path):
    """With every pixel, and leads back to the whole scene."""
    simulate_folder(tmp_path, 1, 5, spacing_m=80, lines=400, samples=1250)
    with running_dashboard(tmp_path, HOME / "models") as url:
        page = browser.new_page(viewport={"width": 1440, "height": 1200})
        page.goto(f"{url}/scenes")
        settle(page)
        page.get_by_text("Pixel spacing 240 m").wait_for()
        draw(page, 60, "channel_maps", 0)
        view = shown(page, "channel_maps")
        page.get_by_role("button", name="Show this part in more detail").click()
        settle(page)
        page.get_by_text("Pixel spacing 80 m").wait_for()
        close_up = shown(page, "channel_maps")
        assert (close_up.left, close_up.right) == pytest.approx((view.left, view.right), abs=0.1)
        page.get_by_role("button", name="Whole scene").click()
        settle(page)
        page.get_by_text("Pixel spacing 240 m").wait_for()
        page.close()


def test_a_closer_look_at_a_scene_that_is_whole_offers_nothing(page: Page):
    before = shown(page)
    draw(page, 70)
    assert shown(page) != before
    expect(page.locator("[data-part=closer]").first).to_be_hidden()
