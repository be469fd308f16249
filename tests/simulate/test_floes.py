"""Floes: their size, where they are drawn, what is frozen in, and the water between them."""

import numpy as np
import pytest

from seaice.ai4arctic.charts import BERGS, BIG, CAKE, MEDIUM, SMALL, VAST
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import floes
from seaice.simulate.floes import cover_and_rims, draw_floes, embed_floes, floe_class

FINE = PixelGrid(250, 250, 400.0)
STAGES = {"stages": (1, 2, 4, 5), "stage_shares": (0.1, 0.2, 0.4, 0.3)}


def _full(setting, value, dtype=np.uint8):
    return np.full((setting.grid.lines, setting.grid.samples), value, dtype)


def test_waves_break_the_ice_near_its_edge(make_setting) -> None:
    """Floes grow inwards; Greenland's charts hold all sizes, Canada's no cake and no bergs."""
    found = {"CentralEast": set(), "SGRDIEA": set()}
    for region, classes in found.items():
        near, far = [], []
        for seed in range(25):
            setting = make_setting(seed, region=region, melt=0.0)
            inside_km = setting.grid.mesh_km()[1]
            floe = floe_class(setting, inside_km, _full(setting, 1, np.float32))
            assert floe.dtype == np.uint8
            classes |= set(np.unique(floe).tolist())
            sized = np.where(floe == BERGS, np.nan, floe)
            near.append(np.nanmean(sized[:, :10]))
            far.append(np.nanmean(sized[:, -30:]))
        assert np.mean(far) > np.mean(near) + 0.7
    assert found == {"CentralEast": {1, 2, 3, 4, 5, 6}, "SGRDIEA": {2, 3, 4, 5}}


def test_loose_ice_has_smaller_floes(make_setting) -> None:
    """The same place at 3 and at 10 tenths."""
    for seed in range(4):
        setting = make_setting(seed, region="SGRDIEA")
        inside_km = setting.grid.mesh_km()[1]
        loose, closed = (
            floe_class(setting, inside_km, _full(setting, share, np.float32)) for share in (0.3, 1)
        )
        assert (loose <= closed).all()
        assert loose.mean() < closed.mean()


@pytest.mark.parametrize(
    ("spacing_m", "drawn"),
    [(80.0, {MEDIUM, BIG, VAST}), (400.0, {BIG, VAST}), (800.0, {VAST})],
)
def test_floes_that_pixels_resolve(make_setting, spacing_m, drawn) -> None:
    """A floe is drawn from 2.5 pixels on; the others have neither tone nor side."""
    setting = make_setting(2, PixelGrid(100, 100, spacing_m), open_sea=True)
    for size in range(7):
        made = draw_floes(setting, _full(setting, size), _full(setting, False, bool))
        if size in drawn:
            assert -0.5 <= made.tone.min() < -0.2 < 0.2 < made.tone.max() < 0.5
            assert np.isfinite(made.side_km).all()
            assert 0 <= made.side_km.min() < made.side_km.max() < 1.5 * floes.FLOE_KM[size]
        else:
            assert not made.tone.any()
            assert np.isinf(made.side_km).all()


def test_fast_ice_and_land_have_no_floes(make_setting) -> None:
    """Whatever their class."""
    setting = make_setting(1, FINE, region="SGRDIEA")
    land, fast = setting.geography.land, _full(setting, False, bool)
    fast[:100] = True
    assert land[100:].any()
    made = draw_floes(setting, _full(setting, VAST), fast)
    none = fast | land
    np.testing.assert_array_equal(np.isinf(made.side_km), none)
    assert not made.tone[none].any()


def test_share_of_embedded_floes(make_setting) -> None:
    """Floes of other stages take their share of the drawn share; new ice is none of them."""
    off = []
    for seed in range(30):
        setting = make_setting(seed, FINE, open_sea=True, **STAGES)
        zone, size = _full(setting, 4), _full(setting, SMALL)
        made = draw_floes(setting, size, _full(setting, False, bool))
        stage, floe = embed_floes(setting, zone, size, made, _full(setting, False, bool))
        assert stage.dtype == floe.dtype == np.uint8
        assert set(np.unique(stage).tolist()) == {2, 4, 5}
        drawn = stage != 4
        assert set(np.unique(floe[drawn]).tolist()) < {MEDIUM, BIG, VAST}
        assert len(np.unique(floe[drawn])) == 1
        assert (floe[~drawn] == SMALL).all()
        # Of the share, 0.1 is new, 0.2 young, 0.4 like the zone, 0.3 old.
        share = setting.rng("embedded").beta(3.0, 0.8)
        off.append([(stage == 2).mean() - 0.2 * share, (stage == 5).mean() - 0.3 * share])
        # What was given stays as it was.
        assert (zone == 4).all()
        assert (size == SMALL).all()
    assert np.abs(np.mean(off, 0)).max() < 0.01
    assert np.abs(off).max() < 0.09


