"""What an evaluation table scores: the networks of a sweep or folder, and their baselines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from seaice.baselines.baseline import load_baseline
from seaice.baselines.beside import TRUTH, WATER
from seaice.baselines.files import baseline_label, list_baselines
from seaice.baselines.truth import all_water, smoothed_truth
from seaice.core.device import best_device
from seaice.core.errors import BaselineError, CheckpointError
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.rates import rates_name
from seaice.network.receptive_field import receptive_field_px
from seaice.results.inference import predict
from seaice.results.maps import ChartMaps
from seaice.scenes.scene import Scene

WhichBaselines = Literal["quick", "all", "none"]

_MOST_LOADED = 64
"""Networks kept in memory by a process."""


@dataclass(frozen=True)
class Predictor:
    """A network or baseline to score: the first columns of the table.

    Attributes:
        source: File name of the checkpoint, or label of the baseline.
        kind: Which of the two.
        channel_set: Its channel set; empty where it sees none.
        rates: Written form of its rates; empty for a baseline.
        field_km: Theoretical receptive field along one side, km; NaN for a baseline.
        seed: Seed of its training; None for a baseline, or where the file does not say.
        sha256: Hash of the file; for what has no file, its label.
        path: The file; None for what has none.
        encoder: Encoder of a network; empty for a baseline.
        width: Channels of its first stage; None for a baseline, like the following.
        output_stride: Its output stride.
        spacing_m: Pixel spacing that it was trained at, m.
    """

    source: str
    kind: Literal["network", "baseline"]
    channel_set: str
    rates: str
    field_km: float
    seed: int | None
    sha256: str
    path: Path | None
    encoder: str = ""
    width: int | None = None
    output_stride: int | None = None
    spacing_m: float | None = None

    def predict(self, scene: Scene) -> ChartMaps:
        """Predict the three charts of a scene.

        Raises:
            MissingChannelsError: The scene lacks channels.
            SceneError: The scene cannot be read, or does not hold the truth that a ceiling needs.
        """
        return _predictor(self)(scene)


def network_predictors(paths: Iterable[Path]) -> tuple[list[Predictor], list[str]]:
    """The networks of checkpoint files, and a sentence for each file that cannot be used."""
    predictors, problems = [], []
    for path in paths:
        try:
            checkpoint = load_checkpoint(path)
        except CheckpointError as error:
            problems.append(str(error))
            continue
        info = checkpoint.info
        predictors.append(
            Predictor(
                source=path.name,
                kind="network",
                channel_set=info.channel_set,
                rates=rates_name(info.rates),
                field_km=receptive_field_px(checkpoint.network) * info.spacing_m / 1000,
                seed=_seed(info),
                sha256=checkpoint.sha256,
                path=path,
                encoder=info.network.encoder,
                width=info.network.width,
                output_stride=info.network.output_stride,
                spacing_m=info.spacing_m,
            )
        )
    return predictors, problems


def baseline_predictors(
    models: Path, channel_sets: Iterable[str], which: WhichBaselines
) -> tuple[list[Predictor], list[str]]:
    """The baselines of a folder of checkpoints, and a sentence for each unusable file.

    Args:
        models: The folder.
        channel_sets: Only baselines on one of these channel sets, and those that see none.
        which: `quick` leaves out trees and the truth, which take seconds a scene.
    """
    if which == "none":
        return [], []
    files, problems = list_baselines(models)
    wanted = {"", *channel_sets}
    predictors = [_baseline(WATER)]
    for file in files:
        quick = file.info.kind == "linear"
        if file.info.channel_set not in wanted or not (quick or which == "all"):
            continue
        try:
            sha256 = load_baseline(file.path).sha256
        except BaselineError as error:
            problems.append(str(error))
            continue
        label = baseline_label(file.info)
        predictors.append(_baseline(label, file.info.channel_set, sha256, file.path))
    if which == "all":
        predictors.append(_baseline(TRUTH))
    return predictors, problems


def _baseline(
    label: str, channel_set: str = "", sha256: str = "", path: Path | None = None
) -> Predictor:
    return Predictor(label, "baseline", channel_set, "", float("nan"), None, sha256 or label, path)


def _seed(info: CheckpointInfo) -> int | None:
    seed = info.training.get("seed")
    return seed if type(seed) is int else None


def _predictor(predictor: Predictor) -> Callable[[Scene], ChartMaps]:
    if predictor.path is None:
        return all_water if predictor.source == WATER else partial(smoothed_truth, sigma_km=0.0)
    if predictor.kind == "baseline":
        return _loaded_baseline(predictor.path, predictor.sha256)
    return partial(predict, checkpoint=_loaded_network(predictor.path, predictor.sha256))


@lru_cache(_MOST_LOADED)
def _loaded_network(path: Path, sha256: str) -> Checkpoint:
    """A network, loaded once in a process; the hash tells another file of the same name apart."""
    return load_checkpoint(path, best_device().torch_name)


@lru_cache(_MOST_LOADED)
def _loaded_baseline(path: Path, sha256: str) -> Callable[[Scene], ChartMaps]:
    return load_baseline(path).predict
