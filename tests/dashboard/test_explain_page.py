"""Explain without a browser."""

import base64
import csv
import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import CHART
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.dashboard import cached
from seaice.dashboard.explain.branch_section import branch_kinds
from seaice.dashboard.explain.branch_table import class_table
from seaice.dashboard.explain.questions import class_key, parse_place, place_text
from seaice.dashboard.explain.save import table
from seaice.dashboard.explain.truth_maps import reach_km
from seaice.dashboard.figure_config import figure_config
from seaice.explain import part
from seaice.explain.branches import BranchShares, branch_shares
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.explain.pixel import pixel_story
from seaice.explain.tables import story_rows
from seaice.figures.scale_strip import SCALE
from seaice.network.checkpoint import load_checkpoint
from seaice.network.rates import CENTRE
from seaice.results.inference import predict
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

SCENE = "20180325T194759_dmi"


@pytest.fixture
def explain(dashboard: AppTest) -> AppTest:
    return dashboard.switch_page("pages/explain.py").run()


def charts(app: AppTest) -> list[str]:
    """Keys of the charts that are no maps."""
    return [each.key for each in app.get("plotly_chart")]


def legend(figure: dict) -> list[str]:
    """Entries of a map's legend of lines, with their titles."""
    return [
        f"{each['legendgroup']}: {each['name']}" for each in figure["data"] if "legendgroup" in each
    ]


def opened(dashboard: AppTest, query: dict[str, str]) -> AppTest:
    """Explain at an address."""
    for name, value in query.items():
        dashboard.query_params[name] = value
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    return app


def test_one_pixels_story_compares_the_networks(explain: AppTest, texts, figures):
    assert not explain.exception
    assert not explain.error
    (table,) = [each.value for each in explain.table]
    assert list(table.index) == ["1-2-3 · 3-10 km", "6-12-18 · 19-58 km"]
    assert table.loc["6-12-18 · 19-58 km", "Cells without data"].endswith(" of 32")
    assert table["Sure by"].str.endswith(" %").all()
    assert "The ice chart" in texts(explain)
    assert charts(explain) == ["pixel_probabilities", "pixel_gradient"]
    assert len(figures(explain)) == 1
    assert explain.query_params["place"] == "19_25.4"
    explain.segmented_control(key="chart").set_value("SIC").run()
    assert not explain.exception
    assert "Sure by" not in explain.table[0].value.columns
    assert charts(explain) == ["pixel_gradient"]


def test_branches_are_told_in_words_bars_and_a_map(explain: AppTest, texts, figures):
    explain.segmented_control(key="question").set_value("Branches").run()
    assert not explain.exception
    table, by_class = [each.value for each in explain.table]
    assert list(table["Branch"])[1] == "rate 1, 3.2 km"
    assert len(table) == 10
    # The shares of the class that the bars show are those beside them.
    shown = CHART["SOD"].class_names[explain.selectbox(key=class_key("Branches", "SOD")).value]
    for label, rows in table.groupby("Rates"):
        (row,) = by_class[by_class["Rates"] == label].loc[[shown]].to_numpy().tolist()
        assert row[2:] == list(rows["Share"])
    for label in ("1-2-3 · 3-10 km", "6-12-18 · 19-58 km"):
        assert f"**{label}**: " in texts(explain)
    assert texts(explain).count(": Its branches") == 2
    assert charts(explain) == ["branch_bars"]
    assert len(figures(explain)) == 1
    assert "In the place of a branch stands its mean over" in texts(explain)
    assert explain.query_params["question"] == "branches"
    explain.run()
    chosen = explain.selectbox(key=class_key("Branches", "SOD")).value
    assert explain.query_params["classes"] == str(chosen)


def test_in_a_narrow_window_the_shares_of_each_network_are_a_table(dashboard: AppTest, texts):
    dashboard.session_state["_narrow"] = True
    app = opened(dashboard, {"question": "branches", "task": "SOD"})
    _, *by_class = [each.value for each in app.table]
    assert len(by_class) == 2
    for each in by_class:
        assert list(each.columns) == [
            "Cells",
            "1 x 1",
            "1st rate",
            "2nd rate",
            "3rd rate",
            "pooling",
        ]
        assert not each.stack().str.contains("%").any()
    assert "**6-12-18 · 19-58 km**, %" in texts(app)


