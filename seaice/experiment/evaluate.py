"""Filling the evaluation table: every network and baseline on every scene."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from seaice.ai4arctic.seasons import UNKNOWN, season
from seaice.core.errors import (
    CheckpointError,
    LockError,
    MissingChannelsError,
    OutputError,
    RunError,
    SceneError,
    TableError,
)
from seaice.core.files import require_output
from seaice.core.workers import in_order
from seaice.experiment.counts import SceneReferences, Sums, read_references, stratified_sums
from seaice.experiment.predictors import Predictor
from seaice.experiment.table import (
    SETTINGS,
    append_table,
    frame_of,
    known_predictions,
    record_settings,
)
from seaice.scenes.catalogue import checked, make_ready
from seaice.scenes.scene import Scene
from seaice.training.runs.lock import hold

OnProgress = Callable[[int, int, float | None], object]
"""Called with predictions done, predictions in all, and the seconds left if known."""

_WRITE_EVERY_S = 60.0


@dataclass(frozen=True)
class _Task:
    scene: Scene
    predictors: tuple[Predictor, ...]


@dataclass(frozen=True)
class _Done:
    predictions: int
    rows: list[Mapping[str, Any]]
    problems: tuple[str, ...]
    notice: str = ""


def evaluate_predictors(
    predictors: Sequence[Predictor],
    scenes: Sequence[Scene],
    table: Path,
    *,
    jobs: int = 1,
    on_progress: OnProgress = lambda done, total, seconds_left: None,
    on_notice: Callable[[str], object] = lambda notice: None,
) -> list[str]:
    """Score networks and baselines on scenes, and add the rows to a table.

    What the table holds already is not predicted again: neither the same file under another name,
    nor the same scene. Rows are written about once a minute, so that little is lost if the work
    is interrupted.

    Args:
        predictors: What to score.
        scenes: On which scenes.
        table: The file; begun if it does not exist.
        jobs: Processes, each of which works on a scene of its own.
        on_progress: Called after each scene.
        on_notice: Called with what to know about a scene that is scored, if there is something.

    Returns:
        A sentence for each scene that cannot be scored, or cannot feed a channel set.

    Raises:
        TableError: The file is no table of this version, or another process fills it.
        OutputError: The table cannot be written. What it held is kept.
    """
    require_output(table)
    with _held(table):
        return _evaluate(predictors, scenes, table, jobs, on_progress, on_notice)


def _evaluate(
    predictors: Sequence[Predictor],
    scenes: Sequence[Scene],
    table: Path,
    jobs: int,
    on_progress: OnProgress,
    on_notice: Callable[[str], object],
) -> list[str]:
    networks = [each for each in predictors if each.kind == "network"]
    record_settings(
        table, {each.sha256: {name: getattr(each, name) for name in SETTINGS} for each in networks}
    )
    known = known_predictions(table)
    tasks = [
        _Task(scene, missing)
        for scene in scenes
        if (missing := tuple(c for c in predictors if (c.sha256, scene.id) not in known))
    ]
    total, done = sum(len(task.predictors) for task in tasks), 0
    problems: dict[str, None] = {}
    rows = _Rows(table)
    begun = time.monotonic()
    on_progress(0, total, None)
    try:
        for result in in_order(_score, tasks, jobs):
            done += result.predictions
            problems |= dict.fromkeys(result.problems)
            if result.notice:
                on_notice(result.notice)
            rows.add(result.rows)
            on_progress(done, total, (time.monotonic() - begun) / done * (total - done))
    except BaseException:
        # The error that ended the work matters more.
        with suppress(OutputError):
            rows.write()
        raise
    rows.write()
    return list(problems)


@contextmanager
def _held(table: Path) -> Iterator[None]:
    """Keep others from adding rows: who writes last would drop the rows of the other."""
    try:
        lock = hold(table.with_name(f".{table.name}.lock"))
    except LockError:
        # Nobody can tell.
        yield
        return
    except RunError as error:
        raise TableError(
            table, "is being filled by another process", "Wait for its end."
        ) from error
    try:
        yield
    finally:
        lock.release()


class _Rows:
    """Rows that are not yet in the table."""

    def __init__(self, table: Path) -> None:
        self._table = table
        self._rows: list[Mapping[str, Any]] = []
        self._written = time.monotonic()

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows += rows
        if time.monotonic() - self._written > _WRITE_EVERY_S:
            self.write()

    def write(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            append_table(self._table, frame_of(rows))
        self._written = time.monotonic()


def score_scene(predictors: Sequence[Predictor], scene: Scene) -> tuple[pd.DataFrame, list[str]]:
    """Rows of one scene, and a sentence for what cannot be scored; see `evaluate_predictors`."""
    done = _score(_Task(scene, tuple(predictors)))
    return frame_of(done.rows), list(done.problems)


def _score(task: _Task) -> _Done:
    scene, count = task.scene, len(task.predictors)
    try:
        make_ready(scene)
        references = read_references(scene)
    except (SceneError, OutputError) as error:
        return _Done(count, [], (str(error),))
    if not references.classes:
        return _Done(count, [], (f"{scene.path} has no chart to score against.",))
    rows: list[Mapping[str, Any]] = []
    problems = []
    for predictor in task.predictors:
        try:
            rows += _rows_of(predictor, references)
        except (SceneError, MissingChannelsError, CheckpointError) as error:
            problems.append(str(error))
    return _Done(count, rows, tuple(problems), checked(scene).notice)


def _rows_of(predictor: Predictor, references: SceneReferences) -> list[Mapping[str, Any]]:
    scene = references.scene
    own = asdict(predictor)
    del own["path"]
    own |= {
        "scene": scene.id,
        "region": scene.region or UNKNOWN,
        "season": season(scene.time),
        "month": scene.time.month if scene.time else None,
        "service": scene.service or UNKNOWN,
        "simulated": scene.simulated,
    }
    maps = predictor.predict(scene)
    return list(map(partial(_row, own), stratified_sums(maps, references, predictor.field_km)))


def _row(own: Mapping[str, Any], sums: Sums) -> Mapping[str, Any]:
    squared, absolute, plain = sums.errors
    return {
        **own,
        "reference": sums.reference,
        "chart": sums.chart,
        "stratum": sums.stratum,
        "value": sums.value,
        "pixels": sums.pixels,
        "confusion": sums.confusion.ravel(),
        "sic_squared_error": squared,
        "sic_absolute_error": absolute,
        "sic_error": plain,
    }
