"""Backscatter: table values, lines in the angle, noise, and what changes it in scenes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import sar
from seaice.simulate.config import SimulationConfig
from seaice.simulate.parts import simulate
from seaice.simulate.sar import ICE_DB, ice_db, noise_floor_db, open_water_db, simulate_sar

# Typed from the published tables, to be compared with the code's.
WATER_HH_DB = {
    2: (-8.0, -14.8, -20.3, -24.8, -28.6, -32.1),
    5: (-4.7, -10.4, -15.2, -19.5, -23.5, -27.4),
    10: (-2.4, -7.1, -11.3, -15.0, -18.6, -22.0),
    15: (-1.0, -5.2, -8.8, -12.1, -15.3, -18.5),
    20: (-0.2, -3.9, -7.2, -10.3, -13.3, -16.3),
}
ANGLES_DEG = np.array([20.0, 25, 30, 35, 40, 45])
LINES_DB = {
    "calm": (-16.1, -0.289, -28.9, -0.133),
    "young": (-7.9, -0.133, -25.7, -0.044),
    "level": (-5.6, -0.333, -22.5, -0.275),
    "deformed": (-5.1, -0.167, -18.6, -0.060),
}
ENDS_OF_SUB_SWATHS_DEG = (29.2, 34.5, 39.7, 43.9)


@pytest.mark.parametrize("wind_m_s", WATER_HH_DB)
def test_open_water_table(wind_m_s) -> None:
    """All values of the published table in HH."""
    hh, hv = open_water_db(np.full(6, float(wind_m_s)), ANGLES_DEG)
    assert hh.dtype == hv.dtype == np.float32
    np.testing.assert_allclose(hh, WATER_HH_DB[wind_m_s], atol=1e-4)


def test_open_water_between_the_values_and_beyond() -> None:
    """Half way between two winds and two angles; winds beyond the table are held."""
    hh, _ = open_water_db(np.array([7.5, 5.0]), np.array([30.0, 32.5]))
    np.testing.assert_allclose(hh, [-13.25, -17.35], atol=1e-4)
    hh, hv = open_water_db(np.array([0.0, 2, 20, 40]), np.full(4, 30.0))
    assert hh[0] == hh[1]
    assert hh[2] == hh[3]
    assert hv[2] == hv[3]
    far, farther = open_water_db(np.array([5.0, 5.0]), np.array([45.0, 47.0]))[0]
    assert farther == pytest.approx(far - 2 * 3.9 / 5, abs=1e-3)


def test_open_water_in_hv() -> None:
    """By wind, flat in angle."""
    _, hv = open_water_db(np.array([5.0, 10, 15, 20]), np.array([22.0, 30, 38, 46]))
    np.testing.assert_allclose(hv, [-38.7, -31.5, -27.5, -25.0], atol=1e-4)


@pytest.mark.parametrize("name", LINES_DB)
def test_ice_lines(name) -> None:
    """Published intercepts and slopes, and the lines that they draw."""
    assert ICE_DB[name] == LINES_DB[name]
    hh_a, hh_b, hv_a, hv_b = LINES_DB[name]
    hh, hv = ice_db(name, ANGLES_DEG)
    np.testing.assert_allclose(hh, hh_a + hh_b * ANGLES_DEG)
    np.testing.assert_allclose(hv, hv_a + hv_b * ANGLES_DEG)


def test_old_ice_lies_within_its_bounds() -> None:
    """-9 to -11 dB in HH and -17 to -20 dB in HV at 30 to 40 degrees; slope of multi-year ice."""
    hh, hv = ice_db("old", np.array([30.0, 40.0]))
    assert ((hh > -11.5) & (hh < -9)).all()
    assert ((hv > -20) & (hv < -17)).all()
    assert (hh[1] - hh[0]) / 10 == pytest.approx(-0.16, abs=0.02)


def test_noise_floor_steps_at_sub_swaths() -> None:
    """The floor jumps where a sub-swath ends and is smooth inside; shifts move one alone."""
    assert sar.SUB_SWATH_DEG == ENDS_OF_SUB_SWATHS_DEG
    bounds = (18.5, *ENDS_OF_SUB_SWATHS_DEG, 47.5)
    for edge in ENDS_OF_SUB_SWATHS_DEG:
        before, after = noise_floor_db(np.array([edge - 0.01, edge + 0.01]), np.zeros(5))
        assert abs(before - after) > 0.45
    for first, last in pairwise(bounds):
        inside = noise_floor_db(np.linspace(first + 0.01, last - 0.01, 60), np.zeros(5))
        assert np.abs(np.diff(inside)).max() < 0.3
        assert ((inside > -37) & (inside < -22)).all()
    middles = np.array([25.0, 32, 37, 42, 45])
    for shifted in range(5):
        shifts_db = np.eye(5)[shifted]
        off_db = noise_floor_db(middles, shifts_db) - noise_floor_db(middles, np.zeros(5))
        np.testing.assert_allclose(off_db, shifts_db, atol=1e-12)


@pytest.fixture
def backscatter(make_setting, make_ice):
    """HH and HV of even ice or water from 19 to 47 degrees, wind along samples."""

    def make(
        stage=0, *, seed=1, spacing_m=400.0, size=(100, 400), wind=(5.0, 0.0), melt=0.0, **ice
    ):
        grid = PixelGrid(*size, spacing_m)
        setting = make_setting(seed, grid, open_sea=True, melt=melt)
        angle_deg = np.linspace(19, 47, size[1])
        geography = replace(setting.geography, incidence_deg=angle_deg)
        made = make_ice(np.full(size, float(stage > 0)), stage, 0, **ice)
        along = tuple(np.full(size, each, np.float32) for each in wind)
        return simulate_sar(grid, seed, geography, setting.season, made, along)

    return make


@pytest.mark.parametrize("spacing_m", [80.0, 160.0, 400.0])
def test_speckle_averages_out_with_the_pixels_area(backscatter, monkeypatch, spacing_m) -> None:
    """15 looks at 80 m, 60 at 160 m, 375 at 400 m; no other texture in even ice."""
    monkeypatch.setattr(sar, "TEXTURE_DB", 0.0)
    looks = 15 * (spacing_m / 80) ** 2
    for sigma0_db in backscatter(4, spacing_m=spacing_m, size=(400, 100)):
        assert sigma0_db.dtype == np.float32
        power = 10 ** (sigma0_db / 10)
        # Each sample has its own angle and noise.
        relative = power / power.mean(0)
        assert relative.var() == pytest.approx(1 / looks, rel=0.1)


def test_texture_is_no_speckle(backscatter) -> None:
    """It remains at 1 km, where speckle is gone."""
    hh, _ = backscatter(4, spacing_m=1000.0, size=(200, 100))
    assert 0.2 < (hh - hh.mean(0)).std() < 1.5


def test_level_ice_has_its_line(backscatter) -> None:
    """Thick first-year ice without ridges follows the published line, within the scene's drift."""
    off = []
    for seed in range(10):
        hh, _ = backscatter(4, seed=seed)
        slope, at_30 = np.polyfit(np.linspace(19, 47, 400) - 30, hh.mean(0), 1)
        off.append(at_30 + 15.6)
        assert slope == pytest.approx(-0.32, abs=0.04)
    assert np.mean(off) == pytest.approx(0.1, abs=0.6)