def test_branches_of_a_region_are_those_of_its_cells_and_a_large_scene_asks_for_one(
    dashboard: AppTest, tmp_path, texts, figures, monkeypatch
):
    query = {
        "question": "branches",
        "task": "SOD",
        "rates": "1-2-3",
        "within": "region",
        "region": "5-25_40-50",
    }
    app = opened(dashboard, query)
    assert query.items() <= dict(app.query_params).items()
    scene = Scene.open(tmp_path / "data" / f"{SCENE}_prep.nc")
    checkpoint = load_checkpoint(next((tmp_path / "models").glob("*_1-2-3_*")))
    window = Region((5, 25), (40, 50)).window(scene.grid)
    expected = branch_shares(scene, checkpoint, "SOD", window).cells
    shown = app.table[-1].value["Cells"]
    assert shown.astype(int).tolist() == expected[expected > 0].tolist()
    (drawn,) = figures(app)
    assert any(
        each["type"] == "rect" and not each.get("name") for each in drawn["layout"]["shapes"]
    )
    monkeypatch.setattr(part, "LARGEST_PX", 64 * 64)
    app.segmented_control(key="evidence_within").set_value("Scene").run()
    assert not app.exception
    assert "too large to be explained whole. Choose a region" in texts(app)


def test_branches_of_a_pixel_show_its_cell_near_by_and_a_cross(explain: AppTest, figures):
    """On a map of the scene, one cell could not be seen."""
    explain.segmented_control(key="question").set_value("Branches").run()
    explain.segmented_control(key="evidence_within").set_value("Pixel").run()
    assert not explain.exception
    assert explain.table[-1].value["Cells"].tolist() == ["1", "1"]
    (drawn,) = figures(explain)
    shown = [drawn["layout"][axis]["range"] for axis in ("yaxis", "xaxis")]
    crosses = [each for each in drawn["data"] if each["type"] == "scatter"]
    assert {each["marker"]["symbol"] for each in crosses} == {"cross-thin"}
    assert {(*each["y"], *each["x"]) for each in crosses} == {(19.0, 25.4)}
    # To whole pixels of 0.4 km, the scene is 38 by 51 km large.
    for (one, other), middle in zip(shown, (19.0, 25.4), strict=True):
        assert abs(other - one) == pytest.approx(16, abs=0.5)
        assert (one + other) / 2 == pytest.approx(middle, abs=0.4)
    maps = [each for each in drawn["data"] if each["type"] == "heatmap"]
    assert len(maps) == 2
    for each in maps:
        at = np.frombuffer(base64.b64decode(each["text"]["at"]), np.uint16).reshape(41, 41)
        none = each["text"]["texts"].index("none")
        lines, samples = np.nonzero(at != none)
        # Its cell of 3.2 km, from the first pixel of the view on.
        assert {*(27 + lines), *(43 + samples)} == {*range(40, 48), *range(56, 64)}
        assert len(lines) == 8 * 8


@pytest.mark.parametrize("question", ["Branches", "Evidence"])
def test_a_wrong_budget_of_memory_is_told_as_what_it_is(
    explain: AppTest, monkeypatch, texts, question: str
):
    monkeypatch.setenv("SEAICE_MEMORY", "lots")
    explain.segmented_control(key="question").set_value(question).run()
    assert not explain.exception
    (error,) = explain.error
    assert error.value.startswith("SEAICE\\_MEMORY is 'lots'")
    assert "are not known" not in texts(explain)
    assert "is not available" not in texts(explain)


