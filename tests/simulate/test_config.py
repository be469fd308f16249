"""Settings: bounds, and what is drawn where they are left open."""

import pytest

from seaice.core.errors import ConfigError
from seaice.simulate import SimulationConfig
from seaice.simulate.config import draw_time, resolve
from seaice.simulate.regions import MONTH_SCENES, REGIONS, region_named


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seed": -1}, "seed is -1, but must be a whole number from 0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"spacing_m": 79.9}, "between 80 and 1000 m"),
        ({"spacing_m": 1001.0}, "between 80 and 1000 m"),
        ({"spacing_m": float("nan")}, "between 80 and 1000 m"),
        ({"lines": 7}, "lines is 7, but must be a whole number from 8 to 8000"),
        ({"samples": 8001}, "samples is 8001"),
        ({"lines": True}, "lines is True"),
        ({"month": 0}, "month is 0, but must be a whole number from 1 to 12"),
        ({"month": 13}, "month is 13"),
        ({"longitude": 180.1}, "longitude is 180.1, but must be between -180 and 180 degrees east"),
        ({"longitude": float("nan")}, "longitude is nan"),
        (
            {"lines": 20, "spacing_m": 199},
            "20 x 1040 pixels of 199 m is too small. Each side must be at least 4 km",
        ),
        ({"samples": 49, "spacing_m": 80}, "1000 x 49 pixels of 80 m is too small"),
        ({"region": "Baltic"}, "No region 'Baltic'. Choose one of Qaanaaq,"),
    ],
)
def test_out_of_bounds(settings, message) -> None:
    """Each setting that is out of bounds is named with its bounds."""
    with pytest.raises(ConfigError, match=message):
        SimulationConfig(**{"seed": 1, **settings})


def test_bounds_are_inside() -> None:
    """The bounds themselves are allowed."""
    SimulationConfig(0, 80, 50, 50, "Qaanaaq", 1, -180)
    SimulationConfig(0, 500, 8, 8, "Qaanaaq", 1, 0)
    SimulationConfig(2**63 - 1, 1000, 8000, 8000, "SGRDIHA", 12, 180)


def test_resolve_keeps_what_is_given() -> None:
    """Given region and month stay, and do not depend on each other."""
    assert resolve(SimulationConfig(3, region="SGRDIWA", month=4)).region == "SGRDIWA"
    free = resolve(SimulationConfig(3))
    assert resolve(SimulationConfig(3, month=4)).region == free.region
    assert resolve(SimulationConfig(3, region="SGRDIWA")).month == free.month


def test_resolve_draws_like_the_dataset() -> None:
    """Over many seeds all regions and months occur, CIS about as often as in the dataset."""
    drawn = [resolve(SimulationConfig(seed)) for seed in range(400)]
    assert {config.region for config in drawn} == set(REGIONS)
    assert {config.month for config in drawn} == set(range(1, 13))
    cis = sum(region_named(config.region).service == "cis" for config in drawn) / 400
    assert cis == pytest.approx(197 / 508, abs=0.08)


def test_month_table_counts_the_dataset() -> None:
    """The months' scenes add up to the dataset's 512 listed scenes."""
    assert sum(MONTH_SCENES) == 512


def test_time_lies_in_the_month() -> None:
    """The acquisition lies in the month asked for, in the years of the dataset."""
    for seed in range(30):
        time = draw_time(SimulationConfig(seed, month=2))
        assert time.month == 2
        assert 2018 <= time.year <= 2021
