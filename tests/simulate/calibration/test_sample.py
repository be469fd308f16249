"""Which pixels and cells are pure, from a truth made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic.channels import AMSR2, HH, SAR
from seaice.ai4arctic.charts import NEW, OLD, THICK, YOUNG
from seaice.ai4arctic.layout import scale
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.calibration import ice, radiometer
from seaice.simulate.calibration.sample import Sample

LINES, SAMPLES = 10, 15
CELLS = (4, 6)


def truth(month: int = 1, **change: np.ndarray) -> SimpleNamespace:
    """A sea without ice, land or bergs, at 800 m."""
    zero = np.zeros((LINES, SAMPLES), np.float32)
    parts = {name: zero.copy() for name in ("concentration", "cover", "deformation", "rim")}
    parts |= {"bergs": zero.copy(), "stage": zero.astype(np.uint8)} | change
    return SimpleNamespace(
        config=SimpleNamespace(month=month, spacing_m=800.0),
        grid=PixelGrid(LINES, SAMPLES, 800.0),
        ice=SimpleNamespace(**parts),
        geography=SimpleNamespace(land=zero > 0),
        swath=SimpleNamespace(look_deg=0.0, delay_s=0),
    )


def sample(made: SimpleNamespace, **physical: float) -> Sample:
    """The dataset of a truth: HH -15 dB, 35 degrees, the weather as told; the corner masked."""
    full, cells = ("y", "x"), ("v", "u")
    values = {"true_SIC": (full, np.rint(10 * made.ice.concentration).astype(np.uint8))}
    for name, value in zip(SAR, (-15.0, -25.0, 35.0), strict=True):
        scaled = scale(name, np.full((LINES, SAMPLES), value, np.float32))
        scaled[0, 0] = 0
        values[name] = (full, scaled)
    weather = {"u10m_rotated": 5.0, "v10m_rotated": 0.0, "skt": 260.0, "tcwv": 5.0, "tclw": 0.02}
    for name, value in (weather | dict.fromkeys(AMSR2, 200.0) | physical).items():
        values[name] = (cells, scale(name, np.full(CELLS, value, np.float32)))
    return Sample(made, xr.Dataset(values))


def at(line: int, pixel: int, value: float) -> np.ndarray:
    """One pixel of a value among zeros."""
    values = np.zeros((LINES, SAMPLES), np.float32)
    values[line, pixel] = value
    return values


class TestOpenWater:
    def test_masked_pixels_and_their_neighbours_are_none(self):
        expected = np.ones((LINES, SAMPLES), bool)
        expected[:2, :2] = False
        np.testing.assert_array_equal(sample(truth()).open_water, expected)

    @pytest.mark.parametrize("name", ["concentration", "cover", "bergs"])
    def test_ice_in_a_pixel_spoils_its_eight_neighbours(self, name):
        expected = sample(truth()).open_water.copy()
        expected[4:7, 6:9] = False
        made = sample(truth(**{name: at(5, 7, 0.3)}))
        np.testing.assert_array_equal(made.open_water, expected)

    def test_values_are_those_of_the_file_in_physical_units(self):
        made = sample(truth(), v10m_rotated=12.0)
        assert made.physical(HH)[5, 5] == pytest.approx(-15, abs=1e-5)
        np.testing.assert_allclose(made.wind_m_s(), 13.0, atol=1e-5)


class TestPureIce:
    def masks(self, stage: int, **change: float) -> dict[str, int]:
        parts = {"cover": 1.0, "concentration": 1.0, "stage": stage, "deformation": 0.0} | change
        shape = (LINES, SAMPLES)
        layers = {name: np.full(shape, value, np.float32) for name, value in parts.items()}
        layers["stage"] = layers["stage"].astype(np.uint8)
        found = ice._masks(sample(truth(**layers)))
        return {kind: int(mask.sum()) for kind, mask in found.items() if mask.any()}

    def test_kinds_follow_stage_and_deformation(self):
        whole = LINES * SAMPLES - 1
        assert self.masks(NEW) == {"calm": whole}
        assert self.masks(YOUNG) == {"young": whole}
        assert self.masks(OLD) == {"old": whole}
        assert self.masks(THICK, deformation=0.05) == {"level": whole}
        assert self.masks(THICK, deformation=0.95) == {"deformed": whole}
        assert self.masks(THICK, deformation=0.5) == {}

    @pytest.mark.parametrize("spoilt", [{"cover": 0.97}, {"rim": 0.1}, {"bergs": 0.01}])
    def test_open_ice_rims_and_bergs_are_left_out(self, spoilt):
        assert self.masks(OLD, **spoilt) == {}

    def test_months_with_melt_count_in_all_months_alone(self):
        closed = np.ones((LINES, SAMPLES), np.float32)
        for month, cold in ((4, True), (5, False), (9, False), (10, True)):
            made = truth(month, cover=closed, stage=np.full((LINES, SAMPLES), OLD, np.uint8))
            sums = ice.IceMonths.of(sample(made))
            assert sums.all.count.sum() > 0
            assert bool(sums.cold.count.any()) is cold


class TestPureCells:
    def counts(self, month: int = 1, stage: int = 0, **weather: float) -> list[bool]:
        """Whether water, thick first-year ice and old ice have cells."""
        share = np.full((LINES, SAMPLES), float(stage > 0), np.float32)
        layers = {"concentration": share, "stage": np.full(share.shape, stage, np.uint8)}
        sums = radiometer.PureSums.of(sample(truth(month, **layers), **weather))
        return [bool(part.any()) for part in sums.count]

    def test_surfaces(self):
        assert self.counts() == [True, False, False]
        assert self.counts(stage=THICK) == [False, True, False]
        assert self.counts(stage=OLD) == [False, False, True]

    def test_shares_are_those_of_the_pixels_in_a_cell(self):
        stage = np.full((LINES, SAMPLES), OLD, np.uint8)
        stage[:5] = THICK
        made = sample(truth(concentration=np.full((LINES, SAMPLES), 0.6, np.float32), stage=stage))
        made.truth.geography.land[:, :8] = True
        made.truth.ice.concentration[:, :8] = 0
        water, thick, old = radiometer.pure_shares(made)
        # Cells of 2.5 pixels: their borders lie at lines 5 and 10 and within samples 7 and 8.
        np.testing.assert_allclose(water[:, [0, 5]], [[0, 0.4]] * 4, atol=1e-6)
        np.testing.assert_allclose(thick[:, 5], [0.6, 0.6, 0, 0], atol=1e-6)
        np.testing.assert_allclose(old[:, 5], [0, 0, 0.6, 0.6], atol=1e-6)

    @pytest.mark.parametrize(
        "weather",
        [
            {"u10m_rotated": 2.0},
            {"u10m_rotated": 8.0},
            {"tcwv": 2.5},
            {"tcwv": 8.5},
            {"tclw": 0.04},
        ],
    )
    def test_water_wants_calm_and_clear_weather(self, weather):
        assert self.counts(**weather) == [False] * 3

    def test_ice_wants_frost_and_a_clear_sky(self):
        assert self.counts(stage=OLD, skt=269.0) == [False] * 3
        assert self.counts(stage=OLD, tclw=0.04) == [False] * 3
        assert self.counts(month=6, stage=OLD) == [False] * 3
        assert self.counts(stage=OLD, u10m_rotated=12.0, tcwv=1.0) == [False, False, True]