def test_fields_channels_and_tests_of_maps_answer_in_words(explain: AppTest, texts, figures):
    explain.segmented_control(key="question").set_value("Field").run()
    assert not explain.exception
    assert texts(explain).count("90 % of the gradient lies within") == 2
    assert list(explain.table[0].value["Pixels"]) == ["16", "16"]
    assert list(explain.table[1].value.index)[:4] == ["Radar", "Radiometer", "HH", "HV"]
    assert charts(explain) == ["field_profiles", "field_images"]
    by_share, by_sensor = figures(explain)
    assert legend(by_share) == [
        "Square: field in theory: 1-2-3 · 3-10 km",
        "Square: field in theory: 6-12-18 · 19-58 km",
        *(f"Circle: share of the gradient: {share} %" for share in (50, 68, 90, 95)),
    ]
    circles = [each for each in by_share["layout"]["shapes"] if each["type"] == "circle"]
    told = [each["line"]["dash"] for each in by_share["data"] if each.get("legendgroup")][2:]
    assert [each["line"]["dash"] for each in circles[1::2]] == told * 2
    assert len(set(told)) == 4
    assert legend(by_sensor)[2:] == [
        "Circle: 90 % of the gradient on: Radar's channels",
        "Circle: 90 % of the gradient on: Radiometer's channels",
    ]
    # Each of the two networks' squares and circles lies in a light one. The radar has a scale too.
    drawn = [
        each
        for each in by_sensor["layout"]["shapes"]
        if each["type"] in ("rect", "circle") and each.get("name") != SCALE
    ]
    assert [each["type"] for each in drawn] == ["rect"] * 4 + ["circle"] * 8
    assert [each["line"].get("dash") for each in drawn[5::2]] == ["solid", "dash"] * 2
    for name, circle in zip(("Radar", "Radiometer"), drawn[-3::2], strict=True):
        told = float(explain.table[1].value.loc[name].iloc[-1].split()[0])
        assert circle["x1"] - circle["x0"] == pytest.approx(2 * told, abs=0.11)
    explain.segmented_control(key="question").set_value("Channels").run()
    assert not explain.exception
    assert list(explain.table[0].value.index) == [
        "HH",
        "HV",
        "Incidence angle",
        "18.7 GHz",
        "36.5 GHz",
    ]
    explain.segmented_control(key="channels_over").set_value("Folder").run()
    assert not explain.exception
    assert explain.query_params["over"] == "folder"
    explain.segmented_control(key="question").set_value("Is it true?").run()
    assert not explain.exception
    assert charts(explain) == ["removal_curves"]
    # The place, and the maps of both networks.
    assert len(figures(explain)) == 2
    assert texts(explain).count("the map for") == 2
    assert "No evidence lies beyond the receptive field" in texts(explain)
    assert explain.query_params["question"] == "is-it-true?"


def test_how_sure_takes_seeds_together_and_masks_what_is_not_sure(
    dashboard: AppTest, make_checkpoint, tmp_path, texts, figures
):
    make_checkpoint((6, 12, 18), "sar+amsr2-18-36", folder=tmp_path / "models", seed=1)
    dashboard.query_params["question"] = "how-sure?"
    dashboard.query_params["task"] = "SOD"
    dashboard.query_params["limit"] = "35"
    explain = dashboard.switch_page("pages/explain.py").run()
    assert not explain.exception
    assert explain.slider(key="sure_limit_SOD").value == 35
    said = texts(explain)
    assert said.count(" of the labelled pixels, and sure by ") == 2
    assert said.count("it is sure by at least 35 %") == 2
    numbers, table = [each.value for each in explain.table]
    assert list(numbers.columns) == ["1-2-3 · 3-10 km", "6-12-18 · 19-58 km"]
    assert numbers.loc["Seeds"].tolist() == ["0", "0, 1"]
    one, both = numbers.loc["Spread between seeds"]
    assert one == "\u2013"
    assert both.endswith(" points")
    assert numbers.loc["Temperature"].tolist() == ["none fitted"] * 2
    assert table.index[0] == "All classes"
    assert (table == "never predicted").any(axis=None)
    assert charts(explain) == ["reliability"]
    assert len(figures(explain)) == 1
    explain.slider(key="sure_limit_SOD").set_value(100).run()
    assert (
        texts(explain).count("There is no labelled pixel where it is sure by at least 100 %") == 2
    )
    assert explain.query_params["limit"] == "100"
    explain.segmented_control(key="chart").set_value("SIC").run()
    assert not explain.exception
    assert "One seed alone has no spread of SIC" in texts(explain)
    assert "its mean absolute error is" in texts(explain)
    (numbers,) = [each.value for each in explain.table]
    assert numbers.loc["Mean absolute error of the rest"].str.endswith(" points").all()


