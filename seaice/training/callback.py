"""What happens around the steps of a run: it is measured, validated, saved, and stopped."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import CheckpointError
from seaice.network.checkpoint import load_checkpoint
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.metrics import STEP, VALIDATION, append_metrics
from seaice.training.runs.status import Recorder
from seaice.training.state import Standing, note_standing, save_state
from seaice.training.validation import Validation, Validator

log = logging.getLogger(__name__)

_SAVE_S = 60
"""So much is lost at most."""


@dataclass(frozen=True)
class Progress:
    """State of a run after a step.

    Attributes:
        step: Steps done.
        steps: Steps in all.
        loss: Weighted loss of the last batch.
        seconds_left: Estimated from the steps so far, the first left out, which sets things up;
            None after that one.
        score: Best combined score so far; None where there is none yet.
    """

    step: int
    steps: int
    loss: float
    seconds_left: float | None
    score: float | None


class Watch(Callback):
    """Measures, validates and saves a run, and stops it when asked.

    Args:
        config: The run's settings.
        folder: Where it is kept, by the first of several processes alone.
        standing: What is known of it so far; kept up to date.
        validator: Scores it; None where no scene validates.
        recorder: Tells how the run stands; None in all processes but the first.
        stop: Asked after every step whether to stop.
        tell: Told after every step.
    """

    def __init__(
        self,
        config: TrainingConfig,
        folder: RunFolder,
        standing: Standing,
        validator: Validator | None,
        recorder: Recorder | None,
        stop: Callable[[], bool],
        tell: Callable[[Progress], object] | None = None,
    ) -> None:
        self._config = config
        self._folder = folder
        self.standing = standing
        self._validator = validator
        self._recorder = recorder
        self._stop = stop
        self._tell = tell
        self._first_step = standing.step
        self._begun = self._last = self._saved = time.monotonic()
        self.stopped = False

    @property
    def over(self) -> bool:
        """Whether nothing is left to train."""
        enough = 0 < self._config.patience <= self.standing.without_better
        return enough or self.standing.step >= self._config.steps

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Validate what was left out when the run was stopped at the step."""
        self._begun = self._last = self._saved = time.monotonic()
        if self._recorder:
            self._recorder.update(message="")
        # Of several devices, which do not give up a validation; one has caught up before.
        if self._behind and self._validate(pl_module):  # type: ignore[arg-type] - it is ours
            self._save(pl_module)  # type: ignore[arg-type]

    def catch_up(self, module: SeaIceModule) -> None:
        """Validate the step at hand, before any other, where the run was stopped before that."""
        if self._behind and self._validate(module):
            note_standing(self._folder.state_file, self.standing)

    def mend(self, module: SeaIceModule) -> None:
        """Let the last weights stand in for the best ones where a damaged disk has lost those."""
        try:
            load_checkpoint(self._folder.best_file)
        except CheckpointError as error:
            log.warning("%s The last weights stand in.", error)
            self.standing.best = None
            self._validate(module)

    @property
    def _behind(self) -> bool:
        """Whether the step at hand should have been validated and was not."""
        step = self.standing.step
        return step > 0 and self._due(step) and self.standing.validated != step

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,  # noqa: ANN401 - what `training_step` returns
        *_: object,
    ) -> None:
        """Everything that a finished step calls for."""
        module: SeaIceModule = pl_module  # type: ignore[assignment] - it is ours
        self.standing.step, self.standing.parts = module.steps_done, module.parts
        self._measure(trainer, module, outputs)
        self.stopped = trainer.strategy.reduce_boolean_decision(self._stop(), all=False)
        due = self._due(self.standing.step)
        if self.stopped or due or self.over or time.monotonic() - self._saved >= _SAVE_S:
            # Before the validation, which can take long and fail.
            self._save(module)
        if due and not self.stopped and self._validate(module):
            self._save(module)
        # A request to stop that came during the validation is seen after it.
        if self.stopped or self.over:
            trainer.should_stop = True

    def _due(self, step: int) -> bool:
        return step % self._config.validate_every == 0 or step >= self._config.steps

    def _measure(self, trainer: L.Trainer, module: SeaIceModule, losses: dict[str, Tensor]) -> None:
        names = ("loss", *(f"loss_{name}" for name in CHARTS))
        # Each device has its share of the sums over the whole batch.
        mean = trainer.strategy.reduce(
            torch.stack([losses[name] for name in names]), reduce_op="mean"
        )
        values = dict(zip(names, mean.tolist(), strict=True))
        now = time.monotonic()
        step, taken = self.standing.step, now - self._last
        self._last = now
        left = None
        if step - self._first_step == 1:
            self._begun = now
        else:
            a_step = (now - self._begun) / (step - self._first_step - 1)
            left = a_step * (self._config.steps - step)
        if self._recorder:
            append_metrics(
                self._folder,
                STEP,
                {
                    "step": step,
                    **values,
                    "learning_rate": module.learning_rate,
                    "seconds": round(taken, 4),
                    "compute_seconds": round(module.compute_seconds, 4),
                },
            )
            self._recorder.update(step=step, loss=values["loss"], seconds_left=left)
        if self._tell:
            self._tell(Progress(step, self._config.steps, values["loss"], left, self.standing.best))

    def _validate(self, module: SeaIceModule) -> bool:
        """Score the training so far; false where it is to stop instead, or nothing validates."""
        if self._validator is None:
            return False
        if self._recorder:
            self._recorder.update(message=f"validating after step {self.standing.step}")
        found = self._validator(module, self._stop)
        self._last = time.monotonic()
        if found is None:
            self.stopped = True
            return False
        self._note(found)
        return True

    def _note(self, found: Validation) -> None:
        standing, rank = self.standing, found.rank
        standing.validated = standing.step
        better = standing.best is None or rank is None or rank > standing.best
        if better:
            standing.best, standing.best_step, standing.without_better = rank, standing.step, 0
        else:
            standing.without_better += 1
        if self._recorder:
            if better:
                os.replace(found.file, self._folder.best_file)
            entry = {name: score.value for name, score in found.scores.items()}
            append_metrics(
                self._folder,
                VALIDATION,
                {"step": standing.step, **entry, "seconds": round(found.seconds, 3)},
            )
            self._recorder.update(score=standing.best, message="")

    def _save(self, module: SeaIceModule) -> None:
        if self._recorder:
            save_state(self._folder.state_file, module, self.standing)
        self._saved = time.monotonic()
