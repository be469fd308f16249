"""Columns of Compare beside those of the sidebar's rates."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import file_sha256
from seaice.results.export import write_prediction
from seaice.results.inference import predict
from seaice.scenes.scene import Scene

SET = "sar+amsr2-18-36"


@pytest.fixture
def titles(figures) -> Callable[[AppTest], list[str]]:
    """Titles of the panels, without scores and notes."""
    notes = r"<br>(<b>|peak|[a-z]+( FY)? (→|taken)).*"

    def read(app: AppTest) -> list[str]:
        shown = figures(app)[0]["layout"]["annotations"]
        return [re.sub(notes, "", each["text"]) for each in shown]

    return read


@pytest.fixture
def more(dashboard: AppTest, make_checkpoint, tmp_path: Path) -> dict[str, Path]:
    """Checkpoints beside those of the dashboard: another channel set, and another seed."""
    models = tmp_path / "models"
    return {
        "sar": make_checkpoint((1, 2, 3), "sar", folder=models),
        "seed": make_checkpoint((6, 12, 18), SET, folder=models, seed=1),
    }


def test_two_channel_sets_and_two_seeds_stand_side_by_side(dashboard: AppTest, more, texts, titles):
    hashes = [file_sha256(more[name])[:8] for name in ("sar", "seed")]
    link = {
        "columns": " ".join(hashes),
        "maps": "maps errors differences evidence",
        "versus": "3",
    }
    for name, value in link.items():
        dashboard.query_params[name] = value
    app = dashboard.run()
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert app.multiselect(key="columns").value == [more["sar"].stem, more["seed"].stem]
    headings = [
        f"1-2-3 · 3-10 km<br>{SET}",
        f"6-12-18 · 19-58 km<br>{SET} · seed 0",
        "1-2-3 · 3-10 km<br>sar",
        f"6-12-18 · 19-58 km<br>{SET} · seed 1",
    ]
    for row in ("Predicted SOD", "Error", "Evidence"):
        found = [each for each in titles(app) if each.startswith(row)]
        assert found == [f"{row}<br>{each}" for each in headings], row
    # The column that the others are held against is not held against itself.
    differences = [each for each in titles(app) if each.startswith("Against")]
    del headings[2]
    assert differences == [f"Against column 3<br>{each}" for each in headings]
    scores = app.table[0].value
    assert scores.columns[2] == "Rates 1-2-3 · 3-10 km · sar"
    assert scores.iloc[0, 0] != scores.iloc[0, 2]
    assert dict(app.query_params) | link == dict(app.query_params)
    # Later, a checkpoint is gone.
    more["seed"].unlink()
    app.query_params["maps"] = "maps"
    app.query_params["columns"] = f"{hashes[1]} {hashes[0]}"
    app.run()
    assert app.multiselect(key="columns").value == [more["sar"].stem]
    assert f"a checkpoint ({hashes[1]}) that is not there any more" in texts(app)


def test_what_differs_is_added_with_a_click(dashboard: AppTest, more):
    dashboard.session_state["rows"] = []
    app = dashboard.run()
    app.button(key="columns_sets").click().run()
    assert app.multiselect(key="columns").value == [more["sar"].stem]
    app.button(key="columns_seeds").click().run()
    assert app.multiselect(key="columns").value == [more["seed"].stem]
    # What the sidebar shows already is no further column.
    options = app.multiselect(key="columns").options
    names = [
        each.split(" · ")[-1] for each in options if not each.startswith(("Baseline", "Mean of"))
    ]
    assert names == [more["sar"].stem, more["seed"].stem]


def test_a_column_that_the_scene_cannot_feed_is_left_out(
    dashboard: AppTest, more, make_scene, tmp_path: Path, titles
):
    name = "20200101T000000_cis"
    make_scene(folder=tmp_path / "data", name=f"{name}_prep.nc", without=("btemp_18_7h",))
    dashboard.query_params["scene"] = name
    dashboard.session_state["rows"] = ["Maps"]
    dashboard.session_state["columns"] = [more["sar"].stem]
    app = dashboard.run()
    assert not app.exception
    assert "18" in "".join(each.value for each in app.error)
    # Where the one network is left, its heading still says what tells it from the others.
    assert "Predicted SOD<br>1-2-3 · 3-10 km<br>sar" in titles(app)


def test_means_baselines_and_maps_of_another_system_are_columns(
    dashboard: AppTest, texts, make_checkpoint, tmp_path: Path, titles
):
    data, models = tmp_path / "data", tmp_path / "models"
    scene = Scene.open(data / "20180325T194759_dmi_prep.nc")
    path = models / f"{SET}_6-12-18_seed0.safetensors"
    checkpoint, mean = load_checkpoint(path), f"seeds-{file_sha256(path)[:8]}"
    make_checkpoint((6, 12, 18), SET, folder=models, seed=1)
    write_prediction(tmp_path / "theirs.nc", predict(scene, checkpoint), "")
    dashboard.session_state["rows"] = ["Maps", "Differences"]
    dashboard.session_state["against"] = 1
    dashboard.session_state["columns"] = ["baseline-all-water", mean]
    app = dashboard.run()
    app.text_input(key="columns_path").set_value(str(tmp_path / "theirs.nc")).run()
    assert not app.exception
    assert not app.warning
    assert not app.error
    assert [each.split("<br>")[1] for each in titles(app) if each.startswith("Predicted")] == [
        "1-2-3 · 3-10 km",
        "6-12-18 · 19-58 km",
        "Mean of 2 seeds",
        "All water",
        "theirs",
    ]
    # The file holds what the second column shows, in whole classes.
    scores = app.table[0].value
    assert scores.loc["SOD F1", "theirs"] == scores.loc["SOD F1"].iloc[1]
    assert scores.loc["SIC R2", "theirs"] == scores.loc["SIC R2"].iloc[1]
    sha256 = file_sha256(tmp_path / "theirs.nc")
    assert dict(app.query_params)["columns"] == f"{mean} baseline-all-water maps-{sha256[:8]}"
    app.text_input(key="columns_path").set_value(str(data / "20180325T194759_dmi_prep.nc")).run()
    assert "is not an AutoICE package" in texts(app)