def test_evidence_stands_side_by_side(dashboard: AppTest, make_checkpoint, tmp_path, texts):
    make_checkpoint((6, 12, 18), "sar", folder=tmp_path / "models")
    dashboard.query_params["question"] = "evidence"
    dashboard.query_params["task"] = "SOD"
    dashboard.query_params["classes"] = "0 4"
    dashboard.query_params["by"] = "classes"
    explain = dashboard.switch_page("pages/explain.py").run()
    assert not explain.exception
    assert explain.multiselect(key="evidence_classes_SOD").value == [0, 4]
    assert "The maps of a row share one scale." in texts(explain)
    explain.segmented_control(key="evidence_across").set_value("Seeds").run()
    assert "There is one seed only" in texts(explain)
    explain.segmented_control(key="evidence_across").set_value("Channel sets")
    explain.segmented_control(key="evidence_within").set_value("Pixel")
    explain.segmented_control(key="evidence_by").set_value("Layers")
    explain.selectbox(key="method").set_value("GradCAM").run()
    assert not explain.exception
    assert "Each map has a scale of its own" in texts(explain)
    assert "GradCAM cannot show evidence for a region" in texts(explain)
    query = explain.query_params
    assert (query["across"], query["by"], query["within"]) == ("channel-sets", "layers", "pixel")
    explain.multiselect(key="evidence_layers").set_value(["1 x 1 branch"]).run()
    assert explain.query_params["layers"] == "1-x-1-branch"
    explain.multiselect(key="evidence_layers").set_value([]).run()
    assert "Choose at least one class and one layer." in texts(explain)


def test_the_maps_that_evidence_shows_are_tested_on_demand(dashboard: AppTest, texts):
    query = {
        "question": "evidence",
        "task": "SIC",
        "classes": "0",
        "by": "layers",
        "layers": "projection encoder",
        "within": "pixel",
        "method": "LayerCAM",
    }
    app = opened(dashboard, query)
    assert "more ice at projection" not in texts(app)
    app.toggle(key="evidence_tests").set_value(True).run()
    assert not app.exception
    said = [each for each in texts(app).splitlines() if " more ice at " in each]
    assert [each.split(", more ice at ")[0] for each in said] == [
        "**1-2-3 · 3-10 km**",
        "**6-12-18 · 19-58 km**",
    ] * 2
    assert [" at encoder: " in each for each in said] == [True, True, False, False]
    for each in said:
        # Of SIC, there is no true ice.
        assert " passes 5 tests; " in each or " fails: " in each, each
        assert "; not known: true ice." in each, each
    app.segmented_control(key="evidence_within").set_value("Scene").run()
    assert not app.toggle
    assert "more ice at projection" not in texts(app)


def test_is_it_true_takes_the_maps_that_evidence_shows(dashboard: AppTest, texts):
    query = {
        "question": "is-it-true?",
        "task": "SOD",
        "by": "layers",
        "layers": "projection encoder",
        "within": "region",
        "region": "5-25_10-40",
        "method": "LayerCAM",
    }
    app = opened(dashboard, query)
    assert (
        "Tested are maps by LayerCAM at the layer projection, as *Evidence* shows them, for what "
        "each network says in the region." in texts(app)
    )
    assert texts(app).count("the map for") == 2
    assert query.items() <= dict(app.query_params).items()
    app.selectbox(key="tested_layer").set_value("encoder").run()
    assert not app.exception
    assert "maps by LayerCAM at the layer encoder" in texts(app)
    assert app.query_params["layers"] == "encoder projection"
    app.segmented_control(key="question").set_value("Evidence").run()
    assert app.selectbox(key="method").value == "LayerCAM"
    app.segmented_control(key="evidence_within").set_value("Pixel").run()
    app.segmented_control(key="question").set_value("Is it true?").run()
    assert not app.exception
    # Evidence shows maps of the pixel, not of the square.
    assert (
        "Tested are maps by LayerCAM at the layer encoder, for what each network says in a square "
        "of 16 km around the pixel." in texts(app)
    )


