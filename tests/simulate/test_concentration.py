"""Concentration from the open sea into the pack, and the leads in it."""

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.concentration import concentration_of, lead_share


def _edge_km(setting):
    """A straight edge in the middle, ice on the right."""
    return setting.grid.mesh_km()[1] - np.float32(setting.grid.width_km / 2)


def test_from_the_sea_into_the_pack(make_setting) -> None:
    """Nothing far outside, the more the further inside, all within 0 to 1."""
    inside = []
    for seed in range(20):
        setting = make_setting(seed, open_sea=True, melt=0.0)
        edge_km = _edge_km(setting)
        ice = concentration_of(setting, edge_km, np.zeros_like(edge_km))
        assert ice.dtype == np.float32
        assert 0 <= ice.min() <= ice.max() <= 1
        # Strips reach 30 % of the scene's size out of the ice.
        assert not ice[edge_km < -0.3 * setting.grid.size_km].any()
        assert ice[edge_km > 30].mean() > ice[(edge_km > 0) & (edge_km < 10)].mean() - 0.02
        inside.append(ice[edge_km > 30].mean())
    assert min(inside) > 0.35
    assert np.mean(inside) > 0.75
    assert max(inside) > 0.97


def test_greenlands_pack_closes_more_often(make_setting) -> None:
    """Scenes of a pack that never closes: few in Greenland, more in Canada, none without water."""
    loose = {}
    for region, water_share in (("CentralEast", 0.5), ("SGRDIEA", 0.5), ("SGRDIEA", 0.0)):
        loose[region, water_share] = 0
        for seed in range(60):
            grid = PixelGrid(30, 30, 3000.0)
            setting = make_setting(
                seed, grid, region=region, open_sea=True, melt=0.0, water_share=water_share
            )
            far_inside = np.full((30, 30), 300, np.float32)
            ice = concentration_of(setting, far_inside, np.zeros_like(far_inside))
            loose[region, water_share] += np.median(ice) < 0.9
    assert loose["SGRDIEA", 0.0] < 0.5 * loose["CentralEast", 0.5]
    assert 5 <= loose["CentralEast", 0.5] < loose["SGRDIEA", 0.5] - 4 <= 30


def test_a_polynya_holds_less_ice(make_setting) -> None:
    """Where wind keeps it open, and nowhere else."""
    for seed in range(5):
        setting = make_setting(seed, open_sea=True)
        inside_km = np.full((100, 104), 200, np.float32)
        polynya = np.zeros_like(inside_km)
        without = concentration_of(setting, inside_km, polynya)
        polynya[:50] = 1
        ice = concentration_of(setting, inside_km, polynya)
        assert ice[:50].mean() < 0.5 * without[:50].mean()
        np.testing.assert_array_equal(ice[50:], without[50:])


def test_melt_loosens_the_pack(make_setting) -> None:
    """On the average over scenes."""
    means = {}
    for melt in (0.0, 1.0):
        ice = []
        for seed in range(20):
            setting = make_setting(seed, PixelGrid(30, 30, 3000.0), open_sea=True, melt=melt)
            inside_km = np.full((30, 30), 200, np.float32)
            ice.append(concentration_of(setting, inside_km, np.zeros_like(inside_km)).mean())
        means[melt] = np.mean(ice)
    assert means[1.0] < means[0.0] - 0.05


def test_leads_crack_closed_ice_alone(make_setting) -> None:
    """Shares of pixels, none where there is a quarter of water or more."""
    for seed in range(5):
        setting = make_setting(seed, open_sea=True)
        concentration = np.full((100, 104), 0.9, np.float32)
        concentration[:, :50] = 0.75
        lead = lead_share(setting, concentration)
        assert lead.dtype == np.float32
        assert 0 <= lead.min() <= lead.max() <= 1
        assert not lead[:, :50].any()
        assert lead[:, 50:].any()


def test_leads_keep_their_area_at_any_spacing(make_setting) -> None:
    """At 200 m, 400 m and 800 m they take about the same share."""
    shares = []
    for n, spacing_m in ((400, 200.0), (200, 400.0), (100, 800.0)):
        lead = [
            lead_share(make_setting(k, PixelGrid(n, n, spacing_m), open_sea=True), np.ones((n, n)))
            for k in range(4)
        ]
        shares.append(np.mean(lead))
    assert 0.002 < shares[0] < 0.2
    assert shares == pytest.approx([shares[0]] * 3, rel=0.12)


def test_the_same_bands_at_two_spacings(make_setting) -> None:
    """Block means at 400 m are the ice at 800 m."""
    for seed in range(3):
        setting = make_setting(seed, PixelGrid(160, 192, 400.0), open_sea=True)
        fine = concentration_of(setting, _edge_km(setting), np.zeros((160, 192), np.float32))
        setting = make_setting(seed, PixelGrid(80, 96, 800.0), open_sea=True)
        rough = concentration_of(setting, _edge_km(setting), np.zeros((80, 96), np.float32))
        means = fine.reshape(80, 2, 96, 2).mean((1, 3))
        assert np.corrcoef(means.ravel(), rough.ravel())[0, 1] > 0.98
