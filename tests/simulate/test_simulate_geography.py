"""Place of a scene: positions, incidence angle, land, distance zones."""

import numpy as np
import pytest

from seaice.simulate.geography import (
    ZONE_EDGES_KM,
    distance_zones,
    incidence_deg,
    make_geography,
    positions,
)
from seaice.simulate.noise import Ground
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
    angle = incidence_deg(Ground(10, 5000, 85.0), 0.3)
    assert angle[0] == pytest.approx(19, abs=0.1)
    assert angle[-1] == pytest.approx(47, abs=0.1)
    steps = np.diff(angle)
    assert (steps > 0).all()
    assert steps[0] > 1.5 * steps[-1]


def test_incidence_of_a_narrow_scene() -> None:
    """A narrow scene takes its part of the swath, the same degrees per km."""
    near, far = (incidence_deg(Ground(10, 100, 400.0), place) for place in (0, 1))
    assert near[0] == pytest.approx(19, abs=0.1)
    assert far[-1] == pytest.approx(47, abs=0.1)
    assert 3 < near[-1] - near[0] < 5


def test_positions_north_up() -> None:
    """With lines growing southward: corners by hand at 60 degrees north."""
    latitude, longitude = positions(Ground(200, 100, 1000.0), (60.0, 10.0), 180.0)
    assert latitude.shape == longitude.shape == (21, 21)
    assert latitude[10, 10] == pytest.approx(60)
    degree_km = 2 * np.pi * 6371 / 360
    assert latitude[0, 10] == pytest.approx(60 + 100 / degree_km, abs=1e-6)
    # Samples grow clockwise of the flight: westward when flying south.
    assert longitude[10, 20] == pytest.approx(10 - 50 / degree_km / 0.5, abs=0.02)


def test_positions_across_180() -> None:
    """Longitudes stay within -180..180 where the scene crosses the date line."""
    _, longitude = positions(Ground(100, 400, 1000.0), (72.0, 179.5), 0.0)
    assert longitude.min() < -170
    assert longitude.max() > 170
    assert np.abs(longitude).max() <= 180


def test_geography_is_in_its_region() -> None:
    """The centre lies near the region's; first line in the south when ascending."""
    for seed in range(8):
        place = make_geography(Ground(40, 40, 1000.0), seed, REGIONS["CentralEast"])
        assert abs(place.latitude_deg[10, 10] - 72) < 4
        assert (place.latitude_deg[0, 10] < place.latitude_deg[20, 10]) == place.ascending


def test_distance_is_zero_on_land_alone() -> None:
    """Distance 0 and land agree, and a land's neighbour lies one pixel away."""
    found = 0
    for seed in range(6):
        place = make_geography(Ground(60, 70, 500.0), seed, REGIONS["SGRDIEA"])
        np.testing.assert_array_equal(place.distance_km == 0, place.land)
        if place.land.any():
            found += 1
            assert place.distance_km[~place.land].min() == pytest.approx(0.5)
    assert found


def test_land_share_and_coast_vary() -> None:
    """Land takes from nothing to about two thirds, and its coast is not smooth."""
    ground = Ground(100, 104, 4000.0)
    shares, crossings = [], []
    for seed in range(25):
        land = make_geography(ground, seed, REGIONS["SGRDIWA"]).land
        shares.append(land.mean())
        crossings.append((land[:, 1:] != land[:, :-1]).sum() + (land[1:] != land[:-1]).sum())
    assert min(shares) == 0
    assert 0.4 < max(shares) < 0.7
    assert 0.1 < np.mean(shares) < 0.35
    assert max(crossings) > 500
