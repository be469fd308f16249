"""Compare: links, regions, rows of maps and what is offered for download."""

import gc
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seaice.core.errors import CheckpointError
from seaice.dashboard.compare.downloads import downloads, file_content, write_zip
from seaice.dashboard.compare.results import ColumnResult, NetworkResult
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import CheckpointFile, file_sha256
from seaice.network.checkpoint_info import read_info
from seaice.results.export import write_prediction
from seaice.results.inference import Prediction, predict
from seaice.scenes.scene import Scene

_RESULTS = (Prediction, ColumnResult, NetworkResult)
FIRST, SECOND = "20180325T194759_dmi", "20200101T000000_cis"


@pytest.fixture
def titles(figures) -> Callable[[AppTest], list[str]]:
    """Titles of the panels of the maps, and other words on the figure."""
    return lambda app: [each["text"] for each in figures(app)[0]["layout"]["annotations"]]


def test_a_link_brings_back_the_view(dashboard: AppTest):
    dashboard.query_params["scene"] = SECOND
    dashboard.query_params["rates"] = "6-12-18"
    dashboard.query_params["task"] = "SIC"
    dashboard.query_params["target"] = "1"
    dashboard.query_params["region"] = "4-20_8-40"
    dashboard.query_params["method"] = "LayerCAM"
    app = dashboard.run()
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="scene").value == SECOND
    assert app.multiselect(key="rates").value == ["6-12-18"]
    assert app.segmented_control(key="chart").value == "SIC"
    assert app.selectbox(key=f"target_SIC_{SECOND}").value == 1
    assert app.selectbox(key="method").value == "LayerCAM"
    assert app.number_input(key=f"region_bottom_{SECOND}").value == 20
    # The address says all of it again.
    assert dict(app.query_params)["region"] == "4-20_8-40"
    assert dict(app.query_params)["channels"] == "sar+amsr2-18-36"


def test_the_address_follows_the_pickers(dashboard: AppTest):
    app = dashboard.run()
    app.selectbox(key="scene").set_value(SECOND).run()
    app.segmented_control(key="chart").set_value("FLOE").run()
    said = dict(app.query_params)
    assert said["scene"] == SECOND
    assert said["task"] == "FLOE"
    assert said["rates"] == "1-2-3 6-12-18"


def test_a_link_to_a_scene_of_another_folder_says_so_until_the_person_moves_on(
    dashboard: AppTest, texts
):
    dashboard.query_params["scene"] = "../../etc/passwd"
    dashboard.query_params["region"] = "1-2_3-4"
    app = dashboard.run()
    assert not app.exception
    assert "The scene in the link is not in this folder" in texts(app)
    assert app.selectbox(key="scene").value == FIRST
    assert dict(app.query_params)["scene"] == FIRST
    assert "region" not in dict(app.query_params)
    app.selectbox(key="scene").set_value(SECOND).run()
    app.run()
    assert "The scene in the link is not in this folder" not in texts(app)


def test_a_link_without_a_scene_speaks_of_the_one_shown(dashboard: AppTest):
    dashboard.query_params["region"] = "4-20_8-40"
    dashboard.query_params["task"] = "SOD"
    dashboard.query_params["target"] = "2"
    app = dashboard.run()
    assert app.selectbox(key=f"target_SOD_{FIRST}").value == 2
    assert app.number_input(key=f"region_bottom_{FIRST}").value == 20


def test_a_link_to_rates_that_are_not_trained_names_the_command(dashboard: AppTest, texts, titles):
    dashboard.query_params["rates"] = "7-8"
    app = dashboard.run()
    assert not app.exception
    assert "seaice train --rates 7-8" in texts(app)
    # The scene itself is shown all the same.
    assert titles(app)[:3] == ["Ice chart SOD", "HH, -28 to -4 dB", "HV, -36 to -14 dB"]


@pytest.mark.parametrize(
    ("trained", "shown"),
    [
        ([(3, 6, 9), (6, 12, 18), (1, 2, 3)], ["1-2-3", "6-12-18"]),
        ([(3, 6, 9), (1, 2, 3)], ["1-2-3"]),
        ([(3, 6, 9)], ["3-6-9"]),
    ],
)
def test_a_first_visit_shows_what_is_trained(
    dashboard: AppTest, make_checkpoint, tmp_path: Path, monkeypatch, trained, shown
):
    """Where no checkpoint is of the usual channel set, as in a folder of SAR networks."""
    folder = tmp_path / "other"
    folder.mkdir()
    for rates in trained:
        make_checkpoint(rates, "sar", folder=folder)
    monkeypatch.setenv("SEAICE_MODELS", str(folder))
    app = dashboard.run()
    assert not app.exception
    assert app.selectbox(key="channel_set").value == "sar"
    assert app.multiselect(key="rates").value == shown


