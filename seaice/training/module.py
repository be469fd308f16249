"""The network as Lightning trains it: one optimizer step per batch, in parts if need be."""

import logging
import time
from collections.abc import Mapping
from typing import Any, Self, cast

import lightning as L
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.errors import DivergedError, MemoryShortError
from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.evaluated import average, copy_of, decay
from seaice.training.losses import labelled_pixels, total_loss
from seaice.training.patches.dataset import Patch

log = logging.getLogger(__name__)

# Share of the steps in which the learning rate of the one-cycle schedule rises.
_WARM_UP = 0.15


class SeaIceModule(L.LightningModule):
    """Losses and optimizer of a run.

    Attributes:
        network: The network that is trained.
        config: The run's settings.
        steps_done: Optimizer steps so far, including those before the run was last resumed.
        parts: Parts that a batch is computed in, one after another; doubled when memory runs out.
        learning_rate: Learning rate of the last step.
        averaged: Averaged weights; None if the run averages none.
        class_weights: Weights of the classes in the losses, by chart.
        compute_seconds: Duration of its forward and backward passes and optimizer step.
    """

    # A batch may be computed in parts, and what is drawn in a step depends on the step alone.
    automatic_optimization = False

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self.config = config
        self.network = SeaIceNet(config.network()).to(memory_format=torch.channels_last)
        for decoder in self.network.decoders.values():
            set_dropout(decoder, config.dropout)
        self.network.encoder.requires_grad_(not config.freeze_encoder)
        self.averaged = copy_of(self.network) if config.averaging else None
        self.class_weights: Mapping[ChartName, Tensor] = {}
        self.steps_done = 0
        self.parts = config.accumulate
        self.learning_rate = config.learning_rate
        self.compute_seconds = 0.0
        self._resumed: Mapping[str, Any] | None = None

    def train(self, mode: bool = True) -> Self:
        """Set the mode of all layers; fixed norms and a frozen encoder stay in evaluation."""
        super().train(mode)
        if self.config.freeze_encoder:
            self.network.encoder.eval()
        if self.config.norms == "fixed":
            for layer in self.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.eval()
        return self

    def resume(self, states: Mapping[str, Any]) -> None:
        """Restore optimizer and schedule as soon as they are created.

        Args:
            states: `optimizer` and `schedule`, each as its `state_dict`.
        """
        self._resumed = states

    @property
    def optimizer(self) -> LightningOptimizer:
        """The one optimizer, once Lightning has set it up."""
        return cast("LightningOptimizer", self.optimizers())

    @property
    def schedule(self) -> LRScheduler:
        """The one schedule of the learning rate, once Lightning has set it up."""
        return cast("LRScheduler", self.lr_schedulers())

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """AdamW with the schedule; norms and biases are not decayed."""
        parameters = [each for each in self.network.parameters() if each.requires_grad]
        decayed = [each for each in parameters if each.ndim > 1]
        free = [each for each in parameters if each.ndim <= 1]
        optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": self.config.weight_decay},
                {"params": free, "weight_decay": 0.0},
            ],
            lr=self.config.learning_rate,
        )
        schedule = _schedule(optimizer, self.config)
        if self._resumed is not None:
            optimizer.load_state_dict(dict(self._resumed["optimizer"]))
            schedule.load_state_dict(dict(self._resumed["schedule"]))
        return {"optimizer": optimizer, "lr_scheduler": schedule}

    def training_step(self, batch: Patch, batch_index: int) -> dict[str, Tensor]:
        """One optimizer step.

        Returns:
            `loss`, the weighted sum, and each chart's loss as `loss_<chart>`, of this device's
            share of the batch.

        Raises:
            MemoryShortError: Not even one patch fits the device.
            DivergedError: A loss or the gradient is not finite; the weights are as before.
        """
        begun = time.perf_counter()
        losses = self._gradient(batch)
        self._require_finite(losses)
        if self.config.clip_norm:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip_norm)
        self.learning_rate = float(self.schedule.get_last_lr()[0])
        try:
            self.optimizer.step()
        except torch.OutOfMemoryError as error:
            raise MemoryShortError(
                "The optimizer's moments do not fit into the device's memory. "
                "Use a smaller encoder."
            ) from error
        self.schedule.step()
        self.steps_done += 1
        if self.averaged is not None:
            average(self.averaged, self.network, decay(self.config.averaging, self.steps_done))
        self.compute_seconds = time.perf_counter() - begun
        return losses

    def _gradient(self, batch: Patch) -> dict[str, Tensor]:
        """Losses of a batch. The gradient is left in the parameters."""
        while True:
            try:
                return self._in_parts(batch)
            except torch.OutOfMemoryError as error:
                size = len(batch["inputs"])
                # Other devices would wait forever for one that computes the batch again.
                if self.trainer.world_size > 1 or self.parts >= size:
                    raise MemoryShortError(self._out_of_memory_message(size)) from error
                self.parts = min(2 * self.parts, size)
                log.warning(
                    "out of memory at step %d: batches are computed in %d parts from here on",
                    self.steps_done + 1,
                    self.parts,
                )
            torch.cuda.empty_cache()

    def _out_of_memory_message(self, size: int) -> str:
        at_once = -(-size // self.parts)
        if at_once == 1:
            return "One patch does not fit into the device's memory. Use a smaller patch."
        return (
            f"{at_once} patches at once do not fit into the device's memory. Use a smaller batch "
            "or more gradient accumulation steps."
        )

    def _in_parts(self, batch: Patch) -> dict[str, Tensor]:
        # Dropout draws the same numbers from here on, whether or not the run was resumed.
        torch.manual_seed((self.config.seed << 24) + self.steps_done * 64 + self.global_rank)
        self.optimizer.zero_grad(set_to_none=True)
        inputs = batch["inputs"].to(memory_format=torch.channels_last)
        # Over all devices, whose gradients are averaged: the labels a single device would count.
        count = self.trainer.strategy.reduce(labelled_pixels(batch["charts"]), reduce_op="mean")
        total = {name: torch.zeros((), device=self.device) for name in ("loss", *_LOSSES)}
        by_class = {name: each.to(self.device) for name, each in self.class_weights.items()}
        pieces = (each.tensor_split(self.parts) for each in (inputs, batch["charts"]))
        for part, charts in zip(*pieces, strict=True):
            outputs = self.network(part)
            loss, losses = total_loss(outputs, charts, self.config.loss_weights, count, by_class)
            self.manual_backward(loss)
            total["loss"] += loss.detach()
            for name, each in losses.items():
                total[f"loss_{name}"] += each.detach()
        return total

    def _require_finite(self, losses: Mapping[str, Tensor]) -> None:
        gradients = [each.grad for each in self.network.parameters() if each.grad is not None]
        sound = torch.stack([*losses.values(), torch.nn.utils.get_total_norm(gradients)])
        # One transfer from the device for all.
        if sound.isfinite().all():
            return
        what = "loss"
        where: list[str] = [name for name in CHARTS if not losses[f"loss_{name}"].isfinite()]
        if not where:
            what, where = "gradient", self._broken_parts()
        raise DivergedError(
            f"The {what} of {' and '.join(where)} is not finite at step {self.steps_done + 1}. "
            "The last saved state is kept. Train with a lower learning rate."
        )

    def _broken_parts(self) -> list[str]:
        """Charts whose decoder has a gradient that is not finite; the encoder if none has."""
        return [
            name for name, decoder in self.network.decoders.items() if not _finite_gradient(decoder)
        ] or ["the encoder"]


_LOSSES = tuple(f"loss_{name}" for name in CHARTS)


def set_dropout(part: nn.Module, share: float) -> None:
    """Set the share of values that the dropout layers of a part leave out."""
    for layer in part.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = share


def _finite_gradient(part: nn.Module) -> bool:
    return all(
        bool(each.grad.isfinite().all()) for each in part.parameters() if each.grad is not None
    )


def _schedule(optimizer: torch.optim.Optimizer, config: TrainingConfig) -> LRScheduler:
    schedules = torch.optim.lr_scheduler
    if config.schedule == "one-cycle":
        return schedules.OneCycleLR(
            optimizer,
            max_lr=config.learning_rate,
            total_steps=config.steps,
            pct_start=_WARM_UP,
        )
    if config.schedule == "cosine":
        return schedules.CosineAnnealingLR(optimizer, T_max=config.steps)
    return schedules.ConstantLR(optimizer, factor=1.0)
