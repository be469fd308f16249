"""How long a run takes, from a few steps, a few batches and patches, and one validation scene."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from seaice.ai4arctic.charts import CHARTS
from seaice.core.device import best_device
from seaice.network.checkpoint import Checkpoint, to_device
from seaice.network.checkpoint_info import describe
from seaice.network.network import SeaIceNet
from seaice.results.evaluation import score
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.training.candidate import norm_batch, norm_side
from seaice.training.config import TrainingConfig
from seaice.training.devices import uses_bfloat16
from seaice.training.evaluated import estimate_norms
from seaice.training.losses import total_loss
from seaice.training.module import SeaIceModule
from seaice.training.patches.sampling import longest_px

_TIMES = 3
"""How often a step, a batch or a patch is timed, after one to warm up."""


@dataclass(frozen=True)
class RunTime:
    """How long a run takes if patience does not end it before its last step.

    The patches of the steps are read meanwhile, which is left out.

    Attributes:
        steps: Number of steps.
        step_seconds: Duration of a step.
        norm_estimates: How often the norms are estimated: before each validation and at least
            once, for the checkpoint; fixed norms once, at the start.
        norm_seconds: Duration of an estimate, reading its patches included; 0 if the run makes
            none.
        validations: Number of validations.
        scenes: Number of validation scenes.
        validation_seconds: Duration of reading, predicting and scoring them once.
    """

    steps: int
    step_seconds: float
    norm_estimates: int
    norm_seconds: float
    validations: int
    scenes: int
    validation_seconds: float

    @property
    def seconds(self) -> float:
        """Duration of the run."""
        return (
            self.steps * self.step_seconds
            + self.norm_estimates * self.norm_seconds
            + self.validations * self.validation_seconds
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "seconds": self.seconds}

    def text(self) -> str:
        """As text, one line for each part of the time."""
        lines = [
            f"time             {self.seconds / 60:.1f} min, less if patience ends the run",
            _part("steps", self.steps, "", self.step_seconds),
        ]
        if self.norm_seconds:
            lines.append(_part("norms", self.norm_estimates, "estimates ", self.norm_seconds))
        if self.validations:
            words = f"validations of {self.scenes} scenes "
            lines.append(_part("validation", self.validations, words, self.validation_seconds))
        return "\n".join(lines)


def _part(name: str, count: int, words: str, seconds: float) -> str:
    return f"  {name:14} {count * seconds / 60:.1f} min: {count} {words}x {seconds:.2f} s"


def run_time(
    config: TrainingConfig, training: Sequence[Scene], validation: Sequence[Scene]
) -> RunTime:
    """Estimate how long a run takes on this machine, as busy as it is.

    Args:
        config: Its settings.
        training: Its training scenes, at least one.
        validation: Its validation scenes.

    Raises:
        SceneError: A scene that is timed cannot be read.
    """
    validations = -(-config.steps // config.validate_every) if validation else 0
    return RunTime(
        steps=config.steps,
        step_seconds=step_seconds(config),
        norm_estimates=_norm_estimates(config, validations),
        norm_seconds=norm_seconds(config, training) if config.norm_patches else 0.0,
        validations=validations,
        scenes=len(validation),
        validation_seconds=scenes_seconds(config, validation) if validation else 0.0,
    )


def _norm_estimates(config: TrainingConfig, validations: int) -> int:
    if not config.norm_patches:
        return 0
    return 1 if config.norms == "fixed" else max(validations, 1)


def step_seconds(config: TrainingConfig) -> float:
    """Median duration of a step on noise, on this machine's best device."""
    device = best_device()
    # As a run has it: a frozen encoder and fixed norms take less time.
    network = SeaIceModule(config).train().network
    to_device(network, device.torch_name)
    optimizer = torch.optim.AdamW(network.parameters())
    size = config.batch // config.devices // config.accumulate
    side = config.patch
    inputs = torch.randn(size, len(config.channels), side, side, device=device.torch_name)
    inputs = inputs.to(memory_format=torch.channels_last)
    charts = torch.zeros(size, len(CHARTS), side, side, dtype=torch.uint8, device=inputs.device)
    reduced = uses_bfloat16(config, device)

    def step() -> None:
        for _ in range(config.accumulate):
            with torch.autocast(device.torch_name, torch.bfloat16, enabled=reduced):
                loss, _ = total_loss(network(inputs), charts, config.loss_weights)
            torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        float(loss.detach())  # waits for the device

    return _median_seconds(step)


def norm_seconds(config: TrainingConfig, scenes: Sequence[Scene]) -> float:
    """Duration of an estimate of the norms: reading its patches, and batches of noise.

    Args:
        config: The settings of the run.
        scenes: The scenes that it trains on, at least one. Some of them are read.

    Raises:
        SceneError: A scene cannot be read.
    """
    network = _network(config)
    side = norm_side(config, longest_px(scenes, config.spacing_m))
    size = norm_batch(config, side)
    patches = torch.randn(size, len(config.channels), side, side)
    computing = _median_seconds(lambda: estimate_norms(network, patches, size)) / size
    timed = iter(scenes[i * len(scenes) // (_TIMES + 1)] for i in range(_TIMES + 1))
    reading = _median_seconds(lambda: _read_patch(config, next(timed), side))
    return (computing + reading) * config.norm_patches


def _read_patch(config: TrainingConfig, scene: Scene, side: int) -> None:
    """Read the inputs of a patch in the middle of a scene."""
    lines, samples = (
        slice(start := max(0, (size - side) // 2), min(start + side, size))
        for size in scene.grid.at(config.spacing_m).shape
    )
    read_inputs(scene, config.channels, config.spacing_m, (lines, samples))


def scenes_seconds(config: TrainingConfig, scenes: Sequence[Scene]) -> float:
    """Duration of reading, predicting and scoring scenes, from one of them.

    Args:
        config: The settings of the run.
        scenes: The scenes, at least one. Their time is in proportion to their pixels.

    Raises:
        SceneError: The scene that is timed cannot be read.
    """
    info = describe(config.network(), config.channel_set, config.channels, config.spacing_m, {}, {})
    checkpoint = Checkpoint(Path(), info, "", _network(config))
    pixels = [_pixels(scene, config.spacing_m) for scene in scenes]
    timed = pixels.index(statistics.median_low(pixels))
    begun = time.perf_counter()
    score(checkpoint, scenes[timed])
    taken = time.perf_counter() - begun
    # Devices share the scenes.
    return taken * sum(pixels) / pixels[timed] / config.devices


def _median_seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES + 1):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    # The first one is a warm-up.
    return statistics.median(taken[1:])


def _pixels(scene: Scene, spacing_m: float) -> int:
    grid = scene.grid.at(spacing_m)
    return grid.lines * grid.samples


def _network(config: TrainingConfig) -> SeaIceNet:
    network = SeaIceNet(config.network()).requires_grad_(False).eval()
    to_device(network, best_device().torch_name)
    return network