def test_canadas_ice_is_less_mixed(make_setting) -> None:
    """On the average over scenes."""
    mixed = {}
    for region in ("CentralEast", "SGRDIEA"):
        changed = []
        for seed in range(20):
            setting = make_setting(seed, FINE, region=region, open_sea=True, **STAGES)
            made = draw_floes(setting, _full(setting, 3), _full(setting, False, bool))
            args = _full(setting, 4), _full(setting, 3), made, _full(setting, False, bool)
            changed.append((embed_floes(setting, *args)[0] != 4).mean())
        mixed[region] = np.mean(changed)
    assert mixed["SGRDIEA"] < mixed["CentralEast"] - 0.03


def test_nothing_is_embedded_in_some_ice(make_setting) -> None:
    """In fast ice, among bergs, on land, in water, in scenes of one stage."""
    setting = make_setting(1, FINE, region="SGRDIEA", **STAGES)
    land = setting.geography.land
    stage, floe, fast = _full(setting, 4), _full(setting, BIG), _full(setting, False, bool)
    fast[:60], floe[60:120], stage[120:180] = True, BERGS, 0
    made = draw_floes(setting, floe, fast)
    tone, side_km = made.tone.copy(), made.side_km.copy()
    new_stage, new_floe = embed_floes(setting, stage, floe, made, fast)
    kept = land | (np.arange(250) < 180)[:, None]
    assert land[180:].any()
    np.testing.assert_array_equal(new_stage[kept], stage[kept])
    np.testing.assert_array_equal(new_floe[kept], floe[kept])
    np.testing.assert_array_equal(made.tone[kept], tone[kept])
    np.testing.assert_array_equal(made.side_km[kept], side_km[kept])
    assert (new_stage[~kept] != 4).mean() > 0.1
    alike = make_setting(1, FINE, stages=(4,), stage_shares=(1.0,))
    same_stage, same_floe = embed_floes(alike, stage, floe, made, fast)
    np.testing.assert_array_equal(same_stage, stage)
    np.testing.assert_array_equal(same_floe, floe)


@pytest.mark.parametrize("concentration", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(("size", "spacing_m"), [(CAKE, 400), (BIG, 80), (BIG, 400), (VAST, 400)])
def test_water_between_floes(make_setting, concentration, size, spacing_m) -> None:
    """Floes and gaps keep about the concentration; between small floes nothing is drawn."""
    means = []
    for seed in range(3):
        setting = make_setting(seed, PixelGrid(250, 250, float(spacing_m)), open_sea=True)
        amount, floe = _full(setting, concentration, np.float32), _full(setting, size)
        fast = _full(setting, False, bool)
        made = draw_floes(setting, floe, fast)
        cover, rim = cover_and_rims(setting, amount, floe, made, fast)
        assert 0 <= cover.min() <= cover.max() <= 1
        assert 0 <= rim.min() <= rim.max() <= 1
        if size == CAKE:
            np.testing.assert_array_equal(cover, amount)
            assert not rim.any()
        else:
            # A quarter of the concentration is spread evenly.
            assert cover.min() == pytest.approx(0.25 * concentration, abs=1e-6)
            assert cover.max() == pytest.approx(0.75 + 0.25 * concentration, abs=1e-6)
            assert 0.01 < rim.mean() < 0.6
        means.append(cover.mean())
    # Gaps between floes of three pixels are wider than meant.
    tolerance = 0.12 if (size, spacing_m) == (BIG, 400) else 0.05
    assert np.mean(means) == pytest.approx(concentration, abs=tolerance)


def test_closed_ice_has_no_gaps(make_setting) -> None:
    """From 97 % on floes touch; fast ice is drawn whole."""
    setting = make_setting(1, FINE, open_sea=True)
    floe, fast = _full(setting, BIG), _full(setting, False, bool)
    fast[:100] = True
    amount = _full(setting, 0.98, np.float32)
    amount[fast] = 1
    made = draw_floes(setting, floe, fast)
    cover, rim = cover_and_rims(setting, amount, floe, made, fast)
    assert (cover == 1).all()
    assert not rim[fast].any()
    assert rim[~fast].any()
