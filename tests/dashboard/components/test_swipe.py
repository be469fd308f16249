"""What the swipe viewer is sent; what it does with it is tested in a browser."""

import base64
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from seaice.dashboard.components import swipe as module
from seaice.dashboard.components.morph import Morph
from seaice.dashboard.components.swipe import SwipeMap, viewer_data
from seaice.figures.extent import Extent
from seaice.figures.palettes import HATCH, LAND, Palette, chart_palette, continuous, heat_palette
from seaice.figures.png import map_png

EXTENT = Extent(200.0, 300.0, 10.0)
HH, CHART, HEAT = (f"data:image/png;base64,{name}" for name in ("aGg=", "Y2g=", "aGU="))


def maps() -> list[SwipeMap]:
    return [
        SwipeMap("Chart", [CHART], chart_palette("SOD"), unlabelled=True, base=HH),
        SwipeMap("HH", [HH], Palette(np.zeros((128, 3), np.uint8), (), -28, -4, unit="dB")),
        SwipeMap("Grad-CAM", [HH, HEAT], heat_palette(), message="No evidence"),
    ]


def data(
    maps: Sequence[SwipeMap],
    extent: Extent = EXTENT,
    flips: Sequence[tuple[str, int]] = (),
    left: int = 0,
    right: int = 0,
) -> dict:
    return viewer_data(maps, extent, flips, left, right, "key")


def test_an_image_is_sent_once():
    sent = data(maps())
    images = sent["images"]
    assert sorted(images) == sorted([HH, CHART, HEAT])
    by_title = {each["title"]: each for each in sent["maps"]}
    assert [images[index] for index in by_title["Grad-CAM"]["layers"]] == [HH, HEAT]
    assert images[by_title["Chart"]["layers"][0]] == CHART
    assert images[by_title["Chart"]["base"]] == HH
    # Index 0 is an image too: no base is None.
    assert by_title["HH"]["base"] is None


def test_facts_of_a_map_and_choices_are_passed_on():
    sent = data(maps(), flips=[("6-12-18", 2)], left=1, right=2)
    assert (sent["left"], sent["right"], sent["key"]) == (1, 2, "key")
    assert sent["flips"] == [{"label": "6-12-18", "map": 2}]
    assert sent["maps"][0]["unlabelled"]
    assert not sent["maps"][1]["unlabelled"]
    assert sent["maps"][2]["message"] == "No evidence"
    assert (tuple(sent["land"]), tuple(sent["hatch"])) == (LAND, HATCH)


def test_classes_have_a_colour_each():
    palette = data(maps())["maps"][0]["palette"]
    sod = chart_palette("SOD")
    assert palette["labels"] == list(sod.labels)
    assert palette["colours"] == [sod.css(index) for index in range(len(sod.colours))]


def test_a_scale_has_a_gradient_from_end_to_end():
    palette = data(maps())["maps"][2]["palette"]
    heat = heat_palette()
    assert palette["labels"] == []
    assert palette["count"] == len(heat.colours)
    assert len(palette["colours"]) <= 33
    assert (palette["colours"][0], palette["colours"][-1]) == (heat.css(0), heat.css(-1))


@pytest.mark.parametrize(
    ("low", "high", "count", "decimals"),
    [(0, 100, 101, 0), (-28, -4, 128, 1), (0, 1, 64, 2), (0, 1, 1, 0), (5, 5, 10, 0)],
)
def test_decimals_tell_neighbouring_colours_apart(low: int, high: int, count: int, decimals: int):
    palette = Palette(np.zeros((count, 3), np.uint8), (), low, high)
    assert data([SwipeMap("x", [HH], palette)])["maps"][0]["palette"]["decimals"] == decimals


def test_the_readout_gets_name_and_unit_of_the_palette():
    wind = continuous("balance", -9, 9, "Wind", unit="m s-1")
    palettes = [
        each["palette"]
        for each in data([SwipeMap("x", [HH], each) for each in (wind, heat_palette())])["maps"]
    ]
    assert [(each["name"], each["unit"]) for each in palettes] == [
        ("Wind", "m s-1"),
        ("Evidence", ""),
    ]
    assert [each["title"] for each in palettes] == ["Wind (m s-1)", "Evidence (1 = strongest)"]


def test_positions_are_json_even_where_unknown():
    latitude = np.array([[70.123456, np.nan], [69, 68]], np.float32)
    sent = data(maps(), Extent(20, 20, 10, latitude, -latitude, 50, 30))
    sent = json.loads(json.dumps(sent, allow_nan=False))
    assert sent["extent"]["latitude"] == [[70.1235, None], [69, 68]]
    assert sent["extent"]["longitude"][1] == [-69, -68]
    assert (sent["extent"]["top_km"], sent["extent"]["left_km"]) == (50, 30)
    assert data(maps())["extent"]["latitude"] is None


@pytest.mark.parametrize(
    "wrong", [{"left": 3}, {"right": 3}, {"left": -1}, {"right": -1}, {"flips": [("1-2-3", 3)]}]
)
def test_an_index_without_a_map_is_refused(wrong: dict):
    with pytest.raises(ValueError, match="no map"):
        data(maps(), **wrong)


def test_no_map_at_all_is_refused():
    with pytest.raises(ValueError, match="no map"):
        data([])


@pytest.mark.parametrize("layer", ["", "https://example.org/map.png", "data:text/html;base64,eA=="])
def test_a_layer_that_is_no_png_is_refused(layer: str):
    with pytest.raises(ValueError, match="'Odd' is not a PNG"):
        data([SwipeMap("Odd", [layer], heat_palette())])


def test_maps_are_written_as_the_browser_reads_them():
    """8 bits a pixel into a palette, not interlaced, no line filtered."""
    rng = np.random.default_rng(0)
    lines, samples = 40, 50
    everywhere = np.ones((lines, samples), bool)
    uri = map_png(rng.random((lines, samples)), heat_palette(), everywhere, ~everywhere)
    file = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    assert (file[24], file[25], file[28]) == (8, 3, 0)
    chunks, at = [], 8
    while at < len(file):
        size = int.from_bytes(file[at : at + 4], "big")
        if file[at + 4 : at + 8] == b"IDAT":
            chunks.append(file[at + 8 : at + 8 + size])
        at += size + 12
    raw = np.frombuffer(zlib.decompress(b"".join(chunks)), np.uint8)
    assert not raw.reshape(lines, samples + 1)[:, 0].any()


def test_the_browser_never_takes_text_for_markup():
    scripts = list(Path(module.__file__).parent.glob("swipe*.js"))
    assert len(scripts) == 5
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in text, (script.name, way)


def test_notes_are_sent_once_each():
    notes = np.array([["", "polygon 7"], ["polygon 7", "polygon 9"]], object)
    sent = viewer_data(maps(), EXTENT, [], 0, 0, "key", notes)["notes"]
    assert [[sent["texts"][place] for place in row] for row in sent["at"]] == notes.tolist()
    assert data(maps())["notes"] is None


def test_a_morph_names_its_steps_and_maps():
    morph = Morph(["none", "1-2-3"], [17, 32.4], {"Predicted": [0, 2], "Error": [2, 2]})
    sent = viewer_data(maps(), EXTENT, [], 0, 0, "key", morph=morph)["morph"]
    assert [step["field_km"] for step in sent["steps"]] == [17, 32.4]
    assert sent["rows"][0] == {"title": "Predicted", "maps": [0, 2]}
    with pytest.raises(ValueError, match="no map 9"):
        viewer_data(maps(), EXTENT, [], 0, 0, "key", morph=Morph(["a"], [1], {"x": [9]}))
