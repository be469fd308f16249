"""What a run computes on and how precisely: devices of this machine, or a cluster's."""

from dataclasses import dataclass

import torch

from seaice.core.device import Device, best_device
from seaice.core.errors import ConfigError
from seaice.training.cluster import machines_and_devices
from seaice.training.config import TrainingConfig
from seaice.training.config_checks import check_norms


@dataclass(frozen=True)
class DeviceLayout:
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
        """Torch's name of the first device of this machine."""
        if self.accelerator == "cpu":
            return "cpu"
        return f"cuda:{0 if isinstance(self.devices, int) else self.devices[0]}"

    @property
    def label(self) -> str:
        """Name for a person."""
        one = best_device().label
        return one if self.count == 1 else f"{self.count} x {one}"


def uses_bfloat16(config: TrainingConfig, device: Device) -> bool:
    """Whether a run computes in bfloat16 on a device.

    `auto` does where the hardware supports it. An explicit choice holds on any hardware.
    """
    if config.precision == "auto":
        return device.bfloat16
    return config.precision == "bfloat16"


def all_devices() -> list[str]:
    """Devices of this machine that runs take turns on."""
    if not torch.cuda.is_available():
        return ["cpu"]
    return [f"cuda:{number}" for number in range(torch.cuda.device_count())]


def needed_devices(config: TrainingConfig) -> int:
    """How many of them a run takes. Without a GPU, its processes share the CPU.

    Raises:
        ConfigError: The run needs more than the machine has.
    """
    available = all_devices()
    if available == ["cpu"]:
        return 1
    if config.devices > len(available):
        raise ConfigError(
            f"devices is {config.devices}, but this machine has {len(available)} GPU(s)."
        )
    return config.devices


def device_layout(config: TrainingConfig, assigned: list[str] | None) -> DeviceLayout:
    """Devices of a run.

    Args:
        config: The run's settings.
        assigned: Devices that the queue has assigned; None if a launcher decides.

    Raises:
        ConfigError: The batch cannot be split evenly among the launcher's processes, or leaves
            each of them too little for its norms.
    """
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    if assigned is None:
        machines, here = machines_and_devices()
        layout = DeviceLayout(accelerator, here, machines)
        if config.batch % (layout.count * config.accumulate):
            raise ConfigError(
                f"A batch of {config.batch} cannot be split evenly among {layout.count} "
                f"processes with {config.accumulate} gradient accumulation step(s)."
            )
        if accelerator == "cpu":
            # GPUs share the statistics of their norms.
            at_a_time = config.batch // (layout.count * config.accumulate)
            check_norms(at_a_time, config.patch, config.output_stride)
        return layout
    if accelerator == "cpu":
        return DeviceLayout("cpu", config.devices, 1)
    return DeviceLayout("cuda", [int(name.partition(":")[2]) for name in assigned], 1)
