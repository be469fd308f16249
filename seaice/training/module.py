"""The network as Lightning trains it: one optimizer step for each batch, in parts if need be."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import lightning as L
import torch
from torch import Tensor, nn

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import DivergedError, MemoryShortError
from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.losses import labelled_pixels, total_loss
from seaice.training.patches.dataset import Patch

log = logging.getLogger(__name__)

# Share of the steps in which the learning rate of the one-cycle schedule rises.
_WARM_UP = 0.15


class SeaIceModule(L.LightningModule):
    """Losses and optimizer of a run.

    Attributes:
        network: What is trained.
        config: The run's settings.
        steps_done: Optimizer steps so far, those before the run was last resumed among them.
        parts: Parts that a batch is computed in, one after another; doubled where memory runs out.
        learning_rate: That of the last step.
        compute_seconds: Duration of its forward, backward and optimizer step.
    """

    # A batch may be computed in parts, and what is drawn in a step depends on the step alone.
    automatic_optimization = False

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self.config = config
        self.network = SeaIceNet(config.network()).to(memory_format=torch.channels_last)
        self.steps_done = 0
        self.parts = config.accumulate
        self.learning_rate = config.learning_rate
        self.compute_seconds = 0.0
        self._resumed: Mapping[str, Any] | None = None

    def resume(self, states: Mapping[str, Any]) -> None:
        """Take up optimizer and schedule where they were, once they are made.

        Args:
            states: `optimizer` and `schedule`, each as its `state_dict`.
        """
        self._resumed = states

    def configure_optimizers(self) -> dict[str, object]:
        """AdamW under the schedule; norms and biases are not decayed."""
        decayed, free = [], []
        for parameter in self.network.parameters():
            (decayed if parameter.ndim > 1 else free).append(parameter)
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
        self.learning_rate = self.lr_schedulers().get_last_lr()[0]
        try:
            self.optimizers().step()
        except torch.OutOfMemoryError as error:
            raise MemoryShortError(
                "The device has no room for the optimizer's moments. Take a smaller encoder."
            ) from error
        self.lr_schedulers().step()
        self.steps_done += 1
        self.compute_seconds = time.perf_counter() - begun
        return losses

    def _gradient(self, batch: Patch) -> dict[str, Tensor]:
        """Losses of a batch, their gradient left with the parameters."""
        while True:
            try:
                return self._in_parts(batch)
            except torch.OutOfMemoryError as error:
                size = len(batch["inputs"])
                # Other devices would wait for ever for one that computes the batch again.
                if self.trainer.world_size > 1 or self.parts >= size:
                    raise MemoryShortError(self._no_room(size)) from error
                self.parts = min(2 * self.parts, size)
                log.warning(
                    "out of memory at step %d: a batch is computed in %d parts from here on",
                    self.steps_done + 1,
                    self.parts,
                )
            torch.cuda.empty_cache()

    def _no_room(self, size: int) -> str:
        at_once = -(-size // self.parts)
        if at_once == 1:
            return "The device has no room for one patch. Take a smaller patch."
        return (
            f"The device has no room for {at_once} patches at once. Take a smaller batch, or more "
            "parts of it."
        )

    def _in_parts(self, batch: Patch) -> dict[str, Tensor]:
        # Dropout draws from here on: the same whether the run was resumed in between or not.
        torch.manual_seed((self.config.seed << 24) + self.steps_done * 64 + self.global_rank)
        self.optimizers().zero_grad(set_to_none=True)
        inputs = batch["inputs"].to(memory_format=torch.channels_last)
        # Over all devices, whose gradients are averaged: as many labels as one would have counted.
        count = self.trainer.strategy.reduce(labelled_pixels(batch["charts"]), reduce_op="mean")
        total = {name: torch.zeros((), device=self.device) for name in ("loss", *_LOSSES)}
        pieces = (each.tensor_split(self.parts) for each in (inputs, batch["charts"]))
        for part, charts in zip(*pieces, strict=True):
            outputs = self.network(part)
            loss, losses = total_loss(outputs, charts, self.config.loss_weights, count)
            self.manual_backward(loss)
            total["loss"] += loss.detach()
            for name, each in losses.items():
                total[f"loss_{name}"] += each.detach()
        return total

    def _require_finite(self, losses: Mapping[str, Tensor]) -> None:
        gradients = [each.grad for each in self.network.parameters() if each.grad is not None]
        sound = torch.stack([*losses.values(), torch.nn.utils.get_total_norm(gradients)])
        # One look at the device for all.
        if sound.isfinite().all():
            return
        where = [name for name in CHARTS if not losses[f"loss_{name}"].isfinite()]
        what = "loss"
        if not where:
            what, where = "gradient", self._broken_parts()
        raise DivergedError(
            f"The {what} of {' and '.join(where)} is not finite at step {self.steps_done + 1}. "
            "The state before is kept; train with a lower learning rate."
        )

    def _broken_parts(self) -> list[str]:
        """Charts whose decoder has a gradient that is not finite; the encoder where none has."""
        return [
            name for name, decoder in self.network.decoders.items() if not _finite_gradient(decoder)
        ] or ["the encoder"]


_LOSSES = tuple(f"loss_{name}" for name in CHARTS)


def _finite_gradient(part: nn.Module) -> bool:
    return all(
        bool(each.grad.isfinite().all()) for each in part.parameters() if each.grad is not None
    )


def _schedule(
    optimizer: torch.optim.Optimizer, config: TrainingConfig
) -> torch.optim.lr_scheduler.LRScheduler:
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
