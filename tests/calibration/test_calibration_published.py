"""The published figures are shares, and agree with each other."""

import pytest

from seaice.calibration import published
from seaice.vocabulary import CHART, CHARTS


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


def test_every_month_has_its_season():
    months = [[m for m in range(1, 13) if published.season_of(m) == s] for s in range(4)]
    assert months == [[1, 2, 12], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
