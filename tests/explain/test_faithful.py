"""Maps of evidence of a network whose decision is known, and maps that lie."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from seaice.core.errors import ConfigError
from seaice.explain.faithful import try_map
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.region_output import RegionOutput
from seaice.explain.verdicts import Verdict, summary, verdicts
from seaice.network.checkpoint import load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.scene import Scene

REGION = slice(40, 56), slice(56, 72)
PLACE = 6, 8
"""The cell that decides; the region is the cells 5 and 6, 7 and 8."""


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(96, 128))


@pytest.fixture
def one_place(make_checkpoint, in_float32, in_one_piece):
    """SIC is five times what one feature says, and that is 0 but in one cell."""
    checkpoint = load_checkpoint(make_checkpoint((1,)))
    network = checkpoint.network
    features = torch.zeros(1, 4, 12, 16)
    features[0, 2][PLACE] = 1
    convolution = torch.nn.Conv2d(4, 1, 1, bias=False)
    convolution.weight.data = torch.tensor([0.0, 0, 5, 0]).reshape(1, 4, 1, 1)
    network.decoders["SIC"] = torch.nn.Sequential(convolution)
    network.features = lambda inputs: features
    return checkpoint


def outcomes(trial) -> dict[str, str]:
    return {each.test: each.outcome for each in verdicts(trial)}


def test_a_true_map_passes(scene, one_place):
    truth = np.zeros((96, 128), bool)
    truth[50, 66] = True
    trial = try_map(scene, one_place, CamConfig("SIC", 0), REGION, truth)
    assert trial.pixels == 256
    # The first eighth of the cells holds the one that decides: nothing is left, or nothing lost.
    assert (trial.deletion[1:] <= trial.deletion[-1] + 1e-6).all()
    assert trial.deletion[0] > 5 * trial.deletion[-1]
    np.testing.assert_allclose(trial.insertion[1:], trial.deletion[0], rtol=0.1)
    assert trial.deletion_random[1] > trial.deletion[1]
    assert trial.on_truth == pytest.approx(1)
    assert trial.truth_share < 0.05
    assert trial.beyond == 0
    # One cell against the field's: a network of random weights points elsewhere.
    assert abs(trial.random_weights) < 0.5
    assert outcomes(trial) == {
        "Deletion": "passed",
        "Insertion": "passed",
        "Random weights": "passed",
        "Other method": "passed",
        "Field": "passed",
        "True ice": "not known",
    }


def test_maps_that_lie_fail_in_words(scene, one_place, monkeypatch):
    monkeypatch.setattr(RegionOutput, "evidence", lambda self: -np.eye(12, 16, 2, dtype=np.float32))
    trial = try_map(scene, one_place, CamConfig("SIC", 0), REGION)
    by_test = {each.test: each for each in verdicts(trial)}
    assert by_test["Deletion"].outcome == "failed"
    assert "Do not believe this map" in by_test["Insertion"].text
    # The same map whatever the weights are.
    assert by_test["Random weights"].outcome == "failed"
    assert trial.random_weights == pytest.approx(1)
    assert by_test["Other method"].outcome == "failed"
    assert "do not read places off this map" in by_test["Other method"].text
    monkeypatch.setattr(RegionOutput, "evidence", lambda self: np.ones((12, 16), np.float32))
    monkeypatch.setattr("seaice.explain.near.receptive_field_px", lambda network: 16)
    trial = try_map(scene, one_place, CamConfig("SIC", 0), REGION)
    # The field covers 4 x 4 cells.
    assert trial.beyond == pytest.approx(1 - 16 / 192)
    assert outcomes(trial)["Field"] == "failed"
    assert outcomes(trial)["Random weights"] == "not known"


def test_the_map_is_that_of_hirescam(scene, make_checkpoint, in_float32, monkeypatch):
    checkpoint = load_checkpoint(make_checkpoint((1, 3)))
    kept = []
    own = RegionOutput.evidence

    def evidence(self):
        kept.append(own(self))
        return kept[-1]

    monkeypatch.setattr(RegionOutput, "evidence", evidence)
    trial = try_map(scene, checkpoint, CamConfig("SIC", 0), REGION)
    expected = explain(scene, checkpoint, CamConfig("SIC", 0), REGION).raw
    np.testing.assert_allclose(kept[0], expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())
    assert trial.beyond == 0
    # What is removed and what is put back meet at the ends.
    assert trial.deletion[0] == pytest.approx(trial.insertion[-1], rel=1e-5)
    assert trial.deletion[-1] == pytest.approx(trial.insertion[0], rel=1e-5)
    again = try_map(scene, checkpoint, CamConfig("SIC", 0), REGION)
    np.testing.assert_array_equal(again.deletion_random, trial.deletion_random)


def test_a_summary_claims_no_test_whose_outcome_is_not_known():
    passed, failed = Verdict("Field", "passed", ""), Verdict("Deletion", "failed", "")
    unknown = Verdict("True ice", "not known", "")
    assert summary([passed, passed]) == "passes every test"
    assert summary([passed, passed, unknown]) == "passes 2 tests; not known: true ice"
    assert summary([failed, passed]) == "fails: deletion"
    assert summary([failed, passed, unknown]) == "fails: deletion; not known: true ice"
    little = Verdict("True ice", "says little", "")
    assert summary([passed, little]) == "passes 1 test; says little: true ice"


def test_the_truth_is_told_by_class(scene, one_place):
    trial = try_map(scene, one_place, CamConfig("SIC", 0), REGION)
    of_class = replace(trial, config=CamConfig("SOD", 5), on_truth=0.2, truth_share=0.4)
    text = verdicts(of_class)[-1]
    assert (text.outcome, text.text) == (
        "failed",
        "20 % of the evidence lies on true old ice, which covers 40 % of the field.",
    )
    assert verdicts(replace(of_class, on_truth=0.9))[-1].outcome == "passed"
    reasons = {
        "so there is no true ice of it": trial,
        "known on simulated scenes alone": replace(of_class, on_truth=np.nan, truth_share=np.nan),
        "No evidence supports it here": replace(of_class, on_truth=np.nan),
    }
    for reason, case in reasons.items():
        assert verdicts(case)[-1].outcome == "not known"
        assert reason in verdicts(case)[-1].text
    no_drop = replace(trial, deletion=trial.deletion[::-1])
    assert "nothing here supports it" in verdicts(no_drop)[0].text


@pytest.mark.parametrize(
    ("on_truth", "covered", "outcome"),
    [
        (1.0, 0.97, "says little"),
        (1.0, 1.0, "says little"),
        (0.95, 0.97, "says little"),
        # More is lost than could have been gained.
        (0.93, 0.97, "failed"),
        (0.95, 0.89, "passed"),
        (0.88, 0.89, "failed"),
        (0.0, 0.0, "not known"),
    ],
)
def test_true_ice_that_covers_nearly_all_of_the_field_says_little(
    scene, one_place, on_truth, covered, outcome
):
    trial = try_map(scene, one_place, CamConfig("SIC", 0), REGION)
    config = CamConfig("SOD", 5)
    said = verdicts(replace(trial, config=config, on_truth=on_truth, truth_share=covered))[-1]
    assert said.outcome == outcome
    assert ("says little here" in said.text) == (outcome == "says little")


def test_threads_test_what_one_after_the_other_tests(scene, make_checkpoint, in_float32):
    checkpoint = load_checkpoint(make_checkpoint((1,)))
    configs = [CamConfig("SIC", 0), CamConfig("SIC", 1)]
    alone = [try_map(scene, checkpoint, each, REGION) for each in configs]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda each: try_map(scene, checkpoint, each, REGION), configs))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.deletion, other.deletion)
        np.testing.assert_array_equal(one.maps[1].raw, other.maps[1].raw)


def test_a_class_that_is_not_predicted_is_said_in_words(scene, make_checkpoint, in_float32):
    checkpoint = load_checkpoint(make_checkpoint((1,)))
    prediction = predict(scene, checkpoint)
    present = np.unique(prediction.classes("SOD")[REGION][prediction.valid[REGION]])
    absent = next(index for index in range(6) if index not in present)
    with pytest.raises(ConfigError, match=r"predicts no .* here, so there is no map to test"):
        try_map(scene, checkpoint, CamConfig("SOD", absent), REGION)
