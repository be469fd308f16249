"""Scoring the scenes of a folder from the scene browser."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import CHARTS
from seaice.baselines.files import baseline_path
from seaice.baselines.make import make_baseline
from seaice.dashboard.scenes import scoring
from seaice.dashboard.scenes.scoring import ScoringJob, last_job, start_job
from seaice.scenes.scene import Scene

HOME = Path(__file__).resolve().parents[3]
FIRST, SECOND = "20180325T194759_dmi", "20200815T120000_dmi"


@pytest.fixture(autouse=True)
def _no_job_before():
    scoring._last().clear()
    yield
    if job := last_job():
        job.stop()
        job._thread.join()


@pytest.fixture
def browser(make_scene, make_checkpoint, tmp_path: Path, monkeypatch) -> AppTest:
    """The page on two scenes, one without charts, and two checkpoints."""
    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(folder=data)
    make_scene(folder=data, name=f"{SECOND}_prep.nc", seed=2, without=CHARTS)
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    return AppTest.from_file(str(HOME / "pages" / "scenes.py"), default_timeout=120)


def _score(app: AppTest) -> AppTest:
    (button,) = [each for each in app.button if each.label.startswith("Score ")]
    button.click().run()
    last_job()._thread.join()
    return app.run()


def test_scores_come_into_the_table_and_stay(browser: AppTest):
    browser.run()
    assert not {"Score", "Disagreement (%)"} & set(browser.dataframe[0].value)
    _score(browser)
    assert not browser.exception
    table = browser.dataframe[0].value.set_index("Scene")
    # Without a chart there is nothing to score.
    assert table["Score"].notna().to_dict() == {FIRST: True, SECOND: False}
    assert "Disagreement (%)" not in table
    assert not [each for each in browser.button if each.label.startswith("Score ")]
    scoring._last().clear()
    again = AppTest.from_file(str(HOME / "pages" / "scenes.py"), default_timeout=120).run()
    known = again.dataframe[0].value.set_index("Scene")["Score"]
    assert known[FIRST] == table["Score"][FIRST]
    again.selectbox("score_task").select("SOD").run()
    assert again.dataframe[0].value.set_index("Scene")["Score"][FIRST] != known[FIRST]


def test_the_linear_model_stands_beside_and_is_scored_where_it_is_new(
    browser: AppTest, make_scene, tmp_path: Path
):
    def informative(arrays: dict) -> None:
        steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
        for name, ice in (("SIC", 7), ("SOD", 4), ("FLOE", 5)):
            arrays[name] = np.array((0, 0, ice, ice), np.uint8)[steps]

    make_scene(folder=tmp_path / "data", change=informative)
    browser.run()
    browser.selectbox("score_other").select_index(1).run()
    _score(browser)
    assert "Linear" not in browser.dataframe[0].value
    models = tmp_path / "models"
    path = baseline_path(models, "linear", "sar", windows=False)
    make_baseline("linear", "sar", tmp_path / "data", path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scoring, "predict", lambda *_: pytest.fail("A network predicts again."))
        _score(browser.run())
    assert not last_job().problems
    table = browser.dataframe[0].value.set_index("Scene")
    line, own = table["Linear"][FIRST], table["Score"][FIRST]
    assert line > 80 > own
    assert table["Minus linear"][FIRST] == pytest.approx(own - line)
    assert np.isnan(table["Minus linear"][SECOND])


def test_a_second_network_adds_disagreement(browser: AppTest):
    browser.run()
    other = browser.selectbox("score_other")
    assert other.options[0] == "no other network"
    other.select_index(1).run()
    _score(browser)
    apart = browser.dataframe[0].value["Disagreement (%)"]
    # Networks that nobody has trained; charts are not needed to compare them.
    assert apart.notna().all()
    assert (apart > 0).any()


def test_a_scene_that_is_gone_is_named_and_the_others_are_scored(browser: AppTest, tmp_path):
    paths = [tmp_path / "data" / f"{name}_prep.nc" for name in (SECOND, FIRST)]
    scenes = [Scene.open(path) for path in paths]
    paths[0].unlink()
    job = ScoringJob(scenes, min((tmp_path / "models").glob("*.safetensors")))
    job.work()
    assert job.done == 2
    (problem,) = job.problems
    assert SECOND in problem


def test_one_job_at_a_time_and_it_stops_between_scenes(browser: AppTest, tmp_path, monkeypatch):
    scene = Scene.open(tmp_path / "data" / f"{FIRST}_prep.nc")
    network = min((tmp_path / "models").glob("*.safetensors"))
    seen = []

    predict = scoring.predict

    def counted(scene, network):
        seen.append(scene)
        assert not start_job(ScoringJob([scene], network.path))
        job.stop()
        return predict(scene, network)

    monkeypatch.setattr(scoring, "predict", counted)
    job = ScoringJob([scene, scene], network)
    assert start_job(job)
    job._thread.join()
    assert len(seen) == 1
    assert job.done == 1


def test_a_damaged_checkpoint_is_named(tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing")
    job = ScoringJob([], damaged)
    job.work()
    assert "damaged.safetensors" in job.problems[0]
