"""The dashboard in headless Chromium, on the shipped scenes and checkpoints."""

import re
from pathlib import Path

import pytest
from dashboard import HOME, Watch, open_display, settle
from playwright.sync_api import Browser, Page, expect

from seaice.ai4arctic.charts import CHART
from seaice.scenes.scene import Scene

pytestmark = pytest.mark.browser

SCENES = sorted((HOME / "data").glob("*_prep.nc"))


def images(page: Page) -> list[str]:
    """Sources of the map images, panel by panel."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.st-key-maps .js-plotly-plot')]"
        ".flatMap(plot => plot.layout.images.filter(image => image.visible !== false)"
        ".map(image => image.source))"
    )


# The reach follows from the checkpoint's geometry, which the tests of the pages check.
_REACH = re.compile(r" · [0-9.-]+ km")
# So does a score from the checkpoint's weights.
_SCORE = re.compile(r"<br><b>(R2|F1) .*")


def titles(page: Page) -> list[str]:
    texts = page.evaluate(
        "() => [...document.querySelectorAll('.st-key-maps .js-plotly-plot')]"
        ".flatMap(plot => plot.layout.annotations.map(note => note.text))"
    )
    return [_SCORE.sub("", _REACH.sub("", text)) for text in texts]


def cells(page: Page) -> list[list[str]]:
    """The score table, row by row, its header first."""
    return [
        [_REACH.sub("", text) for text in row.locator("th, td").all_inner_texts()]
        for row in page.locator(".st-key-scores table tr").all()
    ]


def choose(page: Page, key: str, option: str) -> None:
    """Pick an option of a select box under Display."""
    if not page.get_by_test_id("stPopoverBody").is_visible():
        open_display(page)
    page.locator(
        f".st-key-{key} [data-baseweb=select], .st-key-{key} [role=combobox]"
    ).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_a_first_visit_shows_maps_scores_and_heatmaps(page: Page):
    assert titles(page)[:3] == [
        "Ice chart SOD",
        "Predicted SOD<br>1-2-3",
        "Predicted SOD<br>6-12-18",
    ]
    # Chart, HH, HV; for each rate a prediction, an error and a heatmap over HH.
    assert len(images(page)) == 3 + 2 * 4
    header, *rows = cells(page)
    baselines = ["All water", "Per-pixel linear model"]
    assert header == ["Measure", "Rates 1-2-3", "Rates 6-12-18", *baselines, "Meaning"]
    assert len(rows) == 12
    for row in rows[:5]:
        assert re.fullmatch(r"-?\d+\.\d", row[1]), row
    # Every number says what it is.
    assert all(len(row[-1]) > 5 for row in rows)
    expect(page.locator(".st-key-networks")).to_contain_text(re.compile(r"\d+ km"))
    expect(page.locator(".st-key-heading")).to_contain_text("simulated")
    expect(page.locator("[role=figure][aria-label*='Maps of SOD']")).to_be_visible()


def test_the_pointer_tells_class_chart_and_position(page: Page):
    """At a cell where the prediction's pointer text names a class."""
    place = page.evaluate(
        "() => {"
        "  const plot = document.querySelector('.st-key-maps .js-plotly-plot');"
        "  const trace = plot.data.filter(each => each.type === 'heatmap')[1];"
        "  for (let line = 20; line < trace.text.length; line++)"
        "    for (let sample = 20; sample < trace.text[line].length - 20; sample++)"
        "      if (trace.text[line][sample].includes('chart:'))"
        "        return { line, sample, text: trace.text[line][sample],"
        "          x: trace.x0 + sample * trace.dx, y: trace.y0 + line * trace.dy,"
        "          across: plot._fullLayout.xaxis2.range, up: plot._fullLayout.yaxis2.range };"
        "}"
    )
    (left, right), (bottom, top) = place["across"], place["up"]
    box = page.locator(".st-key-maps .nsewdrag").nth(1).bounding_box()
    page.mouse.move(
        box["x"] + box["width"] * (place["x"] - left) / (right - left),
        box["y"] + box["height"] * (place["y"] - top) / (bottom - top),
    )
    hover = page.locator(".hoverlayer text").first
    shown = hover.get_attribute("data-unformatted")
    predicted, _, reference = place["text"].partition("<br>chart: ")
    assert predicted in CHART["SOD"].class_names
    assert reference in (*CHART["SOD"].class_names, "unlabelled")
    assert shown.startswith(place["text"])
    assert re.search(r"\d+ km, \d+ km<br>-?\d+\.\d\d° N, \d+\.\d\d° W", shown)


