import numpy as np

from seaice.core.projection import ANTARCTIC, ARCTIC, polar_stereographic, projection_at


def snyder(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Snyder (1987), USGS Professional Paper 1395: 14-15, 15-9, 21-34, 21-30 and 21-31."""
    axis_m, e = 6_378_137.0, np.sqrt((2 - 1 / 298.257223563) / 298.257223563)

    def t(phi: np.ndarray) -> np.ndarray:
        e_sin = e * np.sin(phi)
        return np.tan(np.pi / 4 - phi / 2) / ((1 - e_sin) / (1 + e_sin)) ** (e / 2)

    true = np.radians(70.0)
    m_true = np.cos(true) / np.sqrt(1 - (e * np.sin(true)) ** 2)
    rho = axis_m * m_true * t(np.radians(latitude)) / t(true)
    theta = np.radians(longitude + 45)
    return np.stack([rho * np.sin(theta), -rho * np.cos(theta)], axis=-1)


def test_places_lie_where_the_formulas_put_them():
    latitude, longitude = np.meshgrid(np.linspace(40, 90, 51), np.linspace(-180, 180, 73))
    np.testing.assert_allclose(
        polar_stereographic(latitude, longitude), snyder(latitude, longitude), rtol=0, atol=0.01
    )


def test_45_west_runs_down_from_the_pole():
    np.testing.assert_allclose(polar_stereographic(90.0, 12.0), [0, 0], atol=1e-6)
    x, y = polar_stereographic(70.0, -45.0)
    assert abs(x) < 1e-6
    assert y < -2e6


def test_the_south_has_a_map_of_its_own():
    """By symmetry it is the northern one upside down, with 0 degrees up instead of 45 W down."""
    latitude, longitude = np.meshgrid(np.linspace(-90, -50, 41), np.linspace(-180, 180, 73))
    x, y = np.moveaxis(snyder(-latitude, longitude - 45), -1, 0)
    south = polar_stereographic(latitude, longitude, ANTARCTIC)
    np.testing.assert_allclose(south, np.stack([x, -y], axis=-1), rtol=0, atol=0.01)
    assert projection_at(np.array([[-60.0, -70], [-75, 1]])) == ANTARCTIC
    assert projection_at(np.array([60.0, 70])) == projection_at(np.array([np.nan])) == ARCTIC


def test_what_is_no_place_is_not_finite():
    assert not np.isfinite(polar_stereographic(np.nan, 0.0)).any()
    assert not np.isfinite(polar_stereographic(91.0, 0.0)).any()
