"""Every control of Compare in headless Chromium."""

import csv
import itertools
import re
from pathlib import Path

import netCDF4
import pytest
import rasterio
from dashboard import HOME, Watch, choose_drag, open_display, settle
from PIL import Image
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SCENES = sorted(path.name.removesuffix("_prep.nc") for path in (HOME / "data").glob("*_prep.nc"))


# The reach follows from the checkpoint's geometry, which the tests of the pages check.
_REACH = re.compile(r" · [0-9.-]+ km")
# So does a score from the checkpoint's weights.
_SCORE = re.compile(r"<br><b>(R2|F1) .*")
# Of a map's scale bar, arrow and graticule.
_ELEMENT = re.compile(r"<b>N</b>|\d+ km|[\d.]+°.*")


def titles(page: Page, key: str = "maps") -> list[str]:
    texts = page.evaluate(
        "key => [...document.querySelectorAll(`.st-key-${key} .js-plotly-plot`)]"
        ".flatMap(plot => plot.layout.annotations.map(note => note.text))",
        key,
    )
    shown = [_SCORE.sub("", _REACH.sub("", text)) for text in texts]
    return [text for text in shown if not _ELEMENT.fullmatch(text)]


def images(page: Page, key: str = "maps") -> list[str]:
    return page.evaluate(
        "key => [...document.querySelectorAll(`.st-key-${key} .js-plotly-plot`)]"
        ".flatMap(plot => plot.layout.images.filter(image => image.visible !== false)"
        ".map(image => image.source))",
        key,
    )