def test_zoom_is_linked(page: Page):
    panel = page.locator(".st-key-maps .nsewdrag").first
    box = panel.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 90, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    ranges = page.evaluate(
        "() => { const layout = document.querySelector('.st-key-maps .js-plotly-plot')._fullLayout;"
        "return Object.keys(layout).filter(k => /^xaxis/.test(k)).map(k => layout[k].range); }"
    )
    assert len(ranges) == 9
    assert all(each == ranges[0] for each in ranges)
    assert abs(ranges[0][1] - ranges[0][0]) < 300


RANGES = """plot => Object.keys(plot._fullLayout).filter(key => /^[xy]axis/.test(key))
  .map(key => [key[0], ...plot._fullLayout[key].range.map(Math.round)].join())"""


def test_other_maps_of_the_same_ground_keep_the_plot_and_its_zoom(page: Page):
    plot = page.locator(".st-key-maps .js-plotly-plot")
    whole = set(plot.evaluate(RANGES))
    # A new plot would bring new drawings; the place that they stand in stays.
    drawing = page.locator(".st-key-maps .main-svg").first
    drawing.evaluate("drawing => { drawing.marked = true; }")
    box = page.locator(".st-key-maps .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 90, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    zoomed = set(plot.evaluate(RANGES))
    assert zoomed.isdisjoint(whole)
    page.get_by_role("radio", name=re.compile("^SIC ")).click()
    settle(page)
    expect(page.locator(".st-key-maps").get_by_text("Ice chart SIC")).to_be_visible()
    # More columns have axes that were not there.
    page.locator(".st-key-rates [role=combobox]").click()
    page.get_by_role("option", name=re.compile("^12-24-36")).click()
    settle(page)
    page.keyboard.press("Escape")
    assert drawing.evaluate("drawing => drawing.marked")
    assert len(plot.evaluate(RANGES)) == 24
    assert set(plot.evaluate(RANGES)) == zoomed
    page.locator(".st-key-maps .nsewdrag").first.dblclick()
    page.wait_for_timeout(500)
    assert set(plot.evaluate(RANGES)) == whole
    page.locator(".st-key-scene [role=combobox]").click()
    page.get_by_role("option").nth(1).click()
    settle(page)
    assert set(plot.evaluate(RANGES)) != zoomed


def test_switching_the_task_changes_the_maps(page: Page):
    before = images(page)
    page.get_by_role("radio", name="SIC · Concentration").click()
    settle(page)
    assert titles(page)[0] == "Ice chart SIC"
    after = images(page)
    assert len(after) == len(before)
    # HH and HV stay as they are.
    assert len(set(before) & set(after)) >= 2
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_switching_rates_changes_maps_and_scores(page: Page):
    before = images(page)
    page.get_by_role("button", name="Remove 6-12-18 ·").click()
    settle(page)
    assert cells(page)[0][1:-3] == ["Rates 1-2-3"]
    assert len(images(page)) == 3 + 4
    page.locator(".st-key-rates [role=combobox]").click()
    page.get_by_role("option", name="12-24-36 ·").click()
    page.keyboard.press("Escape")
    settle(page)
    assert cells(page)[0][1:-3] == ["Rates 1-2-3", "Rates 12-24-36"]
    assert titles(page)[2] == "Predicted SOD<br>12-24-36"
    assert images(page)[2] != before[2]


def test_switching_the_channel_set_changes_the_predictions(page: Page):
    before, scores = images(page), cells(page)
    choose(page, "channel_set", "sar")
    after = images(page)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert cells(page) != scores


def test_a_combination_that_is_not_there_names_its_command(page: Page):
    choose(page, "channel_set", "all · not trained")
    page.get_by_text("Commands", exact=True).click()
    expect(page.get_by_text("seaice train --rates 1-2-3 --channels all")).to_be_visible()


def test_switching_the_scene_changes_everything(page: Page):
    before, scores = images(page), cells(page)
    page.locator(".st-key-scene [role=combobox]").click()
    page.get_by_role("option").nth(3).click()
    settle(page)
    after = images(page)
    assert not set(before) & set(after)
    assert cells(page) != scores


def test_another_folder_shows_its_own_scene_in_the_picker(page: Page, tmp_path: Path):
    scene = SCENES[4]
    (tmp_path / scene.name).symlink_to(scene)
    field = page.get_by_label("Data folder", exact=True)
    field.fill(str(tmp_path))
    field.press("Enter")
    settle(page)
    expect(page.locator(".st-key-scene [role=combobox]")).to_have_value(
        re.compile(Scene.open(scene).time.strftime("%Y-%m-%d %H:%M · Central East Greenland"))
    )
    expect(page.locator("[role=figure][aria-label*='Maps of']")).to_have_attribute(
        "aria-label", re.compile(scene.name.removesuffix("_prep.nc"))
    )


def test_the_explained_class_and_layer_change_the_heatmaps_alone(page: Page):
    before = images(page)
    choose(page, "layer", "1 x 1 branch")
    after = images(page)
    assert after[:-4] == before[:-4]
    assert after[-1] != before[-1]
    choose(page, "method", "LayerCAM")
    by_method = images(page)
    assert by_method[-1] != after[-1]
    choose(page, f"target_SOD_{SCENES[0].name.removesuffix('_prep.nc')}", "Old ice")
    assert images(page)[-1] != by_method[-1]


def test_scenes_lists_the_folder(page: Page):
    page.get_by_role("link", name="Scenes").click()
    page.get_by_role("heading", name="Scenes").wait_for()
    settle(page)
    expect(page.locator(".st-key-channels")).to_contain_text("36.5 GHz V")
    expect(page.locator(".st-key-channel_sets")).to_contain_text("autoice18")
    expect(page.get_by_text(f"{len(SCENES)} usable scenes")).to_be_visible()


def test_the_first_page_has_its_name_as_an_address_too(page: Page, address: str):
    page.goto(f"{address}/context")
    settle(page)
    expect(page.get_by_role("heading", name="How far should the network look?")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    page.goto(f"{address}/context?channels=sar")
    settle(page)
    expect(page).to_have_url(re.compile("/compare.*channels=sar"))


def test_a_page_can_be_used_by_keyboard(page: Page):
    """The page's names show the focus, and a popover that a key opens takes it."""
    explain = page.get_by_role("link", name="Explain")
    page.keyboard.press("Tab")
    while not explain.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    expect(explain).to_have_css("outline-style", "solid")
    settings = page.get_by_role("button", name="Settings")
    controls = page.get_by_test_id("stPopoverBody")
    settings.focus()
    page.keyboard.press("Enter")
    expect(controls.get_by_role("tab", name="Columns")).to_be_focused()
    page.keyboard.press("Escape")
    expect(settings).to_be_focused()
    # So it does while another one is open.
    page.get_by_role("button", name="What am I looking at?").focus()
    page.keyboard.press("Enter")
    expect(controls.get_by_role("link").first).to_be_focused()
    settings.focus()
    page.keyboard.press("Enter")
    expect(controls.get_by_role("tab", name="Columns")).to_be_focused()
    page.keyboard.press("Escape")
    expect(settings).to_be_focused()
    # With the mouse, the focus stays where Streamlit leaves it.
    settings.click()
    expect(controls).to_be_visible()
    expect(settings).to_be_focused()
    # Closed by a key it is not entered again.
    page.keyboard.press("Enter")
    expect(controls).to_have_count(0)
    expect(settings).to_be_focused()


@pytest.mark.parametrize("path", ["?sweep=none", "compare?scene=none", "scenes?scene=none"])
@pytest.mark.parametrize(("width", "height"), [(420, 800), (1280, 720)])
def test_what_a_link_lacks_is_seen_at_once(
    browser: Browser, address: str, path: str, width: int, height: int
):
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{address}/{path}")
    notice = page.get_by_test_id("stAlert")
    said = "in the link" if "scene" in path else "The link's sweep"
    # A first visit waits for imports.
    expect(notice).to_contain_text(said, timeout=60_000)
    # Not behind the header, nor beyond the window.
    expect(notice).to_be_in_viewport(ratio=1)
    settle(page)
    assert page.evaluate("""() => {
      const box = document.querySelector("[data-testid=stAlert]").getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return top.closest("[data-testid=stAlert]") !== null;
    }""")
    page.context.close()


@pytest.mark.parametrize(("width_px", "height_px"), [(480, 900), (420, 800)])
def test_a_narrow_window_stacks_the_panels(
    browser: Browser, address: str, width_px: int, height_px: int
):
    context = browser.new_context(viewport={"width": width_px, "height": height_px})
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{address}/compare")
    settle(page)
    expect(page.locator(".st-key-maps .js-plotly-plot")).to_have_count(3, timeout=60_000)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    context.close()
    assert width <= width_px
    assert watch.foreign == []
    assert watch.errors == []
