"""Whether bfloat16 pays: measured at first use for a machine and a network, then remembered."""

import functools
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.cache import Store
from seaice.network.checkpoint import Checkpoint

_KIND = "precision-1"
"""The number counts the forms that an entry has had."""
LEAST_GAIN = 1.1
"""How much faster it must be: less is within what a busy machine's times vary by."""
LEAST_AGREEMENT = 0.995
"""Share of the pixels whose class must be that of float32, in each chart."""
_SIDE_PX = 512
"""Side of the sample: large enough for the machine's full rate, and computed in a moment."""
_RUNS = 2
_exact: ContextVar[bool] = ContextVar("exact", default=False)


@dataclass(frozen=True)
class Measured:
    """How a network in bfloat16 compares with itself in float32.

    Attributes:
        gain: Time in float32 over time in bfloat16.
        agreement: Share of the pixels with the same class, 0 to 1, of the chart with the smallest.
    """

    gain: float
    agreement: float

    @property
    def pays(self) -> bool:
        """Whether it is faster and as good."""
        return self.gain >= LEAST_GAIN and self.agreement >= LEAST_AGREEMENT


@contextmanager
def in_float32() -> Iterator[None]:
    """Predict in float32 meanwhile, whatever would pay: what a busy machine measures may differ.

    For figures that must be the same whenever they are computed again.
    """
    token = _exact.set(True)
    try:
        yield
    finally:
        _exact.reset(token)


def is_exact() -> bool:
    """Whether nothing but float32 may be taken."""
    return _exact.get()


def known(checkpoint: Checkpoint) -> Measured | None:
    """What was measured of a checkpoint on this machine; None if nothing was."""
    return _kept(_key(checkpoint))


def measure(checkpoint: Checkpoint, inputs: Tensor) -> Measured | None:
    """Measure on the middle of inputs, and remember it.

    Args:
        checkpoint: The checkpoint, whose network nobody else uses meanwhile.
        inputs: (1, channels, lines, samples) float32 on its device.

    Returns:
        What was measured; None without data in the middle.
    """
    sample = _middle(inputs, checkpoint.network.config.size_multiple)
    seen = (sample != 0).any(dim=1)[0]
    if not seen.any():
        return None
    with torch.inference_mode():
        exact, exact_s = _timed(checkpoint, sample, bfloat16=False)
        fast, fast_s = _timed(checkpoint, sample, bfloat16=True)
    same = [(exact[name] == fast[name])[seen].float().mean().item() for name in CHARTS]
    measured = Measured(exact_s / fast_s, min(same))
    Store().put(_KIND, _key(checkpoint), json.dumps(asdict(measured)).encode())
    _kept.cache_clear()
    return measured


@functools.lru_cache(maxsize=64)
def _kept(key: str) -> Measured | None:
    try:
        return Measured(**json.loads(Store().get(_KIND, key) or b""))
    except (ValueError, TypeError):
        return None


def _key(checkpoint: Checkpoint) -> str:
    """Machine and network."""
    device = checkpoint.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return json.dumps([name, torch.get_num_threads(), torch.__version__, checkpoint.sha256])


@functools.cache
def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if os.path.exists(info) else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _middle(inputs: Tensor, multiple: int) -> Tensor:
    """A square of the middle, that begins and ends at multiples; all where it is smaller."""
    sides = []
    for size in inputs.shape[-2:]:
        side = min(size, _SIDE_PX) // multiple * multiple
        start = (size - side) // 2 // multiple * multiple
        sides.append(slice(start, start + side))
    lines, samples = sides
    return inputs[..., lines, samples]


def _timed(
    checkpoint: Checkpoint, sample: Tensor, *, bfloat16: bool
) -> tuple[dict[ChartName, Tensor], float]:
    """Classes of each pixel by chart, and the shortest time of a forward, seconds."""
    kind = checkpoint.device.type
    taken = []
    with torch.autocast(kind, torch.bfloat16, enabled=bfloat16):
        outputs = checkpoint.network(sample)  # to warm up
        for _ in range(_RUNS):
            _synchronize(kind)
            begun = time.perf_counter()
            outputs = checkpoint.network(sample)
            _synchronize(kind)
            taken.append(time.perf_counter() - begun)
    return {name: _classes(name, outputs[name]) for name in CHARTS}, min(taken)


def _classes(name: ChartName, outputs: Tensor) -> Tensor:
    """(lines, samples) classes."""
    if name == "SIC":
        return outputs[0, 0].float().clamp(0, 10).round()
    return outputs[0].float().argmax(0)


def _synchronize(kind: str) -> None:
    if kind == "cuda":
        torch.cuda.synchronize()
