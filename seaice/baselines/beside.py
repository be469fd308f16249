"""What stands beside a network in tables of scores, and whether the network is worth it.

Torch, which takes seconds, is imported only by what predicts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seaice.baselines.files import BELOW_LINEAR, LINEAR, baseline_label, list_baselines
from seaice.core.errors import BaselineError, MissingChannelsError, SceneError
from seaice.network.checkpoint_files import file_sha256
from seaice.results.maps import ChartMaps
from seaice.results.scoring import Scores, ScoreSums
from seaice.scenes.scene import Scene

WATER = "all water"
TRUTH = "truth of each pixel"


@dataclass(frozen=True)
class Yardstick:
    """Something that networks are compared with.

    Attributes:
        label: Its name in tables.
        predict: Predicts a scene.
        key: Identity for caches: hash of its file, or its name.
        quick: Whether a scene takes less than about a second.
    """

    label: str
    predict: Callable[[Scene], ChartMaps]
    key: str
    quick: bool = False


def yardsticks(models: Path, channel_set: str) -> tuple[list[Yardstick], list[str]]:
    """What networks on a channel set are compared with, the least first.

    Args:
        models: Folder of checkpoints, with the baselines.
        channel_set: The networks' channel set.

    Returns:
        The yardsticks, and a sentence for each baseline that cannot be read.
    """
    from seaice.baselines.baseline import load_baseline
    from seaice.baselines.truth import all_water, smoothed_truth

    files, problems = list_baselines(models)
    fitted: list[Yardstick] = []
    ceilings: list[Yardstick] = []
    for file in files:
        if file.info.kind != "ceiling" and file.info.channel_set != channel_set:
            continue
        try:
            baseline = load_baseline(file.path)
        except BaselineError as error:
            problems.append(str(error))
            continue
        label = baseline_label(file.info)
        quick = file.info.kind == "linear"
        kept = ceilings if file.info.kind == "ceiling" else fitted
        kept.append(Yardstick(label, baseline.predict, baseline.sha256, quick))
    truth = Yardstick(TRUTH, partial(smoothed_truth, sigma_km=0.0), TRUTH)
    water = Yardstick(WATER, all_water, WATER, quick=True)
    return [water, *fitted, truth, *ceilings], problems


def score_beside(standards: Sequence[Yardstick], scenes: Sequence[Scene]) -> dict[str, ScoreSums]:
    """Score yardsticks over scenes.

    Returns:
        Pooled sums by label; only of those that can predict every scene, so that all stand on the
        same pixels. The truth is known of simulated scenes alone.
    """
    return {
        each.label: sums for each in standards if (sums := pooled_or_none(each, scenes)) is not None
    }


def pooled_or_none(standard: Yardstick, scenes: Sequence[Scene]) -> ScoreSums | None:
    """Sums of a yardstick over scenes; None if it cannot predict one of them."""
    from seaice.results.evaluation import score_prediction

    total = ScoreSums()
    for scene in scenes:
        try:
            total += score_prediction(standard.predict(scene))
        except (SceneError, MissingChannelsError):
            return None
    return total


def linear_among(standards: Sequence[Yardstick]) -> Yardstick | None:
    """The per-pixel linear model among yardsticks; None if it has not been fitted."""
    return next((each for each in standards if each.label == LINEAR), None)


def linear_model(models: Path, channel_set: str) -> Yardstick | None:
    """The per-pixel linear model of a channel set; None if it has not been fitted.

    Unlike those of `yardsticks`, it reads its arrays when it predicts, and raises `BaselineError`
    if they are damaged.
    """
    for file in list_baselines(models)[0]:
        if file.info.channel_set == channel_set and baseline_label(file.info) == LINEAR:
            key = file_sha256(file.path)
            return Yardstick(LINEAR, partial(_predict, file.path), key, quick=True)
    return None


def _predict(path: Path, scene: Scene) -> ChartMaps:
    from seaice.baselines.baseline import load_baseline

    return load_baseline(path).predict(scene)


def is_below(own: float | None, line: float | None) -> bool:
    """Whether a score is defined and below that of the linear model; see `against_linear`."""
    return own is not None and line is not None and own < line


def is_below_linear(network: Scores, beside: Mapping[str, ScoreSums]) -> bool:
    """Whether the linear model scores more than a network over the same pixels.

    False where no linear model was scored, or where a combined score is not defined.
    """
    line = beside[LINEAR].scores().combined.value if LINEAR in beside else None
    return is_below(network.combined.value, line)


def against_linear(own: float | None, line: float | None, below: str = BELOW_LINEAR) -> str:
    """How a network stands against the linear model, in words; empty if a score is not defined.

    Args:
        own: Combined score of the network.
        line: That of the linear model over the same pixels.
        below: How to mark a network that the linear model beats.

    >>> against_linear(75.0, 82.5, "below"), against_linear(85.0, 82.5)
    ('\u22127.5, below', '+2.5')
    """
    if own is None or line is None:
        return ""
    difference = f"{own - line:+.1f}".replace("-", "\u2212")
    return f"{difference}, {below}" if is_below(own, line) else difference
