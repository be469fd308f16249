"""What is compared with real scenes: histograms, polygons, spectra, and what is said of them."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from seaice.ai4arctic.channels import AMSR2
from seaice.core.errors import ConfigError
from seaice.scenes.scene import Scene
from seaice.simulate.calibration import histograms, polygons, real, spectrum
from seaice.simulate.calibration.compared import ComparedScene


def view(sic, hh_db=-14.0, tb_k=200.0, spacing_m=1000.0) -> ComparedScene:
    sic = np.array(sic, np.uint8)
    stage = np.where((sic > 0) & (sic != 255), 4, sic).astype(np.uint8)
    tb = {name: np.zeros(sic.shape, np.float32) + np.float32(tb_k) for name in AMSR2[:-1]}
    hh = np.zeros(sic.shape, np.float32) + np.asarray(hh_db, np.float32)
    charts = {"SIC": sic, "SOD": stage, "FLOE": stage}
    return ComparedScene(charts, np.ones(sic.shape, bool), hh, tb, spacing_m)


class TestHistograms:
    def test_quantiles_are_those_of_the_pixels(self):
        values = np.random.default_rng(0).normal(200, 20, (60, 50))
        sic = np.zeros((60, 50))
        sic[30:] = 9
        made = histograms.Histograms.of(view(sic, tb_k=values))
        for surface, part in ((0, values[:30]), (1, values[30:])):
            found = made.quantiles(surface, 4, (0.25, 0.5, 0.75))
            np.testing.assert_allclose(found, np.quantile(part, (0.25, 0.5, 0.75)), atol=0.6)
        assert np.isnan(made.quantiles(0, len(AMSR2) - 1, (0.5,))).all()

    def test_a_notable_difference_is_said_with_its_sign(self):
        sic = np.full((4, 4), 10)
        warm, cool = (histograms.Histograms.of(view(sic, tb_k=k)) for k in (230.0, 218.0))
        said, tables = histograms.compare(warm, cool)
        assert said[0] == "Over water there is nothing to compare."
        assert "Over ice, real brightness temperatures at 6.9 GHz H are 12 K higher" in said[1]
        assert "12 K lower" in histograms.compare(cool, warm)[0][1]
        assert [table.columns[0] for table in tables] == ["channel"] * 3
        assert len(tables) == 3

    def test_histograms_are_printed_in_bins_of_10_k(self):
        values = np.repeat([199.9, 200.0, 209.9, 222.0], [5, 1, 2, 392]).reshape(20, 20)
        real_, simulated = (
            histograms.Histograms.of(view(np.full((20, 20), 9), tb_k=k)) for k in (values, 235.0)
        )
        _, (_, _, table) = histograms.compare(real_, simulated)
        assert table.columns == ("channel", "", "190", "200", "210", "220", "230")
        rows = {row[:2]: row[2:] for row in table.rows}
        assert rows["18.7 GHz H", "real"] == ("1", "1", "", "98", "")
        assert rows["18.7 GHz H", "simulated"] == ("", "", "", "", "100")
        # One of its 400 pixels is less than a percent, but not nothing.
        values.flat[5:8] = 222.0, 222.0, 200.0
        _, (_, _, table) = histograms.compare(
            histograms.Histograms.of(view(np.full((20, 20), 9), tb_k=values)), simulated
        )
        assert table.rows[0][2:5] == ("1", "<1", "")
        # A channel that one side lacks has no row.
        assert {row[0] for row in table.rows} == {
            *("6.9 GHz H", "6.9 GHz V", "18.7 GHz H", "18.7 GHz V"),
            *("36.5 GHz H", "36.5 GHz V", "89.0 GHz H"),
        }

    def test_alike_channels_share_a_sentence(self):
        one = histograms.Histograms.of(view(np.zeros((4, 4))))
        said, _ = histograms.compare(one, one)
        assert "the medians of all 13 channels differ by less than 5 K" in said[0]


class TestPolygons:
    def test_areas_and_borders_by_hand(self):
        sic = np.zeros((10, 12))
        sic[0:5, 0:6] = 9
        sic[5:10, 6:12] = 9
        sic[0:5, 6:12] = 255
        made = polygons.Polygons.of(view(sic))
        area, border = made.sizes()
        # Two regions that touch at a corner alone; sides to unlabelled pixels make no border.
        np.testing.assert_array_equal(area, [30, 30])
        np.testing.assert_array_equal(border, [6, 5])
        assert made.ice_km2 == 60

    def test_codes_part_regions_of_one_concentration(self):
        made = view(np.full((8, 8), 10))
        made.charts["SOD"][:, 4:] = 5
        area, border = polygons.Polygons.of(made).sizes()
        np.testing.assert_array_equal(area, [32, 32])
        np.testing.assert_array_equal(border, [8, 8])

    def test_slivers_do_not_count(self):
        sic = np.zeros((10, 10))
        sic[0, :3] = 5
        assert polygons.Polygons.of(view(sic)).sizes()[0].size == 0

    def test_sentence(self):
        sic = np.zeros((10, 10))
        sic[:5] = 10
        whole = polygons.Polygons.of(view(sic))
        said, _ = polygons.compare(whole, whole + whole)
        assert said[0].startswith(
            "A polygon of the real chart covers 50 km2 (median) with a border"
        )
        none = polygons.Polygons.of(view(np.zeros((4, 4))))
        assert "no polygons" in polygons.compare(none, whole)[0][0]


class TestSpectrum:
    def test_variance_is_kept(self):
        rng = np.random.default_rng(0)
        patches = [rng.normal(0, 2.0, (32, 32)) for _ in range(200)]
        mean = np.mean([spectrum.radial_spectrum(p, 0.8) for p in patches], 0)
        # White noise of variance 4: the same density in all rings, 4 over the square of
        # frequencies, which is 1 / 0.8 cycles/km a side.
        np.testing.assert_allclose(mean[2:], 4 * 0.8**2, rtol=0.1)
        # The rings up to the last hold pi / 4 of the frequencies, and so of the variance.
        variance = (mean * spectrum.ring_sizes(32)).sum() / (32 * 0.8) ** 2
        assert variance == pytest.approx(4 * np.pi / 4, rel=0.1)

    def test_a_wave_is_found_at_its_wavelength(self):
        wave = np.cos(2 * np.pi * np.arange(32) / 8)[:, None] + np.zeros((32, 32))
        found = spectrum.radial_spectrum(wave, 0.8)
        assert found.argmax() == 3
        assert spectrum.wavelengths_km(0.8)[3] == pytest.approx(6.4)
        variance = (found * spectrum.ring_sizes(32)).sum() / (32 * 0.8) ** 2
        assert variance == pytest.approx(0.5, rel=0.02)

    def test_rings_are_counted_by_hand(self):
        # Of 4 x 4 frequencies 8 lie about one cycle from the middle, the four of the axes and
        # the four between them, 1.41 off; 2 cycles and 2.24 round to two.
        np.testing.assert_array_equal(spectrum.ring_sizes(4), [8, 6])

    def test_the_variance_of_a_band_is_said(self):
        wave = np.cos(2 * np.pi * np.arange(96) * 6 / 32)[:, None] + np.full((96, 96), -14.0)
        made = spectrum.Spectrum.of(view(np.full((96, 96), 10), wave, spacing_m=800.0))
        said, (table,) = spectrum.compare(made, made, 800.0)
        # A wave of 4.3 km and amplitude 1 dB: six a patch, five to seven through the window.
        assert "of 3.2 to 8 km, HH over ice varies by 0.50 dB2 in the real scene" in said[1]
        assert "dB2 km2" in table.caption

    def test_only_whole_ice_counts_and_clipped_pixels_are_told(self):
        sic = np.full((64, 64), 10)
        sic[0, 0] = 255
        hh = np.full((64, 64), -14.0)
        hh[:, 32:] = -3.0
        made = spectrum.Spectrum.of(view(sic, hh))
        assert made.patches == 9 - 1
        # Of nine patches the middle three lie half, the right three wholly in what is clipped.
        assert made.clipped == pytest.approx(3 * 0.5 + 3)

    def test_too_few_patches_are_said(self):
        one = spectrum.Spectrum.of(view(np.full((32, 32), 10)))
        said, tables = spectrum.compare(one, one, 800.0)
        assert "too few patches" in said[0]
        assert not tables


class TestScenes:
    def test_simulated_scenes_and_scenes_without_charts_are_not_real(self, make_scene, tmp_path):
        make_scene(name="20180101T000000_dmi_prep.nc", simulated=1)
        make_scene(name="20180102T000000_dmi_prep.nc", without=("SIC", "SOD", "FLOE"))
        with pytest.raises(ConfigError, match="does not contain a real scene"):
            real.real_scenes(tmp_path)
        make_scene(name="20180103T000000_dmi_prep.nc")
        assert [scene.id for scene in real.real_scenes(tmp_path)] == ["20180103T000000_dmi"]

    def test_a_file_is_seen_as_it_is(self, make_scene):
        scene = Scene.open(make_scene(without=("btemp_89_0v",)))
        seen = ComparedScene.of_file(scene, 400.0)
        assert "btemp_89_0v" not in seen.tb_k
        assert len(seen.tb_k) == 13
        assert not seen.valid[:, :16].any()
        assert seen.valid[:, 16:].all()

    def test_a_file_name_cannot_write_markdown(self, make_scene):
        scene = Scene.open(make_scene(name="# x](y)|_prep.nc"))
        assert re.fullmatch(r"Beside a real scene: [A-Za-z0-9_-]+", real._title(scene))


@pytest.mark.skipif("SEAICE_REAL_SCENES" not in os.environ, reason="SEAICE_REAL_SCENES is not set")
def test_real_scenes_are_compared_with_themselves():
    scene = real.real_scenes(Path(os.environ["SEAICE_REAL_SCENES"]))[0]
    configs = []

    def config_of(index, region, month):
        configs.append((region, month))

    def run(_):
        return real.Beside.of(ComparedScene.of_file(scene, 800.0))

    section = real.section(scene, config_of, run, 800.0)
    assert len(configs) == real.SIMULATED_BESIDE
    assert len(set(configs)) == 1
    assert "differ by less than 5 K" in section.text[1]
    assert len(section.tables) == 6
