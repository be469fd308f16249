"""AMSR2's pass: its delay, and where the ice has drifted by then."""

import numpy as np
import pytest
from scipy import ndimage

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.swath import draw_swath, drifted
from seaice.simulate.weather import Weather

CELLS = PixelGrid(100, 100, 2000.0)
NONE = np.zeros((100, 100), np.float32)
COS_25, SIN_25 = 0.9063, 0.4226
# Water, five stages of ice, land.
WATER, THICK, OLD, LAND = 0, 4, 5, 6


def _wind(u_m_s=0.0, v_m_s=0.0):
    """The same wind everywhere."""
    values = (u_m_s, v_m_s, 260.0, 258.0, 5.0, 0.0)
    return Weather(*(np.full((100, 100), value, np.float32) for value in values))


def _shares(ice, stage=THICK, land=NONE):
    shares = np.zeros((7, 100, 100), np.float32)
    shares[stage], shares[LAND] = ice, land
    shares[WATER] = 1 - shares[1:].sum(0)
    return shares


def test_passes_differ() -> None:
    """Any direction; before and after; half within 40 minutes, none beyond 5 hours."""
    passes = [draw_swath(seed) for seed in range(300)]
    delay_s = np.array([each.delay_s for each in passes])
    assert 0.4 < (delay_s > 0).mean() < 0.6
    assert np.median(np.abs(delay_s)) == pytest.approx(2400, rel=0.2)
    assert 3 * 3600 < np.abs(delay_s).max() <= 5 * 3600
    look_deg = np.array([each.look_deg for each in passes])
    assert 0 <= look_deg.min() < 10
    assert 170 < look_deg.max() < 180
    assert all(isinstance(each.delay_s, int) for each in passes)
    assert draw_swath(5) == draw_swath(5)


@pytest.mark.parametrize(
    ("u_m_s", "v_m_s", "lines", "samples"),
    [
        (10, 0, -SIN_25, COS_25),
        (0, 10, COS_25, SIN_25),
        (-10, 0, SIN_25, -COS_25),
        (0, -10, -COS_25, -SIN_25),
    ],
)
@pytest.mark.parametrize("delay_s", [36000, -36000])
def test_loose_ice_drifts_to_the_right_of_the_wind(u_m_s, v_m_s, lines, samples, delay_s) -> None:
    """By 2 % of it and 25 degrees, forth in time and back: 7.2 km in 10 hours at 10 m/s.

    Samples grow 90 degrees clockwise of lines, so right of growing lines is growing samples.
    """
    spot = NONE.copy()
    spot[45:55, 45:55] = 0.05
    then = drifted(_shares(spot), NONE, CELLS, _wind(u_m_s, v_m_s), delay_s)
    before, after = ndimage.center_of_mass(spot), ndimage.center_of_mass(then[THICK])
    moved_km = 2 * (np.array(after) - before)
    way_km = 7.2 * delay_s / 36000
    np.testing.assert_allclose(moved_km, [way_km * lines, way_km * samples], atol=0.25)
    assert then[THICK].sum() == pytest.approx(spot.sum(), rel=0.03)


def test_an_edge_moves_by_its_way() -> None:
    """Thin drift ice at the right; wind from the left takes its edge along."""
    ice = NONE.copy()
    ice[:, :50] = 0.02
    then = drifted(_shares(ice), NONE, CELLS, _wind(10.0), 36000)
    # Ice beyond the margin is like that at the margin: the share of samples has grown by the way.
    assert (then[THICK][50].sum() - ice[50].sum()) / 0.02 * 2 == pytest.approx(
        7.2 * COS_25, rel=0.04
    )


def test_a_closed_pack_is_slower() -> None:
    """Its stress takes 70 % of the free drift away."""
    shares = _shares(NONE)
    shares[OLD][:, :50], shares[THICK][:, 50:], shares[WATER] = 1, 1, 0
    then = drifted(shares, NONE, CELLS, _wind(10.0), 36000)
    way_km = 2 * (then[OLD][50].sum() - 50)
    assert way_km == pytest.approx(0.3 * 7.2 * COS_25, rel=0.05)
    np.testing.assert_allclose(then[OLD] + then[THICK], 1, atol=1e-5)


def test_land_and_fast_ice_hold_their_place() -> None:
    """And what touches them."""
    rng = np.random.default_rng(0)
    land = (rng.random((100, 100)) < 0.5).astype(np.float32)
    land[:, 50:] = 0
    fixed = land.copy()
    fixed[60:, 60:] = 1
    ice = ndimage.gaussian_filter(rng.random((100, 100)), 1).astype(np.float32)
    shares = _shares(ice * (1 - land), land=land)
    then = drifted(shares, fixed, CELLS, _wind(12.0, -5.0), 18000)
    np.testing.assert_array_equal(then[LAND], land)
    held = ndimage.maximum_filter(fixed, 3) == 1
    np.testing.assert_allclose(then[:, held], shares[:, held], atol=1e-6)
    assert np.abs(then[:, ~held] - shares[:, ~held]).max() > 0.05


@pytest.mark.parametrize("delay_s", [-18000, -600, 2400, 18000])
def test_shares_stay_shares(delay_s) -> None:
    """From 0 to 1 with sum 1, whatever the surface, the coast and the wind."""
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.full(7, 0.2), (100, 100)).astype(np.float32).transpose(2, 0, 1)
    weather = _wind(15.0, 9.0)
    weather.u_m_s[:50] *= -1
    then = drifted(shares, shares[LAND], CELLS, weather, delay_s)
    assert then.dtype == np.float32
    assert then.min() >= 0
    np.testing.assert_allclose(then.sum(0), 1, atol=1e-5)


def test_nothing_moves_at_once_or_in_a_calm() -> None:
    """No delay, no wind."""
    ice = np.random.default_rng(2).random((100, 100)).astype(np.float32)
    for weather, delay_s in ((_wind(10.0), 0), (_wind(), 18000)):
        then = drifted(_shares(ice), NONE, CELLS, weather, delay_s)
        np.testing.assert_allclose(then, _shares(ice), atol=1e-6)
