"""Place of a scene: positions, incidence angle, land, distance zones."""

import numpy as np
import pytest

from seaice.ai4arctic.layout import ZONE_EDGES_KM
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.geography import (
    distance_zones,
    incidence_deg,
    make_geography,
    positions,
)
from seaice.simulate.regions import REGIONS


@pytest.mark.parametrize(
    ("distance_km", "zone"),
    [
        (0, 0),
        (0.08, 1),
        (0.5, 1),
        (0.51, 2),
        (1, 2),
        (1.5, 3),
        (2, 3),
        (2.01, 4),
        (19.5, 21),
        (20, 21),
        (25, 22),
        (26, 23),
        (50, 27),
        (55, 28),
        (100, 32),
        (125, 33),
        (126, 34),
        (300, 40),
        (301, 41),
        (5000, 41),
    ],
)
def test_zones(distance_km, zone) -> None:
    """Zones by hand from the dataset's description."""
    assert distance_zones(np.array([distance_km], np.float32))[0] == zone


def test_zone_edges_count() -> None:
    """There are forty upper ends; zone 41 has none."""
    assert len(ZONE_EDGES_KM) == 40


def test_incidence_of_a_whole_frame() -> None:
    """A frame as wide as the swath spans 19 to 47 degrees, growing, less steeply far away."""
    angle = incidence_deg(PixelGrid(10, 5000, 85.0), 0.3)
    assert angle[0] == pytest.approx(19, abs=0.1)
    assert angle[-1] == pytest.approx(47, abs=0.1)
    steps = np.diff(angle)
    assert (steps > 0).all()
    assert steps[0] > 1.5 * steps[-1]


def test_incidence_of_a_narrow_scene() -> None:
    """A narrow scene takes its part of the swath, the same degrees per km."""
    near, far = (incidence_deg(PixelGrid(10, 100, 400.0), place) for place in (0, 1))
    assert near[0] == pytest.approx(19, abs=0.1)
    assert far[-1] == pytest.approx(47, abs=0.1)
    assert 3 < near[-1] - near[0] < 5


def test_positions_north_up() -> None:
    """With lines growing southward: corners by hand at 60 degrees north."""
    latitude, longitude = positions(PixelGrid(200, 100, 1000.0), (60.0, 10.0), 180.0)
    assert latitude.shape == longitude.shape == (21, 21)
    assert latitude[10, 10] == pytest.approx(60)
    degree_km = 2 * np.pi * 6371 / 360
    assert latitude[0, 10] == pytest.approx(60 + 99.5 / degree_km, abs=1e-6)
    # Samples grow clockwise of the flight: westward when flying south.
    assert longitude[10, 20] == pytest.approx(10 - 49.5 / degree_km / 0.5, abs=0.02)


def test_positions_across_180() -> None:
    """Longitudes stay within -180..180 where the scene crosses the date line."""
    _, longitude = positions(PixelGrid(100, 400, 1000.0), (72.0, 179.5), 0.0)
    assert longitude.min() < -170
    assert longitude.max() > 170
    assert np.abs(longitude).max() <= 180


def test_geography_is_in_its_region() -> None:
    """The centre lies near the region's; first line in the south when ascending."""
    passes = set()
    for seed in range(8):
        place = make_geography(PixelGrid(40, 40, 1000.0), seed, REGIONS["CentralEast"])
        assert abs(place.latitude_deg[10, 10] - 72) < 4
        assert abs(place.longitude_deg[10, 10] + 19) < 8
        assert (place.latitude_deg[0, 10] < place.latitude_deg[20, 10]) == place.ascending
        # The radar looks to the right of the flight: eastward when it flies north.
        assert (place.longitude_deg[10, 0] < place.longitude_deg[10, 20]) == place.ascending
        passes.add(place.ascending)
    assert passes == {True, False}


@pytest.mark.parametrize("region", ["SGRDINFLD", "CentralEast", "North"])
def test_bearing_of_the_orbit(region) -> None:
    """Clairaut: the sine of the bearing times the cosine of the latitude holds on the track."""
    for seed in range(6):
        place = make_geography(PixelGrid(20, 20, 1000.0), seed, REGIONS[region])
        latitude = np.deg2rad(min(place.latitude_deg[10, 10], 84))
        bearing = np.deg2rad(place.bearing_deg)
        # Cosine of the inclination of 98.18 degrees; the track turns west where it ends at 81.8.
        expected = -min(0.1423, np.cos(latitude))
        assert np.sin(bearing) * np.cos(latitude) == pytest.approx(expected, abs=1e-3)
        if latitude < np.deg2rad(81):
            assert (np.cos(bearing) > 0) == place.ascending


