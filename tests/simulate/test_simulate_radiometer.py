"""Brightness temperatures: tie points of pure surfaces, thin ice, atmosphere, footprint."""

from dataclasses import replace

import numpy as np
import pytest

from seaice.simulate import radiometer
from seaice.simulate.noise import Ground
from seaice.simulate.radiometer import (
    BANDS,
    SURFACES,
    atmosphere_tb_k,
    simulate_radiometer,
    surface_tb_k,
    thin_ice_tb_k,
)
from seaice.simulate.season import Season
from seaice.simulate.weather import Weather
from seaice.vocabulary import AMSR2

COLD = Season(2, 0.5, (4,), (1.0,), 0.0, 1.0, 258.0, 5.0, 5.0)
CELLS = Ground(60, 60, 2000.0)


def _weather(wind=5.0, vapour=5.0, cloud=0.02, skt=258.0):
    """The same weather everywhere."""
    values = (wind, 0.0, 258.0, skt, vapour, cloud)
    return Weather(*(np.full((60, 60), value, np.float32) for value in values))


def _pure(surface):
    """Shares of one surface alone."""
    shares = np.zeros((len(SURFACES), 60, 60), np.float32)
    shares[SURFACES.index(surface)] = 1
    return shares


@pytest.mark.parametrize("surface", ["water", "first_year", "old"])
def test_tie_points(surface) -> None:
    """Pure surfaces under the reference sky give the tie points within noise and drift."""
    tb_k = simulate_radiometer(CELLS, 3, COLD, _weather(), _pure(surface))
    assert set(tb_k) == set(AMSR2)
    attribute = {"water": "water_k", "first_year": "first_year_k", "old": "multi_year_k"}[surface]
    for name, values in tb_k.items():
        assert values.shape == (60, 60)
        assert values.dtype == np.float32
        tie = getattr(BANDS[name[6:-1]], attribute)[name.endswith("h")]
        assert values.mean() == pytest.approx(tie, abs=5)


def test_old_ice_is_colder_at_36_than_at_18() -> None:
    """First-year and old ice differ at 36.5 GHz by 50 K and more, unless it melts."""
    old, first_year = 5, 4
    for melt, low, high in ((0.0, 50, 70), (1.0, 0, 15)):
        tb = surface_tb_k(BANDS["36_5"], 0, replace(COLD, melt=melt))
        assert low < tb[first_year] - tb[old] < high


@pytest.mark.parametrize(
    ("band", "v_k", "h_k"),
    [("6_9", 221, 162), ("10_7", 225, 166), ("18_7", 232, 180), ("23_8", 235, 188)],
)
def test_thin_ice_of_10_cm(band, v_k, h_k) -> None:
    """The law at 10 cm gives its published examples, whose thick-ice limit is 1 to 2 K lower."""
    assert thin_ice_tb_k(BANDS[band], 0, 10) == pytest.approx(v_k, abs=3)
    assert thin_ice_tb_k(BANDS[band], 1, 10) == pytest.approx(h_k, abs=3)


def test_thin_ice_limits() -> None:
    """No ice gives b, thick ice the first-year tie point."""
    band = BANDS["18_7"]
    assert thin_ice_tb_k(band, 1, 0) == 91
    assert thin_ice_tb_k(band, 1, 500) == pytest.approx(237)


def test_atmosphere_over_water() -> None:
    """Table values of wind, vapour and cloud; nothing under the reference sky."""
    band = BANDS["36_5"]
    assert atmosphere_tb_k(band, 1, _weather())[0, 0] == pytest.approx(0, abs=1e-4)
    assert atmosphere_tb_k(band, 1, _weather(wind=10))[0, 0] == pytest.approx(7, abs=1e-4)
    assert atmosphere_tb_k(band, 1, _weather(wind=15))[0, 0] == pytest.approx(15, abs=1e-4)
    assert atmosphere_tb_k(band, 0, _weather(vapour=15))[0, 0] == pytest.approx(5, abs=1e-4)
    assert atmosphere_tb_k(band, 1, _weather(cloud=0.1))[0, 0] == pytest.approx(9, abs=1e-4)
    assert atmosphere_tb_k(band, 1, _weather(cloud=0.3))[0, 0] == pytest.approx(28, abs=1e-4)


def test_footprints_blur() -> None:
    """An ice edge is wider at 6.9 than at 89 GHz."""
    edge = _pure("water")
    edge[0, :, 30:] = 0
    edge[SURFACES.index("first_year"), :, 30:] = 1
    tb_k = simulate_radiometer(CELLS, 3, COLD, _weather(), edge)

    def width(name):
        profile = tb_k[name].mean(0)
        share = (profile - profile[0]) / (profile[-1] - profile[0])
        return int(((share > 0.1) & (share < 0.9)).sum())

    assert width("btemp_6_9h") > 8
    assert width("btemp_89_0h") <= 4


def test_channels_are_named_as_bands() -> None:
    """Every AMSR2 channel has its band."""
    assert {name[6:-1] for name in AMSR2} == set(radiometer.BANDS)
