"""Compute a network over a scene of any size, within a budget of memory and without waste.

The early layers of the encoder, whose maps are the largest, run over tiles of the scene and leave
one map of it. The later blocks and the decoders, whose atrous branches reach far, run on maps of
the whole scene, strip by strip. The outputs are those of the network in one piece.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.grids.pixel_grid import Window, offset
from seaice.network.network import SeaIceNet
from seaice.network.parts import Part, Shape, decoder_part, in_cells
from seaice.network.plan import plan


class StagedNetwork:
    """A network on its way through one scene.

    Give it every tile once, in any order, then ask once for the outputs, or for the features alone.

    Args:
        network: The network, in evaluation mode.
        shape: Lines and samples of the inputs, multiples of `network.config.size_multiple`.
        budget: Bytes that may be used beside weights, inputs and outputs.
        charts: Those whose outputs will be asked for; none where the features alone will be.

    Attributes:
        tiles: Windows that cover the scene once.

    Raises:
        MemoryShortError: The budget is too small for the network.
    """

    def __init__(
        self,
        network: SeaIceNet,
        shape: Shape,
        budget: float,
        charts: Sequence[ChartName] = CHARTS,
    ) -> None:
        self._network, self._shape, self._budget, self._charts = network, shape, budget, charts
        self._plan = plan(network, shape, budget, charts)
        self.tiles = list(_tiles(shape, self._plan.tile))
        self._early = _Map(in_cells(shape, self._plan.early.stride))
        self._with_data = _Map(in_cells(shape, network.config.output_stride))

    def around(self, tile: Window) -> Window:
        """The window of inputs that a tile needs."""
        early = self._plan.early
        return early.input_window(_window_in_cells(tile, early.stride), self._shape)

    def take(self, tile: Window, inputs: Tensor) -> None:
        """Run the early layers over a tile.

        Args:
            tile: One of `tiles`.
            inputs: (1, channels, lines, samples) of the window `around(tile)`.
        """
        early, around = self._plan.early, self.around(tile)
        cells = _window_in_cells(tile, early.stride)
        self._early.put(early.compute(inputs, around, cells), cells)
        if self._leaves_out_cells:
            own = self._network.cells_with_data(inputs[..., *offset(tile, around)])
            self._with_data.put(own, _window_in_cells(tile, self._network.config.output_stride))

    def features(self) -> Tensor:
        """Run what follows up to the decoders.

        Returns:
            (1, features, lines / output stride, samples / output stride), as `SeaIceNet.features`
            gives them.
        """
        features = self._early.done()
        for part in self._plan.later:
            features = _in_strips(part, features, self._budget)
        # In place: no second map.
        return features.mul_(self._with_data.done()) if self._leaves_out_cells else features

    def outputs(self) -> dict[ChartName, Tensor]:
        """Run what follows.

        Returns:
            By chart: (1, outputs, lines / output stride, samples / output stride).
        """
        features = self.features()
        return {
            name: _in_strips(decoder_part(self._network, name), features, self._budget)
            for name in self._charts
        }

    @property
    def _leaves_out_cells(self) -> bool:
        return self._network.config.padding == "renormalised"


def upsampled(outputs: Tensor, stride: int, window: Window) -> Tensor:
    """A window of outputs in pixels, bilinear, as `SeaIceNet.upsample` gives the whole.

    Args:
        outputs: (1, outputs, cells, cells).
        stride: Pixels per cell.
        window: In pixels.

    Returns:
        (1, outputs, lines, samples) of the window.
    """
    given, kept = zip(
        *(
            _cells_around(side, stride, size)
            for side, size in zip(window, outputs.shape[-2:], strict=True)
        ),
        strict=True,
    )
    cells = outputs[..., *given]
    size = torch.Size(stride * cells_there for cells_there in cells.shape[-2:])
    return SeaIceNet.upsample(cells, size)[..., *kept]


def _cells_around(pixels: slice, stride: int, size: int) -> tuple[slice, slice]:
    """Cells that pixels depend on, with one to either side, and where the pixels lie in them."""
    start = max(pixels.start // stride - 1, 0)
    stop = min(-(-pixels.stop // stride) + 1, size)
    return slice(start, stop), slice(pixels.start - start * stride, pixels.stop - start * stride)


class _Map:
    """A map of the whole scene that is filled window by window."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.values: Tensor | None = None

    def put(self, values: Tensor, window: Window) -> None:
        if self.values is None:
            self.values = torch.empty(
                (*values.shape[:2], *self.shape),
                dtype=values.dtype,
                device=values.device,
                memory_format=torch.channels_last,
            )
        self.values[..., *window] = values

    def done(self) -> Tensor:
        """What it holds, which it keeps no longer: the memory is needed once it has been used."""
        values, self.values = self.values, None
        assert values is not None  # every map has a window
        return values


def _in_strips(part: Part, inputs: Tensor, budget: float) -> Tensor:
    """What a part makes of a whole map, in strips as large as a budget leaves beside both maps."""
    shape = inputs.shape[-2], inputs.shape[-1]
    result = _Map(in_cells(shape, part.stride))
    lines, samples = result.shape
    step = part.strip_lines(budget, shape)
    for start in range(0, lines, step):
        output = slice(start, min(start + step, lines)), slice(0, samples)
        given = part.input_window(output, shape)
        result.put(part.compute(inputs[..., *given], given, output), output)
    return result.done()


def _tiles(shape: Shape, side: int) -> Iterator[Window]:
    for line in range(0, shape[0], side):
        for sample in range(0, shape[1], side):
            yield (
                slice(line, min(line + side, shape[0])),
                slice(sample, min(sample + side, shape[1])),
            )


def _window_in_cells(window: Window, stride: int) -> Window:
    lines, samples = (slice(side.start // stride, side.stop // stride) for side in window)
    return lines, samples