def test_directions_of_the_compass() -> None:
    """Along the flight lines grow, to its right samples."""
    place = make_geography(PixelGrid(20, 20, 1000.0), 1, REGIONS["CentralEast"])
    for turn_deg, expected in ((0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (30, (0.75**0.5, 0.5))):
        assert place.direction(place.bearing_deg + turn_deg) == pytest.approx(expected)


def test_incidence_grows_in_every_scene() -> None:
    """From 19 to 47 degrees at most, anywhere in the swath."""
    first = []
    for seed in range(12):
        angle = make_geography(PixelGrid(20, 260, 400.0), seed, REGIONS["North"]).incidence_deg
        assert angle.shape == (260,)
        assert (np.diff(angle) > 0).all()
        assert 19 <= angle[0] < angle[-1] <= 47
        first.append(angle[0])
    assert max(first) - min(first) > 8


def test_longitude_of_the_centre() -> None:
    """A longitude that is asked for is the centre's, and changes nothing else."""
    grid, region = PixelGrid(60, 60, 1000.0), REGIONS["CentralEast"]
    drawn, asked = (make_geography(grid, 3, region, longitude) for longitude in (None, 12.5))
    assert asked.longitude_deg[10, 10] == pytest.approx(12.5)
    np.testing.assert_array_equal(asked.land, drawn.land)
    np.testing.assert_array_equal(asked.seen, drawn.seen)
    np.testing.assert_allclose(asked.latitude_deg, drawn.latitude_deg)


@pytest.mark.parametrize("longitude", [180.0, -180.0])
def test_scene_on_the_date_line(longitude) -> None:
    """Centred on 180 degrees, longitudes lie on both sides and within -180..180."""
    place = make_geography(PixelGrid(100, 100, 2000.0), 2, REGIONS["SGRDIWA"], longitude)
    assert np.abs(place.longitude_deg).max() <= 180
    assert (np.abs(place.longitude_deg) > 170).all()
    assert place.longitude_deg.min() < 0 < place.longitude_deg.max()


def test_distance_is_zero_on_land_alone() -> None:
    """Distance 0 and land agree, and a land's neighbour lies one pixel away."""
    found = 0
    for seed in range(6):
        place = make_geography(PixelGrid(60, 70, 500.0), seed, REGIONS["SGRDIEA"])
        np.testing.assert_array_equal(place.distance_km == 0, place.land)
        if place.land.any():
            found += 1
            assert place.distance_km[~place.land].min() == pytest.approx(0.5)
    assert found


def test_distance_without_land() -> None:
    """A scene without land lies 20 km or more off a coast in the region's direction of land."""
    found = 0
    for seed in range(40):
        place = make_geography(PixelGrid(40, 40, 1000.0), seed, REGIONS["CentralEast"])
        if place.land.any():
            continue
        found += 1
        assert place.distance_km.min() >= 20
        v, u = place.direction(275)
        assert np.diff(place.distance_km, axis=0).mean() == pytest.approx(-v, abs=0.9)
        assert np.diff(place.distance_km, axis=1).mean() == pytest.approx(-u, abs=0.9)
    assert found >= 2


def test_land_share_varies() -> None:
    """Land takes from nothing to about two thirds."""
    grid = PixelGrid(100, 104, 4000.0)
    shares = [make_geography(grid, seed, REGIONS["SGRDIWA"]).land.mean() for seed in range(25)]
    assert min(shares) == 0
    assert 0.4 < max(shares) < 0.7
    assert 0.1 < np.mean(shares) < 0.35


def _dimension(land: np.ndarray) -> float:
    """Box-counting dimension of the coast of 256 x 256 pixels; NaN where there is little."""
    coast = np.zeros_like(land)
    coast[:, 1:] |= land[:, 1:] != land[:, :-1]
    coast[1:] |= land[1:] != land[:-1]
    sizes = [1, 2, 4, 8, 16]
    counts = [coast.reshape(256 // s, s, 256 // s, s).any((1, 3)).sum() for s in sizes]
    return -np.polyfit(np.log(sizes), np.log(counts), 1)[0] if counts[-1] > 7 else np.nan


def test_coasts_are_fractal() -> None:
    """Their length grows as boxes get smaller, unlike that of a circle."""
    away = np.hypot(*(np.indices((256, 256)) - 128))
    assert _dimension(away < 90) < 1
    grid = PixelGrid(256, 256, 400.0)
    dimensions = [
        _dimension(make_geography(grid, seed, REGIONS["SGRDIEA"]).land) for seed in range(8)
    ]
    assert np.isfinite(dimensions).sum() >= 5
    assert np.nanmedian(dimensions) > 1.08
    assert np.nanmin(dimensions) > 1.03


def test_the_seen_area_varies() -> None:
    """Margins are cut off in all scenes, a side in most; something is always seen."""
    seen = [make_geography(PixelGrid(60, 60, 2000.0), k, REGIONS["North"]).seen for k in range(40)]
    shares = np.array([each.mean() for each in seen])
    assert shares.min() > 0.3
    assert 0.7 < shares.mean() < 0.95
    assert (shares > 0.95).sum() >= 3
    for lines, samples in ((8, 8), (8, 100)):
        grid = PixelGrid(lines, samples, 80.0)
        assert all(make_geography(grid, k, REGIONS["North"]).seen.any() for k in range(20))
