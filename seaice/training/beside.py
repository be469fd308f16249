"""The per-pixel linear model on the validation scenes of runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seaice.ai4arctic.charts import CHARTS
from seaice.baselines.beside import Yardstick, against_linear
from seaice.baselines.kept import ScoredScene, kept_scores, score_and_keep
from seaice.core.cache import Store
from seaice.core.errors import (
    BaselineError,
    CheckpointError,
    MissingChannelsError,
    NoScenesError,
    SceneError,
)
from seaice.network.checkpoint_info import read_info
from seaice.results.scoring import ScoreSums
from seaice.scenes.catalogue import Catalogue
from seaice.training.runs.listing import Run

LinearOf = Callable[[str], Yardstick | None]
"""The linear model of a channel set; None if it has not been fitted."""


@dataclass(frozen=True)
class ValidationScenes:
    """What a run was validated on, as its best checkpoint says.

    Attributes:
        folder: Their folder.
        scenes: Their ids.
    """

    folder: Path
    scenes: tuple[str, ...]


def validation_scenes(run: Run) -> ValidationScenes | None:
    """The scenes that a run was validated on; None before its first validation."""
    try:
        scores = read_info(run.folder.best_file).scores
    except CheckpointError:
        return None
    data, scenes = scores.get("data"), scores.get("scenes")
    if not isinstance(data, str) or not isinstance(scenes, list) or not scenes:
        return None
    return ValidationScenes(Path(run.status.folder, data), tuple(map(str, scenes)))


@dataclass(frozen=True)
class LinearScores:
    """What is known of the linear model on the validation scenes of runs.

    Attributes:
        sums: Sums over the validation scenes, by name of the run.
        unknown: Scenes still to be scored, with the model to score; those of runs without a linear
            model for their channels or without a validation do not count.
    """

    sums: Mapping[str, ScoreSums]
    unknown: Mapping[ScoredScene, Yardstick]


def linear_scores(
    runs: Iterable[Run],
    linear_of: LinearOf,
    store: Store,
    validated: Callable[[Run], ValidationScenes | None] = validation_scenes,
) -> LinearScores:
    """Look up the linear model beside runs. Opens no scene.

    Args:
        runs: The runs.
        linear_of: Finds the linear model.
        store: Where the scores of scenes are kept.
        validated: Finds the scenes of a run.
    """
    models: dict[ScoredScene, Yardstick] = {}
    places: dict[str, tuple[ScoredScene, ...]] = {}
    for run in runs:
        on, linear = validated(run), linear_of(run.config.channel_set) if run.config else None
        if on is None or linear is None:
            continue
        places[run.name] = tuple(ScoredScene(linear.key, on.folder, each) for each in on.scenes)
        models |= dict.fromkeys(places[run.name], linear)
    known = kept_scores(models, store)
    # Runs of one channel set mostly share their scenes.
    pooled = {
        each: _pooled([known[scene] for scene in each])
        for each in set(places.values())
        if known.keys() >= set(each)
    }
    return LinearScores(
        {name: pooled[each] for name, each in places.items() if each in pooled},
        {place: model for place, model in models.items() if place not in known},
    )


def score_unknown(
    unknown: Mapping[ScoredScene, Yardstick],
    catalogue_of: Callable[[Path], Catalogue],
    store: Store,
    on_scene: Callable[[int, int], object] = lambda done, total: None,
) -> list[str]:
    """Score the linear model on scenes and keep the sums, about a second for each scene.

    Args:
        unknown: See `LinearScores`.
        catalogue_of: Lists the scenes of a folder.
        store: Where to keep the sums.
        on_scene: Called before each scene, with the number of scenes done and in all.

    Returns:
        A sentence for each scene that cannot be scored: it is gone, damaged, or lacks channels; and
        for each model that cannot be read.
    """
    problems: dict[str, None] = {}
    for done, (place, model) in enumerate(unknown.items()):
        on_scene(done, len(unknown))
        try:
            score_and_keep(model, catalogue_of(place.folder)[place.scene], place, store)
        except (NoScenesError, MissingChannelsError, SceneError, BaselineError) as error:
            problems[str(error)] = None
    return list(problems)


def linear_sentence(score: float | None, sums: ScoreSums | None) -> str:
    """What the linear model scores beside a run, and whether the run is below it.

    Args:
        score: Combined score of the run.
        sums: Of the linear model over the run's validation scenes; None if not known.

    Returns:
        A sentence; empty if the linear model's score is not known or not defined.
    """
    if sums is None or (line := sums.scores().combined.value) is None:
        return ""
    scores = dict(sums.scores().items())
    parts = ", ".join(f"{name} {scores[name].value:.1f}" for name in CHARTS)
    words = f"Per-pixel linear model on the same scenes: {line:.1f} ({parts})"
    if mark := against_linear(score, line):
        words += f". This run: {mark}"
    return words


def _pooled(sums: Sequence[ScoreSums]) -> ScoreSums:
    total = ScoreSums()
    for each in sums:
        total += each
    return total
