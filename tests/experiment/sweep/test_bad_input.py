"""What is wrong with a sweep's data is a sentence, and what is finished is kept."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from seaice.core import cluster
from seaice.core.errors import ClusterError, OutputError, TableError
from seaice.experiment import evaluate
from seaice.experiment.evaluate import evaluate_predictors
from seaice.experiment.predictors import baseline_predictors
from seaice.experiment.sweep.folder import Sweep, SweepFolder, write_sweep
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.table import read_table, write_table
from seaice.scenes.catalogue import read_catalogue
from seaice.training.runs.lock import hold
from seaice.training.runs.status import read_status, write_status
from seaice.training.start import new_run

QUALITIES = {("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6, ("sar", "12-24-36"): 0.55}
CHARTS = "SIC", "SOD", "FLOE"


@pytest.fixture
def table(make_table: Callable, tmp_path: Path) -> Callable[..., Path]:
    """Write the table of a sweep in a folder."""

    def write(change: Callable = lambda rows: rows, **options: object) -> Path:
        path = tmp_path / "sweep" / "scores.parquet"
        write_table(path, change(make_table(QUALITIES, **options)))
        return path

    return write


def test_one_scene_gives_figures_and_no_interval(seaice, table, tmp_path: Path):
    status, _, _ = seaice("report", table(scenes=1), "--out", tmp_path / "report")
    assert status == 0
    page = (tmp_path / "report" / "report.html").read_text()
    assert "one scene does not tell what another would give" in page


def test_scenes_without_a_region_are_a_group_of_their_own(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    data, models = tmp_path / "data", tmp_path / "models"
    for day in range(1, 5):
        name = f"2018030{day}T194759_dmi_prep.nc"
        own = {"original_id": ""} if day < 4 else {}
        make_scene(64, 64, folder=data, name=name, seed=day, **own)
    for rates in ((), (1, 2)):
        checkpoint = make_checkpoint(rates, folder=models, stride=4)
    where = "--data", data
    assert seaice("evaluate-all", models, *where, "--baselines", "none")[0] == 0
    rows = read_table(models / "scores.parquet", stratum="all", chart="SIC")
    regions = dict(zip(rows["scene"].str[:8], rows["region"], strict=True))
    named = ["unknown", "unknown", "unknown", "SouthEast"]
    assert [regions[f"2018030{day}"] for day in range(1, 5)] == named
    assert seaice("report", models, "--out", tmp_path / "report")[0] == 0
    differences = (tmp_path / "report" / "differences.csv").read_text()
    assert ",region,unknown,sar,1-2," in differences
    options = "--radii", 2, "--shuffles", 1, "--no-gradient", "--json"
    facts = json.loads(seaice("context", checkpoint, *where, *options)[1])
    assert set(facts["strata"]["region"]) == {"unknown", "SouthEast"}


def test_a_table_of_another_version_is_named(seaice, table, tmp_path: Path):
    path = table(scenes=2)
    other = pq.read_table(path).replace_schema_metadata({b"seaice_format_version": b"7"})
    pq.write_table(other, path)
    status, _, said = seaice("report", path, "--out", tmp_path / "report")
    assert status == 2
    assert (
        "is an evaluation table of version 7, and this version of seaice reads version" in said[-1]
    )
    assert not (tmp_path / "report" / "report.html").exists()


def test_scenes_without_charts_and_damaged_cells_are_named(
    seaice, make_scene, make_checkpoint, tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    more = "--baselines", "none", "--runs", "runs", "--models", "models"
    make_scene(folder=tmp_path / "test", without=CHARTS)
    plan = plan_of({"rates": ["none", "1-2"], "channels": ["sar"]}, "x")
    folder = SweepFolder(tmp_path / "runs" / "sweeps" / "mine")
    runs = {cell.name: _finished(plan.config(cell, None), make_checkpoint) for cell in plan.cells}
    write_sweep(Sweep(folder, plan, runs))
    status, _, said = seaice("evaluate-all", "mine", "--data", "test", *more)
    assert status == 2
    assert "has no chart to score against" in "\n".join(said), said
    assert "None of the scenes in test could be scored" in said[-1]
    # One cell is damaged; the other one is scored.
    make_scene(folder=tmp_path / "test")
    (tmp_path / "models" / "sar_1-2_seed0.safetensors").write_bytes(b"damaged")
    status, _, said = seaice("evaluate-all", "mine", "--data", "test", *more)
    assert status == 0
    assert any("sar_1-2_seed0.safetensors" in line for line in said if "left out" in line)
    rows = read_table(folder.path / "scores.parquet", stratum="all")
    assert set(rows["source"]) == {"sar_none_seed0.safetensors"}


def test_a_folder_of_the_same_name_does_not_hide_a_sweep(
    seaice, make_scene, make_checkpoint, tmp_path: Path, monkeypatch
):
    """Scenes and reports may lie in it; checkpoints or a table do hide the sweep."""
    monkeypatch.chdir(tmp_path)
    make_scene(folder=tmp_path / "mine" / "test")
    plan = plan_of({"rates": ["none"], "channels": ["sar"]}, "x")
    folder = SweepFolder(Path("runs") / "sweeps" / "mine")
    runs = {cell.name: _finished(plan.config(cell, None), make_checkpoint) for cell in plan.cells}
    write_sweep(Sweep(folder, plan, runs))
    where = "--data", "mine/test", "--runs", "runs"
    more = *where, "--baselines", "none", "--json"
    for given in ("mine", folder.path):
        status, text, said = seaice("evaluate-all", given, *more)
        assert status == 0, said
        assert json.loads(text)["table"] == str(folder.path / "scores.parquet")
    report = "report", "mine", "--out", "mine/report", "--runs", "runs", "--json"
    assert json.loads(seaice(*report)[1])["table"] == str(folder.path / "scores.parquet")
    write_table(tmp_path / "mine" / "scores.parquet", read_table(folder.path / "scores.parquet"))
    assert json.loads(seaice(*report)[1])["table"] == "mine/scores.parquet"
    make_checkpoint(folder=tmp_path / "mine")
    assert json.loads(seaice("evaluate-all", "mine", *more)[1])["table"] == "mine/scores.parquet"


def _finished(config, make_checkpoint: Callable) -> str:
    """Name of a run that has ended."""
    run = new_run(config, Path("runs"))
    made = make_checkpoint(config.rates, folder=Path("models").resolve(), name=config.name)
    write_status(run, replace(read_status(run), state="finished", checkpoint=str(made)))
    return run.name


def test_two_processes_do_not_fill_one_table(make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "data")
    scenes, water = (
        read_catalogue(tmp_path / "data").scenes,
        baseline_predictors(tmp_path, [], "quick"),
    )
    path = tmp_path / "scores.parquet"
    lock = hold(tmp_path / ".scores.parquet.lock")
    try:
        with pytest.raises(TableError, match=r"scores\.parquet is being filled by another process"):
            evaluate_predictors(water[0], scenes, path)
    finally:
        lock.release()
    assert evaluate_predictors(water[0], scenes, path) == []
    assert len(read_table(path, stratum="all", reference="chart")) == 3


def test_a_disk_that_fills_while_scoring_keeps_what_was_scored(
    make_scene, tmp_path: Path, monkeypatch
):
    for number in (1, 2):
        make_scene(folder=tmp_path / "data", name=f"2018032{number}T194759_dmi_prep.nc")
    catalogue = read_catalogue(tmp_path / "data").scenes
    water, _ = baseline_predictors(tmp_path, [], "quick")
    path = tmp_path / "scores.parquet"
    evaluate_predictors(water, catalogue[:1], path)

    def full(path: Path, rows: object) -> None:
        raise OutputError(path, "No space left on device")

    monkeypatch.setattr(evaluate, "append_table", full)
    with pytest.raises(OutputError, match="No space left on device"):
        evaluate_predictors(water, catalogue, path)
    assert set(read_table(path)["scene"]) == {catalogue[0].id}
    monkeypatch.undo()
    evaluate_predictors(water, catalogue, path)
    assert set(read_table(path)["scene"]) == {scene.id for scene in catalogue}


class Client:
    """A client whose scheduler has gone away."""

    status = "connecting"

    def scheduler_info(self) -> dict:
        raise OSError("gone")


def test_a_scheduler_that_stays_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    watch = cluster._Watch(Client(), "tcp://host:8786", 1)
    assert watch.count() == 1
    monkeypatch.setattr(cluster, "_LOST_S", -1.0)
    with pytest.raises(ClusterError, match=r"The scheduler at tcp://host:8786 is gone\. Finished"):
        watch.count()


def test_an_address_of_another_kind_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    """Without waiting for anybody."""
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)
    with (
        pytest.raises(ClusterError, match="There is no Dask scheduler at nonsense://x"),
        ExitStack() as stack,
    ):
        cluster._client(stack, "nonsense://x", 1)
