"""Backscatter: table values, lines in the angle, noise and speckle."""

import numpy as np
import pytest

from seaice.simulate import sar
from seaice.simulate.config import SimulationConfig
from seaice.simulate.parts import simulate
from seaice.simulate.sar import ice_db, noise_floor_db, open_water_db


@pytest.mark.parametrize(
    ("wind_m_s", "angle_deg", "hh_db"),
    [(5, 30, -15.2), (20, 20, -0.2), (2, 45, -32.1), (15, 35, -12.1), (7.5, 30, -13.25)],
)
def test_open_water_table(wind_m_s, angle_deg, hh_db) -> None:
    """CMOD5.N table values, and half way between two of them."""
    hh, _ = open_water_db(np.array([float(wind_m_s)]), np.array([float(angle_deg)]))
    assert hh[0] == pytest.approx(hh_db, abs=1e-4)


def test_open_water_hv_and_bounds() -> None:
    """HV by wind alone; winds beyond the table are held."""
    wind = np.array([5.0, 10, 15, 20, 40])
    hh, hv = open_water_db(wind, np.full(5, 30.0))
    np.testing.assert_allclose(hv[:4], [-38.7, -31.5, -27.5, -25.0], atol=1e-4)
    assert hh[4] == hh[3]
    assert hv[4] == hv[3]


@pytest.mark.parametrize(
    ("name", "hh_db", "hv_db"),
    [
        ("calm", -24.8, -32.9),
        ("young", -11.9, -27.0),
        ("level", -15.6, -30.75),
        ("deformed", -10.1, -20.4),
        ("old", -9.45, -18.3),
    ],
)
def test_ice_lines_at_30_degrees(name, hh_db, hv_db) -> None:
    """Published values of the class lines at 30 degrees; old ice within its assumed bounds."""
    hh, hv = ice_db(name, np.array(30.0))
    assert hh == pytest.approx(hh_db, abs=0.06)
    assert hv == pytest.approx(hv_db, abs=0.06)


def test_noise_floor_steps_at_sub_swaths() -> None:
    """The floor jumps where a sub-swath ends and is smooth inside; shifts move one alone."""
    for edge in sar.SUB_SWATH_DEG:
        before, after = noise_floor_db(np.array([edge - 0.01, edge + 0.01]), np.zeros(5))
        assert abs(before - after) > 0.45
    inside = noise_floor_db(np.linspace(30, 34, 50), np.zeros(5))
    assert np.abs(np.diff(inside)).max() < 0.3
    shifted = noise_floor_db(np.array([25.0, 32.0]), np.array([0, 1.0, 0, 0, 0]))
    np.testing.assert_allclose(
        shifted - noise_floor_db(np.array([25.0, 32.0]), np.zeros(5)), [0, 1]
    )


def test_speckle_has_its_looks() -> None:
    """Mean 1 and variance 1/looks, gamma and its normal limit."""
    for looks in (15.0, 400.0):
        speckle = sar._speckle(np.random.default_rng(0), (300, 300), looks)
        assert speckle.mean() == pytest.approx(1, abs=0.01)
        assert speckle.var() == pytest.approx(1 / looks, rel=0.05)
        assert speckle.min() > 0


def test_water_darkens_with_angle_and_old_ice_shows_in_hv() -> None:
    """In scenes: HH of water falls by 6 dB and more across the swath; old ice over water in HV."""
    water_drop, contrast = [], []
    for seed in range(14):
        scene = simulate(SimulationConfig(seed, 1000, 100, 416, "CentralEast", 2))
        hh, hv = scene.sigma0_db
        assert np.isfinite(hh).all()
        assert np.isfinite(hv).all()
        water = (scene.ice.concentration == 0) & ~scene.geography.land
        near, far = water[:, :120], water[:, -120:]
        if near.sum() > 500 and far.sum() > 500:
            water_drop.append(np.median(hh[:, :120][near]) - np.median(hh[:, -120:][far]))
        old = (scene.ice.stage == 5) & (scene.ice.cover > 0.9)
        if old.sum() > 500 and water.sum() > 500:
            contrast.append(np.median(hv[old]) - np.median(hv[water]))
    assert water_drop
    assert min(water_drop) > 4
    assert contrast
    assert min(contrast) > 4
