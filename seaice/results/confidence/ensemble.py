"""Networks that differ in nothing but the seed, taken together: their mean and their spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.results.inference import Prediction
from seaice.results.maps import ChartMaps

_OWN = {"seed", "name", "run", "start_from", "workers", "devices"}
"""Settings that seeds do not share, or that do not matter to what is learned."""


@dataclass(frozen=True, eq=False)
class EnsembleMaps(ChartMaps):
    """Means over networks, and how far these lie apart.

    Attributes:
        members: Number of networks.
        sic_spread: (lines, samples) float32: standard deviation of SIC between the networks,
            percentage points.
        spread: SOD and FLOE: (lines, samples) float32: standard deviation between the networks of
            the probability of the class that the mean gives, percentage points.
    """

    members: int
    sic_spread: np.ndarray
    spread: dict[ChartName, np.ndarray]


def differ_in_seed(first: CheckpointInfo, second: CheckpointInfo) -> bool:
    """Whether two networks are the same but for the seed, which is another."""

    def shared(info: CheckpointInfo) -> tuple[object, ...]:
        training = {name: value for name, value in info.training.items() if name not in _OWN}
        return info.network, info.channels, info.spacing_m, training

    seeds = [info.training.get("seed") for info in (first, second)]
    return shared(first) == shared(second) and None not in seeds and seeds[0] != seeds[1]


def require_ensemble(infos: Sequence[CheckpointInfo]) -> None:
    """Check that networks are an ensemble.

    Raises:
        ConfigError: There is one alone, or two differ in more than the seed or share it.
    """
    if len(infos) < 2:
        raise ConfigError(
            "An ensemble takes two or more checkpoints that differ in the seed alone, not one. "
            "Train another seed: seaice train --seed."
        )
    for number, info in enumerate(infos):
        for other in infos[:number]:
            if not differ_in_seed(info, other):
                raise ConfigError(
                    "The checkpoints are no ensemble: two of them differ in more than the seed, "
                    "or have the same one. Name checkpoints of the same rates, channels and "
                    "training."
                )


def ensemble(predictions: Sequence[Prediction]) -> EnsembleMaps:
    """The mean of predictions of one scene, and their spread.

    Raises:
        ConfigError: The networks are no ensemble.
    """
    require_ensemble([each.info for each in predictions])
    first = predictions[0]
    sic = np.stack([each.sic for each in predictions])
    probabilities, spread = {}, {}
    for name in first.probabilities:
        each = np.stack([prediction.calibrated(name) for prediction in predictions])
        mean = each.mean(axis=0)
        chosen = mean.argmax(axis=0)[None, None]
        of_chosen = np.take_along_axis(each, chosen, axis=1)[:, 0]
        probabilities[name] = mean.astype(np.float16)
        spread[name] = 100 * of_chosen.std(axis=0, ddof=1)
    return EnsembleMaps(
        scene=first.scene,
        grid=first.grid,
        valid=first.valid,
        sic=sic.mean(axis=0),
        probabilities=probabilities,
        seconds=sum(each.seconds for each in predictions),
        notice=first.notice,
        members=len(predictions),
        # A step of SIC's output is ten percentage points.
        sic_spread=10 * sic.std(axis=0, ddof=1),
        spread=spread,
    )