def display(page: Page, *labels: str) -> None:
    """Choose under Display."""
    open_display(page)
    for label in labels:
        page.get_by_text(label, exact=True).click()
        settle(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")


def test_maps_begin_on_the_first_screen_and_fill_it(browser: Browser, address: str):
    """At 1280 x 720, and at 150 % zoom of the same window; the window is resized in between."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{address}/compare")
    settle(page)
    plot = page.locator(".st-key-maps .js-plotly-plot").first
    assert plot.locator(".nsewdrag").first.bounding_box()["y"] <= 260
    for width in (1280, 1067, 1600):
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_timeout(1000)
        settle(page)
        sides = [each.bounding_box() for each in plot.locator(".nsewdrag").all()]
        frame = plot.bounding_box()
        # Legends take 182 px and axes 50; nearly all of the rest is maps.
        assert 3 * sides[0]["width"] > 0.85 * (frame["width"] - 232)
        rows = sorted({round(each["y"]) for each in sides})
        between = [low - high - sides[0]["height"] for high, low in itertools.pairwise(rows)]
        assert max(between) < 130
        for text in plot.locator("text").all():
            box = text.bounding_box()
            assert box is None or box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{address}/compare?region=180-300_20-180")
    settle(page)
    close_up = page.locator(".st-key-region_maps .nsewdrag").first
    assert close_up.bounding_box()["y"] <= 260
    context.close()


def test_the_slider_over_the_rates_stands_beside_its_stops_above_a_map_on_the_first_screen(
    browser: Browser, address: str
):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{address}/compare?view=rates&maps=maps")
    settle(page)
    viewer = page.locator(".st-key-results .swipe")
    assert viewer.locator("canvas").bounding_box()["y"] <= 260
    slider = viewer.locator("[data-part=steps]").bounding_box()
    last = viewer.locator(".flips button").last.bounding_box()
    assert slider["x"] > last["x"] + last["width"]
    assert slider["width"] > 100
    context.close()


def draw_box(page: Page) -> None:
    """Drag over a part of the second panel."""
    panel = page.locator(".st-key-maps .nsewdrag").nth(1).bounding_box()
    page.mouse.move(panel["x"] + 40, panel["y"] + 90)
    page.mouse.down()
    page.mouse.move(panel["x"] + 110, panel["y"] + 160, steps=6)
    page.mouse.up()
    settle(page)


def test_a_ruler_measures_on_every_map(page: Page):
    choose_drag(page, "Measures km")
    draw_box(page)
    panel = page.locator(".st-key-maps .nsewdrag").nth(1).bounding_box()
    km = float(page.locator(".st-key-maps .shape-label text").text_content().removesuffix(" km"))
    # The scene is 416 km wide; draw_box goes 70 px to the right and 70 px down.
    assert km == pytest.approx(70 * 2**0.5 * 416 / panel["width"], rel=0.03)


def test_a_drawn_region_is_shown_scored_explained_and_linked(page: Page):
    before = page.locator(".st-key-scores").inner_text()
    choose_drag(page, "Chooses a region")
    draw_box(page)
    expect(page.get_by_role("heading", name=re.compile("Scores of the region"))).to_be_visible()
    assert page.locator(".st-key-scores").inner_text() != before
    assert titles(page, "region_maps")[:2] == ["Ice chart SOD", "Predicted SOD<br>1-2-3"]
    assert any("Evidence for the region" in title for title in titles(page, "region_maps"))
    span = page.evaluate(
        "() => document.querySelector('.st-key-region_maps .js-plotly-plot')"
        "._fullLayout.xaxis.range"
    )
    assert 60 < span[1] - span[0] < 200
    assert "region=" in page.url
    # In place of the scene's maps, until asked for them.
    expect(page.locator(".st-key-maps .js-plotly-plot")).to_have_count(0)
    page.get_by_role("radio", name="In the scene").click()
    settle(page)
    # Outlined on every map, dark within light.
    shapes = page.evaluate(
        "() => document.querySelector('.st-key-maps .js-plotly-plot')"
        ".layout.shapes.filter(shape => shape.type === 'rect' && shape.name !== 'scale').length"
    )
    assert shapes == 18
    page.get_by_role("button", name="Whole scene").click()
    settle(page)
    assert "region=" not in page.url
    assert page.locator(".st-key-scores").inner_text() == before


def test_a_region_can_be_typed(page: Page):
    page.get_by_role("button", name="Region").click()
    field = page.locator("[class*=st-key-region_top] input")
    field.fill("100")
    field.press("Enter")
    settle(page)
    assert "region=100-400_0-416" in page.url
    expect(page.locator(".st-key-region_maps .js-plotly-plot")).to_be_visible()


def test_a_copied_link_brings_back_the_view(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 1440, "height": 1200})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{address}/?scene={SCENES[2]}&rates=3-6-9&task=SIC&target=1&region=50-150_60-260")
    settle(page)
    assert titles(page, "region_maps")[:2] == ["Ice chart SIC", "Predicted SIC<br>3-6-9"]
    open_display(page)
    assert "less ice" in page.locator("[class*=st-key-target_] input").first.input_value()
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"scene={SCENES[2]}" in link
    assert "region=50-150_60-260" in link
    other = context.new_page()
    other.goto(link)
    settle(other)
    assert other.url == link
    assert images(other, "region_maps") == images(page, "region_maps") != []
    context.close()
    assert watch.foreign == []
    assert watch.errors == []


def test_going_back_brings_back_the_scene(page: Page):
    first = images(page)
    page.locator(".st-key-scene [role=combobox]").click()
    page.get_by_role("option").nth(3).click()
    settle(page)
    assert f"scene={SCENES[3]}" in page.url
    assert images(page) != first
    page.go_back()
    settle(page)
    assert f"scene={SCENES[0]}" in page.url
    assert images(page) == first


def test_the_rows_of_maps_are_chosen(page: Page):
    display(page, "Entropy")
    assert any(title.startswith("Entropy") for title in titles(page))
    display(page, "Errors")
    assert not any(title.startswith("Error<br>") for title in titles(page))
    # Concentration is a regression.
    page.get_by_role("radio", name="SIC · Concentration").click()
    settle(page)
    open_display(page)
    expect(page.get_by_role("button", name="Entropy")).to_have_count(0)


def test_colours_opacity_and_channels_change_the_maps(page: Page):
    before = images(page)
    display(page, "Colour-blind safe")
    safe = images(page)
    assert safe[0] != before[0]
    assert safe[1] != before[1]
    open_display(page)
    page.get_by_role("slider", name="Opacity").press("ArrowLeft")
    settle(page)
    opacities = page.evaluate(
        "() => document.querySelector('.st-key-maps .js-plotly-plot')"
        ".layout.images.map(image => image.opacity)"
    )
    assert opacities.count(0.95) == 6
    # On a busy machine the list can be drawn anew under the pointer.
    page.locator(".st-key-channels [role=combobox]").click()
    option = page.get_by_role("option", name="18.7 GHz H (K)", exact=True)
    option.wait_for()
    settle(page)
    option.click()
    expect(page.locator(".st-key-channels").get_by_text("18.7 GHz H")).to_be_visible()
    page.locator(".st-key-maps").get_by_text(re.compile(r"^18\.7 GHz H, \d+ to \d+ K$")).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="What am I looking at?").click()
    delay = re.compile(r"AMSR2 [+-]\d+ min relative to Sentinel-1")
    expect(page.get_by_text(delay)).to_be_visible()


def test_opacity_does_not_wait_for_the_server(page: Page):
    open_display(page)
    slider = page.get_by_role("slider", name="Opacity")
    # From now on, the server hears nothing.
    page.evaluate(
        "() => { window.held = 0; WebSocket.prototype.send = () => { window.held += 1; }; }"
    )
    shown = (
        "name => document.querySelector('.st-key-maps .js-plotly-plot').layout.images"
        ".filter(image => image.name === name).map(image => [image.opacity, image.visible])"
    )
    assert page.evaluate(shown, "backdrop") == [[1, False]] * 4
    slider.press("ArrowLeft")
    page.wait_for_function(f"() => ({shown})('overlay').every(([share]) => share === 0.95)")
    assert page.evaluate(shown, "overlay") == [[0.95, True]] * 6
    assert page.evaluate(shown, "backdrop") == [[1, True]] * 4
    # What is held back would have been said.
    page.wait_for_function("() => window.held > 0")


def test_the_confusion_matrix_answers_the_pointer(page: Page):
    plot = page.locator(".st-key-confusion .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    shown = page.locator(".st-key-confusion .hoverlayer text").first.get_attribute(
        "data-unformatted"
    )
    assert re.match(r"chart: Open water<br>predicted: Open water<br>[\d,]+ pixels", shown)
    expect(page.locator(".st-key-classes")).to_contain_text("Thick first-year ice")


def flip_ms(page: Page, key: str) -> float:
    """From a key's press to the frame after the right map has changed."""
    return page.evaluate(
        """async key => {
          const host = [...document.querySelectorAll('*')].find(
            each => each.shadowRoot?.querySelector('section.swipe')) ?? document;
          const root = host.shadowRoot ?? document;
          const canvas = root.querySelector('canvas[data-part=canvas]');
          const figure = root.querySelector('[data-part=figure]');
          const before = canvas.toDataURL();
          figure.focus();
          const begun = performance.now();
          figure.dispatchEvent(new KeyboardEvent(
            'keydown', { key, bubbles: true, composed: true }));
          while (performance.now() - begun < 2000) {
            await new Promise(requestAnimationFrame);
            const shown = performance.now();
            if (canvas.toDataURL() !== before) return shown - begun;
          }
          return -1;
        }""",
        key,
    )


def test_swiping_flips_between_rates_without_the_server(page: Page):
    page.get_by_role("radio", name="Swipe").click()
    settle(page)
    expect(page.get_by_label("Left", exact=True)).to_be_visible()
    page.evaluate(
        "() => { const { send } = WebSocket.prototype; window.sentFrames = 0;"
        " WebSocket.prototype.send = function (...all) {"
        " window.sentFrames += 1; return send.apply(this, all); }; }"
    )
    right = page.get_by_label("Right", exact=True)
    expect(right.locator("option:checked")).to_have_text(re.compile("SOD, 6-12-18 · "))
    assert flip_ms(page, "1") > 0
    expect(right.locator("option:checked")).to_have_text(re.compile("SOD, 1-2-3 · "))
    assert flip_ms(page, "2") > 0
    page.get_by_label("Left", exact=True).select_option("HH, -28 to -4 dB")
    page.wait_for_timeout(500)
    assert page.evaluate("window.sentFrames") == 0
    # What is counted does count.
    page.get_by_role("radio", name="Side by side").click()
    settle(page)
    assert page.evaluate("window.sentFrames") > 0


def saved(page: Page, label: str | re.Pattern[str], folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_downloads_say_where_they_came_from(page: Page, tmp_path: Path):
    page.get_by_role("button", name="Download", exact=True).last.click()
    path = saved(page, re.compile(r"Prediction 1-2-3 .*\(NetCDF\)"), tmp_path)
    with netCDF4.Dataset(path) as file:
        assert file.scene == SCENES[0]
        assert file.atrous_rates == "1-2-3"
        assert file.simulated == 1
    path = saved(page, re.compile(r"Prediction 6-12-18 .*\(GeoTIFF\)"), tmp_path)
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 3413
        assert file.tags()["atrous_rates"] == "6-12-18"
    path = saved(page, "Scores, a row a network (CSV)", tmp_path)
    with path.open(newline="") as file:
        rates = [row["atrous_rates"] for row in csv.DictReader(file)]
    assert rates == ["1-2-3", "6-12-18", "", ""]  # the last two are baselines
    path = saved(page, "Scores (CSV)", tmp_path)
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "combined"]
    assert [row["source"] for row in rows[2:]] == ["all water", "per-pixel linear model"]
    assert len({row["sha256"] for row in rows}) == 3
    assert {(row["scene"], row["region_km"]) for row in rows} == {(SCENES[0], "whole scene")}
    path = saved(page, "Evidence (GeoTIFF)", tmp_path)
    with rasterio.open(path) as file:
        assert file.count == 2
        assert file.crs.to_epsg() == 3413
    path = saved(page, "Evidence (NetCDF)", tmp_path)
    with netCDF4.Dataset(path) as file:
        assert [file[f"evidence_{number}"].atrous_rates for number in (1, 2)] == [
            "1-2-3",
            "6-12-18",
        ]
        assert file["evidence_1"].method == "HiResCAM"
    path = saved(page, "Figure (PNG)", tmp_path)
    with Image.open(path) as image:
        assert image.width > 1000
    assert any(title.startswith(f"Simulated scene {SCENES[0]}") for title in titles(page))


def test_two_visitors_see_their_own_scenes(browser: Browser, address: str):
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1200}) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, scene in zip(pages, SCENES[4:6], strict=True):
        page.goto(f"{address}/?scene={scene}&channels=sar")
    for page in pages:
        settle(page)
    shown = [images(page) for page in pages]
    labels = [
        page.locator(".st-key-maps [role=figure]").get_attribute("aria-label") for page in pages
    ]
    for page, scene in zip(pages, SCENES[5:3:-1], strict=True):
        page.goto(f"{address}/?scene={scene}&channels=sar")
        settle(page)
    swapped = [images(page) for page in pages]
    for context in contexts:
        context.close()
    assert [SCENES[4] in labels[0], SCENES[5] in labels[1]] == [True, True]
    assert swapped == shown[::-1]


def test_without_a_checkpoint_the_way_on_is_shown_in_a_narrow_window(
    browser: Browser, address: str
):
    context = browser.new_context(viewport={"width": 480, "height": 900}, color_scheme="dark")
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{address}/?rates=7-8")
    settle(page)
    page.get_by_text("Command", exact=True).click()
    expect(page.get_by_text("seaice train --rates 7-8")).to_be_visible()
    expect(page.locator(".st-key-maps .js-plotly-plot").first).to_be_visible()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    context.close()
    assert width <= 480
    assert watch.foreign == []
    assert watch.errors == []