def test_rows_of_maps_are_chosen(dashboard: AppTest, titles):
    app = dashboard.run()
    app.pills(key="rows").set_value(["Maps", "Entropy"]).run()
    assert not app.exception
    assert titles(app)[3:6] == [
        "HH, -28 to -4 dB",
        "Entropy<br>1-2-3 · 3-10 km",
        "Entropy<br>6-12-18 · 19-58 km",
    ]
    app.segmented_control(key="chart").set_value("SIC").run()
    assert not app.exception
    # A regression has no probabilities.
    assert not any("Entropy" in title for title in titles(app))
    app.pills(key="rows").set_value([]).run()
    assert not app.exception


def test_amsr2_is_shown_in_kelvin_with_its_time(
    dashboard: AppTest, texts, make_scene, tmp_path: Path, titles
):
    path = make_scene(folder=tmp_path / "data", name="20210101T000000_dmi_prep.nc")
    with netCDF4.Dataset(path, "a") as file:
        file["btemp_18_7h"].AMSR2_S1_delays = "-1942"
    app = dashboard.run()
    app.selectbox(key="scene").set_value("20210101T000000_dmi").run()
    assert "AMSR2 -32 min relative to Sentinel-1" in texts(app)
    app.multiselect(key="channels").set_value(["btemp_18_7h"]).run()
    assert not app.exception
    (title,) = [title for title in titles(app) if title.startswith("18.7 GHz H")]
    assert title.endswith(" K")


def test_opacity_lets_the_radar_through(dashboard: AppTest, figures):
    app = dashboard.run()
    before = figures(app)[0]
    app.slider(key="opacity").set_value(40).run()
    assert not app.exception
    after = figures(app)[0]
    assert (before.pop("opacity"), after.pop("opacity")) == (1.0, 0.4)
    # The browser changes what it has.
    assert after == before
    images = before["layout"]["images"]
    names = [image["name"] for image in images]
    # Two predictions, errors and heatmaps; HH below the first four until they let it through.
    assert (names.count("overlay"), names.count("backdrop")) == (6, 4)
    assert [image["visible"] for image in images if image["name"] == "backdrop"] == [False] * 4


def swatch(figure: dict, label: str) -> str:
    return next(each for each in figure["data"] if each.get("name") == label)["marker"]["color"]


def test_colours_can_be_made_safe(dashboard: AppTest, figures):
    app = dashboard.run()
    assert swatch(figures(app)[0], "Old ice") == "rgb(180,100,50)"
    app.radio(key="scheme").set_value("Colour-blind safe").run()
    assert not app.exception
    assert swatch(figures(app)[0], "Old ice") != "rgb(180,100,50)"


def test_swiping_shows_the_viewer_instead_of_the_figure(dashboard: AppTest, monkeypatch, figures):
    shown = []
    monkeypatch.setattr(
        "seaice.dashboard.compare.viewer_section.swipe", lambda *args, **kwargs: shown.append(args)
    )
    app = dashboard.run()
    assert not shown
    app.segmented_control(key="view").set_value("Swipe").run()
    assert not app.exception
    assert len(figures(app)) == 1
    maps, _, flips, left, right = shown[-1]
    assert [label for label, _ in flips] == ["1-2-3 · 3-10 km", "6-12-18 · 19-58 km"]
    assert (left, right) == tuple(index for _, index in flips)
    assert maps[right].title == "Predicted SOD, 6-12-18 · 19-58 km"


def test_the_slider_moves_along_all_rates_by_their_fields(dashboard: AppTest, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "seaice.dashboard.compare.viewer_section.swipe", lambda *args, **given: shown.append(given)
    )
    dashboard.query_params["view"] = "rates"
    dashboard.query_params["maps"] = "maps errors"
    app = dashboard.run()
    assert not app.exception
    morph = shown[-1]["morph"]
    assert list(morph.labels) == ["1-2-3 · 3-10 km", "6-12-18 · 19-58 km"]
    assert list(morph.fields_km) == sorted(morph.fields_km)
    assert list(morph.rows) == ["Predicted SOD", "Error"]
    assert all(len(maps) == 2 for maps in morph.rows.values())


