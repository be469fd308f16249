import json

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS
from seaice.network.checkpoint import load_checkpoint
from seaice.results import evaluation
from seaice.results.evaluation import pooled, score, score_prediction
from seaice.results.inference import predict
from seaice.results.scoring import ScoreSums
from seaice.scenes.read import read_chart, read_valid
from seaice.scenes.scene import Scene


def test_scores_are_taken_on_the_scenes_own_grid(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(160, 200, 80))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    expected = ScoreSums()
    for name in CHARTS:
        expected.add(name, read_chart(scene, name), prediction.on(scene.grid, name))
    assert score_prediction(prediction).scores() == expected.scores()
    assert expected.scores().SIC.pixels > 160 * 200 / 2


def test_strips_add_up(make_scene, make_checkpoint, monkeypatch):
    prediction = predict(Scene.open(make_scene(97, 64)), load_checkpoint(make_checkpoint()))
    whole = score_prediction(prediction)
    monkeypatch.setattr(evaluation, "_STRIP_LINES", 10)
    strips = score_prediction(prediction)
    for name in CHARTS:
        np.testing.assert_array_equal(strips.confusion[name], whole.confusion[name])
    assert strips.sic_squared_error == pytest.approx(whole.sic_squared_error)


def test_a_window_scores_its_pixels_alone(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(96, 128))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    window = slice(10, 30), slice(60, 100)
    labelled = int((read_chart(scene, "SOD", window=window) != 255).sum())
    assert score_prediction(prediction, window).scores().SOD.pixels == labelled


def test_pooling_takes_the_pixels_of_all_scenes(make_scene, make_checkpoint):
    scenes = [
        Scene.open(make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day)) for day in (1, 2)
    ]
    checkpoint = load_checkpoint(make_checkpoint())
    results = [score(checkpoint, scene) for scene in scenes]
    total = pooled(results).scores()
    assert total.SIC.pixels == sum(result.scores.SIC.pixels for result in results)


def test_facts_are_json_and_hold_the_matrices(make_scene, make_checkpoint):
    sums = score(load_checkpoint(make_checkpoint()), Scene.open(make_scene())).sums
    facts = json.loads(json.dumps(sums.to_dict()))
    assert facts["SOD"]["value"] == sums.scores().SOD.value
    assert facts["SIC_error_percent"]["rms"] == sums.sic_errors().rms
    assert facts["confusion"]["FLOE"] == sums.confusion["FLOE"].tolist()
    assert len(facts["F1_by_class"]["SIC"]) == 11


def test_a_scene_without_charts_has_no_scores(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(without=CHARTS))
    result = score(load_checkpoint(make_checkpoint()), scene)
    assert result.scores.combined.value is None
    assert result.scores.SIC.reason == "no labelled pixel"


def test_what_is_no_data_is_not_scored(make_scene, make_checkpoint):
    def hole(arrays: dict) -> None:
        for name in CHARTS:
            arrays[name][:] = 1
        arrays["nersc_sar_primary"][:40] = np.nan

    scene = Scene.open(make_scene(change=hole))
    sums = score(load_checkpoint(make_checkpoint()), scene).sums
    valid = read_valid(scene)
    assert not valid[:40].any()
    assert sums.confusion["SOD"].sum() == valid.sum() > 0
