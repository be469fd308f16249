"""One run: scenes -> a checkpoint with its scores, from wherever it was stopped before."""

import importlib.metadata
import logging
import signal
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.plugins.environments import SLURMEnvironment

from seaice.core.device import best_device
from seaice.core.errors import NoScenesError
from seaice.core.files import require_writable
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_files import checkpoint_name, place_checkpoint
from seaice.network.checkpoint_info import CheckpointInfo, describe, read_info
from seaice.scenes.scene import Scene
from seaice.training.callback import Progress, Watch
from seaice.training.config import TrainingConfig
from seaice.training.context import describe_context
from seaice.training.devices import Layout, layout
from seaice.training.loader import Steps, make_loader, patches
from seaice.training.module import SeaIceModule
from seaice.training.runs.cluster import is_first_process
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.lock import Lock
from seaice.training.runs.metrics import cut_metrics
from seaice.training.runs.status import Recorder
from seaice.training.split import split_scenes
from seaice.training.state import Standing, load_state
from seaice.training.validation import Validator

log = logging.getLogger(__name__)

_SOFTWARE = ("seaice", "torch", "torchvision", "timm", "lightning", "numpy")


@dataclass(frozen=True)
class RunResult:
    """What a run made.

    Attributes:
        path: The checkpoint; None where the run was stopped before its end.
        scores: Its scores as JSON values; empty where no scene validates.
        step: Steps done.
        seconds: Duration since it was last started.
    """

    path: Path | None
    scores: dict[str, Any]
    step: int
    seconds: float


@dataclass(frozen=True)
class Surroundings:
    """What a run is told by whoever starts it.

    Attributes:
        folder: Where it is kept. Of several processes, the first one writes there.
        models: Folder that the finished checkpoint goes to.
        devices: Devices that the queue has given it; None where a cluster's launcher decides.
        recorder: Tells how it stands; None in all processes but the first.
        locks: What tells that its process lives.
        stop: Asked after every step whether to stop.
        tell: Told after every step.
        home: Folder that the configuration's paths start from; the working directory where empty.
    """

    folder: RunFolder
    models: Path
    devices: list[str] | None
    recorder: Recorder | None = None
    locks: Sequence[Lock] = ()
    stop: Callable[[], bool] = lambda: False
    tell: Callable[[Progress], object] | None = None
    home: str = ""


def train(config: TrainingConfig, around: Surroundings) -> RunResult:
    """Train a checkpoint, validate it, and store the best one; goes on with a saved state.

    Raises:
        NoScenesError: No scene to train with, or none of those to validate with.
        MissingChannelsError: Not one scene can feed the channel set.
        ConfigError: A list is no list of names of scenes, or a patch is larger than every scene.
        DivergedError: A loss is not finite any more; the state before is kept.
        CheckpointError: The saved state is damaged.
        OutputError: A folder cannot be written to.
    """
    begun = time.perf_counter()
    require_writable(around.models)
    training, validation = split_scenes(_seen_from_home(config, around.home))
    log.info("run %s", around.folder.path)
    log.info("training scenes: %d, validation scenes: %d", len(training), len(validation))
    log.info(describe_context(config))
    made = layout(config, around.devices)
    simulated = all(scene.simulated for scene in training)
    if around.recorder:
        around.recorder.update(device=made.label, scenes=len(training), simulated=simulated)
    _quiet_lightning()
    L.seed_everything(config.seed, workers=True, verbose=False)
    module = SeaIceModule(config)
    standing = _standing(config, around, module)
    info = _describe(config, training, around.folder.name)
    watch = Watch(
        config,
        around.folder,
        standing,
        _validator(config, validation, info, around.folder),
        around.recorder,
        around.stop,
        around.tell,
    )
    if made.count == 1 or (watch.over and around.recorder):
        watch.catch_up(module.to(made.first))
    if not (watch.over or watch.stopped):
        _fit(config, around, made, module, watch, training)
    if validation and around.recorder and not watch.stopped:
        watch.mend(module)
    if watch.stopped or not is_first_process():
        return RunResult(None, {}, standing.step, time.perf_counter() - begun)
    if not validation:
        save_checkpoint(around.folder.best_file, module.network, info)
    name = config.name or checkpoint_name(config.rates, config.channel_set, config.seed)
    path = place_checkpoint(around.folder.best_file, around.models, name)
    scores = dict(read_info(path).scores)
    return RunResult(path, scores, standing.step, time.perf_counter() - begun)


