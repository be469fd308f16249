"""Scores of a training so far, on whole scenes; of the stored file, as they will be used."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import distributed

from seaice.core.errors import MemoryShortError
from seaice.network.checkpoint import load_checkpoint, save_checkpoint, write_scores
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.results.evaluation import score
from seaice.results.scoring import Scores, ScoreSums
from seaice.scenes.scene import Scene
from seaice.training.module import SeaIceModule

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Validation:
    """Scores of a training after a step.

    Attributes:
        scores: Pooled over the validation scenes.
        file: The checkpoint that they were measured on, with its scores in it.
        seconds: Duration.
    """

    scores: Scores
    file: Path
    seconds: float

    @property
    def rank(self) -> float | None:
        """What runs are judged by: the combined score, or the mean of those that there are."""
        if self.scores.combined.value is not None:
            return self.scores.combined.value
        known = [self.scores.SIC.value, self.scores.SOD.value, self.scores.FLOE.value]
        known = [value for value in known if value is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Validator:
    """Scores a training on whole scenes, shared out among the devices.

    Attributes:
        scenes: The validation scenes.
        data: Where they are from, in words for the checkpoint.
        info: What the checkpoint says of itself, but for its scores.
        file: Where the first of several processes writes candidates, which all read.
    """

    scenes: Sequence[Scene]
    data: str
    info: CheckpointInfo
    file: Path

    def __call__(self, module: SeaIceModule, stop: Stop = lambda: False) -> Validation | None:
        """Store the network, score what is stored, and note the scores in it.

        Args:
            module: The training.
            stop: Asked between scenes whether to give up.

        Returns:
            The scores; None where it was given up.

        Raises:
            SceneError: A scene cannot be read.
            OutputError: The folder cannot be written to.
            CheckpointError: A weight is not finite.
            MemoryShortError: A scene does not fit the device beside the training.
        """
        begun = time.perf_counter()
        rank, devices = _place()
        if rank == 0:
            save_checkpoint(self.file, module.network, self.info)
        stored = load_checkpoint(_of_the_first(self.file), module.device)
        sums = ScoreSums()
        for scene in self.scenes[rank::devices]:
            if devices == 1 and stop():
                return None
            try:
                sums += score(stored, scene).sums
            except torch.OutOfMemoryError as error:
                raise MemoryShortError(
                    f"The device has no room to validate scene {scene.id} beside the training. "
                    "Take a smaller batch, or more parts of it."
                ) from error
        scores = _together(sums, devices).scores()
        if rank == 0:
            write_scores(
                self.file,
                {
                    "data": self.data,
                    "simulated": all(scene.simulated for scene in self.scenes),
                    "scenes": [scene.id for scene in self.scenes],
                    **scores.to_dict(),
                },
            )
        return Validation(scores, self.file, time.perf_counter() - begun)


def _place() -> tuple[int, int]:
    """Number of this process, and of all that train together."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def _of_the_first(file: Path) -> Path:
    """The first process's file, once it is there."""
    told = [file]
    if _place()[1] > 1:
        distributed.broadcast_object_list(told)
    return told[0]


def _together(sums: ScoreSums, devices: int) -> ScoreSums:
    """Sums over the scenes of all devices."""
    if devices == 1:
        return sums
    found: list[ScoreSums] = [ScoreSums()] * devices
    distributed.all_gather_object(found, sums)
    total = ScoreSums()
    for each in found:
        total += each
    return total
