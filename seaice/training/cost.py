"""What a choice of settings costs: size, reach, memory, and time by a few timed steps."""

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil
import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHARTS
from seaice.core.device import best_device
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import padding_share, receptive_field_px
from seaice.training.config import TrainingConfig
from seaice.training.losses import total_loss

_TIMED_STEPS = 3
_FLOAT32 = 4
_GIB = 2**30


@dataclass(frozen=True)
class Cost:
    """What a run takes.

    Attributes:
        parameters: Of the network.
        receptive_field_km: Theoretical, along one side.
        padding: Share of the largest rate's taps that fall on padding in a patch; 0 without rates.
        memory_gib: Weights, gradient, the optimizer's moments and what a part of a batch keeps for
            its gradient; what the software itself takes (about 1 GiB) comes on top.
        step_seconds: Of forward, backward and step, the median of a few; None where not timed.
        seconds: Of all steps, without validation; None where not timed.
    """

    parameters: int
    receptive_field_km: float
    padding: float
    memory_gib: float
    step_seconds: float | None
    seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def text(self) -> str:
        """A line each."""
        lines = [
            f"parameters       {self.parameters / 1e6:.2f} million",
            f"receptive field  {self.receptive_field_km:.0f} km along one side",
            f"on padding       {self.padding:.0%} of the largest rate's taps",
            f"memory           {self.memory_gib:.2f} GiB, and about 1 GiB for the software",
        ]
        if self.seconds is not None:
            lines.append(
                f"time             {self.seconds / 60:.1f} min "
                f"({self.step_seconds:.2f} s a step), validation apart"
            )
        return "\n".join(lines)


def cost_of(config: TrainingConfig, *, timed: bool = False) -> Cost:
    """What a run takes.

    Args:
        config: Its settings.
        timed: Whether a few steps are computed, on noise, to tell the time; they are not where
            the device has not that much memory free.
    """
    with torch.device("meta"):
        network = SeaIceNet(config.network())
    cells = config.patch // config.output_stride
    memory_gib = _memory_bytes(config, network) / _GIB
    step = _step_seconds(config) if timed and memory_gib < free_gib() else None
    return Cost(
        parameters=sum(each.numel() for each in network.parameters()),
        receptive_field_km=receptive_field_px(network) * config.spacing_m / 1000,
        padding=padding_share(max(config.rates), (cells, cells)) if config.rates else 0.0,
        memory_gib=memory_gib,
        step_seconds=step,
        seconds=None if step is None else step * config.steps,
    )


def free_gib() -> float:
    """Memory that is free on this machine's best device, GiB."""
    if best_device().torch_name == "cuda":
        return torch.cuda.mem_get_info()[0] / _GIB
    return psutil.virtual_memory().available / _GIB


def _memory_bytes(config: TrainingConfig, network: SeaIceNet) -> float:
    """Counted on tensors without content, which cost no time and no memory."""
    size = config.batch // config.devices // config.accumulate
    shape = (size, len(config.channels), config.patch, config.patch)
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        # Held, so that no other storage comes to lie there; weights are counted below.
        if not isinstance(tensor, torch.nn.Parameter):
            kept[tensor.untyped_storage()._cdata] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = network(torch.empty(shape, device="meta"))
    reduced = config.precision == "bfloat16" or (
        config.precision == "auto" and best_device().bfloat16
    )
    activations = sum(each.untyped_storage().nbytes() for each in kept.values())
    # The losses are computed in float32 from the full-size outputs, with as much again on the way.
    heads = sum(each.numel() for each in outputs.values()) * _FLOAT32 * 2
    weights = sum(each.numel() for each in network.parameters()) * _FLOAT32
    return activations * (0.5 if reduced else 1.0) + heads + 4 * weights


def _step_seconds(config: TrainingConfig) -> float:
    """Median duration of a step on noise, on this machine's best device."""
    device = best_device()
    network = SeaIceNet(config.network()).to(device.torch_name, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters())
    size = config.batch // config.devices // config.accumulate
    side = config.patch
    inputs = torch.randn(size, len(config.channels), side, side, device=device.torch_name)
    inputs = inputs.to(memory_format=torch.channels_last)
    charts = torch.zeros(size, len(CHARTS), side, side, dtype=torch.uint8, device=inputs.device)
    reduced = config.precision != "float32" and device.bfloat16
    taken = []
    for _ in range(_TIMED_STEPS + 1):
        begun = time.perf_counter()
        for _ in range(config.accumulate):
            with torch.autocast(device.torch_name, torch.bfloat16, enabled=reduced):
                loss, _ = total_loss(network(inputs), charts, config.loss_weights)
            loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        float(loss.detach())  # waits for the device
        taken.append(time.perf_counter() - begun)
    # The first one warms up.
    return statistics.median(taken[1:])
