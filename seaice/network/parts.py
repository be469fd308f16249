"""A network cut into parts that run one after the other, each on any window of its map.

A window of a part's output depends on a window of its input that is larger by the part's own field
alone. Computing part by part therefore repeats little at the borders of windows, where tiles for
the network as a whole repeat its whole receptive field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import cast

from torch import Tensor, nn

from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.pixel_grid import Window
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import encoder_layers, through_chain
from seaice.network.stem import SeparableStem

BYTES = 4
"""Of a number in memory, float32."""
_STRIP_BYTES = 256 * 2**20
"""The most that a strip may need, beside the maps, unless it is mostly margins. Larger ones are not
faster."""

Shape = tuple[int, int]
"""Lines and samples of a map."""


@dataclass(frozen=True, eq=False)
class Part:
    """Layers that run one after the other.

    Attributes:
        layers: The layers.
        windowed: Convolutions and poolings among them along the longest path; an ASPP counts as
            one.
        even: Input windows start at multiples of this, and end at multiples of it or with the map.
    """

    layers: nn.Sequential
    windowed: Sequence[nn.Module]
    even: int

    @cached_property
    def convolutions(self) -> list[tuple[nn.Conv2d, int]]:
        """All convolutions, each with the input cells per cell of its output, along one side."""
        found, stride = [], 1
        for layer in self.windowed:
            stride *= stride_of(layer)
            found += [(each, stride) for each in layer.modules() if isinstance(each, nn.Conv2d)]
        return found

    @property
    def stride(self) -> int:
        """Input cells per output cell, along one side."""
        return self.convolutions[-1][1]

    @property
    def in_channels(self) -> int:
        """Channels of the input."""
        return self.convolutions[0][0].in_channels

    @property
    def channels(self) -> int:
        """Channels of the output."""
        return self.convolutions[-1][0].out_channels

    @property
    def cost(self) -> float:
        """Multiplications per input cell."""
        return sum(layer.weight.numel() / stride**2 for layer, stride in self.convolutions)

    @property
    def values(self) -> float:
        """About the most numbers per input cell that are held at once.

        A convolution holds its input, a copy in the layout that it computes with, its output, and
        that of the norm and the activation behind it.
        """
        return max(
            (2 * layer.in_channels + 3 * layer.out_channels) / stride**2
            for layer, stride in self.convolutions
        )

    @property
    def margin(self) -> int:
        """Most input cells beyond its own that an output cell depends on, along one side."""
        low, high = through_chain(self.windowed, (0, 0))
        return max(-low, high + 1 - self.stride)

    def input_window(self, output: Window, shape: Shape) -> Window:
        """The input that a window of the output depends on.

        Args:
            output: The window, in output cells.
            shape: Lines and samples of the whole input.
        """
        sides = []
        for side, size in zip(output, shape, strict=True):
            low, high = through_chain(self.windowed, (side.start, side.stop - 1))
            start = max(low, 0) // self.even * self.even
            stop = -(-(high + 1) // self.even) * self.even
            sides.append(slice(start, min(stop, size)))
        return sides[0], sides[1]

    @property
    def least_lines(self) -> int:
        """Output lines of the smallest strip."""
        return max(self.even // self.stride, 1)

    def map_bytes(self, shape: Shape) -> float:
        """Memory for the whole input and the whole output.

        Args:
            shape: Lines and samples of the whole input.
        """
        cells = in_cells(shape, self.stride)
        return BYTES * (self.in_channels * prod(shape) + self.channels * prod(cells))

    def strip_bytes(self, lines: int, shape: Shape) -> float:
        """About the memory for so many lines of the output, beside the maps."""
        given = min(lines * self.stride + 2 * self.margin, shape[0])
        return BYTES * self.values * given * shape[1]

    def strip_lines(self, budget: float, shape: Shape) -> int:
        """Output lines of strips for which a budget leaves room beside the maps.

        If it leaves none, those of the smallest one.
        """
        # With these, a third of the work is in the margins.
        mostly_own = max(4 * self.margin // self.stride, self.least_lines)
        enough = max(_STRIP_BYTES, self.strip_bytes(mostly_own, shape))
        room = min(budget - self.map_bytes(shape), enough)
        given = int(room / (BYTES * self.values * shape[1]))
        if given >= shape[0]:
            return shape[0] // self.stride
        return max((given - 2 * self.margin) // self.stride, self.least_lines)

    def cost_in_strips(self, budget: float, shape: Shape) -> float:
        """Multiplications for a whole map in strips, those in their margins included."""
        strips = -(-(shape[0] // self.stride) // self.strip_lines(budget, shape))
        return self.cost * (shape[0] + 2 * self.margin * (strips - 1)) * shape[1]

    def compute(self, inputs: Tensor, given: Window, output: Window) -> Tensor:
        """A window of the output.

        Args:
            inputs: (batch, channels, lines, samples) of the window `given`.
            given: Where the inputs lie: what `input_window` gives for `output`.
            output: The window, in output cells.

        Returns:
            (batch, channels, lines, samples) of the window `output`.
        """
        computed: Tensor = self.layers(inputs)
        lines, samples = (
            slice(keep.start - have.start // self.stride, keep.stop - have.start // self.stride)
            for keep, have in zip(output, given, strict=True)
        )
        return computed[..., lines, samples]


def encoder_parts(network: SeaIceNet) -> list[Part]:
    """The encoder: the stem with the first stage, then each block of the later stages."""
    children = dict(network.encoder.named_children())
    stages = [name for name in children if name.startswith("layer")]
    stem = [layer for name, layer in children.items() if name not in stages]
    blocks = [block for stage in stages[1:] for block in cast("nn.Sequential", children[stage])]
    return [joined([*stem, children[stages[0]]]), *(joined([block]) for block in blocks)]


def joined(layers: Sequence[nn.Module]) -> Part:
    """Layers of an encoder as one part."""
    whole = nn.Sequential(*layers)
    windowed = encoder_layers(whole)
    return Part(whole, windowed, prod(stride_of(layer) for layer in windowed))


def decoder_part(network: SeaIceNet, chart: ChartName) -> Part:
    """The decoder of one chart, on the map of features."""
    decoder = cast("nn.Sequential", network.decoders[chart])
    # The branch that averages 2 x 2 cells needs whole pairs.
    return Part(decoder, list(decoder), 2)


def in_cells(shape: Shape, stride: int) -> Shape:
    """Lines and samples of a map whose cells are so many of another one."""
    return shape[0] // stride, shape[1] // stride


def stride_of(layer: nn.Module) -> int:
    """Input cells per output cell of a layer with a window, along one side."""
    if isinstance(layer, SeparableStem):
        return stride_of(layer.paths[0][1][0])
    stride = getattr(layer, "stride", 1)
    return stride if isinstance(stride, int) else int(stride[0])
