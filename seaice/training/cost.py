"""What a run costs: its size, receptive field and memory. `run_time.py` has its time."""

from dataclasses import asdict, dataclass
from typing import Any

import psutil
import torch
from torch import Tensor

from seaice.core.device import best_device
from seaice.network.network import SeaIceNet
from seaice.network.rates import Rates
from seaice.network.reach import rates_label, reach_facts
from seaice.network.receptive_field import padding_share, receptive_field_px
from seaice.training.config import TrainingConfig
from seaice.training.devices import uses_bfloat16

_FLOAT32 = 4
_GIB = 2**30


@dataclass(frozen=True)
class Cost:
    """What a run costs.

    Attributes:
        rates: Atrous rates.
        cell_m: Size of a feature cell, metres.
        parameters: Number of the network's parameters.
        receptive_field_km: Theoretical receptive field along one side.
        padding: Share of the largest rate's taps that fall on padding in a patch without masked
            cells; 0 without rates. Masked cells add to it.
        memory_gib: Weights, gradient, the optimizer's moments, and what a part of a batch keeps
            for its gradient. The software itself takes about 1 GiB more.
    """

    rates: Rates
    cell_m: float
    parameters: int
    receptive_field_km: float
    padding: float
    memory_gib: float

    @property
    def memory_text(self) -> str:
        """The memory in words, with what the software takes."""
        return f"{max(self.memory_gib, 0.1):.1f} GiB, plus about 1 GiB for the software"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), **reach_facts(self.rates, self.cell_m)}

    def text(self) -> str:
        """As text, one line each."""
        lines = [
            f"rates            {rates_label(self.rates, self.cell_m)}",
            f"parameters       {self.parameters / 1e6:.2f} million",
            f"receptive field  {self.receptive_field_km:.0f} km along one side",
            f"memory           {self.memory_text}",
        ]
        return "\n".join(lines)


def cost_of(config: TrainingConfig) -> Cost:
    """Estimate what a run costs, by counting."""
    with torch.device("meta"):
        network = SeaIceNet(config.network())
    cells = config.patch // config.output_stride
    memory_gib = _memory_bytes(config, network) / _GIB
    return Cost(
        rates=config.rates,
        cell_m=config.cell_m,
        parameters=sum(each.numel() for each in network.parameters()),
        receptive_field_km=receptive_field_px(network) * config.spacing_m / 1000,
        padding=padding_share(max(config.rates), (cells, cells)) if config.rates else 0.0,
        memory_gib=memory_gib,
    )


def free_gib() -> float:
    """Free memory of this machine's best device, GiB."""
    if best_device().torch_name == "cuda":
        free, _ = torch.cuda.mem_get_info()
        return float(free / _GIB)
    return float(psutil.virtual_memory().available / _GIB)


def _memory_bytes(config: TrainingConfig, network: SeaIceNet) -> float:
    """Counted on tensors without content, which take no time and no memory."""
    size = config.batch // config.devices // config.accumulate
    shape = (size, len(config.channels), config.patch, config.patch)
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        # Kept alive, so that no other storage gets its address. Weights are counted below.
        if not isinstance(tensor, torch.nn.Parameter):
            kept[tensor.untyped_storage()._cdata] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = network(torch.empty(shape, device="meta"))
    reduced = uses_bfloat16(config, best_device())
    activations = sum(each.untyped_storage().nbytes() for each in kept.values())
    # The losses are computed in float32 from the full-size outputs, which doubles them.
    heads = sum(each.numel() for each in outputs.values()) * _FLOAT32 * 2
    weights = sum(each.numel() for each in network.parameters()) * _FLOAT32
    return float(activations * (0.5 if reduced else 1.0) + heads + 4 * weights)
