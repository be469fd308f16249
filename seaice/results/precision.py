"""Whether bfloat16 pays: measured on first scenes by machine and network, then remembered.

How many pixels keep their class differs by scene: open water tells little of ice. So it takes the
agreement of several scenes, and one that does not agree is enough to refuse it for good.
"""

import functools
import hashlib
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

_KIND = "precision-2"
"""The number counts the forms that an entry has had."""
SCENES = 3
"""How many scenes must agree."""
LEAST_GAIN = 1.1
"""How much faster it must be: less is within what a busy machine's times vary by."""
LEAST_AGREEMENT = 0.995
"""Share of the pixels whose class must be that of float32, in each chart."""
_SIDE_PX = 512
"""Side of the square: large enough for the machine's full rate, and computed in a moment."""
_RUNS = 2
_exact: ContextVar[bool] = ContextVar("exact", default=False)


@dataclass(frozen=True)
class Measured:
    """How a network in bfloat16 compares with itself in float32, on squares of scenes.

    Attributes:
        gain: Time in float32 over time in bfloat16, of the square with the smallest.
        agreement: Share of the pixels with the same class, 0 to 1, of the square and the chart
            with the smallest.
        squares: A digest of each square, in order. A scene counts once; one that is too large for
            a single tile counts again if it was cut otherwise.
    """

    gain: float
    agreement: float
    squares: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether a square was slower or less alike than it must be."""
        # So put that what is not a number is refused.
        return not (self.gain >= LEAST_GAIN and self.agreement >= LEAST_AGREEMENT)

    @property
    def is_settled(self) -> bool:
        """Whether further squares would change nothing."""
        return self.is_refused or len(self.squares) >= SCENES

    @property
    def pays(self) -> bool:
        """Whether it is faster and as good, on enough scenes."""
        return self.is_settled and not self.is_refused

    def joined(self, other: "Measured") -> "Measured":
        """What both say together. The order in which squares are joined does not matter."""
        return Measured(
            min(self.gain, other.gain),
            min(self.agreement, other.agreement),
            tuple(sorted({*self.squares, *other.squares})),
        )


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
    """Measure on the middle of a scene's inputs, and remember it, unless that would change nothing.

    Args:
        checkpoint: The checkpoint, whose network nobody else uses meanwhile.
        inputs: (1, channels, lines, samples) float32 on its device, of a scene.

    Returns:
        What is known now, from other scenes too; None if nothing is.
    """
    # Another process may have measured since.
    _kept.cache_clear()
    before = known(checkpoint)
    if before and (before.is_settled or _digest(_middle(checkpoint, inputs)) in before.squares):
        return before
    measured = compared(checkpoint, inputs)
    if measured is None:
        return before

    def join(content: bytes | None) -> bytes:
        earlier = _read(content)
        return _written(earlier.joined(measured) if earlier else measured)

    Store().update(_KIND, _key(checkpoint), join)
    _kept.cache_clear()
    return known(checkpoint)


def compared(checkpoint: Checkpoint, inputs: Tensor) -> Measured | None:
    """Compare both on the middle of a scene's inputs; arguments as those of `measure`.

    Returns:
        What this square says; None without data in it.
    """
    square = _middle(checkpoint, inputs)
    seen = (square != 0).any(dim=1)[0]
    if not seen.any():
        return None
    with torch.inference_mode():
        exact, exact_s = _timed(checkpoint, square, bfloat16=False)
        fast, fast_s = _timed(checkpoint, square, bfloat16=True)
    same = [(exact[name] == fast[name])[seen].float().mean().item() for name in CHARTS]
    return Measured(exact_s / fast_s, min(same), (_digest(square),))


@functools.lru_cache(maxsize=64)
def _kept(key: str) -> Measured | None:
    return _read(Store().get(_KIND, key))


def _read(content: bytes | None) -> Measured | None:
    """What a stored value says; None if there is none, or it is of no known form."""
    try:
        value = json.loads(content or b"")
        gain, agreement = float(value["gain"]), float(value["agreement"])
        return Measured(gain, agreement, tuple(map(str, value["squares"])))
    except (ValueError, TypeError, KeyError):
        return None


def _written(measured: Measured) -> bytes:
    return json.dumps(asdict(measured)).encode()


def _digest(square: Tensor) -> str:
    """What tells a square from others, in few letters."""
    values = square.contiguous().cpu().numpy()
    return hashlib.blake2b(values.tobytes(), digest_size=8).hexdigest()


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


def _middle(checkpoint: Checkpoint, inputs: Tensor) -> Tensor:
    """A square of the middle, as `_SIDE_PX` says; all of it where it is smaller.

    It begins and ends at multiples that the network asks for.
    """
    multiple, sides = checkpoint.network.config.size_multiple, []
    for size in inputs.shape[-2:]:
        side = min(size, _SIDE_PX) // multiple * multiple
        start = (size - side) // 2 // multiple * multiple
        sides.append(slice(start, start + side))
    lines, samples = sides
    return inputs[..., lines, samples]


def _timed(
    checkpoint: Checkpoint, square: Tensor, *, bfloat16: bool
) -> tuple[dict[ChartName, Tensor], float]:
    """Classes of each pixel by chart, and the shortest time of a forward, seconds."""
    kind = checkpoint.device.type
    taken = []
    with torch.autocast(kind, torch.bfloat16, enabled=bfloat16):
        outputs = checkpoint.network(square)  # to warm up
        for _ in range(_RUNS):
            _synchronize(kind)
            begun = time.perf_counter()
            outputs = checkpoint.network(square)
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