def test_evidence_and_its_tests_of_a_region_predict_no_scene(
    dashboard: AppTest, tmp_path, texts, monkeypatch
):
    scene = Scene.open(tmp_path / "data" / f"{SCENE}_prep.nc")
    window = Region((5, 25), (10, 40)).window(scene.grid)
    whole = predict(scene, load_checkpoint(next((tmp_path / "models").glob("*_1-2-3_*"))))
    counts = np.bincount(whole.classes("SOD")[window][whole.valid[window]])
    predicted: list[object] = []
    monkeypatch.setattr(cached, "prediction", lambda *asked: predicted.append(asked))
    query = {"question": "evidence", "task": "SOD", "within": "region", "region": "5-25_10-40"}
    app = opened(dashboard, query)
    assert "share one scale" in texts(app)
    expected = sorted({0, 1 + int(counts[1:].argmax()) if counts[1:].any() else 0})
    assert app.multiselect(key="evidence_classes_SOD").value == expected
    app.segmented_control(key="question").set_value("Is it true?").run()
    assert not app.exception
    said = CHART["SOD"].class_names[counts.argmax()].lower()
    assert f"the map for {said}" in texts(app)
    assert not predicted


def test_what_is_shown_can_be_saved_as_tables(make_scene, make_checkpoint, tmp_path):
    scene = Scene.open(make_scene(64, 96))
    checkpoint = load_checkpoint(make_checkpoint((1, 3)))
    story = pixel_story(scene, checkpoint, "SOD", (12.0, 20.0))
    rows = list(csv.DictReader(io.StringIO(table(story_rows(story), scene))))
    p = [float(row["value"]) for row in rows if row["what"] == "probability"]
    np.testing.assert_allclose(p, story.probabilities)
    assert {row["scene"] for row in rows} == {scene.id}
    assert sum(row["what"] == "cell" for row in rows) == len(story.taps)
    # Rows may have other columns, and texts may be foreign.
    text = table([{"a": 1}, {"a": "=1+1", "b": 2}], scene)
    assert text.splitlines() == [
        "scene,a,b",
        f"{scene.id},1,",
        f"{scene.id},'=1+1,2",
    ]
    config = figure_config(scene, "map", zooms=True)
    assert config["toImageButtonOptions"]["filename"] == f"{scene.id}_map"


def test_the_view_of_a_map_holds_nearly_all_of_it():
    raw = np.full((10, 12), -1, np.float32)
    raw[2, 7] = 5
    grid = PixelGrid(20, 24, 400)
    window = slice(0, 20), slice(0, 24)
    config = CamConfig("SIC", 0)
    heatmap = Heatmap(config, grid, raw, raw > 0, 2, window, window, 1, "")
    # Cells of 0.8 km: the one above 0 lies 2 km down and 6 km along the samples.
    assert reach_km(heatmap, (2.0, 5.0)) == pytest.approx(1)
    assert reach_km(heatmap, (5.0, 6.0)) == pytest.approx(3)


def test_a_pixel_without_data_is_said_in_words(explain: AppTest, texts, figures):
    explain.number_input(key=f"place_Sample (km)_{SCENE}").set_value(2.0).run()
    assert not explain.exception
    assert "There is no data at 19 km, 2 km. Choose another pixel." in texts(explain)
    assert charts(explain) == []
    # The map, to choose another one.
    assert len(figures(explain)) == 1


def test_a_link_brings_back_the_pixel(dashboard: AppTest):
    dashboard.query_params["place"] = "10.2_30"
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    assert app.number_input(key=f"place_Line (km)_{SCENE}").value == 10.2
    assert app.query_params["place"] == "10.2_30"


def test_a_link_brings_back_what_a_question_asks(dashboard: AppTest):
    dashboard.query_params["question"] = "field"
    dashboard.query_params["task"] = "SOD"
    dashboard.query_params["classes"] = "0"
    dashboard.query_params["pixels"] = "16"
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    assert app.selectbox(key=class_key("Field", "SOD")).value == 0
    assert (app.query_params["classes"], app.query_params["pixels"]) == ("0", "16")


def test_a_link_brings_back_layers_of_a_class_in_a_region(dashboard: AppTest, texts):
    query = {
        "question": "evidence",
        "task": "SOD",
        "by": "layers",
        "classes": "3",
        "layers": "encoder atrous-branch-9",
        "within": "region",
        "region": "5-25_10-40",
    }
    app = opened(dashboard, query)
    assert app.selectbox(key=class_key("Evidence", "SOD")).value == 3
    # A layer that is not there is said in words, and the others are shown.
    assert "Not every network here has the layer atrous branch 9." in texts(app)
    assert app.multiselect(key="evidence_layers").value == ["encoder"]
    assert (app.query_params["classes"], app.query_params["region"]) == ("3", "5-25_10-40")
    app.selectbox(key=class_key("Evidence", "SOD")).set_value(4).run()
    assert app.query_params["classes"] == "4"


