"""A network over a whole scene: in one piece, and as `seaice.network.staged` runs it.

In one piece twice: with the channels first, as torch lays out images unless told, and with the
channels last, as seaice does. Tile by tile twice on processors with bfloat16: without and with it.
Every way ends with the outputs of all charts at every pixel, which must agree.

Run: python benchmarks/whole_scene.py [--encoder resnet152] [--way staged] [--rounds 1]

Ways take turns, each in a process of its own; weights and inputs are random. Prints medians and
their range, and ratios to the first way, medians of rounds. Processor time hardly changes with
other work on the machine. The first way's outputs take 1.5 GB of disk meanwhile.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from machine import alone, describe, peak_gib
from torch import Tensor

from seaice.ai4arctic.charts import ChartName
from seaice.core.device import cpu_has_bfloat16
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.memory import memory_budget
from seaice.network.config import ENCODERS, FEATURE_LEVEL, NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.staged import StagedNetwork, upsampled

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from varied import varied_network

CHANNELS = 7
SPACING_M = 80.0
STRIP_LINES = 512
"""Lines that are brought to pixels at a time, as in a prediction."""

Outputs = Mapping[ChartName, Tensor]
"""By chart: (1, outputs, lines, samples) float32."""


def in_one_piece(network: SeaIceNet, inputs: Tensor) -> Outputs:
    """The network as it is."""
    outputs: Outputs = network(inputs)
    return outputs


def staged(network: SeaIceNet, inputs: Tensor) -> Outputs:
    """Tile by tile, then strip by strip, as a prediction does."""
    grid = PixelGrid(inputs.shape[-2], inputs.shape[-1], SPACING_M)
    steps = StagedNetwork(network, grid.shape, memory_budget(inputs.device))
    for tile in steps.tiles:
        steps.take(tile, inputs[..., *steps.around(tile)])
    cells = {name: each.float() for name, each in steps.outputs().items()}
    outputs = {name: torch.empty(*each.shape[:2], *grid.shape) for name, each in cells.items()}
    for strip in grid.strips(STRIP_LINES):
        for name, each in cells.items():
            pixels = upsampled(each, network.config.output_stride, strip)
            outputs[name][..., *strip] = pixels
    return outputs


@dataclass(frozen=True)
class Way:
    """How a network is run over the inputs.

    Attributes:
        run: Gives the outputs.
        layout: Of weights and inputs.
        bfloat16: Whether it computes in bfloat16.
        most: Largest difference from the first way that it may have, in standard deviations. Maps
            that have nothing to do with each other differ by more than 5.
    """

    run: Callable[[SeaIceNet, Tensor], Outputs]
    layout: torch.memory_format = torch.channels_last
    bfloat16: bool = False
    most: float = 1e-3


WAYS = {
    "channels first": Way(in_one_piece, torch.contiguous_format),
    "in one piece": Way(in_one_piece),
    "staged": Way(staged),
    "bfloat16": Way(staged, bfloat16=True, most=1.0),
}


@dataclass(frozen=True)
class Taken:
    """What one run took.

    Attributes:
        wall_s: Seconds.
        processor_s: Seconds of all cores together.
        before_gib: Peak memory of the process before, weights and inputs included.
        peak_gib: Its peak memory, outputs included.
        difference: Largest difference from the first way's outputs, in standard deviations of a
            chart's outputs.
    """

    wall_s: float
    processor_s: float
    before_gib: float
    peak_gib: float
    difference: float


@torch.inference_mode()
def measure(name: str, encoder: str, stride: int, shape: tuple[int, int], reference: Path) -> Taken:
    """Run one way once, in this process."""
    way = WAYS[name]
    network = network_of(encoder, stride).to(memory_format=way.layout)
    inputs = noise(shape, way.layout)
    before = peak_gib()
    begun, began = time.perf_counter(), time.process_time()
    with torch.autocast("cpu", torch.bfloat16, enabled=way.bfloat16):
        outputs = way.run(network, inputs)
    wall, processor = time.perf_counter() - begun, time.process_time() - began
    return Taken(wall, processor, before, peak_gib(), differences(outputs, reference))


def network_of(encoder: str, stride: int) -> SeaIceNet:
    """The authors' layout; at a stride of 4 that of the default network."""
    is_default = stride == 4
    return varied_network(
        NetworkConfig(
            CHANNELS,
            encoder=encoder,
            output_stride=stride,
            width=32 if is_default else 64,
            stem="separable" if is_default else "full",
            smooth_inputs=tuple(range(3, CHANNELS)) if is_default else (),
        )
    )


