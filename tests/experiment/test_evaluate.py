"""Filling the evaluation table: the same sums as `seaice evaluate`, by strata, once only."""

import json
from pathlib import Path

import netCDF4
import numpy as np
import pyarrow.parquet as pq
import pytest

from seaice.core.errors import OutputError
from seaice.experiment import evaluate as module
from seaice.experiment.evaluate import evaluate_predictors, score_scene
from seaice.experiment.predictors import Predictor, baseline_predictors, network_predictors
from seaice.experiment.strata import STRATA
from seaice.experiment.table import SETTINGS, pooled_sums, read_table
from seaice.network.checkpoint import load_checkpoint
from seaice.results.evaluation import score, score_prediction
from seaice.results.inference import predict
from seaice.results.scoring import ScoreSums
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.scene import Scene

NAMES = ("20180325T194759_dmi_prep.nc", "20190725T194759_cis_prep.nc")


@pytest.fixture
def data(make_scene, tmp_path: Path) -> Path:
    for seed, name in enumerate(NAMES):
        make_scene(name=name, seed=seed, folder=tmp_path / "data", ice_service=name[16:19])
    return tmp_path / "data"


@pytest.fixture
def models(make_checkpoint, tmp_path: Path) -> Path:
    make_checkpoint(folder=tmp_path / "models")
    make_checkpoint((), folder=tmp_path / "models", seed=1)
    return tmp_path / "models"


def networks_of(models: Path) -> list[Predictor]:
    predictors, problems = network_predictors(sorted(models.glob("*.safetensors")))
    assert not problems
    return predictors


def assert_equal(pooled: ScoreSums, sums: ScoreSums) -> None:
    for name, counts in sums.confusion.items():
        np.testing.assert_array_equal(pooled.confusion[name], counts)
    for name in ("sic_squared_error", "sic_absolute_error", "sic_error"):
        assert getattr(pooled, name) == pytest.approx(getattr(sums, name))


def test_every_stratum_adds_up_to_what_evaluate_finds(data, models, in_float32, monkeypatch):
    monkeypatch.setattr("seaice.experiment.counts._STRIP_LINES", 40)
    scene = Scene.open(data / NAMES[0])
    predictor = networks_of(models)[0]
    rows, problems = score_scene([predictor], scene)
    assert problems == []
    sums = score(load_checkpoint(models / predictor.source), scene).sums
    assert set(rows["reference"]) == {"chart"}
    for stratum in STRATA:
        assert_equal(pooled_sums(rows[rows["stratum"] == stratum]), sums)
    first = rows.iloc[0]
    assert (first["region"], first["season"], first["month"]) == ("SouthEast", "MAM", 3)
    assert (first["service"], first["rates"], first["seed"]) == ("dmi", "1-2", 0)
    assert (first["encoder"], first["width"], first["output_stride"]) == ("resnet18", 64, 8)
    assert first["spacing_m"] == 400
    assert (rows["pixels"] == rows["confusion"].map(np.sum)).all()


def test_simulated_scenes_are_held_against_the_truth_too(make_scene, models, in_float32):
    path = make_scene(simulated=1)
    with netCDF4.Dataset(path, "a") as file:
        for name in ("SIC", "SOD", "FLOE"):
            truth = np.zeros_like(file[name][:].filled(255))
            truth[:, :64] = 2
            file.createVariable(f"true_{name}", "u1", file[name].dimensions)[:] = truth
    scene = Scene.open(path)
    predictor = networks_of(models)[0]
    rows, _ = score_scene([predictor], scene)
    prediction, sums = predict(scene, load_checkpoint(models / predictor.source)), ScoreSums()
    reference = np.where(prediction.valid, truth, 255)
    for name in ("SIC", "SOD", "FLOE"):
        sums.add(name, reference, prediction.on(scene.grid, name))
    of_truth = rows[rows["reference"] == "truth"]
    for stratum in STRATA:
        assert_equal(pooled_sums(of_truth[of_truth["stratum"] == stratum]), sums)
    of_chart = rows[(rows["reference"] == "chart") & (rows["stratum"] == "all")]
    assert_equal(pooled_sums(of_chart), score_prediction(prediction))


def test_what_the_table_holds_is_not_predicted_again(data, models, tmp_path, monkeypatch):
    table, predictors = tmp_path / "scores.parquet", networks_of(models)
    scenes = read_catalogue(data).scenes
    reports = []
    report = lambda *each: reports.append(each)  # noqa: E731
    assert evaluate_predictors(predictors[:1], scenes, table, on_progress=report) == []
    assert [each[:2] for each in reports] == [(0, 2), (1, 2), (2, 2)]
    assert reports[-1][2] == 0
    first = read_table(table)
    evaluate_predictors(predictors, scenes, table, on_progress=report)
    assert reports[3][:2] == (0, 2)
    both = read_table(table)
    assert set(both["source"]) == {predictor.source for predictor in predictors}
    assert len(both[both["source"] == predictors[0].source]) == len(first)
    monkeypatch.setattr(Predictor, "predict", lambda *_: pytest.fail("predicted again"))
    evaluate_predictors(predictors, scenes, table, on_progress=report)
    assert reports[-1] == (0, 0, None)
    # Version 1 did not say how networks are built, which needs no prediction.
    old = pq.read_table(table).drop_columns(list(SETTINGS))
    pq.write_table(old.replace_schema_metadata({b"seaice_format_version": b"1"}), table)
    evaluate_predictors(predictors, scenes, table, on_progress=report)
    assert list(read_table(table)["width"]) == list(both["width"]) == [64] * len(both)


