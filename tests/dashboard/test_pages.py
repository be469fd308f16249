"""The pages without a browser: what they say, and what they say when something is missing."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import CHART
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.compare.rows import map_rows
from seaice.dashboard.compare.score_tables import MEANING
from seaice.dashboard.scene_view import SceneView
from seaice.explain.gradcam import CamConfig, explain
from seaice.network.checkpoint import load_checkpoint, save_checkpoint
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.inference import predict
from seaice.scenes.scene import Scene


def test_the_first_visit_shows_maps_and_scores_without_a_click(dashboard: AppTest, texts, figures):
    app = dashboard.run()
    assert not app.exception
    assert not app.error
    assert "Simulated scene" in texts(app)
    assert app.multiselect(key="rates").value == ["1-2-3", "6-12-18"]
    scores, networks, classes = [each.value for each in app.table]
    names = ["Rates 1-2-3 · 3-10 km", "Rates 6-12-18 · 19-58 km", "All water", "Meaning"]
    assert list(scores.columns) == names
    assert list(classes.index) == list(CHART["SOD"].class_names)
    assert networks.loc["Receptive field", "Rates 6-12-18 · 19-58 km"].endswith(" km")
    # The maps, and the confusion matrices.
    assert len(figures(app)) == 2


def test_a_narrow_window_has_what_measures_mean_below_their_tables(dashboard: AppTest):
    dashboard.session_state["_narrow"] = True
    app = dashboard.run()
    assert not app.exception
    scores, networks, _ = [each.value for each in app.table]
    assert not {MEANING} & {*scores.columns, *networks.columns}
    below = [each for each in app.expander if each.label == "What they mean"]
    for table, box in zip((scores, networks), below, strict=True):
        lines = box.markdown[0].value.replace("\\", "").splitlines()
        assert [line.split("**")[1] for line in lines] == list(table.index)
    assert "100 is best" in below[0].markdown[0].value


def test_a_missing_combination_names_the_command(dashboard: AppTest, texts):
    app = dashboard.run()
    app.multiselect(key="rates").set_value(["1-2-3", "none"]).run()
    assert not app.exception
    assert "Not trained yet: rates none · encoder alone, channel set sar+amsr2-18-36" in texts(app)
    assert "Press Train in the sidebar" in texts(app)
    assert "seaice train --rates none --channels sar+amsr2-18-36" in texts(app)
    columns = ["Rates 1-2-3 · 3-10 km", "All water", "Meaning"]
    assert list(app.table[0].value.columns) == columns
    # One box for all of them, and their commands folded below it.
    app.selectbox(key="channel_set").set_value("all").run()
    (box,) = app.info
    assert "rates none · encoder alone, 1-2-3 · 1.6-4.8 km, channel set all" in box.value
    (code,) = app.code
    commands = [" ".join(line.split()[:6]) for line in code.value.splitlines()]
    rates = ("none", "1-2-3")
    assert commands == [f"seaice train --rates {name} --channels all" for name in rates]
    assert [each.label for each in app.expander if each.code] == ["Commands"]
    assert not next(each for each in app.expander if each.code).proto.expanded
    app.multiselect(key="rates").set_value([]).run()
    assert not app.exception
    assert "Choose atrous rates" in texts(app)


def test_task_and_scene_can_be_switched(dashboard: AppTest, texts):
    app = dashboard.run()
    app.segmented_control(key="chart").set_value("SIC").run()
    assert not app.exception
    assert app.selectbox(key="target_SIC_20180325T194759_dmi").value == 0
    app.selectbox(key="scene").set_value("20200101T000000_cis").run()
    assert not app.exception
    assert "Simulated scene" not in texts(app)


def test_a_bad_file_is_named_and_the_good_ones_stay(
    dashboard: AppTest, texts, tmp_path: Path, figures
):
    (tmp_path / "data" / "bad_prep.nc").write_text("bad")
    (tmp_path / "models" / "bad.safetensors").write_text("bad")
    app = dashboard.run()
    assert not app.exception
    assert "bad_prep.nc is not a NetCDF file" in texts(app)
    assert "bad.safetensors is damaged" in texts(app)
    assert len(figures(app)) == 2


def test_a_scene_that_lacks_channels_names_them(
    dashboard: AppTest, texts, make_scene, tmp_path: Path
):
    name = "20210101T000000_dmi_prep.nc"
    make_scene(folder=tmp_path / "data", name=name, without=("btemp_36_5v",))
    app = dashboard.run()
    app.selectbox(key="scene").set_value("20210101T000000_dmi").run()
    assert not app.exception
    assert "lacks btemp_36_5v" in texts(app)


def test_a_scene_without_charts_is_shown(
    dashboard: AppTest, texts, make_scene, tmp_path: Path, figures
):
    name = "20210101T000000_dmi_prep.nc"
    make_scene(folder=tmp_path / "data", name=name, without=("SIC", "SOD", "FLOE"))
    app = dashboard.run()
    app.selectbox(key="scene").set_value("20210101T000000_dmi").run()
    assert not app.exception
    assert "no reference chart" in texts(app)
    assert len(app.table) == 0
    assert len(figures(app)) == 1


def test_branches_of_several_rates_can_be_explained_side_by_side(dashboard: AppTest, figures):
    app = dashboard.run()
    options = app.selectbox(key="layer").options
    assert "atrous branch 2 (rates 2, 12 · 6 km, 38 km)" in options
    app.selectbox(key="layer").set_value("atrous branch 2").run()
    assert not app.exception
    assert len(figures(app)) == 2


def test_names_with_markup_are_shown_as_text(
    dashboard: AppTest, make_scene, make_checkpoint, tmp_path: Path
):
    folder = tmp_path / "models"
    shown = "a![x](y) **b**"
    make_checkpoint((1, 2, 3), "sar", folder=folder, name=shown)
    make_scene(folder=tmp_path / "data", name=f"0{shown}.nc", ice_service="<b>x</b>")
    app = dashboard.run()
    app.selectbox(key="channel_set").set_value("sar").run()
    assert not app.exception
    assert f"0{shown}" in next(element.value for element in app.text)
    cell = app.table[1].value.loc["Checkpoint"].iloc[0]
    assert "![x](y)" not in cell
    assert r"\!\[x\]\(y\)" in cell


@pytest.mark.parametrize("trained", [("1-2-3",), ("1-2-3", "6-12-18")])
def test_one_warning_names_all_networks_that_were_trained_on_the_scene(
    dashboard: AppTest, texts, tmp_path: Path, trained: tuple[str, ...]
):
    for rates in trained:
        path = tmp_path / "models" / f"sar+amsr2-18-36_{rates}_seed0.safetensors"
        loaded = load_checkpoint(path)
        training = {"scene_ids": ["20180325T194759_dmi"]}
        save_checkpoint(path, loaded.network, replace(loaded.info, training=training))
    app = dashboard.run()
    assert not app.exception
    assert len(app.warning) == 1
    reach = {"1-2-3": "3-10 km", "6-12-18": "19-58 km"}
    names = ", ".join(f"{rates} · {reach[rates]}" for rates in trained)
    assert f"Trained on this scene, so the scores here are optimistic: rates {names}." in texts(app)


def test_a_scene_too_large_for_a_heatmap_still_has_maps(
    dashboard: AppTest, texts, monkeypatch, figures
):
    monkeypatch.setattr("seaice.explain.part.LARGEST_PX", 100)
    app = dashboard.run()
    assert not app.exception
    assert "too large to be explained whole" in texts(app)
    assert len(figures(app)) == 2
    assert len(app.table) == 3


def test_rows_are_maps_errors_and_evidence(make_scene, make_checkpoint):
    scene = Scene.open(make_scene())
    results = []
    for rates in ((1,), (2, 3)):
        checkpoint = load_checkpoint(make_checkpoint(rates))
        file = CheckpointFile(checkpoint.path, checkpoint.info)
        heatmap = explain(scene, checkpoint, CamConfig("SIC", 0))
        results.append(
            NetworkResult((file.info.rates_label,), predict(scene, checkpoint), file, heatmap)
        )
    view = SceneView(scene)
    rows = [
        part
        for each in map_rows(view, DisplaySettings("SIC"), results)
        for part in each.to_figure_rows(view, 1.0, 3)
    ]
    titles = [
        [
            re.sub(r"<br>(peak|mean|<b>).*", "", panel.title).replace("<br>", ", ")
            for panel in row.panels
        ]
        for row in rows
    ]
    assert titles == [
        ["Ice chart SIC", "Predicted SIC, 1 · 3 km", "Predicted SIC, 2-3 · 6-10 km"],
        ["HH, -28 to -4 dB", "Error, 1 · 3 km", "Error, 2-3 · 6-10 km"],
        ["HV, -36 to -14 dB", "Evidence, 1 · 3 km", "Evidence, 2-3 · 6-10 km"],
    ]
    # The left eighth of the scene is masked.
    assert rows[0].panels[1].hover[20, 3] in ("No data", "Land")
    assert "chart: " in rows[0].panels[1].hover[20, 50]


def test_a_layer_that_the_next_rates_lack_falls_back(
    dashboard: AppTest, make_checkpoint, tmp_path: Path
):
    app = dashboard.run()
    app.multiselect(key="rates").set_value(["6-12-18"]).run()
    app.selectbox(key="layer").set_value("atrous branch 3").run()
    assert not app.exception
    make_checkpoint((5,), "sar+amsr2-18-36", folder=tmp_path / "models")
    app.run()
    app.multiselect(key="rates").set_value(["5"]).run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="layer").value == "encoder"


def test_scenes_with_the_same_label_can_be_told_apart(
    dashboard: AppTest, make_scene, tmp_path: Path
):
    name = "20180325T194759_dmi_800m"
    make_scene(folder=tmp_path / "data", name=f"{name}_prep.nc", seed=3, simulated=1)
    dashboard.query_params["scene"] = name
    app = dashboard.run()
    options = app.selectbox(key="scene").options
    assert len(set(options)) == len(options) == 3
    app.segmented_control(key="chart").set_value("SIC").run()
    assert app.selectbox(key="scene").value == name


def test_one_of_several_checkpoints_can_be_chosen(
    dashboard: AppTest, make_checkpoint, tmp_path: Path
):
    folder = tmp_path / "models"
    newer = make_checkpoint((1, 2, 3), "sar+amsr2-18-36", folder=folder, name="z", seed=5)
    os.utime(newer, (2e9, 2e9))
    app = dashboard.run()
    # Not the newest: none is known to be better, and a later one changes nothing unseen.
    assert app.table[1].value.loc["Checkpoint"].iloc[0].startswith("sar")
    picker = app.selectbox(key="checkpoint_sar+amsr2-18-36_1-2-3")
    assert picker.options == ["3-10 km · not scored · seed 0", "3-10 km · not scored · seed 5"]
    before = app.table[0].value
    picker.set_value("z").run()
    assert not app.exception
    assert app.table[1].value.loc["Checkpoint"].iloc[0].startswith("z (")
    assert not app.table[0].value.equals(before)


def test_the_same_rates_in_other_cells_are_told_apart(
    dashboard: AppTest, make_checkpoint, texts, tmp_path: Path
):
    """The best validated one is shown, and those with cells of the same size stand together."""
    for name, stride, score in (("a", 8, 70.0), ("b", 16, 80.0), ("c", 8, 90.0), ("d", 16, None)):
        folder = tmp_path / "models"
        make_checkpoint(
            (6, 12, 18), "sar+amsr2-18-36", folder=folder, name=name, stride=stride, score=score
        )
    app = dashboard.run()
    picker = app.selectbox(key="checkpoint_sar+amsr2-18-36_6-12-18")
    assert picker.options == [
        "19-58 km · 90.0 · seed 0",
        "19-58 km · 70.0 · seed 0",
        "19-58 km · not scored · seed 0",
        "38-115 km · 80.0 · seed 0",
        "38-115 km · not scored · seed 0",
    ]
    assert picker.value == "c"
    assert "more than their rates" not in texts(app)
    picker.set_value("b").run()
    assert not app.exception
    assert app.table[0].value.columns[1] == "Rates 6-12-18 · 38-115 km"
    # What is chosen stays chosen, and the picker of rates says how far that one reaches.
    assert app.multiselect(key="rates").value == ["1-2-3", "6-12-18"]
    assert "6-12-18 · 38-115 km" in app.multiselect(key="rates").options
    assert "differ in more than their rates: output stride 8 or 16" in texts(app)


def test_rates_are_first_shown_with_one_seed(dashboard: AppTest, make_checkpoint, tmp_path, texts):
    """That of most rates, even if another one has the best checkpoint of some of them."""
    for rates, seed, score in (
        ((1, 2, 3), 0, 70.0),
        ((6, 12, 18), 0, 71.0),
        ((6, 12, 18), 1, 90.0),
    ):
        make_checkpoint(
            rates,
            "sar+amsr2-18-36",
            folder=tmp_path / "models",
            name=f"{rates[0]}_{seed}",
            seed=seed,
            score=score,
        )
    app = dashboard.run()
    assert app.selectbox(key="checkpoint_sar+amsr2-18-36_6-12-18").value == "6_0"
    assert "Seeds of these networks" not in texts(app)


def test_networks_of_different_seeds_say_so(dashboard: AppTest, make_checkpoint, tmp_path, texts):
    app = dashboard.run()
    assert "Seeds of these networks" not in texts(app)
    # One with a score comes before those without.
    make_checkpoint(
        (6, 12, 18), "sar+amsr2-18-36", folder=tmp_path / "models", name="s1", seed=1, score=99.0
    )
    app.run()
    assert not app.exception
    assert "Seeds of these networks, in order: 0, 1." in texts(app)
