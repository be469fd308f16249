import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.core.projection import polar_stereographic
from seaice.figures.locator import Footprint, locator_map
from seaice.figures.polar import coastline

LIMB_KM = 5200


def square(x_km: float, y_km: float, half_km: float = 200, *, points: int = 81) -> np.ndarray:
    """An outline of as many points as a scene's, metres; it starts at a corner."""
    share = np.linspace(0, 4, points)
    corners = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)], float) * half_km
    ring = np.column_stack([np.interp(share, range(5), corners[:, axis]) for axis in (0, 1)])
    return (ring + np.array([x_km, y_km])) * 1000


def pieces(trace: go.Scatter) -> list[np.ndarray]:
    """Lines between the gaps of a trace."""
    points = np.column_stack([np.asarray(trace.x, float), np.asarray(trace.y, float)])
    gaps = np.flatnonzero(np.isnan(points[:, 0]))
    return [part[~np.isnan(part[:, 0])] for part in np.split(points, gaps) if len(part) > 1]


def drawn_at(figure: go.Figure, x_km: float, y_km: float) -> list[go.Scatter]:
    """Filled traces that hold a footprint around a place, from bottom to top."""
    footprints = [trace for trace in figure.data if trace.hoveron == "fills"]
    return [
        trace
        for trace in footprints
        if any(np.allclose((p.min(0) + p.max(0)) / 2, (x_km, y_km), atol=1) for p in pieces(trace))
    ]


def middles(figure: go.Figure) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.mode == "markers")
    return trace


def sides(figure: go.Figure) -> np.ndarray:
    """Ranges of x and y, (2, 2) km."""
    return np.array([figure.layout.xaxis.range, figure.layout.yaxis.range], float)


SCENES = [Footprint("east", square(700, -1500)), Footprint("west", square(-900, -1900))]


def test_footprints_lie_where_they_are_and_the_chosen_on_top():
    figure = locator_map(SCENES, 1, dark=False)
    (other,) = drawn_at(figure, 700, -1500)
    *_, chosen = drawn_at(figure, -900, -1900)
    traces = list(figure.data)
    assert traces.index(chosen) > traces.index(other)
    assert chosen.line.width > other.line.width
    assert chosen.line.color != other.line.color
    assert (chosen.text, other.text) == ("west", "east")
    land = next(trace for trace in traces if len(trace.x) > 5000)
    assert traces.index(land) < traces.index(other)


def test_middles_tell_which_scene_a_page_is_asked_for():
    trace = middles(locator_map(SCENES, 0, dark=True))
    assert list(trace.customdata) == [0, 1]
    np.testing.assert_allclose(np.column_stack([trace.x, trace.y])[1], (-900, -1900), atol=1)


def test_none_chosen_and_none_at_all():
    figure = locator_map(SCENES, None, dark=False)
    assert len(drawn_at(figure, 700, -1500)) == len(drawn_at(figure, -900, -1900)) == 1
    empty = locator_map([], None, dark=False)
    assert not [trace for trace in empty.data if trace.hoveron == "fills"]
    # The whole Arctic, all of the limb.
    assert (sides(empty)[:, 0] < -LIMB_KM + 100).all()
    assert (sides(empty)[:, 1] > LIMB_KM - 100).all()


def test_view_holds_all_footprints_and_some_ground_around():
    low, high = sides(locator_map(SCENES, 0, dark=False)).T
    corners = np.concatenate([each.outline_m for each in SCENES]) / 1000
    assert (corners.min(0) - low > 100).all()
    assert (high - corners.max(0) > 100).all()
    one = sides(locator_map(SCENES[:1], 0, dark=False))
    np.testing.assert_allclose(np.diff(one), 3000)
    assert one.mean(axis=1) == pytest.approx([700, -1500])


@pytest.mark.parametrize("place", [(9000.0, -9000.0), (40_000.0, 0.0)])
def test_view_is_at_most_the_whole_arctic(place: tuple[float, float]):
    far = Footprint("far", square(*place))
    ranges = sides(locator_map([SCENES[0], far], 0, dark=False))
    assert np.abs(ranges).max() < LIMB_KM * 1.05
    low, high = ranges.T
    assert (low < (500, -1700)).all()
    assert (high > (900, -1300)).all()


def test_axes_keep_the_shape_and_are_hidden():
    layout = locator_map(SCENES, 0, dark=False).layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.xaxis.visible is layout.yaxis.visible is False
    assert layout.dragmode == "pan"


