import numpy as np

from seaice.core.projection import polar_stereographic


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


def test_what_is_no_place_is_not_finite():
    assert not np.isfinite(polar_stereographic(np.nan, 0.0)).any()
    assert not np.isfinite(polar_stereographic(91.0, 0.0)).any()
