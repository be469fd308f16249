"""Where and how precisely to compute, decided from what the machine has."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A place to compute.

    Attributes:
        torch_name: `cuda` or `cpu`.
        label: What a person reads.
        bfloat16: Whether it has units for bfloat16, so that it pays.
    """

    torch_name: str
    label: str
    bfloat16: bool


def best_device() -> Device:
    """The GPU where there is one, else the CPU."""
    if torch.cuda.is_available():
        in_hardware = torch.cuda.is_bf16_supported(including_emulation=False)
        return Device("cuda", f"GPU {torch.cuda.get_device_name()}", in_hardware)
    return Device("cpu", "CPU", cpu_has_bfloat16())


def cpu_has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware (AVX-512 BF16 or AMX)."""
    try:
        abilities = torch.cpu.get_capabilities()
    except AttributeError:
        return False
    return bool(abilities.get("avx512_bf16") or abilities.get("amx_bf16"))
