"""Scores of a training so far: of the stored checkpoint, on whole scenes, as it will be used."""

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
from seaice.results.precision import in_float32
from seaice.results.scoring import Scores, ScoreSums
from seaice.scenes.scene import Scene
from seaice.training.candidate import Candidates, StoppedError
from seaice.training.module import SeaIceModule
from seaice.training.phase import Phase
from seaice.training.runs.metrics import rank

StopRequested = Callable[[], bool]


@dataclass(frozen=True)
class Validation:
    """Scores of a training after a step.

    Attributes:
        scores: Pooled over the validation scenes.
        file: The checkpoint that they were measured on, which holds the scores too.
        seconds: Duration.
    """

    scores: Scores
    file: Path
    seconds: float

    @property
    def rank(self) -> float | None:
        """What validations are compared by."""
        return rank({name: score.value for name, score in self.scores.items()})


@dataclass(frozen=True)
class Validator:
    """Scores a training on whole scenes, which are shared among the devices.

    Attributes:
        scenes: The validation scenes.
        data: Their folder, as the checkpoint will name it.
        info: What the checkpoint says about itself, except for its scores.
        candidates: Makes the network to score.
        file: Where the first of several processes writes candidates. All processes read it.
    """

    scenes: Sequence[Scene]
    data: str
    info: CheckpointInfo
    candidates: Candidates
    file: Path

    def __call__(
        self,
        module: SeaIceModule,
        stop_requested: StopRequested = lambda: False,
        tell: Callable[[str], object] | None = None,
    ) -> Validation | None:
        """Store the network, score the stored file, and write the scores into it.

        Args:
            module: The training.
            stop_requested: Called between scenes, and between patches for the norms: whether to
                stop. Several devices wait for each other, and do not.
            tell: Takes what is being done, in words; None in all processes but the first.

        Returns:
            The scores; None if it was stopped.

        Raises:
            SceneError: A scene cannot be read.
            NoScenesError: No patch for the norms can be read.
            OutputError: The folder is not writable.
            CheckpointError: A weight is not finite.
            MemoryShortError: A scene does not fit into the device's memory beside the training.
        """
        begun = time.perf_counter()
        rank, devices = _place()
        alone = devices == 1
        if rank == 0:
            try:
                network = self.candidates.network(module, lambda: alone and stop_requested(), tell)
            except StoppedError:
                return None
            save_checkpoint(self.file, network, self.info)
        stored = load_checkpoint(_shared_by_first(self.file), module.device)
        sums = ScoreSums()
        scenes = self.scenes[rank::devices]
        validating = Phase("validating", len(scenes), tell)
        for scene in scenes:
            validating.begin_item()
            if alone and stop_requested():
                return None
            try:
                # A run that is resumed must come to the same scores.
                with in_float32():
                    sums += score(stored, scene).sums
            except torch.OutOfMemoryError as error:
                raise MemoryShortError(
                    f"Validating scene {scene.id} beside the training does not fit into the "
                    "device's memory. Use a smaller batch or more gradient accumulation steps."
                ) from error
        scores = _gather(sums, devices).scores()
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
    """Rank of this process, and number of all that train together."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def _shared_by_first(file: Path) -> Path:
    """The first process's file, once it has been written."""
    files = [file]
    if _place()[1] > 1:
        distributed.broadcast_object_list(files)
    return files[0]


def _gather(sums: ScoreSums, devices: int) -> ScoreSums:
    """Sums over the scenes of all devices."""
    if devices == 1:
        return sums
    gathered: list[ScoreSums] = [ScoreSums()] * devices
    distributed.all_gather_object(gathered, sums)
    total = ScoreSums()
    for each in gathered:
        total += each
    return total
