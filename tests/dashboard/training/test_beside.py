"""The per-pixel linear model beside the runs."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from seaice.baselines.beside import yardsticks
from seaice.baselines.files import LINEAR, baseline_path
from seaice.baselines.make import make_baseline
from seaice.network.checkpoint import write_scores
from seaice.results.evaluation import score_prediction
from seaice.scenes.scene import Scene
from seaice.training.runs.folder import RunFolder

BUTTON = "score_linear"


def informative(arrays: dict) -> None:
    steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
    for name, classes in (("SIC", (0, 3, 7, 10)), ("SOD", (0, 0, 4, 4)), ("FLOE", (0, 0, 5, 5))):
        arrays[name] = np.array(classes, np.uint8)[steps]


@pytest.fixture
def scene(make_scene, tmp_path: Path) -> Scene:
    """The validation scene of the runs; a linear model knows its charts."""
    scene = Scene.open(make_scene(folder=tmp_path / "data", change=informative))
    path = baseline_path(tmp_path / "models", "linear", "sar", windows=False)
    make_baseline("linear", "sar", tmp_path / "data", path)
    return scene


@pytest.fixture
def validated(page, scene, make_run, make_checkpoint, tmp_path) -> Callable[..., RunFolder]:
    """Write a run whose last validation, on the scene, scored `step` and a half."""

    def write(**settings: object) -> RunFolder:
        folder = make_run(**settings, data=str(tmp_path / "data"))
        shutil.copy(make_checkpoint(), folder.best_file)
        write_scores(folder.best_file, {"data": str(tmp_path / "data"), "scenes": [scene.id]})
        return folder

    return write


def offers(page) -> list[str]:
    return [each.label for each in page.app.main.button if each.key == BUTTON]


def expected(scene: Scene, tmp_path: Path) -> float:
    (linear,) = (e for e in yardsticks(tmp_path / "models", "sar")[0] if e.label == LINEAR)
    return score_prediction(linear.predict(scene)).scores().combined.value


def test_the_linear_model_is_scored_when_you_ask_and_kept(page, validated, scene, tmp_path):
    validated(step=40, name="20200101T000000_below")
    validated(step=20, steps=20, rates=(3,), name="20210101T000000_same-scenes")
    validated(step=20, channel_set="amsr2", name="20220101T000000_no-model")
    page.run()
    assert page.table["Linear"].isna().all()
    # Both runs share the scene, so it is one scene.
    assert offers(page) == ["Score the linear model on 1 scene"]
    page.click(BUTTON)
    line = expected(scene, tmp_path)
    assert line > 80
    assert list(page.table["Linear"])[1:] == [line, line]
    assert np.isnan(page.table["Linear"][0])
    assert list(page.table["Against it"]) == [
        "",
        f"\N{MINUS SIGN}{line - 20.5:.1f}, below",
        f"\N{MINUS SIGN}{line - 40.5:.1f}, below",
    ]
    page.app.session_state["selected_runs"] = ["20200101T000000_below"]
    # Drawn anew, it is known.
    assert offers(page.run()) == []
    assert f"Per-pixel linear model on the same scenes: {line:.1f} (SIC " in page.text
    assert "below the per-pixel linear model" in page.text


def test_a_scene_that_changes_is_scored_anew(page, validated, scene):
    validated(step=40)
    page.run().click(BUTTON)
    status = scene.path.stat()
    os.utime(scene.path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert offers(page.run()) == ["Score the linear model on 1 scene"]
    assert page.table["Linear"].isna().all()


def test_a_scene_that_is_gone_is_named(page, validated, scene, make_scene, tmp_path):
    validated(step=40)
    make_scene(folder=tmp_path / "data", name="20190101T000000_dmi_prep.nc")
    scene.path.unlink()
    page.run().click(BUTTON)
    assert scene.id in page.app.warning[0].value.replace("\\", "")
    assert page.table["Linear"].isna().all()


@pytest.mark.parametrize("scores", [{}, {"data": 3, "scenes": ["x"]}, {"data": "x", "scenes": "x"}])
def test_a_run_that_says_nothing_of_its_scenes_has_no_line(page, validated, scores: dict):
    write_scores(validated(step=40).best_file, scores)
    assert offers(page.run()) == []
    assert page.table["Linear"].isna().all()


def test_a_run_above_the_line_is_not_marked(page, validated, scene, tmp_path):
    validated(step=100, steps=100)
    page.run().click(BUTTON)
    assert page.table["Against it"][0] == f"+{100.5 - expected(scene, tmp_path):.1f}"


def test_columns_that_may_not_fit_are_shown_if_you_ask(page, make_run):
    make_run()
    assert "Run" not in page.run().app.dataframe[0].proto.column_order
    page.app.toggle(key="runs_all_columns").set_value(True)
    assert list(page.run().app.dataframe[0].proto.column_order) == list(page.table.columns)


def test_the_command_says_the_same(seaice, page, validated, scene, tmp_path):
    validated(step=40)
    folders = "--runs", tmp_path / "runs", "--models", tmp_path / "models"
    _, text, said = seaice("runs", *folders, "--json")
    assert [each["linear"] for each in json.loads(text)] == [None]
    assert said == ["the linear model is not scored on 1 scene yet: --baselines scores it"]
    status, text, _ = seaice("runs", *folders, "--baselines", "--json")
    (known,) = json.loads(text)
    line = expected(scene, tmp_path)
    assert (status, known["linear"]["combined"]["value"]) == (0, line)
    assert known["below_linear"]
    text = seaice("runs", *folders, "--baselines")[1]
    assert f"linear model {line:.1f} (\N{MINUS SIGN}{line - 40.5:.1f}, below the per-pixel" in text
    # The page knows it from there.
    page.run()
    assert list(page.table["Linear"]) == [line]
