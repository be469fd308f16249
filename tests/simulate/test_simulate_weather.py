"""Weather on the 2 km grid."""

import numpy as np
import pytest

from seaice.simulate.config import SimulationConfig
from seaice.simulate.geography import make_geography
from seaice.simulate.noise import Ground
from seaice.simulate.parts import simulate
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season
from seaice.simulate.weather import FREEZING_SEA_K, make_weather

CELLS = Ground(50, 60, 2000.0)


def _weather(month, ice, seed=1):
    region = REGIONS["CentralEast"]
    geography = make_geography(Ground(100, 120, 1000.0), seed, region)
    season = draw_season(seed, month, region)
    shape = (CELLS.lines, CELLS.samples)
    return make_weather(CELLS, seed, geography, season, np.full(shape, ice), np.zeros(shape))


def test_open_water_is_not_colder_than_its_freezing_point() -> None:
    """Skin of open water in winter is at -1.8 degrees or warmer, that of ice below the air."""
    water, ice = _weather(2, 0.0), _weather(2, 1.0)
    assert water.skt_k.min() >= FREEZING_SEA_K - 1e-3
    assert (ice.skt_k < ice.t2m_k).all()
    assert ice.t2m_k.mean() < water.t2m_k.mean()


def test_summer_is_warmer_and_moister() -> None:
    """July against February."""
    winter, summer = _weather(2, 0.5), _weather(7, 0.5)
    assert summer.t2m_k.mean() > winter.t2m_k.mean() + 10
    assert summer.tcwv_kg_m2.mean() > 2 * winter.tcwv_kg_m2.mean()


def test_ranges_and_smoothness() -> None:
    """Physical values, float32, varying less from cell to cell than across the scene."""
    for seed in range(5):
        weather = simulate(SimulationConfig(seed, 1000, 80, 90)).weather
        assert weather.speed_m_s.max() <= 24
        assert weather.tclw_kg_m2.min() >= 0
        assert weather.tcwv_kg_m2.min() > 0
        assert weather.tcwv_kg_m2.max() < 80
        assert weather.t2m_k.min() > 225
        assert weather.t2m_k.max() < 295
        assert weather.u_m_s.dtype == np.float32
        assert np.abs(np.diff(weather.u_m_s)).max() < 2.5


def test_speed() -> None:
    """Speed is the length of the wind."""
    weather = _weather(3, 0.5)
    assert weather.speed_m_s[2, 3] == pytest.approx(
        float(np.hypot(weather.u_m_s[2, 3], weather.v_m_s[2, 3]))
    )