def test_what_cannot_be_scored_is_named_and_the_rest_goes_on(
    data, models, make_scene, make_checkpoint, tmp_path
):
    make_scene(
        name="20200101T000000_dmi_prep.nc",
        folder=data,
        without=("SIC", "SOD", "FLOE", "distance_map"),
    )
    make_checkpoint((), "all", folder=models)
    (models / "damaged.safetensors").write_bytes(b"damaged")
    predictors, problems = network_predictors(sorted(models.glob("*.safetensors")))
    assert len(problems) == 1
    assert "damaged.safetensors" in problems[0]
    scenes = list(read_catalogue(data).scenes)
    gone = Scene.open(data / NAMES[1])
    (data / NAMES[1]).write_bytes(b"gone")
    table = tmp_path / "scores.parquet"
    left_out = evaluate_predictors(predictors, [*scenes[:1], gone, *scenes[2:]], table)
    assert len(left_out) == 2
    assert NAMES[1] in left_out[0]
    assert left_out[1].endswith("has no chart to score against.")
    assert set(read_table(table)["scene"]) == {NAMES[0].removesuffix("_prep.nc")}


def test_a_scene_that_lacks_channels_is_named_once(data, models, make_scene, tmp_path):
    make_scene(name=NAMES[0], folder=data, without=("sar_incidenceangle",))
    table = tmp_path / "scores.parquet"
    left_out = evaluate_predictors(networks_of(models), read_catalogue(data).scenes, table)
    assert len(left_out) == 1
    assert "lacks sar_incidenceangle" in left_out[0]
    assert set(read_table(table)["service"]) == {"cis"}


def test_rows_are_kept_when_the_work_is_stopped(data, models, tmp_path, monkeypatch):
    table, predictors = tmp_path / "scores.parquet", networks_of(models)

    def stop(done: int, total: int, seconds_left: float | None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_predictors(predictors, read_catalogue(data).scenes, table, on_progress=stop)
    assert read_table(table)["scene"].nunique() == 1
    monkeypatch.setattr(module, "append_table", lambda *_: (_ for _ in ()).throw(disk_full()))
    with pytest.raises(OutputError, match="No space left"):
        evaluate_predictors(predictors, read_catalogue(data).scenes, table)
    assert read_table(table)["scene"].nunique() == 1


def disk_full() -> OutputError:
    return OutputError("scores.parquet", "No space left on device")


def test_baselines_are_rows(data, models, seaice, tmp_path):
    seaice("baseline", "linear", "--channels", "sar", "--data", data, "--models", models)
    (models / "baselines" / "x_linear.safetensors").write_bytes(b"damaged")
    assert baseline_predictors(models, ["sar"], "none") == ([], [])
    predictors, problems = baseline_predictors(models, ["sar"], "quick")
    assert [predictor.source for predictor in predictors] == ["all water", "per-pixel linear model"]
    assert len(problems) == 1
    assert [predictor.source for predictor in baseline_predictors(models, ["amsr2"], "all")[0]] == [
        "all water",
        "truth of each pixel",
    ]
    table = tmp_path / "scores.parquet"
    evaluate_predictors(predictors, read_catalogue(data).scenes, table)
    water = read_table(table, source="all water", stratum="all", chart="SOD")
    assert water["seed"].isna().all()
    assert water["field_km"].isna().all()
    for counts in water["confusion"]:
        assert counts.reshape(6, 6)[:, 1:].sum() == 0


def test_the_command_prints_what_the_table_holds(data, models, seaice, tmp_path):
    command = "evaluate-all", models, "--data", data, "--json"
    status, text, lines = seaice(*command)
    assert status == 0
    assert "prediction 0/6" in lines
    facts = json.loads(text)
    assert facts["scenes"] == 2
    names = {*(path.name for path in models.glob("*.safetensors")), "all water"}
    assert set(facts["pooled"]) == names
    checkpoint = sorted(models.glob("*.safetensors"))[0]
    _, text, _ = seaice("evaluate", checkpoint, "--data", data, "--baselines", "none", "--json")
    own = json.loads(text)["pooled"]["combined"]["value"]
    assert facts["pooled"][checkpoint.name]["combined"]["value"] == pytest.approx(own)
    assert "prediction 0/0" in seaice(*command)[2]
    assert "all water" in seaice(*command[:-1])[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gone",), "gone is neither a folder with checkpoints nor a sweep in"),
        (("data",), "There are no checkpoints in data"),
        (("models", "--baselines", "some"), "--baselines is quick, all or none, not 'some'"),
        (("models", "--data", "empty"), "There are no scenes"),
        (("models", "--table", "data/" + NAMES[0]), "--table is a Parquet file"),
        (("models", "--table", "empty/bad.parquet"), "is damaged or no evaluation table"),
    ],
)
def test_bad_input_is_a_sentence(data, models, seaice, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "bad.parquet").write_text("bad")
    status, _, lines = seaice("evaluate-all", *arguments)
    assert status == 2
    assert words in lines[-1] or "empty has no usable scene" in lines[-1]


@pytest.mark.slow
def test_several_processes_give_the_same_rows(data, models, tmp_path):
    predictors, scenes = networks_of(models)[:1], read_catalogue(data).scenes
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    evaluate_predictors(predictors, scenes, one)
    evaluate_predictors(predictors, scenes, two, jobs=2)
    assert (
        read_table(one).drop(columns="confusion").equals(read_table(two).drop(columns="confusion"))
    )
