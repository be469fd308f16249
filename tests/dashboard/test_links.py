"""What a link keeps besides what the pickers show: folder, checkpoints, and how maps look."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.dashboard.link_folders import link_name, opened_folder
from seaice.dashboard.permalink import region_key
from seaice.network.checkpoint_files import file_sha256
from seaice.scenes.region import Region

FIRST, SECOND = "20180325T194759_dmi", "20200101T000000_cis"
HOME = Path(__file__).resolve().parents[2]

Visit = Callable[[dict[str, str]], AppTest]


@pytest.fixture
def visit(dashboard: AppTest) -> Visit:
    """Open Scenes, the quickest page, as a new visitor with an address."""

    def open_page(query: dict[str, str]) -> AppTest:
        app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        return app.switch_page("pages/scenes.py").run()

    return open_page


def address(app: AppTest) -> dict[str, str]:
    return dict(app.query_params)


def test_a_reload_keeps_a_typed_folder(visit: Visit, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "data" / f"{SECOND}_prep.nc", other)
    app = visit({})
    assert address(app)["folder"] == "data"
    app.text_input(key="data_folder").set_value(str(other)).run()
    assert address(app)["folder"] == link_name(other)
    reloaded = visit(address(app))
    assert not reloaded.exception
    assert not reloaded.warning
    assert reloaded.text_input(key="data_folder").value == str(other)
    assert reloaded.selectbox(key="scene").value == SECOND


def test_a_folder_that_nobody_opened_is_asked_for_and_the_scene_follows(
    visit: Visit, tmp_path: Path
):
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "data" / f"{SECOND}_prep.nc").rename(other / f"{SECOND}_prep.nc")
    shutil.copy(tmp_path / "data" / f"{FIRST}_prep.nc", other)
    assert opened_folder(link_name(other)) is None
    app = visit({"scene": SECOND, "folder": link_name(other)})
    said = app.main.warning[0].value.replace("\\", "")
    assert (
        "The link's data folder (other) has not been opened on this server. Showing data." in said
    )
    assert f"The scene in the link ({SECOND}) is not in this folder. Showing {FIRST}." in said
    assert app.selectbox(key="scene").value == FIRST
    app.text_input(key="data_folder").set_value(str(other)).run()
    assert not app.warning
    assert app.selectbox(key="scene").value == SECOND


@pytest.mark.parametrize(
    "scene", ["../etc/passwd", "call 0800", "20180325T194759_" + "x" * 50, "www.example.org"]
)
def test_no_other_text_of_a_link_than_a_name_is_shown(visit: Visit, texts, scene: str):
    app = visit({"scene": scene, "folder": "x" * 60})
    said = app.main.warning[0].value.replace("\\", "")
    assert "The link's data folder has not been opened on this server. " in said
    assert "The scene in the link is not in this folder. Showing " in said
    assert scene not in texts(app).replace("\\", "")


@pytest.mark.parametrize("folder", ["../../etc", "/etc", "~root"])
def test_a_link_opens_no_folder_by_its_path(visit: Visit, tmp_path: Path, folder: str):
    app = visit({"folder": folder})
    assert app.text_input(key="data_folder").value == str(tmp_path / "data")


def test_a_link_shows_its_checkpoint_or_says_that_it_changed(
    visit: Visit, make_checkpoint, texts, tmp_path: Path
):
    models = tmp_path / "models"
    second = make_checkpoint((1, 2, 3), "sar+amsr2-18-36", folder=models, seed=7, score=50)
    best = make_checkpoint((1, 2, 3), "sar+amsr2-18-36", folder=models, seed=8, score=60)
    link = address(visit({}))
    shown, other_hash = link["checkpoints"].split()
    assert shown == file_sha256(best)[:8]
    wanted = file_sha256(second)[:8]
    app = visit({**link, "checkpoints": f"{wanted} {other_hash}"})
    assert not app.warning
    assert app.selectbox(key="checkpoint_sar+amsr2-18-36_1-2-3").value == second.stem
    assert address(app)["checkpoints"] == f"{wanted} {other_hash}"
    # The file is replaced, as by a later release or another training.
    second.unlink()
    later = visit(address(app))
    assert f"rates 1-2-3 were shown by another checkpoint ({wanted})" in texts(later)
    assert f"Showing {best.stem} ({shown})" in texts(later)


@pytest.mark.parametrize("page", ["compare", "explain", "scenes", "training"])
def test_what_a_link_names_and_is_not_there_is_said_on_the_page(dashboard: AppTest, page: str):
    """In the sidebar, which a phone hides, nobody would see it."""
    dashboard.query_params.update({"scene": "nowhere", "task": "SID"})
    app = dashboard.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.sidebar.warning
    said = app.main.warning[0].value.replace("\\", "")
    assert "The link's task is not available. Showing the default." in said
    assert "The scene in the link is not in this folder. Showing 20180325T194759_dmi." in said


def test_columns_of_a_link_that_are_not_there_are_said_on_the_page(dashboard: AppTest):
    dashboard.query_params.update({"columns": "maps-00000000 baseline-none"})
    app = dashboard.run()
    assert not app.exception
    assert not app.toast
    said = app.main.warning[0].value.replace("\\", "")
    assert said.count("Column left out, because it is not available here: ") == 2
    assert app.run().main.warning[0].value.replace("\\", "") == said
    # In the course of work, a page does not move for it.
    app.segmented_control(key="chart").set_value("SIC").run()
    app.session_state["columns"] = ["baseline-none"]
    app.run()
    assert not app.warning
    assert "baseline\\-none" in app.toast[0].value


@pytest.mark.parametrize("page", ["explain", "scenes"])
def test_a_link_with_a_polar_map_opens_pages_that_draw_none(dashboard: AppTest, page: str):
    dashboard.query_params["orientation"] = "polar-map"
    app = dashboard.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.warning
    assert app.radio(key="turn").options == ["North up", "As acquired"]
    assert app.radio(key="turn").value == "North up"
    # Compare still draws it, until another is chosen.
    assert app.session_state["orientation"] == "Polar map"
    app.radio(key="turn").set_value("As acquired").run()
    assert app.radio(key="turn").value == "As acquired"
    assert app.session_state["orientation"] == "As acquired"


def test_how_maps_look_is_kept(dashboard: AppTest):
    look = {
        "view": "swipe",
        "maps": "maps entropy",
        "colours": "colour-blind-safe",
        "opacity": "65",
        "orientation": "as-acquired",
        "beside": "t2m nersc_sar_secondary",
    }
    for name, value in look.items():
        dashboard.query_params[name] = value
    app = dashboard.run()
    assert not app.exception
    assert not app.warning
    assert app.segmented_control(key="view").value == "Swipe"
    assert app.radio(key="scheme").value == "Colour-blind safe"
    assert app.radio(key="orientation").value == "As acquired"
    assert app.multiselect(key="channels").value == ["t2m", "nersc_sar_secondary"]
    assert address(app) | look == address(app)
    app.segmented_control(key="view").set_value("Side by side").run()
    assert app.slider(key="opacity").value == 65
    assert address(app)["view"] == "side-by-side"


def test_how_a_region_is_shown_is_kept(dashboard: AppTest):
    dashboard.query_params |= {"region": "8-24_8-24", "shows": "in-the-scene"}
    app = dashboard.run()
    assert not app.exception
    assert app.segmented_control(key="region_place").value == "In the scene"
    assert address(app)["shows"] == "in-the-scene"
    app.segmented_control(key="region_place").set_value("Close up").run()
    assert address(app)["shows"] == "close-up"
    app.button(key="whole_scene").click().run()
    assert "shows" not in address(app)


def test_the_address_of_a_whole_scene_leads_back_to_it(visit: Visit):
    app = visit({})
    whole = address(app)
    app.session_state[region_key(FIRST)] = Region((4.0, 12.0), (0.0, 8.0))
    app.run()
    close_up = address(app)
    assert close_up["region"] == "4-12_0-8"
    # As the browser's Back does.
    del app.query_params["region"]
    assert address(app) == whole
    app.run()
    assert app.session_state[region_key(FIRST)] is None
    assert address(app) == whole