def test_labels_are_shown_as_they_are():
    evil = '<b>x</b> & <a href="http://y">"z"</a>\nEast'
    figure = locator_map([Footprint(evil, square(0, -1500))], None, dark=False)
    shown = '&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href="http://y"&gt;"z"&lt;/a&gt;<br>East'
    assert drawn_at(figure, 0, -1500)[0].text == shown
    assert list(middles(figure).text) == [shown]


def test_scale_bar_is_as_long_as_it_says():
    figure = locator_map(SCENES[:1], 0, dark=False)
    words = [trace for trace in figure.data if trace.mode == "text"]
    (length,) = (text for trace in words for text in trace.text if text.endswith("km"))
    bars = [trace for trace in figure.data if trace.fill is None and trace.mode == "lines"]
    (bar,) = (piece for trace in bars for piece in pieces(trace))
    assert np.ptp(bar[:, 0]) == pytest.approx(float(length.removesuffix(" km")), rel=1e-4)
    low, high = sides(figure).T
    assert ((bar > low) & (bar < high)).all()


def test_no_label_lies_on_the_name_of_the_scale_bar():
    # Both parallels and meridians would have a label in the corner.
    for x_km, y_km in [(-1900, -1800), (-1500, -1200), (-700, -2300), (700, -1500)]:
        figure = locator_map([Footprint("a", square(x_km, y_km))], 0, dark=False)
        graticule, bar = [trace for trace in figure.data if trace.mode == "text"]
        half = np.diff(sides(figure)[0])[0] / 2
        away = np.abs([graticule.x - bar.x[0], graticule.y - bar.y[0]]) / half
        # In a map 220 px wide, names are up to 40 px wide and 12 px high.
        assert not ((away[0] < 0.36) & (away[1] < 0.11)).any()


def test_a_frame_that_nearly_holds_the_round_map_shows_it_whole():
    wide = [Footprint("", square(-2600, 0)), Footprint("", square(2600, 0))]
    figure = locator_map(wide, None, dark=False)
    assert (np.abs(sides(figure)) > LIMB_KM).all()
    near = [Footprint("", square(-2000, 0)), Footprint("", square(2000, 0))]
    assert (np.abs(sides(locator_map(near, None, dark=False))) < LIMB_KM).any()


def test_graticule_lies_on_its_parallels_and_meridians():
    figure = locator_map([], None, dark=False)
    graticule = next(trace for trace in figure.data if trace.fill == "none")
    lines = pieces(graticule)
    assert len(lines) == 4 + 12
    for line, latitude in zip(lines, (50, 60, 70, 80), strict=False):
        radius = np.hypot(*polar_stereographic(np.float64(latitude), np.float64(0.0))) / 1000
        np.testing.assert_allclose(np.hypot(*line.T), radius, rtol=1e-5)


def test_land_is_the_whole_coastline():
    figure = locator_map([], None, dark=False)
    land = next(trace for trace in figure.data if len(trace.x) > 5000)
    assert land.fill == "toself"
    np.testing.assert_array_equal(np.concatenate(pieces(land)), np.concatenate(coastline()))


def test_hundreds_of_scenes_stay_light_and_whole():
    rng = np.random.default_rng(0)
    places = rng.uniform(-3000, 3000, (533, 2))
    scenes = [Footprint("2018-03-25 19:47\nCentralWest", square(x, y)) for x, y in places]
    # Passes of both kinds: half of the outlines turn the other way round.
    scenes[::2] = [Footprint(each.label, each.outline_m[::-1]) for each in scenes[::2]]
    figure = locator_map(scenes, 7, dark=False)
    assert len(figure.data) < 12
    assert len(figure.to_json()) < 250_000
    (others,) = drawn_at(figure, *places[0])
    rings = pieces(others)
    assert len(rings) == 532
    areas = [np.sum(r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1]) / 2 for r in rings]
    # All of one sign, or overlaps would be drawn as holes; their corners are still there.
    np.testing.assert_allclose(areas, 400**2, rtol=0.02)


def test_dark_and_light_differ_and_nothing_asks_the_network():
    light, dark = (locator_map(SCENES, 0, dark=dark) for dark in (False, True))
    assert light.data[0].fillcolor != dark.data[0].fillcolor
    assert {trace.type for trace in (*light.data, *dark.data)} == {"scatter"}
    assert not light.layout.images


def test_gaps_survive_the_way_to_the_browser():
    document = json.loads(locator_map(SCENES, 0, dark=False).to_json())
    x = document["data"][1]["x"]
    assert x["dtype"] == "f4"
    values = np.frombuffer(base64.b64decode(x["bdata"]), "<f4")
    assert np.isnan(values).sum() == len(coastline())
