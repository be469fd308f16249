"""The device to compute on, and whether it supports bfloat16."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A device to compute on.

    Attributes:
        torch_name: `cuda` or `cpu`.
        label: Name shown to the user.
        bfloat16: Whether its hardware supports bfloat16, so that it is faster.
    """

    torch_name: str
    label: str
    bfloat16: bool


def best_device() -> Device:
    """The GPU if there is one, otherwise the CPU."""
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
