"""Weather on the 2 km grid."""

from dataclasses import replace

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.config import SimulationConfig
from seaice.simulate.geography import make_geography
from seaice.simulate.parts import simulate
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season
from seaice.simulate.weather import FREEZING_SEA_K, make_weather

CELLS = PixelGrid(50, 60, 2000.0)


def _weather(month, ice, seed=1, land=0.0, cells=CELLS, **season):
    region = REGIONS["CentralEast"]
    geography = make_geography(PixelGrid(100, 120, 1000.0), seed, region)
    drawn = replace(draw_season(seed, month, region), **season)
    shape = (cells.lines, cells.samples)
    return make_weather(cells, seed, geography, drawn, np.full(shape, ice), np.full(shape, land))


def test_open_water_is_not_colder_than_its_freezing_point() -> None:
    """Skin of open water in winter is at -1.8 degrees or warmer, that of ice below the air."""
    for seed in range(4):
        water, ice = _weather(2, 0.0, seed), _weather(2, 1.0, seed)
        assert water.skt_k.min() >= FREEZING_SEA_K - 1e-3
        assert (ice.skt_k < ice.t2m_k).all()
        assert ice.t2m_k.mean() < water.t2m_k.mean()


def test_wet_ice_does_not_warm_beyond_melting() -> None:
    """Ice in summer is at its melting point, under warm air; so is land."""
    for ice, land in ((1.0, 0.0), (0.0, 1.0)):
        weather = _weather(7, ice, land=land, air_k=281.0)
        assert weather.t2m_k.mean() > 278
        assert weather.skt_k.max() <= 273.3


def test_half_ice_lies_between() -> None:
    """Skin of half ice and half water."""
    water, half, ice = (_weather(2, share).skt_k.mean() for share in (0.0, 0.5, 1.0))
    assert ice + 2 < half < water - 2


def test_summer_is_warmer_and_moister() -> None:
    """July against February."""
    winter, summer = _weather(2, 0.5), _weather(7, 0.5)
    assert summer.t2m_k.mean() > winter.t2m_k.mean() + 10
    assert summer.tcwv_kg_m2.mean() > 2 * winter.tcwv_kg_m2.mean()
    moist, dry = (_weather(7, 0.5, vapour_kg_m2=v).tclw_kg_m2.mean() for v in (20.0, 1.0))
    assert moist > 3 * dry


def test_south_is_warmer() -> None:
    """Over scenes the air warms towards the south, whichever way the satellite flew."""
    cells, slopes = PixelGrid(200, 200, 2000.0), []
    for seed in range(12):
        weather = _weather(7, 1.0, seed, cells=cells)
        geography = make_geography(PixelGrid(100, 120, 1000.0), seed, REGIONS["CentralEast"])
        v, u = geography.direction(180.0)
        by_line, by_sample = (np.diff(weather.t2m_k, axis=axis).mean() / 2 for axis in (0, 1))
        slopes.append(v * by_line + u * by_sample)
    # 6 K in 1000 km.
    assert np.mean(slopes) == pytest.approx(0.006, abs=0.005)


def test_the_season_sets_the_means() -> None:
    """Temperature, vapour and wind of scenes follow the draws."""
    cells, off = PixelGrid(20, 20, 2000.0), []
    for seed in range(60):
        weather = _weather(2, 1.0, seed, cells=cells, air_k=255.0, wind_m_s=8.0, vapour_kg_m2=4.0)
        off.append((weather.t2m_k.mean(), weather.speed_m_s.mean(), weather.tcwv_kg_m2.mean()))
    assert np.mean(off, 0) == pytest.approx([255, 8, 4], rel=0.2)
    assert np.mean(off, 0)[0] == pytest.approx(255, abs=1.5)


def test_winds_blow_from_everywhere() -> None:
    """All four quarters occur."""
    quarters = {
        (weather.u_m_s.mean() > 0, weather.v_m_s.mean() > 0)
        for weather in (
            _weather(2, 0.5, seed, cells=PixelGrid(10, 10, 2000.0)) for seed in range(60)
        )
    }
    assert len(quarters) == 4


def test_ranges_and_smoothness() -> None:
    """Physical values, float32, varying less from cell to cell than across the scene."""
    for seed in range(5):
        weather = simulate(SimulationConfig(seed, 1000, 80, 90)).weather
        assert weather.speed_m_s.max() <= 24.001
        assert weather.tclw_kg_m2.min() >= 0
        assert weather.tclw_kg_m2.max() <= 1.2001
        assert weather.tcwv_kg_m2.min() > 0
        assert weather.tcwv_kg_m2.max() < 80
        assert weather.t2m_k.min() > 225
        assert weather.t2m_k.max() < 295
        for name in ("u_m_s", "v_m_s", "t2m_k", "skt_k", "tcwv_kg_m2", "tclw_kg_m2"):
            assert getattr(weather, name).dtype == np.float32
            assert getattr(weather, name).shape == (40, 45)
        assert np.abs(np.diff(weather.u_m_s)).max() < 3.5


def test_speed() -> None:
    """Speed is the length of the wind."""
    weather = _weather(3, 0.5)
    assert weather.speed_m_s[2, 3] == pytest.approx(
        float(np.hypot(weather.u_m_s[2, 3], weather.v_m_s[2, 3]))
    )
