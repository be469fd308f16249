"""Polygons and egg codes of a scene that is prepared from a raw file."""

import numpy as np

from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.egg_code import EggCode, classify
from seaice.dashboard.scene_view import SceneView
from seaice.scenes.catalogue import open_scene
from seaice.scenes.polygons import read_polygons
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder


def test_polygons_have_the_classes_of_the_chart(tmp_path, own_cache) -> None:
    simulate_folder(tmp_path, 1, 7, spacing_m=1000, lines=60, samples=70, raw=True)
    (path,) = (each for each in tmp_path.iterdir() if not each.name.endswith("_prep.nc"))
    scene = open_scene(path)
    found = read_polygons(scene, np.arange(60), np.arange(70))
    assert found is not None
    ids, codes = found
    assert len(set(ids[np.isfinite(ids)])) > 3
    for number, name in enumerate(CHARTS):
        chart = read_chart(scene, name)
        ours = np.array(
            [[classify(codes[int(i)])[number] if i in codes else 255 for i in row] for row in ids]
        )
        # The chart takes the largest class of 2 x 2 raw pixels, which differs along borders alone.
        assert (ours == chart).mean() > 0.9
    some = read_polygons(scene, np.array([7, 30]), np.array([3, 60, 65]))
    np.testing.assert_array_equal(some[0], ids[np.ix_([7, 30], [3, 60, 65])])


def test_the_pointer_reads_polygon_and_code(tmp_path, own_cache) -> None:
    simulate_folder(tmp_path, 1, 7, spacing_m=1000, lines=60, samples=70, raw=True)
    (path,) = (each for each in tmp_path.iterdir() if not each.name.endswith("_prep.nc"))
    scene = open_scene(path)
    texts = SceneView(scene).polygon_texts()
    ids, codes = read_polygons(scene, np.arange(60), np.arange(70))
    line, sample = np.argwhere(np.isfinite(ids))[0]
    assert texts[line, sample] == f"polygon {ids[line, sample]:g}: {codes[ids[line, sample]].text}"


def test_the_last_pixel_may_reach_beyond_the_scene(tmp_path, own_cache) -> None:
    simulate_folder(tmp_path, 1, 7, spacing_m=1000, lines=61, samples=73, raw=True)
    (path,) = (each for each in tmp_path.iterdir() if not each.name.endswith("_prep.nc"))
    view = SceneView(open_scene(path), longest_px=25)
    # Pixels of 3 km: the middle of the last sample lies at 73.5 km.
    assert view.shape == (21, 25)
    assert view.polygon_texts().shape == view.shape


def test_a_ready_scene_has_no_polygons(make_scene) -> None:
    scene = Scene.open(make_scene())
    assert read_polygons(scene, np.arange(4), np.arange(4)) is None
    assert SceneView(scene).polygon_texts() is None


def test_an_egg_code_reads_like_an_egg() -> None:
    code = EggCode(ct=92, ca=30, sa=95, fa=5, cb=70, sb=93, fb=8, sc=-9)
    assert code.text == "CT 92, 30/95/05, 70/93/08"
    assert EggCode(ct=91, sa=85, fa=2).text == "CT 91, -/85/02"
