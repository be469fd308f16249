import csv
import io

import pytest

from seaice.network.checkpoint import load_checkpoint
from seaice.results.evaluation import score_prediction
from seaice.results.export import ScoredNetwork, scores_csv
from seaice.results.inference import predict
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


@pytest.mark.parametrize("region", [None, Region((4, 20), (8, 40))])
def test_a_row_holds_the_scores_and_where_they_came_from(make_scene, make_checkpoint, region):
    scene = Scene.open(make_scene(simulated=1))
    predictions = [predict(scene, load_checkpoint(make_checkpoint(r))) for r in ((1,), (2, 3))]
    window = region.window(scene.grid) if region else None
    sums = [score_prediction(each, window) for each in predictions]
    networks = [ScoredNetwork.of(*pair) for pair in zip(predictions, sums, strict=True)]
    text = scores_csv(scene, networks, region, "made by hand")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["atrous_rates"] for row in rows] == ["1", "2-3"]
    for row, prediction, each in zip(rows, predictions, sums, strict=True):
        assert float(row["score_SOD"]) == pytest.approx(each.scores().SOD.value, abs=1e-4)
        assert float(row["sic_error_rms_percent"]) == pytest.approx(each.sic_errors().rms, abs=1e-4)
        assert int(row["pixels_FLOE"]) == each.confusion["FLOE"].sum()
        assert row["checkpoint_sha256"] == prediction.sha256
        assert row["scene"] == scene.id
        assert row["simulated"] == "1"
        assert row["region_km"] == (str(region) if region else "whole scene")
        assert row["history"].endswith("made by hand")


def test_a_foreign_name_is_no_formula(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(name='=HYPERLINK("x").nc'))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    network = ScoredNetwork.of(prediction, score_prediction(prediction))
    (row,) = csv.DictReader(io.StringIO(scores_csv(scene, [network], None, "x")))
    assert row["scene"].startswith("'=")
    # A negative number stays one.
    assert float(row["score_SIC"]) < 0


def test_a_score_that_is_not_defined_is_an_empty_cell(make_scene, make_checkpoint):
    def one_class(arrays: dict) -> None:
        arrays["SIC"][:] = 0

    scene = Scene.open(make_scene(change=one_class))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    network = ScoredNetwork.of(prediction, score_prediction(prediction))
    (row,) = csv.DictReader(io.StringIO(scores_csv(scene, [network], None, "x")))
    assert row["score_SIC"] == ""
    assert row["score_combined"] == ""
    assert row["score_SOD"] != ""


def test_baselines_have_rows_without_a_checkpoint(make_scene, make_checkpoint):
    scene = Scene.open(make_scene())
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    sums = score_prediction(prediction)
    text = scores_csv(scene, [ScoredNetwork.of(prediction, sums)], None, "x", {"all water": sums})
    network, baseline = csv.DictReader(io.StringIO(text))
    assert baseline["checkpoint"] == "(all water)"
    assert baseline["checkpoint_sha256"] == ""
    assert baseline["score_SOD"] == network["score_SOD"] != ""
    assert baseline["scene"] == scene.id