def test_the_figure_says_what_it_shows_and_what_drew_it(dashboard: AppTest, tmp_path: Path, titles):
    dashboard.query_params["target"], dashboard.query_params["task"] = "3", "SOD"
    app = dashboard.run()
    (source,) = [title for title in titles(app) if title.startswith("Simulated scene")]
    source = source.replace("<br>", " ")
    assert FIRST in source
    assert "HiResCAM of thin first-year ice at encoder" in source
    for path in (tmp_path / "models").iterdir():
        assert file_sha256(path)[:8] in source


def test_every_chosen_channel_is_shown(dashboard: AppTest, titles):
    app = dashboard.run()
    channels = ["nersc_sar_primary", "btemp_18_7h", "t2m", "distance_map"]
    app.multiselect(key="channels").set_value(channels).run()
    assert not app.exception
    for label in ("HH", "18.7 GHz H", "Air temperature at 2 m", "Distance to land"):
        assert any(title.startswith(f"{label}, ") for title in titles(app)), label


def test_what_is_explained_is_kept_on_other_pages(dashboard: AppTest):
    app = dashboard.run()
    app.selectbox(key="layer").set_value("projection").run()
    app.selectbox(key=f"target_SOD_{FIRST}").set_value(3).run()
    app.switch_page("pages/scenes.py").run()
    app.switch_page("pages/compare.py").run()
    assert app.selectbox(key="layer").value == "projection"
    assert app.selectbox(key=f"target_SOD_{FIRST}").value == 3


def test_an_older_address_does_not_undo_a_choice(dashboard: AppTest):
    """A slow browser sends the address before last along with a click."""
    app = dashboard.run()
    older = dict(app.query_params)
    app.segmented_control(key="chart").set_value("SIC").run()
    for name, value in older.items():
        app.query_params[name] = value
    app.segmented_control(key="chart").set_value("FLOE").run()
    assert app.segmented_control(key="chart").value == "FLOE"
    assert dict(app.query_params)["task"] == "FLOE"
    # Without a click it is going back.
    for name, value in older.items():
        app.query_params[name] = value
    app.run()
    assert app.segmented_control(key="chart").value == "SOD"


def test_a_scene_that_cannot_be_placed_says_why_there_is_no_geotiff(
    dashboard: AppTest, texts, make_scene, tmp_path: Path
):
    def lost(arrays: dict) -> None:
        arrays["sar_grid2d_latitude"][3, 4] = np.nan

    make_scene(folder=tmp_path / "data", name=f"{SECOND}_prep.nc", change=lost)
    dashboard.query_params["scene"] = SECOND
    app = dashboard.run()
    assert not app.exception
    assert "No GeoTIFF" in texts(app)


def test_charts_that_come_later_are_seen(dashboard: AppTest, make_scene, tmp_path: Path):
    data = tmp_path / "data"
    make_scene(folder=tmp_path, name="x.nc")
    make_scene(folder=data, name=f"{SECOND}_prep.nc", without=("SIC", "SOD", "FLOE"))
    dashboard.query_params["scene"] = SECOND
    app = dashboard.run()
    assert len(app.table) == 0
    (tmp_path / "x.nc").rename(data / f"{SECOND}_prep_reference.nc")
    app.run()
    assert len(app.table) == 3
    (data / f"{SECOND}_prep_reference.nc").unlink()
    app.run()
    assert not app.error
    assert len(app.table) == 0


def test_without_any_checkpoint_the_scene_is_shown_and_the_way_on(
    dashboard: AppTest, texts, tmp_path: Path, monkeypatch, titles
):
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "nowhere"))
    app = dashboard.run()
    assert not app.exception
    assert not app.error
    assert "seaice train --rates 1-2-3" in texts(app)
    assert titles(app)[0] == "Ice chart SOD"
    assert len(app.table) == 0


def test_a_checkpoint_may_have_the_name_of_another_download(dashboard: AppTest, tmp_path: Path):
    checkpoints = sorted((tmp_path / "models").iterdir())
    for path, name in zip(checkpoints, ("evidence", "scores"), strict=True):
        path.rename(path.with_name(f"{name}.safetensors"))
    app = dashboard.run()
    assert not app.exception
    labels = [each.label for each in app.get("download_button")]
    assert "Evidence (NetCDF)" in labels
    assert sum(each.startswith("Prediction") and "NetCDF" in each for each in labels) == 2


