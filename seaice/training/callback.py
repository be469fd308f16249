"""What happens around the steps of a run: measuring, validating, saving, and stopping."""

import logging
import os
import time
from typing import Any, cast

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import CheckpointError
from seaice.network.checkpoint import load_checkpoint
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule
from seaice.training.run_context import RunContext, StepReport
from seaice.training.runs.metrics import STEP, VALIDATION, append_metrics
from seaice.training.state import RunProgress, save_progress, save_state
from seaice.training.step_clock import StepClock
from seaice.training.validation import Validation, Validator

log = logging.getLogger(__name__)

_SAVE_S = 60
"""A crash loses at most this much work."""


class RunCallback(Callback):
    """Measures, validates and saves a run, and stops it when asked.

    Args:
        config: The run's settings.
        context: Where and how it runs.
        progress: Its progress so far, which is kept up to date.
        validator: Scores it; None without validation scenes.
        estimates: Whether norms are estimated for each network to validate or store.

    Attributes:
        progress: The progress of the run.
        stopped: Whether the run was asked to stop.
    """

    def __init__(
        self,
        config: TrainingConfig,
        context: RunContext,
        progress: RunProgress,
        validator: Validator | None,
        *,
        estimates: bool,
    ) -> None:
        self._config = config
        self._context = context
        self._folder = context.folder
        self._status = context.status_writer
        self._stop_requested = context.stop_requested
        self._on_progress = context.on_progress
        self._validator = validator
        self._estimates = estimates
        self.progress = progress
        self.stopped = False
        self._clock = StepClock(
            config, progress.step, validates=validator is not None, estimates=estimates
        )
        self._saved = time.monotonic()

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train."""
        patience = self._config.patience
        return (
            0 < patience <= self.progress.without_better or self.progress.step >= self._config.steps
        )

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Make up for a validation that was left out when the run was stopped at this step."""
        module = cast("SeaIceModule", pl_module)  # the only module that is ever trained
        self._clock.start()
        self._saved = time.monotonic()
        if self._status:
            self._status.update(message="")
        # With several devices: they cannot interrupt a validation. A single one has caught up.
        if self._validation_missing and self._validate(module):
            self._save(module)

    def catch_up(self, module: SeaIceModule) -> None:
        """Make up for a missing validation before the first step, so that it can be interrupted."""
        if self._validation_missing and self._validate(module):
            save_progress(self._folder.state_file, self.progress)

    def restore_best(self, module: SeaIceModule) -> None:
        """Replace a best checkpoint that the disk has lost or damaged by the current weights."""
        try:
            load_checkpoint(self._folder.best_file)
        except CheckpointError as error:
            log.warning("%s The last weights are used instead.", error)
            self.progress.best = None
            self._validate(module)

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,  # noqa: ANN401 - what `training_step` returns
        *_: object,
    ) -> None:
        """Do everything that a finished step calls for."""
        module = cast("SeaIceModule", pl_module)  # the only module that is ever trained
        self.progress.step, self.progress.parts = module.steps_done, module.parts
        self._measure(trainer, module, outputs)
        self.stopped = trainer.strategy.reduce_boolean_decision(self._stop_requested(), all=False)
        due = self._validation_due(self.progress.step)
        if self.stopped or due or self.finished or time.monotonic() - self._saved >= _SAVE_S:
            # Before the validation, which can take long and fail.
            self._save(module)
        if due and not self.stopped and self._validate(module):
            self._save(module)
        # A request to stop during the validation is seen after it.
        if self.stopped or self.finished:
            trainer.should_stop = True

    def _validation_due(self, step: int) -> bool:
        return step % self._config.validate_every == 0 or step >= self._config.steps

    @property
    def _validation_missing(self) -> bool:
        """Whether the current step should have been validated and was not."""
        step = self.progress.step
        return step > 0 and self._validation_due(step) and self.progress.validated != step

    def _measure(self, trainer: L.Trainer, module: SeaIceModule, losses: dict[str, Tensor]) -> None:
        names = ("loss", *(f"loss_{name}" for name in CHARTS))
        # Each device has its share of the sums over the whole batch.
        mean = cast(
            "Tensor",  # a tensor in, a tensor out
            trainer.strategy.reduce(
                torch.stack([losses[name] for name in names]), reduce_op="mean"
            ),
        )
        values: dict[str, float] = dict(zip(names, mean.tolist(), strict=True))
        step = self.progress.step
        seconds = self._clock.step(step)
        left = self._clock.seconds_left(step)
        left_out = "validations" if self._clock.steps_alone else ""
        if self._status:
            measured = {
                "step": step,
                **values,
                "learning_rate": module.learning_rate,
                "seconds": round(seconds, 4),
                "compute_seconds": round(module.compute_seconds, 4),
            }
            append_metrics(self._folder, STEP, measured)
            self._status.update(
                step=step, loss=values["loss"], seconds_left=left, left_out=left_out
            )
        if self._on_progress:
            loss, best, follows = values["loss"], self.progress.best, self._follows(step)
            self._on_progress(
                StepReport(step, self._config.steps, loss, left, best, follows, left_out)
            )

    def _follows(self, step: int) -> str:
        """What takes its time between a step and the next one, or the end of the run."""
        validates = self._validator is not None and self._validation_due(step)
        estimates = self._estimates and (validates or (self._validator is None and self.finished))
        return " and ".join(
            words
            for words, done in (("estimating norms", estimates), ("validating", validates))
            if done
        )

    def _validate(self, module: SeaIceModule) -> bool:
        """Score the training so far; false if it is to stop instead, or without a validator."""
        if self._validator is None:
            return False
        tell = self._context.tell if self._status else None
        result = self._validator(module, self._stop_requested, tell)
        self._clock.validation()
        if result is None:
            self.stopped = True
            return False
        self._record(result)
        return True

    def _record(self, result: Validation) -> None:
        progress, rank = self.progress, result.rank
        progress.validated = progress.step
        better = progress.best is None or rank is None or rank > progress.best
        if better:
            progress.best, progress.best_step = rank, progress.step
            progress.without_better = 0
        else:
            progress.without_better += 1
        if not self._status:
            return
        if better:
            os.replace(result.file, self._folder.best_file)
        scores = {name: score.value for name, score in result.scores.items()}
        entry = {"step": progress.step, **scores, "seconds": round(result.seconds, 3)}
        append_metrics(self._folder, VALIDATION, entry)
        self._status.update(score=progress.best, message="")

    def _save(self, module: SeaIceModule) -> None:
        if self._status:
            save_state(self._folder.state_file, module, self.progress)
        self._saved = time.monotonic()
