"""The polygons of a chart: connected, without specks, a few kilometres off the truth."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import polygons
from seaice.simulate.config import SimulationConfig
from seaice.simulate.ice_state import make_ice_state
from seaice.simulate.parts import simulate
from seaice.simulate.polygons import OUTSIDE, WATER, draw_polygons


def _drawn(setting, ice):
    return draw_polygons(setting.grid, setting.seed, setting.geography, setting.region, ice)


def _scene(make_setting, seed, grid, **settings):
    """A scene's setting and its polygons."""
    setting = make_setting(seed, grid, **settings)
    ice = make_ice_state(grid, seed, setting.geography, setting.region, setting.season)
    return setting, _drawn(setting, ice)


def test_every_charted_pixel_has_a_polygon(make_setting) -> None:
    """Land and unseen pixels have none; numbers run on from that of the water."""
    for seed in range(6):
        setting, polygon = _scene(
            make_setting, seed, PixelGrid(120, 150, 1000.0), region="SGRDIEA", water_share=0.3
        )
        assert polygon.dtype == np.int32
        np.testing.assert_array_equal(polygon == OUTSIDE, ~setting.geography.valid)
        assert polygon[setting.geography.valid].min() >= WATER
        assert polygon.max() >= 3


def test_ice_of_one_number_is_connected(make_setting) -> None:
    """But for a few pixels; the water is one polygon wherever it lies."""
    counts = []
    for seed in range(5):
        _, polygon = _scene(
            make_setting, seed, PixelGrid(250, 250, 1000.0), open_sea=True, water_share=0.3
        )
        for number in range(WATER + 1, polygon.max() + 1):
            parts, _ = ndimage.label(polygon == number)
            assert np.bincount(parts.ravel())[1:].max() >= 0.97 * (parts > 0).sum()
        counts.append(polygon.max() - WATER)
    assert np.mean(counts) >= 4


def test_specks_are_given_away(make_setting) -> None:
    """Nothing of less than about 30 cells of 2 km is left, floes and strips there or not."""
    for seed in range(5):
        _, polygon = _scene(
            make_setting, seed, PixelGrid(250, 250, 1000.0), open_sea=True, water_share=0.5
        )
        for number in range(WATER, polygon.max() + 1):
            parts, _ = ndimage.label(polygon == number)
            assert np.bincount(parts.ravel())[1:].max(initial=0) > 60


def test_a_speck_is_not_drawn(make_setting, make_ice) -> None:
    """A patch of 6 by 6 km in open water; one of 40 by 40 km is."""
    setting = make_setting(1, open_sea=True)
    for size, found in ((6, False), (40, True)):
        concentration = np.zeros((100, 104))
        concentration[30 : 30 + size, 30 : 30 + size] = 1
        polygon = _drawn(setting, make_ice(concentration, 4 * (concentration > 0), 3))
        assert (polygon == WATER).any()
        assert (polygon > WATER).any() == found


def test_lines_are_a_few_kilometres_off(make_setting, make_ice) -> None:
    """A straight edge is drawn some kilometres off in places, towards the water on the whole."""
    grid, mean_km, spread_km = PixelGrid(200, 200, 1000.0), [], []
    concentration = np.zeros((200, 200))
    concentration[:, 100:] = 1
    for seed in range(6):
        setting = make_setting(seed, grid, open_sea=True)
        polygon = _drawn(setting, make_ice(concentration, 4 * (concentration > 0), 3))
        off_km = (polygon == WATER).sum(1) - 100
        mean_km.append(off_km.mean())
        spread_km.append(off_km.std())
        assert np.abs(off_km).max() < 10
    # From one twentieth of ice on, the analyst sees some.
    assert -6 < np.mean(mean_km) < 1
    assert 0.6 < np.mean(spread_km) < 3


def test_unlike_ice_is_kept_apart(make_setting, make_ice) -> None:
    """Young ice beside old ice: polygons hold one or the other."""
    setting = make_setting(2, PixelGrid(200, 200, 1000.0), open_sea=True)
    stage = np.full((200, 200), 2)
    stage[:, 100:] = 5
    polygon = _drawn(setting, make_ice(1.0, stage, 3))
    purity = [(stage[polygon == number] == 2).mean() for number in np.unique(polygon)]
    assert sum(0.05 < each < 0.95 for each in purity) <= 0.34 * len(purity)
    assert min(purity) < 0.05
    assert max(purity) > 0.95


