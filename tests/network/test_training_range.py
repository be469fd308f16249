"""Whether a scene lies outside of the range of the training scenes."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from seaice.ai4arctic.channels import HH
from seaice.ai4arctic.layout import scale
from seaice.network.training_range import (
    SceneSample,
    range_notice,
    read_statistics,
    sample_of,
    statistics_of,
)

ICE, WATER = 10.0, 0.0


def sample(ice_db: float, water_db: float, month: int | None) -> SceneSample:
    """A scene, half ice and half water, with an unlabelled pixel that would change any range."""
    db = np.repeat(np.array([ice_db, water_db, 500.0]), [100, 100, 1])
    kelvin = np.repeat(np.array([250.0, 120.0, 5.0]), [100, 100, 1])
    values = np.stack([scale(HH, db), scale("btemp_18_7h", kelvin)])
    sic = np.repeat(np.array([ICE, WATER, 255.0]), [100, 100, 1])
    return sample_of((HH, "btemp_18_7h"), values, sic, month)


@pytest.fixture
def summer() -> list[SceneSample]:
    """Ten scenes of July with ice from -15 to -10.5 dB, and as many of January, 10 dB darker."""
    warm = [sample(-15 + number / 2, -20 + number, 7) for number in range(10)]
    cold = [sample(-25 + number / 2, -20 + number, 1) for number in range(10)]
    return [*warm, *cold]


def test_statistics_are_medians_of_scenes_by_ice_and_season(summer):
    found = statistics_of(summer)[HH].scenes
    assert found["ice, June to August"] == pytest.approx((-15, -10.5, 10), abs=1e-3)
    assert found["ice, December to February"] == pytest.approx((-25, -20.5, 10), abs=1e-3)
    assert found["ice"] == pytest.approx((-25, -10.5, 20), abs=1e-3)
    assert found["water"] == pytest.approx((-20, -11, 20), abs=1e-3)


def test_pixels_give_the_median_and_percentiles():
    db = np.linspace(-30, -10, 64, dtype=np.float32)
    one = sample_of((HH,), scale(HH, db)[None], np.zeros(64), None)
    found = statistics_of([one])[HH]
    expected = np.quantile(db, [0.05, 0.5, 0.95])
    assert (found.low, found.median, found.high) == pytest.approx(expected, abs=1e-3)


def test_a_shifted_summer_scene_is_noticed_in_decibels(summer):
    """Within the range of the year, outside that of its season."""
    statistics = statistics_of(summer)
    assert range_notice(statistics, sample(-13, -15, 7)) == ""
    assert range_notice(statistics, sample(-16, -15, 7)) == (
        "Outside the range of the training scenes: HH of ice is 1.0 dB darker than in any of them "
        "from June to August. Do not rely on the maps without a check."
    )
    assert "HH of water is 4.0 dB brighter" in range_notice(statistics, sample(-13, -7, 7))
    # Too few scenes of spring: the whole year counts.
    assert range_notice(statistics, sample(-16, -15, 4)) == ""
    assert "darker than in any of them. Do" in range_notice(statistics, sample(-28, -15, 4))


def test_a_little_ice_says_nothing(summer):
    statistics = statistics_of(summer)
    values = np.stack([scale(HH, np.full(1000, -15.0)), scale("btemp_18_7h", np.full(1000, 120.0))])
    values[0, :40] = 30
    sic = np.repeat([ICE, WATER], [40, 960])
    assert range_notice(statistics, sample_of((HH, "btemp_18_7h"), values, sic, 7)) == ""


def test_few_scenes_and_none_say_nothing(summer):
    assert range_notice(statistics_of(summer[:7]), sample(-90, -90, 7)) == ""
    assert statistics_of([]) == {}
    assert range_notice({}, sample(-90, -90, 7)) == ""


def test_statistics_survive_json(summer):
    statistics = statistics_of(summer)
    values = {name: asdict(each) for name, each in statistics.items()}
    assert read_statistics(json.loads(json.dumps(values))) == statistics
    with pytest.raises((TypeError, ValueError, KeyError, AttributeError)):
        read_statistics({HH: {"median": 1, "low": 0, "high": 2, "scenes": [1]}})
