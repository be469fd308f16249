"""What the swipe viewer is sent; what it does with it is tested in a browser."""

import base64
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from seaice.dashboard.components import swipe as module
from seaice.dashboard.components.swipe import View, viewer_data
from seaice.figures.maps import Extent
from seaice.figures.palettes import HATCH, LAND, Palette, chart_palette, heat_palette
from seaice.figures.png import map_png

EXTENT = Extent(200.0, 300.0, 10.0)
HH, CHART, HEAT = (f"data:image/png;base64,{name}" for name in ("aGg=", "Y2g=", "aGU="))


def views() -> list[View]:
    return [
        View("Chart", [CHART], chart_palette("SOD"), unlabelled=True, base=HH),
        View("HH", [HH], Palette(np.zeros((128, 3), np.uint8), (), -28, -4, "dB")),
        View("Grad-CAM", [HH, HEAT], heat_palette(), message="No evidence"),
    ]


def data(
    views: Sequence[View],
    extent: Extent = EXTENT,
    flips: Sequence[tuple[str, int]] = (),
    left: int = 0,
    right: int = 0,
) -> dict:
    return viewer_data(views, extent, flips, left, right, "key")


def test_an_image_is_sent_once():
    sent = data(views())
    images = sent["images"]
    assert sorted(images) == sorted([HH, CHART, HEAT])
    by_title = {view["title"]: view for view in sent["views"]}
    assert [images[index] for index in by_title["Grad-CAM"]["layers"]] == [HH, HEAT]
    assert images[by_title["Chart"]["layers"][0]] == CHART
    assert images[by_title["Chart"]["base"]] == HH
    # Index 0 is an image too: no base is None.
    assert by_title["HH"]["base"] is None


def test_facts_of_a_view_and_choices_are_passed_on():
    sent = data(views(), flips=[("6-12-18", 2)], left=1, right=2)
    assert (sent["left"], sent["right"], sent["key"]) == (1, 2, "key")
    assert sent["flips"] == [{"label": "6-12-18", "view": 2}]
    assert sent["views"][0]["unlabelled"]
    assert not sent["views"][1]["unlabelled"]
    assert sent["views"][2]["message"] == "No evidence"
    assert (tuple(sent["land"]), tuple(sent["hatch"])) == (LAND, HATCH)


def test_classes_have_a_colour_each():
    palette = data(views())["views"][0]["palette"]
    sod = chart_palette("SOD")
    assert palette["labels"] == list(sod.labels)
    assert palette["colours"] == [sod.css(index) for index in range(len(sod.colours))]


def test_a_scale_has_a_gradient_from_end_to_end():
    palette = data(views())["views"][2]["palette"]
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
    assert data([View("x", [HH], palette)])["views"][0]["palette"]["decimals"] == decimals


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("SIC (%)", "", "%"),
        ("SIC error (points)", "", "points"),
        ("dB", "", "dB"),
        ("Evidence (1 = strongest)", "Evidence", ""),
        ("Entropy (0 sure, 1 guess)", "Entropy", ""),
        ("Probability", "Probability", ""),
    ],
)
def test_a_number_without_a_unit_is_named(title: str, name: str, unit: str):
    palette = Palette(np.zeros((64, 3), np.uint8), (), 0, 1, title)
    facts = data([View("x", [HH], palette)])["views"][0]["palette"]
    assert (facts["name"], facts["unit"]) == (name, unit)


def test_positions_are_json_even_where_unknown():
    latitude = np.array([[70.123456, np.nan], [69, 68]], np.float32)
    sent = data(views(), Extent(20, 20, 10, latitude, -latitude, 50, 30))
    sent = json.loads(json.dumps(sent, allow_nan=False))
    assert sent["extent"]["latitude"] == [[70.1235, None], [69, 68]]
    assert sent["extent"]["longitude"][1] == [-69, -68]
    assert (sent["extent"]["top_km"], sent["extent"]["left_km"]) == (50, 30)
    assert data(views())["extent"]["latitude"] is None


@pytest.mark.parametrize(
    "wrong", [{"left": 3}, {"right": 3}, {"left": -1}, {"right": -1}, {"flips": [("1-2-3", 3)]}]
)
def test_an_index_without_a_view_is_refused(wrong: dict):
    with pytest.raises(ValueError, match="no view"):
        data(views(), **wrong)


def test_no_view_at_all_is_refused():
    with pytest.raises(ValueError, match="no view"):
        data([])


@pytest.mark.parametrize("layer", ["", "https://example.org/map.png", "data:text/html;base64,eA=="])
def test_a_layer_that_is_no_png_is_refused(layer: str):
    with pytest.raises(ValueError, match="'Odd' is no PNG"):
        data([View("Odd", [layer], heat_palette())])


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
    assert len(scripts) == 3
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in text, (script.name, way)
