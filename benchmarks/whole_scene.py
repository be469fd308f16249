"""A network over a whole scene: in one piece, and as `seaice.network.staged` runs it.

In one piece twice: with the channels first, as torch lays out images unless told, and with the
channels last, as seaice does. Tile by tile twice on processors with bfloat16: without and with it.

Run: python benchmarks/whole_scene.py [--encoder resnet152] [--stride 16] [--size 5000 5200]

Processor time, which other work on the machine hardly changes, and the peak of a process of its
own. Weights and inputs are random.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from machine import describe, peak_gib

from seaice.core.device import cpu_has_bfloat16
from seaice.core.memory import memory_budget
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.staged import StagedNetwork

CHANNELS = 7


def in_one_piece(network: SeaIceNet, inputs: torch.Tensor) -> None:
    network(inputs)


def staged(network: SeaIceNet, inputs: torch.Tensor) -> None:
    steps = StagedNetwork(
        network, (inputs.shape[-2], inputs.shape[-1]), memory_budget(inputs.device)
    )
    for tile in steps.tiles:
        steps.take(tile, inputs[..., *steps.around(tile)])
    steps.outputs()
    print(f"  {len(steps.tiles)} tiles", end="")


@dataclass(frozen=True)
class Way:
    """How a network is run over the inputs."""

    run: Callable[[SeaIceNet, torch.Tensor], None]
    layout: torch.memory_format = torch.channels_last
    bfloat16: bool = False


WAYS = {
    "channels first": Way(in_one_piece, torch.contiguous_format),
    "in one piece": Way(in_one_piece),
    "staged": Way(staged),
    "bfloat16": Way(staged, bfloat16=True),
}


@torch.inference_mode()
def measure(asked: argparse.Namespace) -> None:
    """Run one way once and print what it took."""
    multiple = 2 * asked.stride
    shape = [-(-size // multiple) * multiple for size in asked.size]
    width, stem = (16, "separable") if asked.stride == 4 else (64, "full")
    network = SeaIceNet(
        NetworkConfig(
            CHANNELS,
            encoder=asked.encoder,
            output_stride=asked.stride,
            width=width,
            stem=stem,
            smooth_inputs=tuple(range(3, CHANNELS)) if stem == "separable" else (),
        )
    ).eval()
    way = WAYS[asked.way]
    inputs = torch.rand(1, CHANNELS, *shape).to(memory_format=way.layout)
    network = network.to(memory_format=way.layout)
    before, begun = peak_gib(), time.process_time()
    with torch.autocast("cpu", torch.bfloat16, enabled=way.bfloat16):
        way.run(network, inputs)
    taken = time.process_time() - begun
    print(f"  {asked.way:14}{taken:8.1f} s   {before:5.2f} GiB before, peak {peak_gib():5.2f} GiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--stride", type=int, default=16)
    parser.add_argument("--size", type=int, nargs=2, default=(5000, 5200))
    parser.add_argument("--way", choices=WAYS)
    asked = parser.parse_args()
    if asked.way:
        measure(asked)
        return
    print(describe())
    print(f"{asked.encoder}, stride {asked.stride}, {asked.size[0]} x {asked.size[1]} pixels")
    for way in WAYS:
        if WAYS[way].bfloat16 and not cpu_has_bfloat16():
            continue
        subprocess.run([sys.executable, *sys.argv, "--way", way], check=True)


if __name__ == "__main__":
    main()
