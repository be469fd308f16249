"""Stages of development in zones, and how deformed the ice is."""

import numpy as np
import pytest

from seaice.simulate.stages import deformation_of, stage_zones


def _zones(setting, concentration=1.0, polynya=0.0):
    shape = (setting.grid.lines, setting.grid.samples)
    inside_km = setting.grid.mesh_km()[1]
    amount, strength = (
        np.broadcast_to(v, shape).astype(np.float32) for v in (concentration, polynya)
    )
    return stage_zones(setting, inside_km, amount, np.zeros(shape, np.float32), strength)


def test_stages_take_their_shares(make_setting) -> None:
    """Each stage of the scene takes its share of the ice, no other occurs."""
    several = 0
    for seed in range(12):
        setting = make_setting(seed, open_sea=True)
        stage = _zones(setting)
        assert stage.dtype == np.uint8
        expected = np.zeros(6)
        expected[list(setting.season.stages)] = setting.season.stage_shares
        assert np.bincount(stage.ravel(), minlength=6) / stage.size == pytest.approx(
            expected, abs=0.02
        )
        several += len(setting.season.stages) >= 3
    assert several >= 4


def test_shares_are_those_of_the_ice(make_setting) -> None:
    """Water beside it does not count."""
    for seed in range(4):
        setting = make_setting(seed, open_sea=True, stages=(1, 5), stage_shares=(0.5, 0.5))
        ice = np.zeros((100, 104))
        ice[:, 60:] = 1
        assert (_zones(setting, ice)[:, 60:] == 1).mean() == pytest.approx(0.5, abs=0.03)


def test_zones_hang_together(make_setting) -> None:
    """Neighbours are mostly of one stage: zones, not noise."""
    for seed in range(4):
        setting = make_setting(seed, open_sea=True, stages=(2, 5), stage_shares=(0.5, 0.5))
        stage = _zones(setting)
        assert (stage[1:] != stage[:-1]).mean() < 0.25


def test_no_ice_has_no_stage(make_setting) -> None:
    """A water share of 1."""
    assert not _zones(make_setting(1, water_share=1.0)).any()


def test_polynyas_hold_young_ice_in_frost(make_setting) -> None:
    """New ice where it is strong, young around, in frost; in melt nothing grows."""
    strength = np.zeros((100, 104))
    strength[:20], strength[20:40] = 0.9, 0.5
    for seed in range(3):
        frost = make_setting(seed, open_sea=True, stages=(4,), stage_shares=(1.0,), freezing=1.0)
        stage = _zones(frost, polynya=strength)
        assert (stage[:20] == 1).all()
        assert (stage[20:40] == 2).all()
        assert (stage[40:] == 4).all()
        melt = make_setting(seed, open_sea=True, stages=(4,), stage_shares=(1.0,), freezing=0.0)
        assert (_zones(melt, polynya=strength) == 4).all()


def test_deformation_by_stage(make_setting) -> None:
    """Within 0 to 1; water and new ice are level, thick ice is more deformed than thin."""
    means = np.zeros(6)
    for seed in range(6):
        setting = make_setting(seed, open_sea=True)
        for stage in range(6):
            share = deformation_of(setting, np.full((100, 104), stage, np.uint8))
            assert share.dtype == np.float32
            assert 0 <= share.min() <= share.max() <= 1
            means[stage] += share.mean() / 6
    assert means[0] == means[1] == 0
    assert means[2] < means[3] < means[4]
    assert means[4] == means[5]
    assert 0.2 < means[5] < 0.7
