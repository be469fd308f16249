"""The network as Lightning trains it."""

import lightning as L
import torch
from torch import Tensor

from seaice.data.patches import Patch
from seaice.model import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.losses import total_loss

# Share of the steps in which the learning rate rises.
_WARM_UP = 0.15


class SeaIceModule(L.LightningModule):
    """Losses and optimizer of a run.

    Attributes:
        network: What is trained.
        config: The run's settings.
    """

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self.config = config
        self.network = SeaIceNet(config.network()).to(memory_format=torch.channels_last)

    def training_step(self, batch: Patch, batch_index: int) -> Tensor:
        """Loss of one batch; each chart's part is logged as `loss_<chart>`."""
        inputs = batch["inputs"].to(memory_format=torch.channels_last)
        loss, parts = total_loss(self.network(inputs), batch["charts"], self.config.loss_weights)
        self.log("loss", loss.detach())
        self.log_dict({f"loss_{name}": part.detach() for name, part in parts.items()})
        return loss

    def configure_optimizers(self) -> dict[str, object]:
        """AdamW under a one-cycle schedule; norms and biases are not decayed."""
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
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            max_lr=self.config.learning_rate,
            total_steps=self.config.steps,
            pct_start=_WARM_UP,
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