def test_calm_water_shows_the_noise(backscatter) -> None:
    """In HV it is the floor, with its steps, some decibel up or down; in HH at far angles alone."""
    angle_deg = np.linspace(19, 47, 400)
    floor_db = noise_floor_db(angle_deg, np.zeros(5))
    levels = []
    for seed in range(10):
        hh, hv = backscatter(0, seed=seed, wind=(2.0, 0.0))
        off_db = np.median(hv, 0) - floor_db
        levels.append(off_db.mean())
        assert np.abs(off_db - off_db.mean()).max() < 3
        assert np.median(hh[:, -20:]) > -31
        assert np.median(hh[:, :20]) > -12
    assert abs(np.mean(levels)) < 2
    assert 0.5 < np.std(levels) < 4


def test_water_brightens_with_wind_and_darkens_with_angle(backscatter) -> None:
    """In HH as the table says, within gusts and the wind's direction."""
    for wind_m_s in (5, 10, 15):
        hh, _ = backscatter(0, wind=(wind_m_s * 0.7071, wind_m_s * 0.7071))
        at_30 = np.median(hh[:, 150:165])
        assert at_30 == pytest.approx(WATER_HH_DB[wind_m_s][2], abs=1.5)
        assert np.median(hh[:, :20]) > np.median(hh[:, -20:]) + 8