def test_a_session_holds_no_prediction(dashboard: AppTest):
    """Each takes 30 MB; only the cache, which all sessions share, keeps some of them."""
    dashboard.session_state["rows"] = ["Maps", "Errors", "Differences", "Evidence", "Entropy"]
    app = dashboard.run()
    assert not app.exception
    assert app.get("download_button")
    st.cache_resource.clear()
    gc.collect()
    # Not isinstance: it would wake objects that answer lazily.
    held = [type(each).__name__ for each in gc.get_objects() if type(each) in _RESULTS]
    assert held == []


def test_a_download_after_the_cache_is_emptied_is_of_what_the_page_shows(
    make_scene, make_checkpoint, monkeypatch: pytest.MonkeyPatch
):
    scene, path = Scene.open(make_scene()), make_checkpoint()
    file = CheckpointFile(path, read_info(path))
    prediction = predict(scene, load_checkpoint(path))
    contents: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(
        "seaice.dashboard.compare.downloads._button",
        lambda label, content, *args: contents.update({label: content}),
    )
    downloads([NetworkResult(("1-2",), prediction, file=file)], None, None)
    st.cache_resource.clear()
    content = contents["Prediction 1-2 (NetCDF)"]
    with netCDF4.Dataset("memory", memory=content()) as dataset:
        assert dataset.checkpoint_sha256 == prediction.sha256
    make_checkpoint(seed=1, name=path.stem)
    with pytest.raises(CheckpointError, match="has changed since its maps were drawn"):
        content()


def test_a_download_is_the_file_that_the_command_line_writes(
    make_scene, make_checkpoint, tmp_path: Path
):
    prediction = predict(Scene.open(make_scene()), load_checkpoint(make_checkpoint()))
    content = file_content(prediction, "nc", write_prediction)
    with netCDF4.Dataset("memory", memory=content) as file:
        np.testing.assert_array_equal(
            file["SOD"][:].filled(255)[prediction.valid],
            prediction.classes("SOD")[prediction.valid],
        )
        assert file.checkpoint_sha256 == prediction.sha256


def test_charts_for_a_gis_come_as_one_archive(make_scene, make_checkpoint):
    scene = Scene.open(make_scene())
    prediction = predict(scene, load_checkpoint(make_checkpoint(name="c")))
    content = file_content(prediction, "zip", write_zip)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    charts = [f"{scene.id}_c_{name}.tif" for name in ("FLOE", "SIC", "SOD")]
    assert sorted(name for name in names if name.endswith(".tif")) == charts
    polygons = [f"{scene.id}_c_{name}.geojson" for name in ("FLOE", "SIC", "SOD")]
    assert sorted(name for name in names if name.endswith(".geojson")) == polygons
    assert f"{scene.id}_c.gpkg" in names
    assert len(names) == 9


def captions(app: AppTest) -> str:
    return "\n".join(each.value for each in app.caption)


def test_the_page_says_which_scale_the_evidence_has(dashboard: AppTest, titles):
    app = dashboard.run()
    assert app.selectbox(key="method").value == "HiResCAM"
    assert app.selectbox(key="layer").value == "encoder"
    # A class that both networks predict somewhere, or the maps have no evidence and no scale.
    app.segmented_control(key="chart").set_value("SIC").run()
    assert "All maps share one scale" in captions(app)
    source = " ".join(titles(app)[-1].split("<br>"))
    assert re.search(r"more ice at encoder, 1 = \S+ percentage points per 1000 km²", source)
    app.selectbox(key="method").set_value("LayerCAM").run()
    assert "Each map has a scale of its own" in captions(app)
    source = " ".join(titles(app)[-1].split("<br>"))
    assert "each map on its own scale" in source
    assert not any("peak" in title for title in titles(app))


def test_a_method_that_cannot_explain_a_region_says_so(dashboard: AppTest, texts):
    app = dashboard.run()
    assert app.selectbox(key="method").options == [
        "HiResCAM",
        "LayerCAM",
        "GradCAM (not for regions)",
    ]
    app.selectbox(key="method").set_value("GradCAM").run()
    assert "cannot show evidence for a region" not in texts(app)
    app.number_input(key=f"region_bottom_{FIRST}").set_value(20.0).run()
    assert "GradCAM cannot show evidence for a region" in texts(app)
    app.selectbox(key="method").set_value("HiResCAM").run()
    assert "cannot show evidence for a region" not in texts(app)


def test_a_link_from_before_another_default_keeps_its_method_and_layer(dashboard: AppTest):
    dashboard.query_params["method"] = "GradCAM"
    dashboard.query_params["layer"] = "projection"
    app = dashboard.run()
    assert app.selectbox(key="method").value == "GradCAM"
    assert app.selectbox(key="layer").value == "projection"