def _seen_from_home(config: TrainingConfig, home: str) -> TrainingConfig:
    """The configuration with paths that hold here too, where it is another folder's."""
    if not home or not Path(home).is_dir() or Path(home).samefile(Path.cwd()):
        return config
    names = ("data", "train_list", "validation", "validation_list")
    paths = {name: getattr(config, name) for name in names}
    return replace(config, **{name: str(Path(home, path)) for name, path in paths.items() if path})


def _standing(config: TrainingConfig, around: Surroundings, module: SeaIceModule) -> Standing:
    """Where the run stands: at the saved state if there is one, else at its beginning."""
    if not around.folder.state_file.exists():
        standing = Standing(parts=config.accumulate)
    else:
        standing = load_state(around.folder.state_file, module)
        log.info("going on from step %d of %d", standing.step, config.steps)
    if around.recorder:
        cut_metrics(around.folder, standing.step)
        around.recorder.update(step=standing.step, steps=config.steps, score=standing.best)
    return standing


def _validator(
    config: TrainingConfig, scenes: Sequence[Scene], info: CheckpointInfo, folder: RunFolder
) -> Validator | None:
    if not scenes:
        return None
    data = config.validation or config.data
    return Validator(scenes, data, info, folder.path / "candidate.safetensors")


def _fit(
    config: TrainingConfig,
    around: Surroundings,
    made: Layout,
    module: SeaIceModule,
    watch: Watch,
    scenes: Sequence[Scene],
) -> None:
    trainer = _trainer(config, made, watch, module)
    dataset = patches(config, scenes)
    first = module.steps_done
    steps = Steps(first, config.steps, config.batch, trainer.global_rank, made.count)
    try:
        trainer.fit(module, make_loader(config, dataset, steps, around.locks))
    except NoScenesError as error:
        # Out of a worker it carries that one's traceback as its text.
        raise NoScenesError(
            f"The training scenes of {config.data} can no longer be read. "
            "Copy or download them again."
        ) from error


def _trainer(config: TrainingConfig, made: Layout, watch: Watch, module: SeaIceModule) -> L.Trainer:
    on_gpu = made.accelerator == "cuda"
    if on_gpu:
        torch.set_float32_matmul_precision("high")  # TF32
    return L.Trainer(
        max_steps=config.steps - module.steps_done,
        accelerator=made.accelerator,
        devices=made.devices,
        num_nodes=made.machines,
        strategy="ddp" if made.count > 1 else "auto",
        # Patches of one device may be few for the statistics.
        sync_batchnorm=on_gpu and made.count > 1,
        benchmark=on_gpu,
        precision=_precision(config),
        callbacks=[watch, _OwnSignals()],
        # The cluster is asked for nothing: a run that was stopped is resumed by whoever wants it.
        plugins=[SLURMEnvironment(auto_requeue=False)] if SLURMEnvironment.detect() else None,
        use_distributed_sampler=False,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


class _OwnSignals(Callback):
    """Keeps what SIGTERM does as it was: Lightning's own answer would end a run unsaved."""

    def __init__(self) -> None:
        self._handler = signal.getsignal(signal.SIGTERM)

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Undo what Lightning has set up to here; it sets things back itself at the end."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._handler)


def _quiet_lightning() -> None:
    """Keep Lightning's hints and advertisements off the user's terminal; errors stay."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")


def _precision(config: TrainingConfig) -> str:
    if config.precision == "auto":
        return "bf16-mixed" if best_device().bfloat16 else "32-true"
    return "bf16-mixed" if config.precision == "bfloat16" else "32-true"


def _describe(config: TrainingConfig, scenes: Sequence[Scene], run: str) -> CheckpointInfo:
    return describe(
        network=config.network(),
        channel_set=config.channel_set,
        channels=config.channels,
        spacing_m=config.spacing_m,
        training={
            **asdict(config),
            "run": run,
            "scene_ids": [scene.id for scene in scenes],
            "simulated": all(scene.simulated for scene in scenes),
        },
        versions={name: importlib.metadata.version(name) for name in _SOFTWARE},
    )
