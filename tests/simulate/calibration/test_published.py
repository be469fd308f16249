"""The published figures are shares, and agree with each other."""

import pytest

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.simulate.calibration import published
from seaice.simulate.season import season_of


@pytest.mark.parametrize("name", CHARTS)
def test_class_shares_are_of_all_labelled_pixels(name):
    assert len(published.CLASS_SHARES[name]) == CHART[name].n_classes
    assert sum(published.CLASS_SHARES[name]) == pytest.approx(1, abs=1e-4)
    assert len(published.SCENES_CONTAINING[name]) == CHART[name].n_classes


@pytest.mark.parametrize("season", published.SEASONS)
def test_stages_are_shares_of_the_ice(season):
    assert sum(published.STAGES_BY_SEASON[season]) == pytest.approx(1, abs=2e-4)


def test_all_scenes_are_told():
    assert sum(published.DISTINCT_STAGES) == published.SCENES
    # Scenes with water and scenes without it are all scenes.
    with_water = published.SCENES_CONTAINING["SIC"][0]
    assert with_water + published.NO_WATER == pytest.approx(1, abs=1e-3)


def test_seasons_stand_in_the_order_of_the_simulators():
    initials = "JFMAMJJASOND"
    for index, name in enumerate(published.SEASONS):
        months = [month for month in range(1, 13) if season_of(month) == index]
        assert sorted(initials[month - 1] for month in months) == sorted(name)
