"""The scene browser in headless Chromium, on the shipped scenes."""

import re

import pytest
from dashboard import HOME, Watch, settle
from playwright.sync_api import Browser, Page, expect

from seaice.dashboard.words import delays_text
from seaice.scenes.scene import Scene

pytestmark = pytest.mark.browser

DATA = HOME / "data"
IDS = [path.name.removesuffix("_prep.nc") for path in sorted(DATA.glob("*_prep.nc"))]
ROW_PX, HEAD_PX = 62, 36


@pytest.fixture
def scenes(page: Page) -> Page:
    """The page, from a link in the sidebar."""
    page.get_by_role("link", name="Scenes").click()
    page.get_by_role("heading", name="Scenes", exact=True).wait_for()
    settle(page)
    return page


def day(scene_id: str) -> str:
    """Its day as the pickers write it."""
    return f"{scene_id[:4]}-{scene_id[4:6]}-{scene_id[6:8]}"


def selected(page: Page) -> str:
    """Id of the scene whose channels are drawn."""
    label = page.locator(".st-key-channel_maps [role=figure]").get_attribute("aria-label")
    return label.rpartition(" ")[2]


def click_table(page: Page, x: float, y: float) -> None:
    page.locator(".st-key-scene_table .dvn-scroller").click(position={"x": x, "y": y})
    settle(page)


def click_row(page: Page, row: int, x: float = 16) -> None:
    click_table(page, x, HEAD_PX + ROW_PX * (row + 0.5))


def titles(page: Page) -> list[str]:
    """Titles of the channels' maps; the notes on the maps, such as their scale bar, are short."""
    return [text for text, _ in channel_titles(page)]


def channel_titles(page: Page) -> list[tuple[str, float]]:
    """The titles, and where each stands along the figure's width."""
    notes = page.evaluate(
        "() => document.querySelector('.st-key-channel_maps .js-plotly-plot')"
        ".layout.annotations.map(note => [note.text, note.x])"
    )
    return [
        (text.split("</b>")[0].replace("<b>", ""), x) for text, x in notes if "</b><br>" in text
    ]


def test_a_row_selects_its_scene(scenes: Page):
    assert selected(scenes) == IDS[0]
    # On the mark at its left, then on a cell, then on the mark of the row before.
    click_row(scenes, 2)
    assert selected(scenes) == IDS[2]
    click_row(scenes, 4, x=300)
    assert selected(scenes) == IDS[4]
    click_row(scenes, 1)
    assert selected(scenes) == IDS[1]
    expect(scenes.locator(".st-key-scene [role=combobox]")).to_have_value(re.compile(day(IDS[1])))
    # A second click does not deselect it.
    click_row(scenes, 1)
    assert selected(scenes) == IDS[1]


def test_a_row_of_the_sorted_table_selects_its_scene(scenes: Page):
    # Twice on the head of the time: the latest on top.
    for _ in range(2):
        click_table(scenes, 210, HEAD_PX / 2)
    click_row(scenes, 0)
    assert selected(scenes) == IDS[-1]


def test_a_footprint_selects_its_scene(scenes: Page):
    place = scenes.evaluate(
        "() => {"
        "  const plot = document.querySelector('.st-key-locator .js-plotly-plot');"
        "  const points = plot.calcdata.find(each => each[0].trace.customdata);"
        "  const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();"
        "  return [box.left + xaxis._offset + xaxis.d2p(points[5].x),"
        "    box.top + yaxis._offset + yaxis.d2p(points[5].y)];"
        "}"
    )
    scenes.mouse.move(*place)
    scenes.wait_for_timeout(300)
    scenes.mouse.click(*place)
    settle(scenes)
    assert selected(scenes) == IDS[5]


def test_keys_walk_from_scene_to_scene(scenes: Page):
    for key, expected in (("n", 1), ("n", 2), ("p", 1)):
        scenes.keyboard.press(key)
        settle(scenes)
        assert selected(scenes) == IDS[expected]
    # Also with the table in focus.
    click_row(scenes, 3, x=300)
    scenes.keyboard.press("n")
    settle(scenes)
    assert selected(scenes) == IDS[4]