def noise(shape: tuple[int, int], layout: torch.memory_format) -> Tensor:
    """Normal noise, the same in each layout, without a copy that would raise the peak."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.empty(1, CHANNELS, *shape, memory_format=layout)
    for channel in range(CHANNELS):
        inputs[0, channel] = torch.randn(shape, generator=generator)
    return inputs


def differences(outputs: Outputs, reference: Path) -> float:
    """The largest difference from the first way's outputs, which are written where none are."""
    largest = 0.0
    for name, each in outputs.items():
        path = reference / f"{name}.npy"
        if not path.exists():
            np.save(path, each.numpy())
        first = np.load(path, mmap_mode="r")
        spread = float(each.std())
        if not spread > 0:
            raise RuntimeError(f"The outputs of {name} do not vary, so nothing is compared.")
        lines = range(0, each.shape[-2], STRIP_LINES)
        strips = [(..., slice(line, line + STRIP_LINES), slice(None)) for line in lines]
        most = max(float(np.abs(each[strip].numpy() - first[strip]).max()) for strip in strips)
        largest = max(largest, most / spread)
    return largest


def report(taken: Mapping[str, list[Taken]]) -> None:
    """Print medians, ratios and how well the ways agree."""
    first = next(iter(taken.values()))
    print(f"{'':14}  {'wall time, s':24}  {'processor time, s':24}  peak, before  difference")
    for name, runs in taken.items():
        wall = _column([run.wall_s for run in runs], [run.wall_s for run in first])
        worked = _column([run.processor_s for run in runs], [run.processor_s for run in first])
        peak = statistics.median(run.peak_gib for run in runs)
        before = statistics.median(run.before_gib for run in runs)
        memory = f"{peak:4.2f}, {before:4.2f} GiB"
        difference = max(run.difference for run in runs)
        print(f"{name:14}  {wall:24}  {worked:24}  {memory}  {difference:.1e}")


def _column(values: list[float], first: list[float]) -> str:
    """Median, range, and ratio to the first way, the median of rounds."""
    ratio = statistics.median(a / b for a, b in zip(values, first, strict=True))
    span = f"({min(values):.1f} to {max(values):.1f})"
    return f"{statistics.median(values):.1f} {span} {ratio:.2f}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", choices=ENCODERS, default="resnet18")
    parser.add_argument("--stride", type=int, choices=FEATURE_LEVEL, default=16)
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--samples", type=int, default=5200)
    parser.add_argument("--way", choices=WAYS, nargs="+", default=list(WAYS))
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    multiple = 2 * asked.stride
    shape = tuple(-(-size // multiple) * multiple for size in (asked.lines, asked.samples))
    print(alone(describe))
    print(
        f"{asked.encoder}, stride {asked.stride}, {shape[0]} x {shape[1]} pixels with padding, "
        f"rounds: {asked.rounds}",
        flush=True,
    )
    ways = [name for name in asked.way if cpu_has_bfloat16() or not WAYS[name].bfloat16]
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as reference:
        for _ in range(asked.rounds):
            for name in ways:
                run = alone(measure, name, asked.encoder, asked.stride, shape, Path(reference))
                if run.difference > WAYS[name].most:
                    raise SystemExit(f"{name} differs from {ways[0]} by {run.difference:.1e}.")
                taken[name].append(run)
    report(taken)


if __name__ == "__main__":
    main()
