"""Whatever `seaice evaluate` can score: checkpoints, baselines and AutoICE packages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.core.pipeline import Stages
    from seaice.results.autoice.package import Package
    from seaice.results.evaluation import SceneScores
    from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Scorer:
    """A checkpoint or a package, and how to score it.

    Attributes:
        sha256: Hash of the file.
        channel_set: Its channel set; empty where unknown.
        is_baseline: Whether it is a baseline.
        stages: How scenes are scored, for `seaice.core.pipeline.in_stages`.
        match: Gives the scenes that can be scored, and a sentence for each group that cannot.
        rates: Rates of a checkpoint and their reach, in words.
        facts: The same for programs.
        notice: What to know about the checkpoint; empty if there is nothing.
    """

    sha256: str
    channel_set: str
    is_baseline: bool
    stages: "Stages[Scene, Any, Any, SceneScores]"
    match: Callable[[Sequence["Scene"]], tuple[Sequence["Scene"], list[str]]]
    rates: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""


def score_scene_with(path: Path, scene: "Scene") -> "SceneScores":
    """Score one scene in a worker, which keeps the checkpoint for further ones.

    Raises:
        SeaIceError: The scene cannot be scored.
    """
    return _kept_scorer(path).stages.run(scene)


@lru_cache(maxsize=1)
def _kept_scorer(path: Path) -> Scorer:
    return scorer_of(path)


def _whole(score: Callable[["Scene"], "SceneScores"]) -> "Stages[Scene, Any, Any, SceneScores]":
    """Scoring that reads, computes and counts in one go."""
    from seaice.core.pipeline import Stages

    return Stages(_ready, score, lambda scores: scores)


def _ready(scene: "Scene") -> "Scene":
    from seaice.scenes.catalogue import checked, make_ready

    make_ready(scene)
    return checked(scene)


def require_described(path: Path) -> None:
    """Check that a file says that it is a checkpoint or a baseline. Imports no torch.

    Raises:
        CheckpointError: The file is missing, damaged, or neither.
        ConfigError: `SEAICE_MEMORY`, which its predictions follow, is not a positive number.
    """
    from seaice.baselines.info import is_baseline
    from seaice.core.memory import named_budget
    from seaice.network.checkpoint_info import read_info

    named_budget()
    if not is_baseline(path):
        read_info(path)


def require_scorer(path: Path) -> None:
    """Check what can be checked of what `scorer_of` takes without importing torch.

    Raises:
        SeaIceError: The file is not there, or is none of them.
    """
    if _is_package(path):
        _read_package(path)
    else:
        require_described(path)


def _is_package(path: Path) -> bool:
    """Whether a path names an AutoICE package, rather than a checkpoint or baseline."""
    return path.suffix.lower() == ".nc"


def _read_package(path: Path) -> "Package":
    from seaice.results.autoice.package import read_package
    from seaice.scenes.catalogue.index import require_openable

    require_openable(path)
    return read_package(path)


def scorer_of(path: Path) -> Scorer:
    """How to score a checkpoint, baseline or package.

    Raises:
        SeaIceError: The file is not there, or is none of them.
    """
    if _is_package(path):
        package = _read_package(path)
        from seaice.results.autoice.scores import match_scenes, score_scene

        return Scorer(
            package.sha256,
            "",
            False,
            _whole(partial(score_scene, package)),
            partial(match_scenes, package),
        )
    from seaice.baselines.info import is_baseline

    if is_baseline(path):
        from seaice.baselines.baseline import load_baseline

        baseline = load_baseline(path)
        return Scorer(
            baseline.sha256,
            baseline.info.channel_set,
            True,
            _whole(baseline.score),
            lambda scenes: (scenes, []),
        )
    from seaice.network.checkpoint_info import read_info

    # A wrong path is reported at once: importing torch takes seconds.
    read_info(path)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.network.training_range import UNKNOWN_RANGE
    from seaice.results.many import score_stages

    checkpoint = load_checkpoint(path, best_device().torch_name)
    info = checkpoint.info
    return Scorer(
        checkpoint.sha256,
        info.channel_set,
        False,
        score_stages(checkpoint),
        lambda scenes: (scenes, []),
        info.rates_label,
        info.rates_facts,
        "" if info.statistics else UNKNOWN_RANGE,
    )
