"""Which channels a network or a baseline needs: its scores where a group of them is foreign.

A group of channels is replaced by what other scenes have in its place (permutation importance,
Breiman 2001, with scenes for units). So the values stay plausible, and only say nothing about this
scene. What the score loses is what the group told beyond the other channels: groups that say the
same share their importance, and each alone may seem needless.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channel_groups import channel_groups
from seaice.ai4arctic.channels import CHANNEL, INCIDENCE_ANGLE
from seaice.ai4arctic.charts import FILL
from seaice.core.errors import NoScenesError
from seaice.experiment.context_mosaic import angle_profile, foreign_inputs, matched
from seaice.experiment.context_predictors import Maps, Predictor
from seaice.experiment.tally import TASKS, TaskName
from seaice.results.scoring import ScoreSums
from seaice.scenes.read import Inputs, read_chart, read_inputs
from seaice.scenes.scene import Scene

DRAWS = 1000
_LEVEL = 0.95
LEAST_SCENES = 5
"""With fewer, a bootstrap over scenes says nothing."""
_MOST_DONORS = 4
_ANGLE = CHANNEL[INCIDENCE_ANGLE].label


@dataclass(frozen=True)
class Loss:
    """What a task's score loses.

    Attributes:
        group: Group of channels that is foreign.
        task: The task.
        untouched: Score with nothing replaced; NaN if it is not defined.
        loss: Points that are lost; NaN if it is not defined.
        low: Lower end of a 95 % interval over scenes; NaN with fewer than `LEAST_SCENES`.
        high: Upper end.
    """

    group: str
    task: TaskName
    untouched: float
    loss: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class ChannelLosses:
    """Scores of scenes with and without a group of their channels.

    Attributes:
        groups: Names of the groups, in the order of the channels.
        scenes: Ids of the scenes.
        untouched: Sums of each scene with nothing replaced, over the pixels that are scored.
        replaced: By group: the same with the group replaced.
    """

    groups: tuple[str, ...]
    scenes: tuple[str, ...]
    untouched: tuple[ScoreSums, ...]
    replaced: dict[str, tuple[ScoreSums, ...]]

    def losses(self, seed: int = 0) -> list[Loss]:
        """What each task loses with each group, with intervals over scenes."""
        count = len(self.scenes)
        rng = np.random.default_rng(seed)
        drawn = [np.ones(count, np.int64)]
        if count >= LEAST_SCENES:
            drawn += list(rng.multinomial(count, np.full(count, 1 / count), size=DRAWS))
        before = _scores(self.untouched, drawn)
        found = []
        for group in self.groups:
            lost = before - _scores(self.replaced[group], drawn)
            for index, task in enumerate(TASKS):
                low, high = _interval(lost[1:, index])
                found.append(
                    Loss(group, task, float(before[0, index]), float(lost[0, index]), low, high)
                )
        return found


def channel_losses(
    predictor: Predictor,
    scenes: Sequence[Scene],
    donors: Sequence[Scene] = (),
    *,
    seed: int = 0,
    on_scene: Callable[[int, int], object] = lambda done, total: None,
) -> ChannelLosses:
    """Measure what scores lose where a group of channels is foreign.

    The incidence angle is the same in all scenes at the same place of the swath. It is replaced by
    that of this scene's samples, moved by half a swath.

    Args:
        predictor: A network or a baseline.
        scenes: Scenes with charts, to be scored.
        donors: Other scenes to take values from; `scenes` if empty.
        seed: Seed of the order of the donors.
        on_scene: Called after each scene with scenes done and scenes in all.

    Raises:
        NoScenesError: There is no other scene, or a scene has no charts.
        MissingChannelsError: A scene lacks channels.
        SceneError: A scene cannot be read.
    """
    groups = channel_groups(predictor.channels)
    untouched: list[ScoreSums] = []
    replaced: dict[str, list[ScoreSums]] = {group: [] for group in groups}
    for number, scene in enumerate(scenes):
        scene.require(predictor.channels, predictor.channel_set)
        if not scene.charts:
            raise NoScenesError(f"Scene {scene.id} has no charts to score against.")
        others = [each for each in donors or scenes if each.id != scene.id]
        if not others:
            raise NoScenesError(
                "Channels are replaced by those of other scenes. Give at least two scenes."
            )
        host = read_inputs(scene, predictor.channels, predictor.spacing_m)
        order = np.random.default_rng([seed, number]).permutation(len(others))[:_MOST_DONORS]
        read = _donors([others[index] for index in order], predictor, host)
        foreign = foreign_inputs(host.valid, read)
        scored = host.valid & foreign.valid
        untouched.append(_sums(scene, predictor, predictor.predict(host), scored))
        for group, indices in groups.items():
            maps = predictor.predict(_replace(host, foreign, group, indices))
            replaced[group].append(_sums(scene, predictor, maps, scored))
        on_scene(number + 1, len(scenes))
    return ChannelLosses(
        tuple(groups),
        tuple(scene.id for scene in scenes),
        tuple(untouched),
        {group: tuple(sums) for group, sums in replaced.items()},
    )


def _donors(scenes: Sequence[Scene], predictor: Predictor, host: Inputs) -> Iterator[Inputs]:
    """Scenes on the grid of another one, sample by sample."""
    for scene in scenes:
        scene.require(predictor.channels, predictor.channel_set)
        donor = read_inputs(scene, predictor.channels, predictor.spacing_m)
        samples = np.arange(host.valid.shape[1])
        held = np.minimum(samples, donor.valid.shape[1] - 1)
        yield matched(donor, host.valid.shape, held, held == samples)


def _replace(host: Inputs, foreign: Inputs, group: str, indices: Sequence[int]) -> Inputs:
    """Inputs whose channels of a group are foreign; the mask stays."""
    values = host.values.copy()
    if group == _ANGLE:
        (index,) = indices
        profile = angle_profile(values[index], host.valid)
        known = np.flatnonzero(np.isfinite(profile))
        moved = np.zeros(len(profile), np.float32)
        moved[known] = np.roll(profile[known], len(known) // 2)
        values[index] = np.where(host.valid, moved, 0)
        return Inputs(values, host.valid)
    there = host.valid & foreign.valid
    for index in indices:
        values[index][there] = foreign.values[index][there]
    return Inputs(values, host.valid)


def _sums(scene: Scene, predictor: Predictor, maps: Maps, scored: np.ndarray) -> ScoreSums:
    """Sums at the predictor's spacing, over the pixels that hold other scenes' values too."""
    sums = ScoreSums()
    for name in scene.charts:
        reference = read_chart(scene, name, predictor.spacing_m)
        sums.add(name, np.where(scored, reference, np.uint8(FILL)), maps[name])
    return sums


def _scores(sums: Sequence[ScoreSums], drawn: Sequence[np.ndarray]) -> np.ndarray:
    """(draws, tasks) float64: scores of the scenes, each taken so often; NaN if not defined."""
    scores = np.full((len(drawn), len(TASKS)), np.nan)
    for number, counts in enumerate(drawn):
        total = ScoreSums()
        for each, count in zip(sums, counts, strict=True):
            for chart, matrix in each.confusion.items():
                total.confusion[chart][...] += int(count) * matrix
        found = dict(total.scores().items())
        values = [found[task].value for task in TASKS]
        scores[number] = [np.nan if value is None else value for value in values]
    return scores


def _interval(draws: np.ndarray) -> tuple[float, float]:
    """Both ends of the middle 95 % of draws; NaN without any."""
    known = draws[np.isfinite(draws)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
