"""The swipe viewer in headless Chromium, in an app of its own whose maps are known: swipe_app."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from dashboard import HOME, Watch, free_port, settle
from playwright.sync_api import Browser, expect
from swipe_viewer import Viewer

from seaice.figures.palettes import LAND, Palette, chart_palette

pytestmark = pytest.mark.browser

SOD = chart_palette("SOD")
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def swipe_address() -> Iterator[str]:
    """The small app's address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(HERE / "swipe_app.py")]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.headless=true"],
        cwd=HOME,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(HOME)},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address + "/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer.")


@pytest.fixture(params=[1280])
def viewer(
    browser: Browser, swipe_address: str, request: pytest.FixtureRequest
) -> Iterator[Viewer]:
    """The viewer as it is at first; no other host asked, nothing on the console."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(path=HERE / "swipe_probe.js")
    watch = Watch(page)
    page.goto(swipe_address)
    viewer = Viewer(page, lines_km=100, samples_km=150)
    viewer.wait()
    yield viewer
    context.close()
    assert watch.foreign == []
    assert watch.errors == []


def opaque(palette: Palette, index: int) -> tuple[int, ...]:
    return (*(int(each) for each in palette.colours[index]), 255)


def test_the_divider_parts_the_two_maps(viewer: Viewer):
    chart, predicted = opaque(SOD, 0), opaque(SOD, 1)
    # Away from the lines of the graticule.
    assert (viewer.pixel(60, 44), viewer.pixel(90, 44)) == (chart, predicted)
    viewer.drag((75, 50), (30, 50))
    assert (viewer.pixel(20, 44), viewer.pixel(40, 44)) == (chart, predicted)
    expect(viewer.slider("Divider")).to_have_value("20")
    viewer.slider("Divider").press("End")
    assert viewer.pixel(140, 44) == chart


def test_any_two_maps_can_be_chosen(viewer: Viewer):
    viewer.choose("Left", "Predicted SOD, rates 6-12-18")
    viewer.choose("Right", "HH")
    assert viewer.pixel(60, 50) == opaque(SOD, 5)
    assert viewer.pixel(90, 50) == (200, 200, 200, 255)
    expect(viewer.figure).to_have_attribute(
        "aria-label",
        "Map of 150 by 100 km. Left of the divider: Predicted SOD, rates 6-12-18. Right of it: HH.",
    )
    titles = viewer.page.locator(".legend b").all_inner_texts()
    assert titles == ["Left: SOD", "Right: dB"]


def test_rates_flip_by_key_and_click(viewer: Viewer):
    viewer.button("3-6-9").click()
    assert viewer.pixel(90, 50) == opaque(SOD, 4)
    assert viewer.chosen("Right") == "Predicted SOD, rates 3-6-9"
    viewer.page.keyboard.press("3")
    assert viewer.pixel(90, 50) == opaque(SOD, 5)
    pressed = viewer.page.locator(".flips [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["6-12-18"]
    viewer.page.keyboard.press("9")
    assert viewer.pixel(90, 50) == opaque(SOD, 5)
    viewer.choose("Right", "HH")
    expect(pressed).to_have_count(0)


def test_keys_flip_without_a_click_on_the_viewer(viewer: Viewer):
    """The focus is where the user chose the view, or nowhere."""
    viewer.page.evaluate("document.activeElement.blur()")
    viewer.page.keyboard.press("2")
    assert viewer.pixel(90, 50) == opaque(SOD, 4)
    viewer.page.get_by_label("Other data").focus()
    viewer.page.keyboard.press("1")
    assert viewer.pixel(90, 50) == opaque(SOD, 1)


def test_a_flip_is_instant(viewer: Viewer):
    settle(viewer.page)
    times = viewer.figure.evaluate("(figure) => probe.flips(figure, '23123')")
    assert sorted(times)[len(times) // 2] <= 200


def test_a_slider_blends_the_rates_without_the_server(viewer: Viewer):
    viewer.tick("Slider")
    viewer.wait()
    slider = viewer.slider("Atrous rates")
    slider.focus()
    slider.press("Home")
    viewer.page.wait_for_timeout(600)
    first, second, third = (opaque(SOD, index) for index in (1, 4, 5))
    # The slider's map fills the figure at first.
    assert (viewer.pixel(20, 90), viewer.pixel(140, 90)) == (first, first)
    slider.press("ArrowRight")
    viewer.page.wait_for_timeout(600)
    assert viewer.pixel(140, 90) == second
    expect(slider).to_have_attribute("aria-valuetext", "3-6-9, field 40 km")
    slider.evaluate("each => { each.value = 1.5; each.dispatchEvent(new Event('input')); }")
    between = viewer.pixel(140, 90)
    assert all(min(a, b) <= c <= max(a, b) for a, b, c in zip(second, third, between, strict=True))
    assert between not in (second, third)
    viewer.page.keyboard.press("1")
    viewer.page.wait_for_timeout(600)
    assert viewer.pixel(140, 90) == first
    pressed = viewer.page.locator(".flips [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["1-2-3"]


def test_the_square_of_the_field_lies_over_the_pointer(viewer: Viewer):
    viewer.tick("Slider")
    viewer.wait()
    slider = viewer.slider("Atrous rates")
    slider.press("Home")
    viewer.page.wait_for_timeout(600)
    said = viewer.point(100, 50)
    assert "square: field of 20 km" in said
    inside, edge = viewer.pixel(98, 52), [viewer.pixel(90 + step, 52) for step in (-0.5, 0, 0.5)]
    assert inside == opaque(SOD, 1)
    assert any(each != inside for each in edge)


def test_a_ruler_measures_in_km(viewer: Viewer):
    viewer.button("Ruler").click()
    viewer.drag((20, 30), (50, 70))
    assert "ruler 50.0 km" in viewer.readout.inner_text()
    # The line lies on the map, and goes with the ruler.
    seen = viewer.pixel(35, 50)
    viewer.button("Ruler").click()
    assert viewer.pixel(35, 50) != seen


def test_a_ruler_does_not_outlast_another_scene(viewer: Viewer):
    viewer.button("Ruler").click()
    viewer.drag((20, 30), (50, 70))
    viewer.tick("Again")
    viewer.wait()
    assert "ruler 50.0 km" in viewer.point(50, 70)
    viewer.tick("Other scene")
    viewer.wait()
    assert "ruler" not in viewer.point(50, 70)


def test_the_slider_stays_at_its_rates_when_others_come_and_go(viewer: Viewer):
    viewer.tick("Slider")
    viewer.wait()
    slider = viewer.slider("Atrous rates")
    slider.press("Home")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "3-6-9, field 40 km")
    viewer.page.wait_for_timeout(600)
    viewer.tick("Fewer rates")
    expect(slider).to_have_attribute("max", "1")
    expect(slider).to_have_attribute("aria-valuetext", "3-6-9, field 40 km")
    assert viewer.pixel(140, 90) == opaque(SOD, 4)
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "6-12-18, field 80 km")
    viewer.page.wait_for_timeout(600)
    viewer.tick("Fewer rates")
    expect(slider).to_have_attribute("max", "2")
    expect(slider).to_have_attribute("aria-valuetext", "6-12-18, field 80 km")


def test_a_polar_map_has_no_square(viewer: Viewer):
    viewer.tick("Slider")
    viewer.tick("Polar")
    viewer.wait()
    assert "square" not in viewer.point(100, 50)
    slider = viewer.slider("Atrous rates")
    slider.press("Home")
    viewer.page.wait_for_timeout(600)
    inside = viewer.pixel(98, 52)
    assert all(viewer.pixel(90 + step, 52) == inside for step in (-0.5, 0, 0.5))


def test_notes_stand_in_the_readout(viewer: Viewer):
    assert "polygon 3: CT 80" in viewer.point(145, 52)
    assert "polygon" not in viewer.point(125, 52)


def test_nothing_of_it_asks_the_server(viewer: Viewer):
    sent: list[object] = []
    viewer.page.on(
        "websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame))
    )
    viewer.page.reload()
    viewer.wait()
    settle(viewer.page)
    assert sent
    sent.clear()
    viewer.button("3-6-9").click()
    viewer.choose("Left", "HH")
    viewer.slider("Divider").fill("10")
    viewer.slider("Opacity of overlays").fill("10")
    assert viewer.pixel(140, 50) != opaque(SOD, 1)
    assert sent == []


def test_opacity_lets_the_base_through(viewer: Viewer):
    viewer.slider("Opacity of overlays").fill("50")
    expected = [(200 + int(colour)) / 2 for colour in SOD.colours[1]]
    *mixed, alpha = viewer.pixel(90, 50)
    assert alpha == 255
    assert mixed == pytest.approx(expected, abs=2)
    # Nothing lies below HH, so it does not fade.
    viewer.choose("Right", "HH")
    assert viewer.pixel(90, 50) == (200, 200, 200, 255)
    viewer.slider("Opacity of overlays").fill("0")
    assert viewer.pixel(60, 50) == (200, 200, 200, 255)


def test_the_readout_tells_the_class(viewer: Viewer):
    for samples_km, lines_km, left, right in (
        (60.5, 50.5, "Open water", "New ice"),
        (5.5, 5.5, "Land", "Land"),
        (5.5, 50.5, "no data", "no data"),
        # On a stripe of the hatch, between two, and where there is no data beside them.
        (60.5, 90.5, "unlabelled", "New ice"),
        (65.5, 90.5, "unlabelled", "New ice"),
        (5.5, 90.5, "no data", "no data"),
    ):
        words = viewer.point(samples_km, lines_km).split(" · ")
        assert words[2:] == [f"left: {left}", f"right: {right}"]


def test_the_readout_tells_numbers_even_where_nothing_is_seen(viewer: Viewer):
    viewer.choose("Left", "HH")
    viewer.choose("Right", "Grad-CAM")
    assert viewer.point(60.5, 50.5).endswith("left: \u22129.1 dB · right: Evidence 0.40")
    # Weak evidence is drawn without much colour, but over HH.
    viewer.slider("Divider").press("Home")
    weak, strong = viewer.pixel(12, 50), viewer.pixel(140, 50)
    assert weak[:3] == pytest.approx((200, 200, 200), abs=25)
    assert weak[3] == 255
    assert strong[2] < 130
    viewer.choose("Right", "Grad-CAM on HH")
    assert (viewer.pixel(12, 50), viewer.pixel(140, 50)) == (weak, strong)
    assert viewer.point(10.5, 50.5).endswith("right: Evidence 0.06")


def test_the_readout_tells_the_place_across_the_date_line(viewer: Viewer):
    # Kilometres count from the corner of the scene, not of the part that is shown.
    words = viewer.point(20, 50).split(" · ")
    assert words[1] == "69.50° N, 179.40° E"
    assert [float(km) for km in re.findall(r"([\d.]+) km", words[0])] == pytest.approx(
        [40, 60], abs=0.2
    )
    # Between a cell of 179.9 and one of -179.9 degrees, and beyond the middle of the last cell.
    assert "69.50° N, 179.96° W" in viewer.point(52, 50)
    assert "69.20° N, 178.01° W" in viewer.point(149.5, 80)
    viewer.page.mouse.move(0, 0)
    expect(viewer.readout).to_contain_text("Point at the map")


def test_on_a_turned_map_a_place_keeps_its_numbers(viewer: Viewer):
    """Lines run to the left and samples down: the place is told as on the straight map."""
    straight = viewer.point(120, 30)
    viewer.tick("Turned over")
    turned = Viewer(viewer.page, lines_km=150, samples_km=100)
    turned.wait()
    words = turned.point(70, 120).split(" · ")
    assert words[1] == straight.split(" · ")[1]
    told, expected = (re.findall(r"([\d.]+) km", text) for text in (words[0], straight))
    # A pixel of the screen is 0.2 km here.
    assert [float(km) for km in told] == pytest.approx([float(km) for km in expected], abs=0.3)
    assert words[3] == f"right: Evidence {120 / 149:.2f}"
    # Lines begin at 10 km, at the right.
    numbers = [float(each) for each in turned.ticks()]
    assert numbers == sorted(numbers, reverse=True)
    assert viewer.page.locator(".north").is_visible()


def test_the_wheel_zooms_around_the_pointer(viewer: Viewer):
    assert viewer.ticks()[0] == "20"
    before = viewer.point(30.2, 70.3).split(" · ")
    for _ in range(5):
        viewer.page.mouse.wheel(0, -100)
    expect(viewer.page.locator(".scale")).not_to_have_text("20 km")
    after = viewer.readout.inner_text().split(" · ")
    assert after[1:] == before[1:]
    spread = [float(each) for each in viewer.ticks()]
    assert spread[0] > 20
    assert spread[-1] - spread[0] < 60
    # Dragged, the map follows the pointer: it stays at the place it pointed at.
    viewer.drag((30.2, 70.3), (40, 60))
    moved = viewer.readout.inner_text().split(" · ")
    assert moved[1] == before[1]
    viewer.button("Whole scene").click()
    expect(viewer.page.locator(".axis.level span").first).to_have_text("20")


def test_keys_zoom_and_pan(viewer: Viewer):
    viewer.figure.focus()
    for key in ("+", "+", "ArrowRight", "ArrowRight"):
        viewer.page.keyboard.press(key)
    expect(viewer.page.locator(".axis.level span").first).not_to_have_text("20")
    first = float(viewer.ticks()[0])
    viewer.page.keyboard.press("ArrowRight")
    viewer.page.wait_for_timeout(200)
    assert float(viewer.ticks()[0]) > first
    viewer.page.keyboard.press("0")
    expect(viewer.page.locator(".axis.level span").first).to_have_text("20")


def test_choices_survive_reruns_other_data_and_a_time_away(viewer: Viewer):
    viewer.choose("Left", "HH")
    viewer.choose("Right", "Predicted SOD, rates 3-6-9")
    viewer.slider("Divider").fill("30")
    viewer.slider("Opacity of overlays").fill("60")
    viewer.button("Zoom in").click()
    viewer.page.wait_for_timeout(200)
    before = viewer.state()
    assert before[:3] == ("HH", "Predicted SOD, rates 3-6-9", ["30", "60"])
    for label in ("Again", "Other data"):
        viewer.tick(label)
        viewer.wait()
        assert viewer.state() == before
    viewer.tick("Without")
    expect(viewer.figure).to_have_count(0)
    viewer.tick("Without")
    viewer.wait()
    assert viewer.state() == before


def test_a_map_that_is_gone_gives_way_and_comes_back(viewer: Viewer):
    viewer.choose("Right", "Predicted SOD, rates 6-12-18")
    viewer.tick("Other data")
    expect(viewer.box("Left")).to_have_value("0")
    assert viewer.chosen("Right") == "Predicted SOD, rates 1-2-3"
    viewer.tick("Other data")
    viewer.wait()
    assert viewer.chosen("Right") == "Predicted SOD, rates 6-12-18"


def test_nothing_piles_up(viewer: Viewer):
    settle(viewer.page)
    assert viewer.page.evaluate("probe.alive()") == [6, 1]
    for label in ("Other data", "Without", "Other data", "Without", "Again", "Again"):
        viewer.tick(label)
    viewer.wait()
    assert viewer.page.evaluate("probe.alive()") == [6, 1]
    expect(viewer.page.locator(".swipe canvas")).to_have_count(1)
    viewer.tick("Without")
    expect(viewer.figure).to_have_count(0)
    assert viewer.page.evaluate("probe.alive()") == [0, 0]


def test_markup_of_names_is_shown_as_it_is(viewer: Viewer):
    viewer.choose("Right", "<img src=x onerror=alert(1)>")
    side = viewer.page.locator("[data-part=rightSide]")
    expect(side).to_contain_text("<img src=x onerror=alert(1)>")
    expect(side).to_contain_text("<b>Nothing</b> to show")
    expect(viewer.page.locator(".swipe img")).to_have_count(0)
    assert viewer.pixel(90, 50)[3] == 0
    assert viewer.point(90, 50).endswith("right: no data")


@pytest.mark.parametrize("viewer", [480], indirect=True)
def test_it_fits_a_phone(viewer: Viewer):
    assert viewer.page.evaluate("() => document.documentElement.scrollWidth") <= 480
    for part in (".figure", ".choices", ".readout", ".sliders", ".legends"):
        box = viewer.page.locator(part).bounding_box()
        assert box["x"] + box["width"] <= 480, part
    assert viewer.figure.bounding_box()["width"] > 380
    assert viewer.pixel(5, 5) == (*LAND, 255)


def test_all_controls_are_reached_by_tab_and_named(viewer: Viewer):
    viewer.box("Left").focus()
    names: list[str] = []
    for _ in range(12):
        outline, name = viewer.page.evaluate("probe.focused()")
        assert outline == "solid", name
        names.append(name)
        viewer.page.keyboard.press("Tab")
    assert names[:5] == ["Left", "Right", "1-2-3", "3-6-9", "6-12-18"]
    assert names[5].startswith("Map of 150 by 100 km")
    assert names[6:] == [
        "Ruler",
        "Zoom in",
        "Zoom out",
        "Whole scene",
        "Divider",
        "Opacity of overlays",
    ]
