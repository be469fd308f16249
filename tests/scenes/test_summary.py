import numpy as np
import pytest

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.ai4arctic.layout import SCALING
from seaice.core.errors import SceneError
from seaice.scenes import summary
from seaice.scenes.scene import Scene
from seaice.scenes.summary import summarize


def test_thumbnails_are_small_and_in_physical_units(make_scene):
    """HH of -10 dB on the left half, -20 dB on the right; 640 pixels become 80."""
    mean, std = SCALING["nersc_sar_primary"]

    def halves(arrays):
        values = np.where(np.arange(640) < 320, -10.0, -20.0)
        arrays["nersc_sar_primary"][:] = (values - mean) / std
        arrays["SOD"][:] = np.where(np.arange(640) < 320, 1, 4)

    summary = summarize(Scene.open(make_scene(320, 640, change=halves)))
    assert summary.hh_db.shape == summary.valid.shape == summary.chart.shape == (40, 80)
    np.testing.assert_allclose(summary.hh_db[:, 20:40], -10, atol=1e-3)
    np.testing.assert_allclose(summary.hh_db[:, 40:], -20, atol=1e-3)
    assert summary.chart_name == "SOD"
    assert set(summary.chart[:, :40].ravel()) == {1}
    assert set(summary.chart[:, 40:].ravel()) == {4}


def test_strips_make_no_difference(make_scene, monkeypatch):
    """A full-size scene is read in strips, also where the last one is thinner."""
    scene = Scene.open(make_scene(330, 650))
    whole = summarize(scene)
    monkeypatch.setattr(summary, "_STRIP_LINES", 36)
    strips = summarize(scene)
    np.testing.assert_array_equal(strips.hh_db, whole.hh_db)
    np.testing.assert_array_equal(strips.valid, whole.valid)
    np.testing.assert_array_equal(strips.chart, whole.chart)
    assert strips.share_valid == whole.share_valid


def test_water_is_counted_among_the_labelled_pixels_alone(make_scene):
    """Of 96 x 128 pixels: 32 samples water, 64 ice, 32 without a label."""

    def zones(arrays):
        arrays["SIC"][:] = np.repeat([0, 10, 7, FILL], 32)

    summary = summarize(Scene.open(make_scene(change=zones)))
    assert summary.share_water == pytest.approx(1 / 3)


def test_rare_water_is_counted_though_no_coarse_pixel_shows_it(make_scene):
    def specks(arrays):
        arrays["SIC"][:] = 10
        arrays["SIC"][::10, ::10] = 0

    summary = summarize(Scene.open(make_scene(1000, 1000, change=specks)))
    assert summary.share_water == pytest.approx(0.01)


def test_the_share_of_valid_pixels(make_scene):
    """The left eighth of the fixture's scenes is masked."""
    summary = summarize(Scene.open(make_scene(128, 640)))
    assert summary.share_valid == pytest.approx(7 / 8)
    assert not summary.valid[:, :10].any()
    assert summary.valid[:, 10:].all()


def test_no_label_in_sic_leaves_the_share_of_water_open(make_scene):
    def unlabelled(arrays):
        arrays["SIC"][:] = FILL

    assert summarize(Scene.open(make_scene(change=unlabelled))).share_water is None


def test_sic_stands_in_for_a_missing_sod(make_scene):
    summary = summarize(Scene.open(make_scene(without=("SOD", "FLOE"))))
    assert summary.chart_name == "SIC"
    assert summary.share_water is not None


def test_a_scene_without_charts_and_radar_has_a_summary(make_scene):
    summary = summarize(Scene.open(make_scene(without=(*CHARTS, *SAR))))
    assert summary.hh_db is None
    assert summary.chart is None
    assert summary.chart_name is None
    assert summary.share_water is None
    assert summary.share_valid == 1


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3), (321, 323)])
def test_any_shape_has_a_thumbnail(make_scene, shape):
    summary = summarize(Scene.open(make_scene(*shape)))
    assert 1 <= max(summary.hh_db.shape) <= 81
    assert summary.hh_db.shape == summary.chart.shape
    assert np.isfinite(summary.hh_db).all()


def test_a_file_that_is_gone_is_named(make_scene):
    path = make_scene()
    scene = Scene.open(path)
    path.unlink()
    with pytest.raises(SceneError, match=path.name):
        summarize(scene)
