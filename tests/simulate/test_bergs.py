"""Icebergs: where they lie, how many, and how much of a pixel they fill."""

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate import bergs
from seaice.simulate.bergs import berg_share


def _crowd(setting, value):
    return np.full((setting.grid.lines, setting.grid.samples), value)


def test_none_on_land_and_shares_of_pixels(make_setting) -> None:
    """Between 0 and 1, and 0 on land, even where bergs crowd before it."""
    land = 0
    for seed in range(6):
        setting = make_setting(seed, PixelGrid(200, 200, 80.0), region="SGRDIEA")
        share = berg_share(setting, _crowd(setting, True))
        assert share.dtype == np.float32
        assert share.shape == (200, 200)
        assert 0 <= share.min() <= share.max() <= 1
        assert not share[setting.geography.land].any()
        assert share.any() or setting.geography.land.all()
        land += setting.geography.land.any()
    assert land >= 3


def test_none_where_there_is_no_chance(make_setting, monkeypatch) -> None:
    """Without glaciers and crowds."""
    monkeypatch.setattr(bergs, "_CHANCE", {"dmi": 0.0, "cis": 0.0})
    for seed in range(4):
        setting = make_setting(seed)
        assert not berg_share(setting, _crowd(setting, False)).any()


def test_crowds_are_where_they_are_said_to_be(make_setting, monkeypatch) -> None:
    """Half of the square kilometres of a crowd hold a berg, none beside it."""
    monkeypatch.setattr(bergs, "_CHANCE", {"dmi": 0.0, "cis": 0.0})
    setting = make_setting(3, PixelGrid(400, 400, 250.0), open_sea=True)
    crowd = _crowd(setting, False)
    crowd[:200] = True
    share = berg_share(setting, crowd)
    # A berg of 900 m reaches two pixels beyond.
    assert not share[203:].any()
    cells = share.reshape(100, 4, 100, 4).max((1, 3))[:50] > 0
    assert 0.35 < cells.mean() < 0.65


def test_greenland_has_more_than_canada(make_setting) -> None:
    """Ten times as many, and fewer far from the coast."""
    total = {
        region: sum(
            berg_share(setting, _crowd(setting, False)).sum()
            for setting in (make_setting(seed, region=region) for seed in range(15))
        )
        for region in ("CentralEast", "SGRDIEA")
    }
    assert total["CentralEast"] > 3 * total["SGRDIEA"] > 0


def test_bergs_are_rarer_far_from_land(make_setting) -> None:
    """Their number falls by e in 50 km."""
    counts = {5: 0.0, 150: 0.0}
    for seed in range(12):
        setting = make_setting(seed, open_sea=True)
        for distance_km in counts:
            setting.geography.distance_km[:] = distance_km
            counts[distance_km] += (berg_share(setting, _crowd(setting, False)) > 0).sum()
    assert counts[150] / counts[5] == pytest.approx(np.exp(-145 / 50), abs=0.03)


def test_their_area_is_that_of_the_ground(make_setting) -> None:
    """The same bergs cover the same area at 80 m and at 400 m."""
    areas = np.array(
        [
            [
                berg_share(setting, _crowd(setting, True)).sum()
                * (setting.grid.spacing_m / 1e3) ** 2
                for setting in (
                    make_setting(seed, PixelGrid(500, 500, 80.0), open_sea=True),
                    make_setting(seed, PixelGrid(100, 100, 400.0), open_sea=True),
                )
            ]
            for seed in range(5)
        ]
    )
    np.testing.assert_allclose(areas[:, 0], areas[:, 1], rtol=0.1)
    # Half a berg of 110 m and its larger fellows in each of 1600 square kilometres.
    assert (areas > 0.5 * 1600 * 0.0121).all()
    assert (areas < 5 * 0.5 * 1600 * 0.0121).all()


@pytest.mark.parametrize("shape", [(8, 8), (8, 31), (10, 10)])
def test_tiny_scenes(make_setting, shape) -> None:
    """Scenes smaller than a berg's cell."""
    for seed in range(5):
        setting = make_setting(seed, PixelGrid(*shape, 80.0), open_sea=True)
        assert berg_share(setting, _crowd(setting, True)).shape == shape