def test_upwind_is_brighter_than_crosswind(backscatter) -> None:
    """By 2 dB at 5 m/s and 4 dB at 15 m/s; the radar looks along the samples."""
    for wind_m_s, spread_db in ((5.0, 2), (15.0, 4)):
        up, _ = backscatter(0, wind=(wind_m_s, 0.0))
        cross, _ = backscatter(0, wind=(0.0, wind_m_s))
        # Where the noise adds nothing to speak of.
        difference = np.median(up[:, :150]) - np.median(cross[:, :150])
        assert difference == pytest.approx(spread_db, abs=0.7)


def test_bergs_brighten(backscatter) -> None:
    """In water and in ice, HH and HV, the more the larger; a pixel of berg is -2 and -8 dB."""
    for stage in (0, 4):
        none, some, full = (backscatter(stage, bergs=share) for share in (0.0, 0.2, 1.0))
        for p, berg_db in enumerate(sar.BERG_DB):
            far = slice(200, None)
            assert np.median(some[p][:, far]) > np.median(none[p][:, far]) + 1
            assert np.median(full[p]) > np.median(some[p])
            assert np.median(full[p]) == pytest.approx(berg_db, abs=0.4)


def test_melt_hides_what_is_below(backscatter) -> None:
    """Wet snow: old ice is darker than in winter, and differs less from first-year ice in HV."""
    contrast, fall = {0.0: [], 1.0: []}, []
    for seed in range(6):
        hv = {}
        for melt, found in contrast.items():
            old, first_year = (backscatter(stage, seed=seed, melt=melt) for stage in (5, 4))
            found.append(np.median(old[1]) - np.median(first_year[1]))
            hv[melt] = np.median(old[1])
        fall.append(hv[0.0] - hv[1.0])
    assert np.mean(contrast[1.0]) < 0.6 * np.mean(contrast[0.0])
    assert min(contrast[0.0]) > 3
    assert min(fall) > 1


def test_deformed_ice_is_brighter(backscatter, make_ice, make_setting) -> None:
    """Ridges and floe edges brighten level ice, HV more than HH."""
    grid = PixelGrid(60, 60, 400.0)
    setting = make_setting(1, grid, open_sea=True, melt=0.0)
    level = make_ice(np.ones((60, 60)), 4, 0)
    wind = (np.zeros((60, 60), np.float32),) * 2
    ones = np.ones((60, 60), np.float32)
    for changed in (replace(level, deformation=ones), replace(level, rim=ones)):
        before, after = (
            simulate_sar(grid, 1, setting.geography, setting.season, ice, wind)
            for ice in (level, changed)
        )
        gain_db = [np.median(b - a) for a, b in zip(before, after, strict=True)]
        assert gain_db[0] > 1
        assert gain_db[1] > 1


def test_water_darkens_with_angle_and_old_ice_shows_in_hv() -> None:
    """In scenes: HH of water falls across the swath; old ice stands out from water in HV."""
    water_drop, contrast = [], []
    for seed in range(14):
        scene = simulate(SimulationConfig(seed, 1000, 100, 416, "CentralEast", 9))
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
    # A storm lifts the water in HV.
    assert np.median(contrast) > 5
    assert min(contrast) > 1