def test_a_link_brings_back_the_network_whose_cells_are_shown(dashboard: AppTest):
    dashboard.query_params["question"] = "one-pixel"
    dashboard.query_params["of"] = "1"
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    assert app.selectbox(key="taps_of").value == 0
    assert app.query_params["of"] == "1"
    app.selectbox(key="taps_of").set_value(1).run()
    assert app.query_params["of"] == "2"


def test_a_limit_beyond_the_slider_is_held_at_its_end(dashboard: AppTest):
    dashboard.query_params["question"] = "how-sure?"
    dashboard.query_params["task"] = "SIC"
    dashboard.query_params["limit"] = "50"
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    assert app.slider(key="sure_limit_SIC").value == 30


def test_a_class_that_no_network_predicts_is_said_in_words(
    dashboard: AppTest, tmp_path, texts, figures
):
    scene = Scene.open(next((tmp_path / "data").glob(f"{SCENE}*")))
    networks = map(load_checkpoint, (tmp_path / "models").iterdir())
    given = np.unique([predict(scene, each).classes("SOD") for each in networks])
    absent = min(set(range(6)) - set(given.tolist()))
    dashboard.query_params["question"] = "branches"
    dashboard.query_params["task"] = "SOD"
    dashboard.query_params["classes"] = str(absent)
    app = dashboard.switch_page("pages/explain.py").run()
    assert not app.exception
    assert texts(app).count(f"It predicts no {CHART['SOD'].class_names[absent].lower()} here.") == 2
    # No empty bars; the table and the map are of all classes.
    (by_class,) = [each.value for each in app.table]
    assert CHART["SOD"].class_names[absent] not in by_class.index
    assert charts(app) == []
    assert len(figures(app)) == 1
    assert app.query_params["classes"] == str(absent)


def test_the_table_tells_the_share_of_each_branch_by_class_and_network():
    leading = np.zeros((1, 1), np.uint8)
    cells = np.array([0, 30, 0, 4, 0, 0])
    loss = np.full((6, 3), np.nan)
    # A class that gains without a branch: it speaks against it.
    loss[1], loss[3] = [1, 3, -2], [0, 0, 0]
    names = "1 x 1", "rate 1, 1.6 km", "pooling of 2 x 2"
    few = BranchShares("SOD", names, loss, cells, leading, (1,), 1.6)
    none = BranchShares("SOD", (names[0], names[2]), loss[:, [0, 1]], cells, leading, (), 1.6)
    table, dash, minus = class_table(["1", "none"], [few, none]), "\u2013", "\u2212"
    assert [table.index.name, *table.columns] == [
        "Class",
        "Rates",
        "Cells",
        "1 x 1",
        "1st rate",
        "pooling",
    ]
    assert table.reset_index().to_numpy().tolist() == [
        ["New ice", "1", "30", "17 %", "50 %", f"{minus}33 %"],
        ["New ice", "none", "30", "25 %", dash, "75 %"],
        ["Thin first-year ice", "1", "4", dash, dash, dash],
        ["Thin first-year ice", "none", "4", dash, dash, dash],
    ]


def test_branches_of_one_reach_share_a_colour():
    def shares(rates, cell_km):
        empty = np.zeros((1, 1), np.uint8)
        return BranchShares("SOD", (), empty, empty, empty, rates, cell_km)

    assert branch_kinds([shares((6, 12), 1.6), shares((3, 6, 12), 3.2)]) == (
        "1 x 1",
        "9.6 km",
        "19 km",
        "38 km",
        "pooling",
        "none",
    )
    assert branch_kinds([shares(CENTRE, 1.6)])[1:-2] == ("centre taps",)
    assert branch_kinds([shares((), 1.6)]) == ("1 x 1", "pooling", "none")


@pytest.mark.parametrize("text", ["5", "a_b", "nan_3", "-1_3", "1_2_3"])
def test_what_is_no_pixel_is_refused(text: str, dashboard: AppTest, texts):
    with pytest.raises(Exception, match="A pixel"):
        parse_place(text)


def test_a_place_is_written_as_it_is_read():
    assert parse_place(place_text((61.4, 70.25))) == (61.4, 70.25)
