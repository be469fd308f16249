"""The scene browser without a browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import SceneError
from seaice.dashboard.permalink import region_key
from seaice.dashboard.scenes import load_summaries, summaries
from seaice.dashboard.scenes.channels import (
    RADAR,
    RADIOMETER,
    WEATHER,
    channel_view,
    groups,
    panels,
    spreads,
)
from seaice.dashboard.words import delays_text
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

HOME = Path(__file__).resolve().parents[3]
FIRST, SECOND, THIRD = "20180325T194759_dmi", "20200101T000000_cis", "20200815T120000_dmi"


@pytest.fixture
def browser(make_scene, tmp_path: Path, monkeypatch) -> AppTest:
    """The page on three scenes: one simulated, one of another service, one without charts."""
    data = tmp_path / "data"
    make_scene(folder=data, simulated=1)
    make_scene(folder=data, name=f"{SECOND}_prep.nc", seed=1, ice_service="cis")
    make_scene(folder=data, name=f"{THIRD}_prep.nc", seed=2, without=CHARTS)
    (tmp_path / "models").mkdir()
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))
    summaries._memory().clear()
    # However busy the machine is, the first view reads all of them.
    monkeypatch.setattr(load_summaries, "_FIRST_VIEW_S", 60)
    return AppTest.from_file(str(HOME / "pages" / "scenes.py"), default_timeout=120)


def shown(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Scene"])


def selected(app: AppTest) -> str:
    return app.session_state["scene"]


def page_text(app: AppTest) -> str:
    kinds = (app.caption, app.text, app.info, app.warning, app.error)
    return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")


@pytest.fixture
def titles(figures) -> Callable[[AppTest], list[str]]:
    """Titles of the panels of channels."""
    return lambda app: panel_titles(figures(app)[-1])


def panel_titles(figure: dict) -> list[str]:
    notes = figure["layout"]["annotations"]
    # Scale bars, arrows and graticules have no second line.
    named = [note["text"] for note in notes if "</b><br>" in note["text"]]
    return [text.split("</b>")[0].removeprefix("<b>") for text in named]


def test_the_table_lists_every_scene(browser: AppTest):
    app = browser.run()
    assert not app.exception
    assert not app.error
    table = app.dataframe[0].value
    assert shown(app) == [FIRST, SECOND, THIRD]
    assert list(table["Season"]) == ["MAM", "DJF", "JJA"]
    assert list(table["Service"]) == ["DMI", "CIS", "DMI"]
    assert list(table["Simulated"]) == ["yes", "no", "no"]
    assert list(table["Charts"]) == ["SIC, SOD, FLOE", "SIC, SOD, FLOE", "none"]
    assert list(table["Size"]) == ["96 x 128"] * 3
    # The left eighth is masked; of the eleven classes in zones, water has the rest of the first.
    assert table["Valid (%)"].tolist() == [87.5] * 3
    assert 0 <= table["Water (%)"][0] < 10
    assert table["Water (%)"].isna().tolist() == [False, False, True]
    assert all(uri.startswith("data:image/webp;base64,") for uri in table["HH"])
    assert table["Chart"].notna().tolist() == [True, True, False]
    assert "3 usable scenes" in page_text(app)
    columns = json.loads(app.dataframe[0].proto.columns)
    for name in table.columns:
        assert columns[name]["help"], name


def test_channels_come_group_by_group(browser: AppTest, titles):
    app = browser.run()
    assert titles(app) == [
        "HH (dB)",
        "HV (dB)",
        "Incidence angle (degree)",
        "SIC (%)",
        "SOD",
        "FLOE",
    ]
    app.segmented_control(key="channel_group").set_value(RADIOMETER).run()
    assert not app.exception
    assert len(titles(app)) == 14
    assert "36.5 GHz V (K)" in titles(app)
    app.segmented_control(key="channel_group").set_value(WEATHER).run()
    assert titles(app)[-1] == "Distance to land (zone)"
    assert len(titles(app)) == 7


def test_a_region_is_shown_in_more_detail(browser: AppTest, figures, make_scene, tmp_path: Path):
    """Of a scene with more pixels than a panel, with colours of what the region holds."""
    make_scene(530, 20, folder=tmp_path / "data", spacing_m=80)
    app = browser.run()
    assert "Pixel spacing 160 m" in page_text(app)
    app.session_state[region_key(FIRST)] = Region((4.0, 12.0), (0.0, 1.6))
    app.run()
    assert not app.exception
    assert "Pixel spacing 80 m" in page_text(app)
    assert "Region: lines 4-12 km" in page_text(app)
    axes = figures(app)[-1]["layout"]
    assert sorted(axes["yaxis"]["range"]) == [4, 12]
    means = [note["text"] for note in axes["annotations"] if "mean" in note["text"]]
    assert app.query_params["region"]
    app.segmented_control(key="region_place").set_value("In the scene").run()
    assert "Pixel spacing 160 m" in page_text(app)
    whole = figures(app)[-1]["layout"]
    outlines = [each for each in whole["shapes"] if {each.get("y0"), each.get("y1")} == {4, 12}]
    # Two lines on each of the six maps.
    assert [each["yref"] for each in outlines[::2]] == ["y", "y3", "y5", "y7", "y9", "y11"]
    assert means != [note["text"] for note in whole["annotations"] if "mean" in note["text"]]
    app.button(key="whole_scene").click().run()
    assert "Region:" not in page_text(app)
    assert "region" not in app.query_params
    # The address of the whole scene leads back to it.
    assert app.query_params["shows"]


@pytest.mark.parametrize("side_km", [0.1, 0.5])
def test_a_region_of_a_pixel_or_two_is_drawn(browser: AppTest, figures, side_km: float):
    """A link can name one; no graticule can be drawn through a single pixel."""
    app = browser.run()
    app.session_state[region_key(FIRST)] = Region((20.0, 20.0 + side_km), (20.0, 20.0 + side_km))
    app.run()
    assert not app.exception
    assert figures(app)[-1]["layout"]["images"]


def test_the_tables_of_channels_hold_the_scenes_values(browser: AppTest):
    app = browser.run()
    channels, sets = (table.value for table in app.table)
    assert "18.7 GHz H" in channels.index
    # Standard normal values of HH, scaled by its mean and standard deviation.
    assert float(channels.loc["HH", "Mean"]) == pytest.approx(-14.5, abs=0.2)
    assert float(channels.loc["HH", "Standard deviation"]) == pytest.approx(5.66, abs=0.2)
    assert " to " in channels.loc["HH", "1st to 99th percentile"]
    assert channels.loc["sin(pi x longitude / 180)", "Mean"] == ""
    assert list(sets["Usable"]) == ["yes"] * 6


def test_a_filter_leaves_fewer_scenes_and_can_be_cleared(browser: AppTest):
    app = browser.run()
    app.slider(key="filter_water").set_value((0, 99)).run()
    assert shown(app) == [FIRST, SECOND]
    app.slider(key="filter_water").set_value((0, 100))
    app.multiselect(key="filter_services").set_value(["cis"]).run()
    assert shown(app) == [SECOND]
    assert "1 of 3 usable scenes pass the filter. The selected scene does not." in page_text(app)
    assert selected(app) == FIRST
    next(each for each in app.button if each.label == "Clear filters").click().run()
    assert shown(app) == [FIRST, SECOND, THIRD]
    assert app.multiselect(key="filter_services").value == []


def test_a_filter_that_nothing_passes_says_so(browser: AppTest):
    app = browser.run()
    app.text_input(key="filter_text").set_value("nothing like it").run()
    assert not app.exception
    assert len(app.dataframe) == 0
    assert "No scene passes the filter" in page_text(app)
    next(each for each in app.button if each.label == "Clear filters").click().run()
    assert len(shown(app)) == 3


def test_next_and_previous_walk_through_what_passes(browser: AppTest):
    app = browser.run()
    assert app.button(key="step_previous").disabled
    app.text_input(key="filter_text").set_value("dmi").run()
    app.button(key="step_next").click().run()
    assert selected(app) == THIRD
    assert app.button(key="step_next").disabled
    app.button(key="step_previous").click().run()
    assert selected(app) == FIRST


def test_the_selected_row_is_the_sidebars_scene(browser: AppTest):
    app = browser.run()
    app.selectbox(key="scene").set_value(SECOND).run()
    assert not app.exception
    assert app.session_state["scene_table"]["selection"]["rows"] == [1]


def test_another_folder_drops_filter_values_that_it_cannot_meet(
    browser: AppTest, make_scene, tmp_path: Path
):
    make_scene(folder=tmp_path / "other", name="20210101T000000_dmi_prep.nc")
    app = browser.run()
    app.multiselect(key="filter_services").set_value(["cis"])
    app.multiselect(key="filter_seasons").set_value(["DJF", "JJA"]).run()
    app.text_input(key="data_folder").set_value(str(tmp_path / "other")).run()
    assert not app.exception
    assert app.multiselect(key="filter_services").value == []
    assert app.multiselect(key="filter_seasons").value == ["DJF"]
    assert shown(app) == ["20210101T000000_dmi"]


def test_a_damaged_file_is_named_and_the_others_stay(browser: AppTest, tmp_path: Path):
    path = tmp_path / "data" / f"{SECOND}_prep.nc"
    path.write_bytes(path.read_bytes()[:-5000])
    app = browser.run()
    assert not app.exception
    assert f"{SECOND}_prep.nc is not a NetCDF file or is damaged" in page_text(app)
    assert shown(app) == [FIRST, THIRD]


def test_a_scene_that_cannot_be_drawn_leaves_the_table(browser: AppTest, monkeypatch):
    def fail(scene: Scene, *args: object) -> None:
        raise SceneError(scene.path, "cannot be read whole")

    monkeypatch.setattr("seaice.dashboard.scene_view.read_inputs", fail)
    app = browser.run()
    assert not app.exception
    assert "cannot be read whole" in app.error[0].value.replace("\\", "")
    assert len(shown(app)) == 3
    assert not app.button(key="step_next").disabled


def test_an_unreadable_scene_leaves_its_row_blank(browser: AppTest, monkeypatch):
    read = summaries.summarize

    def fails_for_one(scene: Scene) -> object:
        if scene.id == SECOND:
            raise SceneError(scene.path, "cannot be read whole")
        return read(scene)

    monkeypatch.setattr(summaries, "summarize", fails_for_one)
    app = browser.run()
    assert not app.exception
    assert f"{SECOND}_prep.nc cannot be read whole" in page_text(app)
    assert app.dataframe[0].value["HH"].notna().tolist() == [True, False, True]


def test_a_large_folder_is_shown_at_once_and_loaded_on_request(browser: AppTest, monkeypatch):
    """The time is up after the first scene."""
    monkeypatch.setattr(load_summaries, "_FIRST_VIEW_S", 1.5)
    clock = iter(range(0, 10_000))
    monkeypatch.setattr(summaries.time, "monotonic", lambda: next(clock))
    app = browser.run()
    assert "1 of 3 thumbnails loaded" in page_text(app)
    assert app.dataframe[0].value["HH"].notna().tolist() == [True, False, False]
    # Later runs read nothing by themselves.
    assert "1 of 3 thumbnails loaded" in page_text(app.run())
    app.button(key="load_remaining").click().run()
    assert not app.exception
    assert "thumbnails loaded" not in page_text(app)
    assert app.dataframe[0].value["HH"].notna().all()


def test_names_with_markup_are_shown_as_text(browser: AppTest, make_scene, tmp_path: Path):
    name = "0a![x](y) **b**"
    make_scene(folder=tmp_path / "data", name=f"{name}.nc")
    app = browser.run()
    assert not app.exception
    assert selected(app) == name
    assert f"{name} · South East Greenland · DMI" in [element.value for element in app.text]
    # Markdown would be in these.
    assert not any("![x]" in each.value for each in (*app.markdown, *app.caption, *app.warning))


def test_only_groups_that_hold_something_are_offered(make_scene):
    scene = Scene.open(make_scene(without=("btemp_6_9h",)))
    assert groups(scene) == [RADAR, RADIOMETER, WEATHER]
    assert len(panels(channel_view(scene), RADIOMETER)) == 13
    bare = Scene.open(
        make_scene(
            name="bare.nc",
            without=(*CHARTS, *(n for n in scene.channels if n.startswith("btemp")), "btemp_6_9h"),
        )
    )
    assert groups(bare) == [RADAR, WEATHER]
    assert panels(channel_view(bare), RADAR)[-1].title == "Incidence angle (degree)"


def test_a_scene_without_a_valid_pixel_is_drawn(make_scene):
    def mask(arrays):
        for name in ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle"):
            arrays[name][:] = 0

    scene = Scene.open(make_scene(change=mask))
    assert spreads(scene) == {}
    assert {panel.note for panel in panels(channel_view(scene), RADIOMETER)} == {"no valid pixel"}
    assert all(not panel.bars.percent.any() for panel in panels(channel_view(scene), RADAR))


def turned_south(arrays: dict) -> None:
    """Half a turn about an axis through the equator."""
    for name in ("sar_grid2d_latitude", "sar_grid2d_longitude"):
        arrays[name] = -arrays[name]


def test_scenes_that_the_map_lacks_are_counted_by_their_reason(
    browser: AppTest, make_scene, tmp_path: Path
):
    make_scene(folder=tmp_path / "data", name=f"{THIRD}_prep.nc", change=turned_south)
    assert "raw" not in page_text(browser.run())
    simulate_folder(tmp_path / "raw", 1, 1, lines=60, samples=64, raw=True)
    (raw,) = (tmp_path / "raw").glob("S1*.nc")
    raw.rename(tmp_path / "data" / raw.name)
    text = page_text(browser.run())
    assert "1 raw scene not on this map yet, and without pictures: open one to convert it." in text
    assert "1 scene not on this map: in the south, or with positions that place nothing." in text


@pytest.mark.parametrize(
    ("written", "shown_as"),
    [
        ("[-90.0]", "-2 min"),
        ("['3600', '1.8e3']", "+60 min, +30 min"),
        ("![x](http)", "![x](http)"),
        ("x" * 200, "x" * 80),
    ],
)
def test_delays_are_in_minutes(written, shown_as):
    assert delays_text(written) == shown_as
