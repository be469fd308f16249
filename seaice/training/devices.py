"""What a run computes on: devices of this machine, or what a cluster's launcher has set out."""

from dataclasses import dataclass

import torch

from seaice.core.device import best_device
from seaice.core.errors import ConfigError
from seaice.training.config import TrainingConfig
from seaice.training.runs.cluster import machines_and_devices


@dataclass(frozen=True)
class Layout:
    """Devices of a run.

    Attributes:
        accelerator: Lightning's name of the kind.
        devices: Devices on each machine: their number, or which GPUs.
        machines: Number of machines.
    """

    accelerator: str
    devices: int | list[int]
    machines: int

    @property
    def count(self) -> int:
        """Devices in all."""
        here = self.devices if isinstance(self.devices, int) else len(self.devices)
        return here * self.machines

    @property
    def first(self) -> str:
        """Torch's name of the first one here."""
        if self.accelerator == "cpu":
            return "cpu"
        return f"cuda:{0 if isinstance(self.devices, int) else self.devices[0]}"

    @property
    def label(self) -> str:
        """What a person reads."""
        one = best_device().label
        return one if self.count == 1 else f"{self.count} x {one}"


def all_devices() -> list[str]:
    """Devices of this machine that runs take turns on."""
    if not torch.cuda.is_available():
        return ["cpu"]
    return [f"cuda:{number}" for number in range(torch.cuda.device_count())]


def needed_devices(config: TrainingConfig) -> int:
    """How many of them a run takes; processes without a GPU share the one processor.

    Raises:
        ConfigError: More than there are.
    """
    there = all_devices()
    if there == ["cpu"]:
        return 1
    if config.devices > len(there):
        raise ConfigError(f"devices is {config.devices}, and this machine has {len(there)} GPU(s).")
    return config.devices


def layout(config: TrainingConfig, taken: list[str] | None) -> Layout:
    """Devices of a run.

    Args:
        config: The run's settings.
        taken: Devices that the queue has given it; None where a launcher decides.

    Raises:
        ConfigError: The batch cannot be shared out among the launcher's processes.
    """
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    if taken is None:
        machines, here = machines_and_devices()
        made = Layout(accelerator, here, machines)
        if config.batch % (made.count * config.accumulate):
            raise ConfigError(
                f"A batch of {config.batch} cannot be shared out evenly among {made.count} "
                f"processes in {config.accumulate} part(s)."
            )
        return made
    if accelerator == "cpu":
        return Layout("cpu", config.devices, 1)
    return Layout("cuda", [int(name.partition(":")[2]) for name in taken], 1)
