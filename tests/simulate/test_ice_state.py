"""The true ice as a whole: consistency, and the same ice at any pixel spacing."""

from dataclasses import replace

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.config import SimulationConfig
from seaice.simulate.ice_state import make_ice_state
from seaice.simulate.parts import simulate


def _ice(setting):
    return make_ice_state(
        setting.grid, setting.seed, setting.geography, setting.region, setting.season
    )


def _blocks(values, n):
    """Means of n x n pixels, the margin that fills no block left out."""
    lines, samples = (size // n for size in values.shape)
    cut = values[: lines * n, : samples * n].astype(float)
    return cut.reshape(lines, n, samples, n).mean((1, 3))


@pytest.mark.parametrize("seed", [0, 3, 5, 10, 16])
def test_same_ice_at_two_spacings(seed) -> None:
    """Truth at 400 m and at 800 m: the same coast, concentration and stages, block by block."""
    fine = simulate(SimulationConfig(seed, 400, 240, 240))
    rough = simulate(SimulationConfig(seed, 800, 120, 120))
    land = _blocks(fine.geography.land, 2)
    assert ((land > 0.5) == rough.geography.land).mean() > 0.97
    sea = _blocks(rough.geography.valid, 5) > 0.99
    amounts = (_blocks(fine.ice.concentration, 10), _blocks(rough.ice.concentration, 5))
    assert np.corrcoef(*(each[sea] for each in amounts))[0, 1] > 0.97
    assert np.abs(amounts[0] - amounts[1])[sea].mean() < 0.02
    # Half the summed difference of the stages' shares is the ice of another stage.
    differences = [
        np.abs(_blocks(fine.ice.stage == k, 20) - _blocks(rough.ice.stage == k, 10))
        for k in range(6)
    ]
    sea = _blocks(rough.geography.valid, 10) > 0.99
    assert sum(each[sea].mean() for each in differences) / 2 < 0.07


def test_another_seed_is_other_ice() -> None:
    """What is compared above is not alike in any two scenes."""
    scenes = [simulate(SimulationConfig(seed, 800, 120, 120)).ice for seed in (4, 54)]
    assert np.abs(scenes[0].concentration - scenes[1].concentration).mean() > 0.1


def test_no_ice_no_class(make_setting) -> None:
    """Where concentration rounds to 0 there is neither stage nor floe; elsewhere there is."""
    fast = 0
    for seed in range(8):
        ice = _ice(make_setting(seed, region="SGRDIEA", water_share=0.3))
        none = np.rint(ice.concentration * 10) == 0
        np.testing.assert_array_equal(ice.stage == 0, none)
        np.testing.assert_array_equal(ice.floe == 0, none)
        assert not ice.rim[none].any()
        assert (ice.concentration[ice.fast] == 1).all()
        np.testing.assert_array_equal(ice.floe == 255, ice.fast)
        fast += ice.fast.any()
        for name in ("concentration", "cover", "deformation", "rim", "bergs"):
            share = getattr(ice, name)
            assert share.dtype == np.float32
            assert 0 <= share.min() <= share.max() <= 1
        assert ice.stage.dtype == ice.floe.dtype == np.uint8
    assert fast >= 4


def test_land_holds_waters_values(make_setting) -> None:
    """No ice, no stage, no floe, no bergs."""
    setting = make_setting(1, region="SGRDIEA", water_share=0.0)
    ice, land = _ice(setting), setting.geography.land
    assert 0.05 < land.mean() < 0.9
    for values in (ice.concentration, ice.stage, ice.floe, ice.cover, ice.fast, ice.bergs):
        assert not values[land].any()


def test_a_scene_without_ice(make_setting) -> None:
    """A water share of 1: no ice anywhere, whatever the season."""
    for month in (2, 8):
        for seed in range(4):
            ice = _ice(make_setting(seed, month=month, water_share=1.0))
            for values in (ice.concentration, ice.stage, ice.floe, ice.cover, ice.fast, ice.rim):
                assert not values.any()


def test_a_scene_without_water(make_setting) -> None:
    """A water share of 0: hardly a pixel of the sea is free of ice in frost."""
    for seed in range(6):
        setting = make_setting(seed, water_share=0.0, melt=0.0)
        assert (_ice(setting).stage == 0)[setting.geography.valid].mean() < 0.1


def test_the_water_share_is_met(make_setting) -> None:
    """Strips, loose ice and leads blur it, but over scenes it holds."""
    shares, water = np.linspace(0.1, 0.9, 24), []
    for seed, share in enumerate(shares):
        setting = make_setting(seed, water_share=share)
        water.append((_ice(setting).stage == 0)[setting.geography.valid].mean())
    assert abs(np.mean(water - shares)) < 0.1
    assert np.corrcoef(water, shares)[0, 1] > 0.75


def test_leads_freeze_over_in_frost(make_setting) -> None:
    """New ice in frost, water in melt, in the same cracks."""
    changed = 0
    for seed in range(4):
        setting = make_setting(
            seed,
            PixelGrid(200, 200, 400.0),
            open_sea=True,
            water_share=0.0,
            stages=(4,),
            stage_shares=(1.0,),
            melt=0.0,
            freezing=1.0,
        )
        frozen = _ice(setting)
        open_sea = _ice(replace(setting, season=replace(setting.season, freezing=0.0)))
        lead = frozen.stage == 1
        assert not (open_sea.stage == 1).any()
        changed += lead.sum()
        if lead.any():
            assert open_sea.concentration[lead].mean() < frozen.concentration[lead].mean() - 0.2
    assert changed > 200
