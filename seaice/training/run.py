"""One run: scenes -> a checkpoint with its scores."""

import importlib.metadata
import logging
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback
from torch.utils.data import DataLoader

from seaice.cache import Store
from seaice.checkpoint import (
    checkpoint_name,
    describe,
    free_path,
    load_checkpoint,
    save_checkpoint,
    with_scores,
)
from seaice.data.patches import PatchDataset
from seaice.data.scene import Scene
from seaice.device import best_device
from seaice.errors import NoScenesError
from seaice.evaluation import pooled, score
from seaice.files import require_writable
from seaice.scoring import Scores
from seaice.training.config import TrainingConfig
from seaice.training.context import describe_context
from seaice.training.module import SeaIceModule
from seaice.training.split import split_scenes

log = logging.getLogger(__name__)

_SOFTWARE = ("seaice", "torch", "torchvision", "timm", "lightning", "numpy")


@dataclass(frozen=True)
class Progress:
    """State of a run after a step.

    Attributes:
        step: Steps done.
        steps: Steps in all.
        loss: Weighted loss of the last batch.
        seconds_left: Estimated from the steps so far.
    """

    step: int
    steps: int
    loss: float
    seconds_left: float


@dataclass(frozen=True)
class RunResult:
    """What a run made.

    Attributes:
        path: The checkpoint.
        scores: Pooled over the validation scenes; None where there was none.
        seconds: Duration.
    """

    path: Path
    scores: Scores | None
    seconds: float


def train(
    config: TrainingConfig,
    models: Path,
    name: str = "",
    on_progress: Callable[[Progress], None] | None = None,
) -> RunResult:
    """Train a checkpoint, score it on the validation scenes, and write it.

    Args:
        config: The settings.
        models: Folder that the checkpoint goes to, never over another one.
        name: Its file name without ending; says rates, channels and seed where empty.
        on_progress: Told after every step.

    Returns:
        Path, scores and duration.

    Raises:
        NoScenesError: No scene to train with, or none of those to validate with.
        MissingChannelsError: Not one scene can feed the channel set.
        ConfigError: A list is no list of names of scenes.
        OutputError: The folder cannot be written to.
    """
    begun = time.perf_counter()
    require_writable(models)
    path = free_path(models, name or checkpoint_name(config.rates, config.channel_set, config.seed))
    training, validation = split_scenes(config)
    log.info("%d training scenes, %d validation scenes", len(training), len(validation))
    log.info(describe_context(config))
    module = _fit(config, training, on_progress)
    info = describe(
        network=config.network(),
        channel_set=config.channel_set,
        channels=config.channels,
        spacing_m=config.spacing_m,
        training=_training_facts(config, training),
        versions={name: importlib.metadata.version(name) for name in _SOFTWARE},
    )
    save_checkpoint(path, module.network, info)
    scores = None
    if validation:
        stored = load_checkpoint(path, best_device().torch_name)
        scores = pooled(score(stored, scene) for scene in validation).scores()
        with_scores(
            path,
            {
                "data": config.validation or config.data,
                "simulated": all(scene.simulated for scene in validation),
                "scenes": [scene.id for scene in validation],
                **scores.to_dict(),
            },
        )
    return RunResult(path, scores, time.perf_counter() - begun)


def _fit(
    config: TrainingConfig,
    scenes: Sequence[Scene],
    on_progress: Callable[[Progress], None] | None,
) -> SeaIceModule:
    _quiet_lightning()
    L.seed_everything(config.seed, workers=True, verbose=False)
    loader = DataLoader(
        _patches(config, scenes),
        batch_size=config.batch,
        num_workers=config.workers,
        persistent_workers=config.workers > 0,
        worker_init_fn=_leave_ctrl_c_to_the_run,
    )
    module = SeaIceModule(config)
    trainer = L.Trainer(
        max_steps=config.steps,
        accelerator="auto",
        devices=1,
        precision=_precision(config),
        callbacks=[_Reporter(on_progress)] if on_progress else [],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    try:
        with _stopped_by_ctrl_c(trainer):
            trainer.fit(module, loader)
    except NoScenesError as error:
        # Out of a worker it carries that one's traceback as its text.
        raise NoScenesError(
            f"The training scenes of {config.data} can no longer be read. "
            "Copy or download them again."
        ) from error
    return module


def _patches(config: TrainingConfig, scenes: Sequence[Scene]) -> PatchDataset:
    return PatchDataset(
        scenes,
        config.channels,
        config.spacing_m,
        config.patch,
        config.steps * config.batch,
        config.seed,
        sampling=config.sampling,
        augment=config.augment,
        store=Store(),
    )


def _leave_ctrl_c_to_the_run(worker: int) -> None:
    """A terminal sends Ctrl-C to the workers too; they end with the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _stopped_by_ctrl_c(trainer: L.Trainer) -> Iterator[None]:
    """Let Ctrl-C end the run after the step at hand; a second one ends it at once.

    An exception thrown into the middle of a step can be lost or leave its workers waiting.

    Raises:
        KeyboardInterrupt: After the block, where Ctrl-C was pressed in it.
    """
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread receives signals.
        yield
        return
    pressed = False

    def stop(number: int, frame: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = trainer.should_stop = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _quiet_lightning() -> None:
    """Keep Lightning's hints and advertisements off the user's terminal; errors stay."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")


def _precision(config: TrainingConfig) -> str:
    if config.precision == "auto":
        return "bf16-mixed" if best_device().bfloat16 else "32-true"
    return "bf16-mixed" if config.precision == "bfloat16" else "32-true"


def _training_facts(config: TrainingConfig, scenes: Sequence[Scene]) -> dict[str, Any]:
    return {
        **asdict(config),
        "scene_ids": [scene.id for scene in scenes],
        "simulated": all(scene.simulated for scene in scenes),
    }


class _Reporter(Callback):
    """Tells how far a run has come."""

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._begun = 0.0

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        self._begun = time.perf_counter()

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, *_: object
    ) -> None:
        step, steps = trainer.global_step, int(trainer.max_steps)
        taken = time.perf_counter() - self._begun
        loss = float(trainer.callback_metrics["loss"])
        self._on_progress(Progress(step, steps, loss, taken / step * (steps - step)))
