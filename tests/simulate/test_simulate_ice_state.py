"""The true ice: consistency, seasons, and the same ice at any pixel spacing."""

import numpy as np
import pytest

from seaice.simulate.config import SimulationConfig
from seaice.simulate.parts import simulate
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_same_ice_at_two_spacings(seed) -> None:
    """Truth at 400 m, block-averaged, agrees with truth at 800 m."""
    fine = simulate(SimulationConfig(seed, 400, 160, 192))
    rough = simulate(SimulationConfig(seed, 800, 80, 96))
    mean = fine.ice.concentration.reshape(80, 2, 96, 2).mean((1, 3))
    sea = ~rough.geography.land
    assert np.abs(mean - rough.ice.concentration)[sea].mean() < 0.04
    assert (fine.ice.stage[::2, ::2] == rough.ice.stage)[sea].mean() > 0.9
    assert (fine.geography.land[::2, ::2] == rough.geography.land).mean() > 0.97
    other = simulate(SimulationConfig(seed + 50, 800, 80, 96))
    assert np.abs(mean - other.ice.concentration).mean() > 0.1


def test_no_ice_no_class() -> None:
    """Where concentration rounds to 0 there is neither stage nor floe; elsewhere there is."""
    for seed in range(6):
        ice = simulate(SimulationConfig(seed, 1000, 60, 64)).ice
        none = np.rint(ice.concentration * 10) == 0
        assert ((ice.stage == 0) == none).all()
        assert ((ice.floe == 0) == none).all()
        assert (ice.concentration[ice.fast] == 1).all()
        assert (ice.floe[ice.fast] == 255).all()
        for share in (ice.concentration, ice.cover, ice.deformation, ice.rim):
            assert share.min() >= 0
            assert share.max() <= 1


def test_seasons_hold_their_stages() -> None:
    """No new or young ice in most of summer; old ice where it drifts; shares sum to 1."""
    counts = {month: np.zeros(6) for month in (1, 4, 7, 10)}
    for month, count in counts.items():
        for seed in range(150):
            season = draw_season(seed, month, REGIONS["CentralEast"])
            assert sum(season.stage_shares) == pytest.approx(1)
            assert list(season.stages) == sorted(set(season.stages))
            count[list(season.stages)] += 1
    assert counts[7][1:4].sum() < 0.15 * counts[7].sum()
    assert counts[10][1] > 3 * counts[4][1]
    assert counts[1][3] > 40
    assert counts[4][4] > counts[10][4]


def test_scenes_without_ice_and_without_water() -> None:
    """About 5 % of scenes have no ice, about 10 to 15 % no water."""
    shares = [draw_season(seed, seed % 12 + 1, REGIONS["North"]).water_share for seed in range(600)]
    assert np.mean(np.array(shares) == 1) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(shares) == 0) == pytest.approx(0.13, abs=0.05)


def test_water_share_is_met() -> None:
    """The ice edge leaves the drawn share of water among the charted sea."""
    for seed in range(40):
        config = SimulationConfig(seed, 1000, 100, 104, "NorthEast", 9)
        season = draw_season(seed, 9, REGIONS["NorthEast"])
        if 0.3 < season.water_share < 0.8:
            scene = simulate(config)
            water = (scene.ice.stage == 0)[scene.geography.valid].mean()
            assert water == pytest.approx(season.water_share, abs=0.3)
            return
    pytest.fail("no seed with a middling water share")
