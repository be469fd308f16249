"""The training of one run: scenes -> a checkpoint with its scores."""

import importlib.metadata
import logging
import os
import signal
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback

from seaice.core.cache import Store
from seaice.core.device import best_device
from seaice.core.errors import MemoryShortError, NoScenesError
from seaice.core.files import require_writable
from seaice.core.freed_memory import keep_freed_memory
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_files import checkpoint_name, place_checkpoint
from seaice.network.checkpoint_info import CheckpointInfo, describe, read_info
from seaice.scenes.scene import Scene
from seaice.training.callback import RunCallback
from seaice.training.candidate import Candidates, StoppedError
from seaice.training.channel_statistics import channel_statistics
from seaice.training.class_weights import weights_of_run
from seaice.training.cluster import is_first_process
from seaice.training.config import TrainingConfig
from seaice.training.context import describe_context, taps_without_data
from seaice.training.devices import DeviceLayout, device_layout, uses_bfloat16
from seaice.training.loader import Steps, make_loader, patches
from seaice.training.meeting import environment
from seaice.training.module import SeaIceModule
from seaice.training.patches.dataset import PatchDataset
from seaice.training.run_context import RunContext, RunResult
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.metrics import cut_metrics
from seaice.training.split import split_scenes, warn_of_implausible
from seaice.training.state import RunProgress, load_state
from seaice.training.trunk import start_from
from seaice.training.validation import Validator

log = logging.getLogger(__name__)

_SOFTWARE = ("seaice", "torch", "torchvision", "timm", "lightning", "numpy")


def train(config: TrainingConfig, context: RunContext) -> RunResult:
    """Train a checkpoint, validate it, and store the best one. Continues from a saved state.

    Raises:
        NoScenesError: There are no scenes to train with, or none to validate with.
        MissingChannelsError: No scene can feed the channel set.
        ConfigError: A list is not a list of scene names, a patch is larger than every scene, or the
            encoder to start from is another one.
        DivergedError: A loss is not finite any more. The last saved state is kept.
        CheckpointError: The saved state is damaged, or the checkpoint to start from.
        OutputError: A folder is not writable.
    """
    start = time.perf_counter()
    require_writable(context.models)
    keep_freed_memory()
    training, validation = split_scenes(_relative_to(context.home, config))
    layout = device_layout(config, context.devices)
    _announce(config, context, layout, training, validation)
    L.seed_everything(config.seed, workers=True, verbose=False)
    module = SeaIceModule(config)
    progress = _load_progress(config, context, module)
    info = _describe(config, training, context.folder.name)
    if context.status_writer:  # the process that writes checkpoints
        warn_of_implausible([*training, *validation])
        known = channel_statistics(training, config.channels, config.spacing_m, Store())
        info = replace(info, statistics=known)
    dataset = patches(config, training)
    module.class_weights = weights_of_run(config, dataset)
    candidates = Candidates(config, dataset)
    if config.norms == "fixed" and progress.step == 0:
        tell = context.tell if context.status_writer else None
        candidates.estimate_norms(module.network, tell=tell)
    # Lightning leaves the layers in the modes in which it finds them.
    module.train()
    validator = _validator(config, validation, info, candidates, context.folder)
    callback = RunCallback(config, context, progress, validator, estimates=candidates.estimates)
    is_first = context.status_writer is not None
    context.on_begin()
    if layout.count == 1 or (callback.finished and is_first):
        callback.catch_up(module.to(layout.first))
    if not (callback.finished or callback.stopped):
        _fit(config, context, layout, module, callback, dataset)
    if validation and is_first and not callback.stopped:
        callback.restore_best(module)
    if callback.stopped or not is_first_process():
        return RunResult(None, {}, progress.step, time.perf_counter() - start)
    if not validation:
        try:
            network = candidates.network(module, context.stop_requested, context.tell)
        except StoppedError:
            return RunResult(None, {}, progress.step, time.perf_counter() - start)
        save_checkpoint(context.folder.best_file, network, info)
    path = _publish(config, context)
    scores = dict(read_info(path).scores)
    return RunResult(path, scores, progress.step, time.perf_counter() - start)


def _announce(
    config: TrainingConfig,
    context: RunContext,
    layout: DeviceLayout,
    training: Sequence[Scene],
    validation: Sequence[Scene],
) -> None:
    """Log what is about to be trained and note it in the run's status."""
    log.info("run %s", context.folder.path)
    log.info("training scenes: %d, validation scenes: %d", len(training), len(validation))
    log.info(describe_context(config))
    if context.status_writer:
        simulated = all(scene.simulated for scene in training)
        context.status_writer.update(device=layout.label, scenes=len(training), simulated=simulated)