def test_a_filter_leaves_rows_and_typing_in_it_is_no_shortcut(scenes: Page):
    scenes.locator(".st-key-filter_expander summary").click()
    field = scenes.locator(".st-key-filter_text input")
    field.click()
    scenes.keyboard.type("cispn")
    settle(scenes)
    expect(field).to_have_value("cispn")
    assert selected(scenes) == IDS[0]
    scenes.keyboard.press("Enter")
    settle(scenes)
    expect(scenes.get_by_text("No scene passes the filter.")).to_be_visible()
    field.fill("cis")
    field.press("Enter")
    settle(scenes)
    expect(scenes.get_by_text(f"3 of {len(IDS)} usable scenes pass the filter")).to_be_visible()
    click_row(scenes, 2)
    assert selected(scenes) == [each for each in IDS if "cis" in each][2]
    expect(scenes.locator(".st-key-step_next button").first).to_be_disabled()
    scenes.get_by_role("button", name="Clear filters").click()
    settle(scenes)
    expect(field).to_have_value("")
    expect(scenes.get_by_text(f"{len(IDS)} usable scenes", exact=True)).to_be_visible()


def test_groups_show_their_channels(scenes: Page):
    assert titles(scenes)[:2] == ["HH (dB)", "HV (dB)"]
    scenes.get_by_role("radio", name="AMSR2").click()
    settle(scenes)
    assert len(titles(scenes)) == 14
    delay = delays_text(Scene.open(DATA / f"{IDS[0]}_prep.nc").delays)
    expect(scenes.get_by_text(f"AMSR2 relative to Sentinel-1: {delay}")).to_be_visible()
    scenes.get_by_role("radio", name="ERA5 and distance to land").click()
    settle(scenes)
    assert "Air temperature at 2 m (K)" in titles(scenes)


def test_hovering_shows_the_value_with_its_unit(scenes: Page):
    panel = scenes.locator(".st-key-channel_maps .nsewdrag").first
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    scenes.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7)
    text = scenes.locator(".hoverlayer text").first.get_attribute("data-unformatted")
    assert re.fullmatch(r"-\d+\.\d dB<br>\d+ km, \d+ km", text)


def test_the_selected_scene_opens_in_compare(scenes: Page):
    click_row(scenes, 3)
    scenes.get_by_role("button", name="Open in Compare").click()
    scenes.get_by_role("heading", name="Compare atrous rates").wait_for()
    settle(scenes)
    expect(scenes.locator(".st-key-scene [role=combobox]")).to_have_value(re.compile(day(IDS[3])))
    expect(scenes.locator(f"[role=figure][aria-label*='{IDS[3]}']").first).to_be_visible()


def test_a_narrow_window_holds_the_page(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 480, "height": 900})
    page = context.new_page()
    page.goto(address)
    settle(page)
    watch = Watch(page)
    page.locator("[data-testid=stExpandSidebarButton]").click()
    page.get_by_role("link", name="Scenes").click()
    page.get_by_role("heading", name="Scenes", exact=True).wait_for()
    settle(page)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    columns = len({x for _, x in channel_titles(page)})
    context.close()
    assert width <= 480
    assert columns == 2
    assert watch.foreign == []
    assert watch.errors == []


def test_a_first_visit_in_a_narrow_window_is_drawn_for_it(browser: Browser, address: str):
    """Another part of the page tells the server something at the moment that the width is told."""
    for _ in range(2):
        page = browser.new_context(viewport={"width": 420, "height": 800}).new_page()
        page.goto(f"{address}/scenes")
        settle(page)
        page.wait_for_timeout(1000)
        settle(page)
        columns = len({x for _, x in channel_titles(page)})
        page.context.close()
        assert columns == 2