def test_a_scene_without_ice_is_water(make_setting, make_ice) -> None:
    """All that is charted."""
    setting = make_setting(1, region="SGRDIEA")
    polygon = _drawn(setting, make_ice(np.zeros((100, 104)), 0, 0))
    np.testing.assert_array_equal(polygon, np.where(setting.geography.valid, WATER, OUTSIDE))


def test_a_scene_without_water_has_no_water(make_setting, make_ice) -> None:
    """No pixel has its number."""
    for seed in range(4):
        setting = make_setting(seed, region="SGRDIEA")
        polygon = _drawn(setting, make_ice(np.ones((100, 104)), 4, 3))
        np.testing.assert_array_equal(polygon > WATER, setting.geography.valid)


def test_a_scene_without_charted_sea(make_setting, make_ice) -> None:
    """All land: no polygons; a single charted pixel: one."""
    setting = make_setting(1, open_sea=True)
    setting.geography.land[:] = True
    ice = make_ice(np.ones((100, 104)), 4, 3)
    assert not _drawn(setting, ice).any()
    setting.geography.land[50, 50] = False
    polygon = _drawn(setting, ice)
    assert polygon[50, 50] > WATER
    assert (polygon > 0).sum() == 1


def test_lines_run_on_below_land(make_setting, make_ice) -> None:
    """Ice on both sides of an island of a few kilometres is of the same polygons."""
    across = []
    for seed in range(6):
        setting = make_setting(seed, PixelGrid(60, 60, 1000.0), open_sea=True)
        setting.geography.land[25:33] = True
        polygon = _drawn(setting, make_ice(np.ones((60, 60)), 4, 3))
        assert not polygon[25:33].any()
        across.append((polygon[24] == polygon[33]).mean())
    assert np.mean(across) > 0.4


@pytest.mark.parametrize("water_share", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("shape", [(8, 8), (10, 10), (8, 40)])
def test_tiny_scenes(make_setting, shape, water_share) -> None:
    """A few cells, or fewer than one."""
    for spacing_m in (80.0, 400.0):
        for seed in range(6):
            setting, polygon = _scene(
                make_setting, seed, PixelGrid(*shape, spacing_m), water_share=water_share
            )
            np.testing.assert_array_equal(polygon > 0, setting.geography.valid)
            if water_share == 1:
                assert polygon.max() <= WATER


def _agreement(a, b):
    """Share of pixels of the polygons that correspond, whatever their numbers."""
    count = int(max(a.max(), b.max())) + 1
    together = np.bincount(a.astype(int) * count + b, minlength=count**2).reshape(count, count)
    return together[linear_sum_assignment(-together)].sum() / together.sum()


def test_same_polygons_at_two_spacings() -> None:
    """At 400 m and at 800 m: 97 % of the pixels in most scenes, nearly so in nearly all."""
    agreement = []
    for seed in (1, 4, 9, 10, 15, 16, 19, 22, 23, 27, 36, 39):
        fine = simulate(SimulationConfig(seed, 400, 240, 240))
        rough = simulate(SimulationConfig(seed, 800, 120, 120))
        both = fine.geography.valid[::2, ::2] & rough.geography.valid
        agreement.append(
            _agreement(fine.charts.polygon[::2, ::2][both], rough.charts.polygon[both])
        )
    assert np.median(agreement) >= 0.97
    assert np.mean(np.array(agreement) > 0.9) >= 0.8


def test_patient_analysts_draw_more(make_setting, monkeypatch) -> None:
    """The number of polygons goes with the area and against the side of one."""
    counts = {}
    for side_km in (30.0, 120.0):
        monkeypatch.setattr(polygons, "_SIDE_KM", {"dmi": (side_km, side_km)})
        counts[side_km] = _scene(
            make_setting, 3, PixelGrid(300, 300, 1000.0), open_sea=True, water_share=0.0
        )[1].max()
    assert counts[30.0] > 2 * counts[120.0]


def test_lines_do_not_depend_on_the_chunks(make_setting, monkeypatch) -> None:
    """Pixels are drawn some lines at a time; where one begins shows nowhere."""
    grid = PixelGrid(90, 70, 500.0)
    whole = _scene(make_setting, 5, grid, water_share=0.3)[1]
    monkeypatch.setattr(polygons, "_CHUNK_PIXELS", 700)
    np.testing.assert_array_equal(_scene(make_setting, 5, grid, water_share=0.3)[1], whole)
