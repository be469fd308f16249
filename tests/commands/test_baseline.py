"""`seaice baseline`, and baselines beside the scores of `seaice evaluate`."""

import json
from pathlib import Path

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.baselines.files import BELOW_LINEAR


def informative(arrays: dict) -> None:
    steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
    for name, classes in (("SIC", (0, 3, 7, 10)), ("SOD", (0, 0, 4, 4)), ("FLOE", (0, 0, 5, 5))):
        arrays[name] = np.array(classes, np.uint8)[steps]


@pytest.fixture
def folders(make_scene, tmp_path: Path) -> tuple[object, ...]:
    make_scene(folder=tmp_path / "data", change=informative)
    return "--data", tmp_path / "data", "--models", tmp_path / "models"


def test_an_untrained_network_is_below_the_line(seaice, folders, make_checkpoint):
    status, text, _ = seaice("baseline", "linear", "--channels", "sar", *folders, "--json")
    fitted = json.loads(text)
    assert (status, fitted["kind"], fitted["left_out"]) == (0, "linear", [])
    assert "per-pixel linear model" in seaice("baseline", "list", *folders)[1]
    checkpoint = make_checkpoint()
    text = seaice("evaluate", checkpoint, *folders)[1]
    assert f"  {BELOW_LINEAR}\n" in text
    assert "\n  all water " in text
    scored = json.loads(seaice("evaluate", checkpoint, *folders, "--json")[1])
    assert scored["below_linear"]
    assert list(scored["baselines"]) == ["all water", "per-pixel linear model"]
    table = seaice("evaluate", checkpoint, fitted["file"], *folders)[1].splitlines()
    assert [line.split()[0] for line in table if line.endswith(BELOW_LINEAR)] == [str(checkpoint)]
    assert not any(line.endswith(" ") for line in table)
    own = json.loads(seaice("evaluate", fitted["file"], *folders, "--json")[1])
    assert own["pooled"] == scored["baselines"]["per-pixel linear model"]
    assert not own["below_linear"]
    assert "baselines" not in json.loads(
        seaice("evaluate", checkpoint, *folders, "--baselines", "none", "--json")[1]
    )
    seaice("baseline", "trees", "--channels", "sar", *folders)
    scored = json.loads(seaice("evaluate", checkpoint, *folders, "--baselines", "all", "--json")[1])
    assert list(scored["baselines"])[1:] == ["per-pixel linear model", "boosted trees"]
    status, _, lines = seaice("evaluate", checkpoint, *folders, "--baselines", "some")
    assert (status, lines[-1]) == (2, "--baselines is quick, all or none, not 'some'.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["water"], "There is nothing to fit for 'water'"),
        (["forest"], "No kind of baseline 'forest'. There are: linear, trees, ceiling."),
        (["linear", "--channels", "nothing"], "No channel set 'nothing'"),
        (["linear", "--windows"], "Only trees can see windows"),
        (["ceiling"], "holds the truth beside its charts"),
    ],
)
def test_bad_input_is_a_sentence(seaice, folders, arguments, words):
    status, _, lines = seaice("baseline", *arguments, *folders)
    assert status == 2
    assert words in lines[-1]


def unlabelled(arrays: dict) -> None:
    for name in CHARTS:
        arrays[name][:] = FILL


def of_one_stage(arrays: dict) -> None:
    informative(arrays)
    arrays["SOD"][arrays["SOD"] != FILL] = 4


@pytest.mark.parametrize(
    ("change", "without", "words"),
    [
        (unlabelled, (), "has no labelled pixels."),
        (informative, CHARTS, "has no labelled pixels."),
        (of_one_stage, (), "All pixels with a SOD label have one class, 'Thick first-year ice'"),
        (informative, ("nersc_sar_secondary",), "lacks nersc_sar_secondary, which channel set sar"),
    ],
)
def test_scenes_that_nothing_can_be_fitted_on_are_a_sentence(
    seaice, make_scene, tmp_path, change, without, words
):
    make_scene(folder=tmp_path / "data", change=change, without=without)
    folders = "--data", tmp_path / "data", "--models", tmp_path / "models"
    status, _, lines = seaice("baseline", "linear", "--channels", "sar", *folders)
    assert (status, lines[-1].count("\n")) == (2, 0)
    assert words in lines[-1]
    assert not (tmp_path / "models").exists()


def test_a_baseline_is_no_network_and_a_network_no_baseline(seaice, folders, make_checkpoint):
    file = json.loads(seaice("baseline", "linear", "--channels", "sar", *folders, "--json")[1])
    scene = next(Path(folders[1]).iterdir())
    status, _, lines = seaice("predict", file["file"], scene, "--out", folders[3])
    assert status == 2
    assert "is a baseline, not a network" in lines[-1]
    checkpoint = make_checkpoint()
    status, _, lines = seaice("baseline", "linear", *folders, "--out", checkpoint)
    assert status == 2
    assert "exists and is not a baseline" in lines[-1]
