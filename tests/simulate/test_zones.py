"""Where there can be ice: the edge with its eddies, fast ice, polynyas."""

import numpy as np
from scipy import ndimage

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import zones
from seaice.simulate.zones import fast_ice, inside_ice_km, polynya_strength


def test_all_water_and_all_ice(make_setting) -> None:
    """A water share of 1 leaves no place inside the edge, one of 0 none outside."""
    for seed in range(4):
        assert (inside_ice_km(make_setting(seed, water_share=1.0)) < -1000).all()
        assert (inside_ice_km(make_setting(seed, water_share=0.0)) > 0).all()


def test_the_edge_leaves_the_share_of_water(make_setting) -> None:
    """Of the charted sea, the drawn share lies outside the edge."""
    off = []
    for seed in range(24):
        setting = make_setting(seed, water_share=0.1 + 0.03 * seed)
        outside = (inside_ice_km(setting) < 0)[setting.geography.valid].mean()
        off.append(outside - setting.season.water_share)
    assert np.abs(off).max() < 0.15
    assert abs(np.mean(off)) < 0.03


def test_ice_lies_in_the_regions_direction(make_setting) -> None:
    """In most scenes the edge distance grows towards the region's ice."""
    along = []
    for seed in range(20):
        setting = make_setting(seed, water_share=0.5, open_sea=True)
        inside_km = inside_ice_km(setting)
        v, u = setting.geography.direction(setting.region.ice_bearing_deg)
        slopes = [np.diff(inside_km, axis=axis).mean() for axis in (0, 1)]
        along.append(v * slopes[0] + u * slopes[1])
    assert np.mean(np.array(along) > 0) > 0.85


def test_eddies_turn_what_is_near_the_edge(make_setting, monkeypatch) -> None:
    """One eddy changes its surroundings alone, brings no new distances, and needs an edge."""
    found = 0
    for seed in range(30):
        setting = make_setting(seed, water_share=0.5)
        monkeypatch.setattr(zones, "_EDDY_TRIES", 0)
        before = inside_ice_km(setting)
        monkeypatch.setattr(zones, "_EDDY_TRIES", 1)
        after = inside_ice_km(setting)
        changed = after != before
        if not changed.any():
            continue
        found += 1
        # At most 8 % of the scene's size of about 102 km, with a window 2.2 radii to each side.
        radius_km = 0.08 * setting.grid.size_km
        lines, samples = (np.ptp(index) + 1 for index in np.nonzero(changed))
        assert max(lines, samples) <= 2 * (2.2 * radius_km + 1) + 1
        assert np.abs(before[changed]).min() <= radius_km
        assert before[changed].min() - 1 < after[changed].min()
        assert after[changed].max() < before[changed].max() + 1
    assert 3 <= found < 30


def test_eddies_wind_the_edge_up(make_setting, monkeypatch) -> None:
    """With eddies the edge is longer."""
    lengths = {}
    for tries in (0, 60):
        monkeypatch.setattr(zones, "_EDDY_TRIES", tries)
        lengths[tries] = 0
        for seed in range(4):
            inside = inside_ice_km(make_setting(seed, water_share=0.5, open_sea=True)) > 0
            lengths[tries] += (inside ^ ndimage.binary_erosion(inside)).sum()
    assert lengths[60] > 1.15 * lengths[0]


def test_the_edge_is_the_same_at_two_spacings(make_setting) -> None:
    """At 400 m and 800 m, with its eddies."""
    for seed in range(3):
        fine = inside_ice_km(make_setting(seed, PixelGrid(160, 192, 400.0), water_share=0.4))
        rough = inside_ice_km(make_setting(seed, PixelGrid(80, 96, 800.0), water_share=0.4))
        inside = fine.reshape(80, 2, 96, 2).mean((1, 3)) > 0
        assert (inside == (rough > 0)).mean() > 0.97


def test_fast_ice_keeps_to_the_coast(make_setting) -> None:
    """On the sea, within some tens of km of land, in frost; hardly any in summer, none in water."""
    frost, summer = [], []
    for seed in range(20):
        setting = make_setting(seed, region="SGRDIEA", month=2, water_share=0.2)
        fast = fast_ice(setting, inside_ice_km(setting))
        assert not (fast & setting.geography.land).any()
        if fast.any():
            assert setting.geography.distance_km[fast].max() < 45
        frost.append(fast.mean())
        setting = make_setting(seed, region="SGRDIEA", month=8, water_share=0.2)
        summer.append(fast_ice(setting, inside_ice_km(setting)).mean())
        setting = make_setting(seed, region="SGRDIEA", month=2, water_share=1.0)
        assert not fast_ice(setting, inside_ice_km(setting)).any()
    assert np.mean(np.array(frost) > 0.02) > 0.5
    assert np.mean(summer) < 0.1 * np.mean(frost)


def test_polynyas_lie_off_the_coast(make_setting) -> None:
    """In some scenes, within the ice and near land, and never in melt."""
    found = 0
    for seed in range(40):
        setting = make_setting(seed, region="SGRDIEA", melt=0.0)
        inside_km = inside_ice_km(setting)
        strength = polynya_strength(setting, inside_km)
        assert 0 <= strength.min() <= strength.max() <= 1
        assert not strength[inside_km <= 0].any()
        # At most 15 % of the scene's size, fading out over 1.4 times as much.
        assert not strength[setting.geography.distance_km > 0.15 * 1.4 * 103].any()
        found += strength.max() > 0.5
        setting = make_setting(seed, region="SGRDIEA", melt=0.8)
        assert not polynya_strength(setting, inside_km).any()
    assert 3 <= found <= 20
