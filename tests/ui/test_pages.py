"""The pages without a browser: what they say, and what they say when something is missing."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.checkpoint import load_checkpoint
from seaice.data.scene import Scene
from seaice.explain.gradcam import CamConfig, explain
from seaice.inference import predict
from seaice.ui.compare import Base, compare_rows

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def dashboard(make_scene, make_checkpoint, tmp_path: Path, monkeypatch) -> AppTest:
    """The dashboard on two scenes and two checkpoints of its default channel set."""
    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(folder=data, simulated=1)
    make_scene(folder=data, name="20200101T000000_cis_prep.nc", seed=1, ice_service="cis")
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    return AppTest.from_file(str(HOME / "app.py"), default_timeout=120)


def texts(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.text, app.error, app.warning, app.info, app.code)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_the_first_visit_shows_maps_and_scores_without_a_click(dashboard: AppTest):
    app = dashboard.run()
    assert not app.exception
    assert not app.error
    assert "Simulated scene" in texts(app)
    assert app.multiselect(key="rates").value == ["1-2-3", "6-12-18"]
    (table,) = [each.value for each in app.table]
    assert list(table.index) == ["1-2-3", "6-12-18"]
    assert all("km" in cell for cell in table["Receptive field"])
    assert len(app.get("plotly_chart")) == 1


def test_a_missing_combination_names_the_command(dashboard: AppTest):
    app = dashboard.run()
    app.multiselect(key="rates").set_value(["1-2-3", "none"]).run()
    assert not app.exception
    assert "No checkpoint of rates none" in texts(app)
    assert "seaice train --rates none --channels sar+amsr2-18-36" in texts(app)
    assert list(app.table[0].value.index) == ["1-2-3"]


def test_task_and_scene_can_be_switched(dashboard: AppTest):
    app = dashboard.run()
    app.segmented_control(key="chart").set_value("SIC").run()
    assert not app.exception
    assert app.selectbox(key="target_SIC_20180325T194759_dmi").value == 0
    app.selectbox(key="scene").set_value("20200101T000000_cis").run()
    assert not app.exception
    assert "Simulated scene" not in texts(app)


def test_no_rates_ask_for_one(dashboard: AppTest):
    app = dashboard.run()
    app.multiselect(key="rates").set_value([]).run()
    assert not app.exception
    assert "Choose atrous rates" in texts(app)


@pytest.mark.parametrize("folder", ["gone", "empty", "\0", "~no-such-user/x"])
def test_a_folder_without_scenes_says_what_to_do(dashboard: AppTest, tmp_path: Path, folder: str):
    (tmp_path / "empty").mkdir()
    app = dashboard.run()
    typed = folder if folder[0] in "\0~" else str(tmp_path / folder)
    app.text_input(key="data_folder").set_value(typed).run()
    assert not app.exception
    assert "This cannot be shown." in texts(app)


def test_a_bad_file_is_named_and_the_good_ones_stay(dashboard: AppTest, tmp_path: Path):
    (tmp_path / "data" / "bad_prep.nc").write_text("bad")
    (tmp_path / "models" / "bad.safetensors").write_text("bad")
    app = dashboard.run()
    assert not app.exception
    assert "bad_prep.nc is not a NetCDF file" in texts(app)
    assert "bad.safetensors is damaged" in texts(app)
    assert len(app.get("plotly_chart")) == 1


def test_a_scene_that_lacks_channels_names_them(dashboard: AppTest, make_scene, tmp_path: Path):
    name = "20210101T000000_dmi_prep.nc"
    make_scene(folder=tmp_path / "data", name=name, without=("btemp_36_5v",))
    app = dashboard.run()
    app.selectbox(key="scene").set_value("20210101T000000_dmi").run()
    assert not app.exception
    assert "lacks btemp_36_5v" in texts(app)


def test_a_scene_without_charts_is_shown(dashboard: AppTest, make_scene, tmp_path: Path):
    name = "20210101T000000_dmi_prep.nc"
    make_scene(folder=tmp_path / "data", name=name, without=("SIC", "SOD", "FLOE"))
    app = dashboard.run()
    app.selectbox(key="scene").set_value("20210101T000000_dmi").run()
    assert not app.exception
    assert "no reference chart" in texts(app)
    assert "not defined" in app.table[0].value["SOD F1"].iloc[0]


def test_scenes_lists_the_folder_and_the_channels(dashboard: AppTest):
    app = dashboard.run()
    app.switch_page("pages/scenes.py").run()
    assert not app.exception
    assert list(app.dataframe[0].value["Scene"]) == ["20180325T194759_dmi", "20200101T000000_cis"]
    assert "18.7 GHz H" in app.table[0].value.index
    assert list(app.table[1].value["Usable"]) == ["yes"] * 6


def test_rows_are_maps_errors_and_evidence(make_scene, make_checkpoint):
    scene = Scene.open(make_scene())
    checkpoints = [load_checkpoint(make_checkpoint(rates)) for rates in ((1,), (2, 3))]
    predictions = [predict(scene, each) for each in checkpoints]
    heatmaps = [explain(scene, each, CamConfig("SIC", 0)) for each in checkpoints]
    rows = compare_rows(Base(scene), "SIC", predictions, heatmaps)
    titles = [[panel.title.split(" (peak")[0] for panel in row.panels] for row in rows]
    assert titles == [
        ["Ice chart SIC", "Predicted SIC, rates 1", "Predicted SIC, rates 2-3"],
        ["HH (dB)", "Error, rates 1", "Error, rates 2-3"],
        ["HV (dB)", "Grad-CAM, rates 1", "Grad-CAM, rates 2-3"],
    ]
    # The left eighth of the scene is masked.
    assert rows[0].panels[1].hover[50, 3] in ("No data", "Land")
    assert "chart: " in rows[0].panels[1].hover[50, 90]


def test_a_layer_that_the_next_rates_lack_falls_back(dashboard: AppTest):
    app = dashboard.run()
    app.multiselect(key="rates").set_value(["1-2-3"]).run()
    app.selectbox(key="layer").set_value("rate 2").run()
    assert not app.exception
    app.multiselect(key="rates").set_value(["6-12-18"]).run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="layer").value == "projection"