def _relative_to(home: str, config: TrainingConfig) -> TrainingConfig:
    """The configuration with its paths as seen from the working directory.

    Args:
        home: Folder that they are relative to; the working directory if empty or missing.
        config: The configuration.
    """
    if not home or not os.path.isdir(Path(home)) or Path(home).samefile(Path.cwd()):
        return config

    def seen_from_here(path: str) -> str:
        return str(Path(home, path)) if path else ""

    return replace(
        config,
        data=seen_from_here(config.data),
        train_list=seen_from_here(config.train_list),
        validation=seen_from_here(config.validation),
        validation_list=seen_from_here(config.validation_list),
        start_from=seen_from_here(config.start_from),
    )


def _load_progress(
    config: TrainingConfig, context: RunContext, module: SeaIceModule
) -> RunProgress:
    """Progress of the run, from its saved state if there is one."""
    if not os.path.exists(context.folder.state_file):
        if config.start_from:
            start_from(Path(_relative_to(context.home, config).start_from), config, module)
        progress = RunProgress(parts=config.accumulate)
    else:
        progress = load_state(context.folder.state_file, module)
        log.info("continuing from step %d of %d", progress.step, config.steps)
    if context.status_writer:
        cut_metrics(context.folder, progress.step, progress.validated)
        context.status_writer.update(step=progress.step, steps=config.steps, score=progress.best)
    return progress


def _validator(
    config: TrainingConfig,
    scenes: Sequence[Scene],
    info: CheckpointInfo,
    candidates: Candidates,
    folder: RunFolder,
) -> Validator | None:
    if not scenes:
        return None
    data = config.validation or config.data
    return Validator(scenes, data, info, candidates, folder.path / "candidate.safetensors")


def _publish(config: TrainingConfig, context: RunContext) -> Path:
    """Copy the best checkpoint into the folder of checkpoints."""
    name = config.name or checkpoint_name(config.rates, config.channel_set, config.seed)
    return place_checkpoint(context.folder.best_file, context.models, name)


def _fit(
    config: TrainingConfig,
    context: RunContext,
    layout: DeviceLayout,
    module: SeaIceModule,
    callback: RunCallback,
    dataset: PatchDataset,
) -> None:
    _quiet_lightning()
    trainer = _trainer(config, layout, callback, module)
    if is_first_process() and (line := taps_without_data(config, dataset).text()):
        log.info(line)
    first = module.steps_done
    steps = Steps(first, config.steps, config.batch, trainer.global_rank, layout.count)
    try:
        trainer.fit(module, make_loader(config, dataset, steps, context.locks))
    except NoScenesError as error:
        # From a worker process, the error carries a traceback as its text.
        raise NoScenesError(
            f"The training scenes of {config.data} can no longer be read. "
            "Copy or download them again."
        ) from error
    except RuntimeError as error:
        if "DataLoader worker" not in str(error) and "shared memory" not in str(error):
            raise
        raise MemoryShortError(
            "A process that reads patches was killed or found no memory, in a container perhaps in "
            "/dev/shm. Resume the run with more memory, or train again with --workers 0."
        ) from error


def _trainer(
    config: TrainingConfig, layout: DeviceLayout, callback: RunCallback, module: SeaIceModule
) -> L.Trainer:
    on_gpu = layout.accelerator == "cuda"
    if on_gpu:
        torch.set_float32_matmul_precision("high")  # TF32
    return L.Trainer(
        max_steps=config.steps - module.steps_done,
        accelerator=layout.accelerator,
        devices=layout.devices,
        num_nodes=layout.machines,
        strategy="ddp" if layout.count > 1 else "auto",
        # The patches of a single device may be too few for the statistics.
        sync_batchnorm=on_gpu and layout.count > 1,
        benchmark=on_gpu,
        precision="bf16-mixed" if uses_bfloat16(config, best_device()) else "32-true",
        callbacks=[callback, _KeepSignalHandler()],
        plugins=[environment()],
        use_distributed_sampler=False,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


class _KeepSignalHandler(Callback):
    """Keeps the handler of SIGTERM: Lightning's own would end a run without saving it."""

    def __init__(self) -> None:
        self._handler = signal.getsignal(signal.SIGTERM)

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Put back the handler that Lightning has replaced; it restores the rest at the end."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._handler)


def _quiet_lightning() -> None:
    """Keep Lightning's hints and advertisements off the terminal; errors stay."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")


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
