import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.core.grids.orientation import ORIENTATIONS, Orientation
from seaice.figures.extent import Extent
from seaice.figures.map_elements import BAR, GRATICULE, add_map_elements, map_elements

CELLS = 50
# Lines run south by 0.04 degrees a cell, samples east by 0.1.
LATITUDE = np.repeat(72 - 0.04 * (np.arange(CELLS) + 0.5)[:, None], CELLS, 1)
LONGITUDE = np.repeat(-22.3 + 0.1 * (np.arange(CELLS) + 0.5)[None], CELLS, 0)
EXTENT = Extent(200, 200, 4, LATITUDE, LONGITUDE)


def path_points(path: str) -> list[np.ndarray]:
    return [
        np.array([[float(value) for value in point.split(",")] for point in line.split("L")])
        for line in re.findall(r"M([^M]+)", path.replace(" ", ""))
    ]


def test_the_graticule_lies_where_its_degrees_are():
    elements = map_elements(EXTENT)
    texts = {label.text for label in elements.labels}
    assert texts == {"71.5° N", "71° N", "70.5° N", "21° W", "20° W", "19° W"} & texts
    assert {"71° N", "20° W"} <= texts
    for label in elements.labels:
        degrees = float(label.text.split("°")[0])
        if label.text.endswith("N"):
            assert label.y == pytest.approx((72 - degrees) / 0.01, abs=1e-6)
        else:
            assert label.x == pytest.approx((22.3 - degrees) / 0.025, abs=1e-6)
    for line in path_points(elements.lines):
        # Each line runs along one axis here, from edge to edge.
        assert np.ptp(line, axis=0).min() < 0.1
        assert np.ptp(line, axis=0).max() > 190


def test_the_graticule_crosses_the_date_line():
    longitude = (LONGITUDE + 200 + 180) % 360 - 180
    assert np.ptp(longitude) > 300
    elements = map_elements(replace(EXTENT, longitude=longitude))
    (label,) = (label for label in elements.labels if label.text[-1] in "EW°")
    assert label.text == "180°"
    assert label.x == pytest.approx((180 - 177.7) / 0.025, abs=1e-6)
    # 178 and 182 degrees too, and no line from one side of the date line to the other.
    upright = [line for line in path_points(elements.lines) if np.ptp(line[:, 0]) < 0.1]
    assert len(upright) == 3


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_north_points_to_higher_latitudes(orientation: Orientation):
    north = map_elements(replace(EXTENT, orientation=orientation)).north
    assert north is not None
    right, up = north
    screen = orientation.apply(LATITUDE)
    if abs(up) > 0.5:
        assert np.sign(up) == np.sign(screen[0].mean() - screen[-1].mean())
    else:
        assert np.sign(right) == np.sign(screen[:, -1].mean() - screen[:, 0].mean())
    assert np.hypot(*north) == pytest.approx(1)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_scale_bar_lies_below_at_the_left_and_is_as_long_as_it_says(orientation: Orientation):
    extent = Extent(300, 400, 4, orientation=orientation)
    elements = map_elements(extent)
    (x0, y0), (x1, y1) = elements.bar
    assert y0 == y1
    assert abs(x1 - x0) == pytest.approx(float(elements.bar_text.split()[0]))
    assert abs(x1 - x0) == pytest.approx(50 if orientation.transposed else 100)
    (left, right), (top, bottom) = extent.x, extent.y
    assert (x0 - left) / (right - left) < 0.1
    assert (y0 - top) / (bottom - top) > 0.9


def test_without_positions_only_the_scale_bar_is_drawn():
    elements = map_elements(Extent(300, 400, 4))
    assert (elements.lines, list(elements.labels), elements.north) == ("", [], None)
    figure = go.Figure()
    add_map_elements(figure, elements, ("x", "y"), labelled=True)
    assert [note.text for note in figure.layout.annotations] == ["100 km"]
    nan = np.full((CELLS, CELLS), np.nan)
    unknown = map_elements(Extent(200, 200, 4, nan, nan))
    assert (unknown.lines, unknown.north) == ("", None)


def test_a_pole_on_the_map_makes_no_wild_lines():
    y, x = np.mgrid[-1:1:50j, -1:1:50j]
    latitude, longitude = 90 - 2 * np.hypot(x, y), np.degrees(np.arctan2(y, x))
    elements = map_elements(Extent(200, 200, 4, latitude, longitude))
    assert elements.north is None
    for line in path_points(elements.lines):
        step = np.hypot(*np.diff(line, axis=0).T)
        assert step.max() < 20
    figure = go.Figure()
    add_map_elements(figure, elements, ("x", "y"), labelled=True)
    assert "<b>N</b>" not in [note.text for note in figure.layout.annotations]


def test_a_part_of_the_map_gets_closer_lines_that_lie_where_their_degrees_are():
    closer = map_elements(EXTENT).closer()
    # Of 2 degrees of latitude: every half, then every fifth and every tenth.
    counts = [len({text for text, _ in lines}) for lines in closer["parallels"]]
    assert counts == [3, 9, 19]
    for text, places in closer["parallels"][-1]:
        latitude = float(text.split("°")[0])
        assert places[1::2] == pytest.approx([(72 - latitude) / 0.01] * (len(places) // 2), abs=0.1)
    assert closer["meridians"][0] != closer["meridians"][1]


def test_what_another_view_changes_has_a_name():
    figure = go.Figure()
    add_map_elements(figure, map_elements(EXTENT), ("x", "y"), labelled=True)
    assert [shape.name for shape in figure.layout.shapes] == [GRATICULE, BAR, BAR]
    named = [note.name for note in figure.layout.annotations if note.text != "<b>N</b>"]
    assert named[0] == BAR
    assert set(named[1:]) == {GRATICULE}
