import numpy as np
import pytest
from pyproj import Transformer

from seaice.figures import polar
from seaice.figures.polar import MapFrame, coastline, meridian_names, parallel_names, simplified

TO_MAP = Transformer.from_crs("EPSG:4326", "EPSG:3413", always_xy=True)


def is_land(longitude: float, latitude: float) -> bool:
    """Whether a place lies in an odd number of rings."""
    x, y = np.array(TO_MAP.transform(longitude, latitude)) / 1000
    crossings = 0
    for ring in coastline():
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        spans = (y0 > y) != (y1 > y)
        at = x0[spans] + (y - y0[spans]) / (y1 - y0)[spans] * (x1 - x0)[spans]
        crossings += int((at > x).sum())
    return crossings % 2 == 1


def test_rings_are_closed_and_end_at_the_limb():
    limb = np.hypot(*polar.limb_km()[0])
    for ring in coastline():
        assert len(ring) >= 4
        np.testing.assert_array_equal(ring[0], ring[-1])
        assert np.hypot(*ring.T).max() < limb + 1.5


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(-40, 72), (16, 79), (-70, 69), (-19, 65), (100, 65), (-100, 55), (180, 68), (-56, 49)],
    ids=["Greenland", "Svalbard", "Baffin", "Iceland", "Siberia", "Canada", "Chukotka", "NL"],
)
def test_land_is_land(longitude: float, latitude: float):
    assert is_land(longitude, latitude)


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(0, 90), (-62, 73), (-85, 60), (-12, 76), (-169, 66), (0, 70), (51, 45.5), (170, 50)],
    ids=["pole", "Baffin Bay", "Hudson Bay", "E Greenland", "Bering", "Norway", "Caspian", "Pac"],
)
def test_sea_is_sea(longitude: float, latitude: float):
    assert not is_land(longitude, latitude)


def test_no_line_runs_across_the_map():
    limb = np.hypot(*polar.limb_km()[0])
    for ring in coastline():
        long = np.hypot(*np.diff(ring, axis=0).T) > 250
        middles = (ring[1:] + ring[:-1])[long] / 2
        # What is long is the limb itself, where land goes on beyond it.
        assert (np.hypot(*middles.T) > limb - 5).all()


def test_simplified_keeps_what_a_tolerance_needs():
    turn = np.linspace(0, 2 * np.pi, 721)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    circle[-1] = circle[0]
    few = simplified(circle, 0.01)
    assert 10 < len(few) < 40
    np.testing.assert_array_equal(few[0], few[-1])
    # A chord of an arc of angle a lies 1 - cos(a / 2) inside it.
    longest = np.hypot(*np.diff(few, axis=0).T).max()
    assert 1 - np.sqrt(1 - (longest / 2) ** 2) <= 0.0101
    corner = np.array([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (2.0, 2.0)])
    np.testing.assert_array_equal(simplified(corner, 0.1), corner[[0, 2, 4]])


def test_names_stand_on_their_lines_within_the_frame():
    frame = MapFrame(-300.0, -2000.0, 1800.0)
    to_degrees = Transformer.from_crs("EPSG:3413", "EPSG:4326", always_xy=True)
    parallels, meridians = parallel_names(frame, np.empty((0, 2))), list(meridian_names(frame))
    assert [name for name, _ in parallels] == ["60° N", "70° N", "80° N"]
    for name, point in parallels:
        assert to_degrees.transform(*point * 1000)[1] == pytest.approx(float(name[:2]))
        assert frame.inside(point, 1)
    assert {"60° W", "30° W"} <= {name for name, _ in meridians}
    for name, point in meridians:
        longitude = float(name.split("°")[0]) * (-1 if name.endswith("W") else 1)
        assert to_degrees.transform(*point * 1000)[0] == pytest.approx(longitude)
        assert frame.inside(point, 1)


def test_names_of_all_meridians_on_the_whole_map():
    names = [name for name, _ in meridian_names(MapFrame(0.0, 0.0, 5500.0))]
    assert len(names) == len(set(names)) == 12
    assert {"0°", "180°", "150° W", "150° E"} < set(names)


def test_names_of_parallels_keep_off_scenes():
    frame = MapFrame(0.0, 0.0, 5500.0)
    free = parallel_names(frame, np.empty((0, 2)))
    taken = np.array([point for _, point in free])
    moved = np.array([point for _, point in parallel_names(frame, taken)])
    assert np.hypot(*(moved[:, None] - taken[None]).transpose(2, 0, 1)).min() > 350
