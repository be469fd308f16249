"""Which sweeps are offered, and in which order."""

import os
from pathlib import Path

from seaice.experiment.evaluated import sweep_folders, table_in


def _table(folder: Path, name: str = "scores.parquet", time: float = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
    os.utime(folder / name, (time, time))


def test_the_shipped_sweep_comes_first_then_those_beside_it_then_the_newest(tmp_path: Path):
    models, runs = tmp_path / "models", tmp_path / "runs"
    _table(models / "sweep", "evaluation.parquet")
    _table(models / "other")
    _table(models / "alone")
    _table(models)
    (models / "baselines").mkdir()
    for time, name in ((1, "old"), (2, "new")):
        _table(runs / "sweeps" / name, time=time)
    (runs / "sweeps" / "nothing").mkdir()
    found = sweep_folders(models, runs)
    names = [each.name for each in found]
    assert names == ["shipped", "models/alone", "models/other", "new", "old"]
    assert found[1].table == models / "alone" / "scores.parquet"


def test_no_sweep_of_the_runs_hides_the_shipped_one(tmp_path: Path):
    models, runs = tmp_path / "models", tmp_path / "runs"
    _table(models / "sweep")
    _table(runs / "sweeps" / "shipped")
    names = [each.name for each in sweep_folders(models, runs)]
    assert names == ["shipped", "sweeps/shipped"]


def test_without_a_shipped_sweep_the_checkpoints_own_table_comes_first(tmp_path: Path):
    models = tmp_path / "models"
    _table(models)
    _table(models / "alone")
    names = [each.name for each in sweep_folders(models, tmp_path / "runs")]
    assert names == ["checkpoints", "models/alone"]


def test_folders_that_are_not_there_hold_no_sweeps(tmp_path: Path):
    assert sweep_folders(tmp_path / "models", tmp_path / "runs") == []


def test_of_two_tables_the_one_written_last_counts(tmp_path: Path):
    """Who scores a shipped folder on own scenes sees these, not what shipped."""
    _table(tmp_path, "evaluation.parquet", time=1)
    _table(tmp_path, "scores.parquet", time=2)
    assert table_in(tmp_path) == tmp_path / "scores.parquet"
    _table(tmp_path, "evaluation.parquet", time=3)
    assert table_in(tmp_path) == tmp_path / "evaluation.parquet"
