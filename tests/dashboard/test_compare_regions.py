"""Regions of the page Compare."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.dashboard.compare.region_picker import region_of_box
from seaice.dashboard.scene_view import SceneView
from seaice.figures.scale_strip import SCALE
from seaice.network.checkpoint import load_checkpoint
from seaice.results.evaluation import score_prediction
from seaice.results.export.region_geojson import region_to_geojson
from seaice.results.inference import predict
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

FIRST, SECOND = "20180325T194759_dmi", "20200101T000000_cis"


def test_a_region_that_overhangs_is_cut_off(dashboard: AppTest):
    dashboard.query_params["region"] = "10-900_0-900"
    app = dashboard.run()
    assert not app.exception
    assert dict(app.query_params)["region"] == "10-38.4_0-51.2"
    assert any("lines 10-38.4 km" in each.value for each in app.subheader)


def test_a_region_beyond_the_scene_is_forgotten(dashboard: AppTest):
    dashboard.query_params["scene"] = FIRST
    dashboard.query_params["region"] = "900-950_0-10"
    app = dashboard.run()
    assert not app.exception
    assert not app.error
    assert "region" not in dict(app.query_params)


def test_a_region_is_drawn_and_scored_by_itself(dashboard: AppTest, texts, tmp_path: Path, figures):
    app = dashboard.run()
    whole = app.table[0].value
    app.number_input(key=f"region_bottom_{FIRST}").set_value(20.0).run()
    app.number_input(key=f"region_left_{FIRST}").set_value(8.0).run()
    assert not app.exception
    assert "Scores of the region" in "\n".join(each.value for each in app.subheader)
    # The region's maps stand in place of the scene's, which are a click away.
    assert len(figures(app)) == 2
    close_up = figures(app)[0]
    assert close_up["layout"]["xaxis"]["range"] == [8, 51.2]
    app.segmented_control(key="region_place").set_value("In the scene").run()
    assert figures(app)[0]["layout"]["xaxis"]["range"] == [0, 51.2]
    shapes = figures(app)[0]["layout"]["shapes"]
    assert any(each["type"] == "rect" and each.get("name") != SCALE for each in shapes)
    scene = Scene.open(tmp_path / "data" / f"{FIRST}_prep.nc")
    checkpoint = load_checkpoint(tmp_path / "models" / "sar+amsr2-18-36_1-2-3_seed0.safetensors")
    region = Region((0, 20), (8, 51.2))
    sums = score_prediction(predict(scene, checkpoint), region.window(scene.grid))
    table = app.table[0].value
    assert table.loc["SOD F1"].iloc[0] == f"{sums.scores().SOD.value:.1f}"
    assert table.loc["SOD pixels"].iloc[0] == f"{sums.confusion['SOD'].sum():,}"
    app.button(key="whole_scene").click().run()
    # A browser would send the values of the former fields once more.
    assert f"region_bottom_{FIRST}" not in {each.key for each in app.number_input}
    assert app.table[0].value.equals(whole)
    assert len(figures(app)) == 2


def test_a_region_comes_from_a_file(dashboard: AppTest, tmp_path: Path):
    app = dashboard.run()
    scene = Scene.open(tmp_path / "data" / f"{FIRST}_prep.nc")
    drawn = region_to_geojson(scene, Region((4, 20), (8, 40))).encode()
    app.file_uploader[0].set_value([("x.geojson", drawn, "application/geo+json")]).run()
    assert not app.exception
    assert dict(app.query_params)["region"] == "4-20_8-40"


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        # Drawn from the lower right, beyond the scene.
        ({"x": [60, 10.04], "y": [30, -5]}, Region((0, 30), (10, 51.2))),
        # A click.
        ({"x": [10, 10.2], "y": [10, 30]}, None),
        ({"x": [80, 90], "y": [10, 30]}, None),
    ],
)
def test_a_box_becomes_a_region(make_scene, box, expected):
    assert region_of_box(SceneView(Scene.open(make_scene())), box) == expected


def test_a_box_on_a_transposed_map_becomes_a_region(make_scene):
    def transpose(arrays):
        """Lines run east and samples south."""
        for name in ("sar_grid2d_latitude", "sar_grid2d_longitude"):
            arrays[name] = arrays[name].T.copy()

    scene = Scene.open(make_scene(change=transpose))
    box = {"x": [10, 20], "y": [5, 45]}
    view = SceneView(scene)
    assert view.orientation.transposed
    assert region_of_box(view, box) == Region((10, 20), (5, 45))
    acquired = SceneView(scene, north_up=False)
    assert region_of_box(acquired, box) == Region((5, 38.4), (10, 20))


def test_two_scenes_of_one_session_keep_their_regions(dashboard: AppTest):
    app = dashboard.run()
    app.number_input(key=f"region_bottom_{FIRST}").set_value(20.0).run()
    app.selectbox(key="scene").set_value(SECOND).run()
    assert app.number_input(key=f"region_bottom_{SECOND}").value == pytest.approx(38.4)
    app.selectbox(key="scene").set_value(FIRST).run()
    assert app.number_input(key=f"region_bottom_{FIRST}").value == 20
