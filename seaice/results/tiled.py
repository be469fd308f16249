"""A network over inputs of any size: tile by tile, the next one read while one is computed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import torch
from torch.nn import functional as F

from seaice.ai4arctic.charts import ChartName
from seaice.core.device import best_device
from seaice.core.grids.pixel_grid import PixelGrid, Window, size_of
from seaice.core.memory import memory_budget
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.network.staged import StagedNetwork
from seaice.results import precision

MODEL_LOCK = threading.RLock()
"""Held while a network computes or is explained. Two threads in one network silently give wrong
heatmaps, and two networks at once need the memory of both."""

Progress = Callable[[float], None]
"""Called with the fraction of the work that is done, 0 to 1."""

Read = Callable[[Window, Window], np.ndarray]
"""Gives the inputs of a window of a grid, (channels, lines, samples) float32: its second argument.
The first is the part of it that no other window has as its own."""


def outputs_in_cells(
    checkpoint: Checkpoint,
    grid: PixelGrid,
    read: Read,
    on_progress: Progress | None = None,
    *,
    is_scene: bool = True,
) -> dict[ChartName, torch.Tensor]:
    """Run a network over inputs of any size, within a budget of memory.

    Args:
        checkpoint: The checkpoint.
        grid: Grid of the inputs.
        read: Gives the inputs of a window. Another thread calls it, for one window at a time.
        on_progress: Called with the fraction that is done.
        is_scene: Whether the inputs are a scene's own, as `Tiled` takes it.

    Returns:
        By chart: (1, outputs, cells, cells) float32; see `staged.upsampled`.

    Raises:
        MemoryShortError: There is too little memory for the network.
    """
    return Tiled(checkpoint, grid, read, is_scene=is_scene).outputs(on_progress)


def features_in_cells(
    checkpoint: Checkpoint, inputs: np.ndarray, network: SeaIceNet | None = None
) -> torch.Tensor:
    """Run an encoder over inputs that are read, within a budget of memory.

    Call it with `MODEL_LOCK` held and gradients off.

    Args:
        checkpoint: The checkpoint.
        inputs: (channels, lines, samples) float32.
        network: A network of the checkpoint's form on its device; the checkpoint's where None.

    Returns:
        (1, features, cells, cells) float, of the inputs padded to a size that the network takes.

    Raises:
        MemoryShortError: There is too little memory for the network.
    """
    grid = PixelGrid(inputs.shape[1], inputs.shape[2], checkpoint.info.spacing_m)
    shape = _padded_shape(checkpoint, grid.shape)
    budget = memory_budget(checkpoint.device)
    staged = StagedNetwork(network or checkpoint.network, shape, budget, charts=())
    for tile in staged.tiles:
        around = staged.around(tile)
        values = inputs[:, *_on_grid(around, grid)]
        staged.take(tile, padded_tensor(checkpoint, values, size_of(around)))
    return staged.features()


class Tiled:
    """A network over inputs of any size: the next tile is read while one is computed.

    Args:
        checkpoint, grid, read: As those of `outputs_in_cells`.
        is_scene: Whether the inputs are a scene's own. Altered ones, of which there may be many of
            one scene, do not decide whether bfloat16 pays.

    Raises:
        MemoryShortError: There is too little memory for the network.
    """

    def __init__(
        self, checkpoint: Checkpoint, grid: PixelGrid, read: Read, *, is_scene: bool = True
    ) -> None:
        self._checkpoint, self._grid, self._read = checkpoint, grid, read
        self._is_scene = is_scene
        shape = _padded_shape(checkpoint, grid.shape)
        budget = memory_budget(checkpoint.device)
        self._staged = StagedNetwork(checkpoint.network, shape, budget)
        self._next: np.ndarray | None = None
        self._takes_bfloat16: bool | None = None

    def read_first(self) -> None:
        """Read the first tile, as `outputs` does otherwise. Any thread may do so."""
        self._next = self._read_tile(self._staged.tiles[0])

    def outputs(self, on_progress: Progress | None) -> dict[ChartName, torch.Tensor]:
        """As `outputs_in_cells` gives them; once."""
        tiles = self._staged.tiles
        for done, (tile, values) in enumerate(zip(tiles, self._values(), strict=True), start=1):
            size = size_of(self._staged.around(tile))
            tensor = padded_tensor(self._checkpoint, values, size)
            self._choose_precision(tensor)
            with self._computing():
                self._staged.take(tile, tensor)
            if on_progress:
                on_progress(done / len(tiles))
        with self._computing():
            outputs = {name: cells.float() for name, cells in self._staged.outputs().items()}
        # Its features are not needed any more, and take as much as the maps that are to come.
        del self._staged
        return outputs

    def _values(self) -> Iterator[np.ndarray]:
        """The inputs of each tile."""
        if self._next is None:
            self.read_first()
        # With a single tile, no thread is started.
        with ThreadPoolExecutor(1, "tiles") as reader:
            for following in self._staged.tiles[1:]:
                ahead = reader.submit(self._read_tile, following)
                yield self._taken()
                self._next = ahead.result()
            yield self._taken()

    def _taken(self) -> np.ndarray:
        values, self._next = self._next, None
        assert values is not None  # it has just been read
        return values

    def _read_tile(self, tile: Window) -> np.ndarray:
        around = self._staged.around(tile)
        return self._read(_on_grid(tile, self._grid), _on_grid(around, self._grid))

    def _choose_precision(self, tensor: torch.Tensor) -> None:
        """On the first tile, for all: meanwhile, another prediction may find that it pays."""
        if self._takes_bfloat16 is not None:
            return
        with MODEL_LOCK:
            if self._is_scene and _has_bfloat16(self._checkpoint):
                known = precision.known(self._checkpoint)
                if known is None or not known.is_settled:
                    precision.measure(self._checkpoint, tensor)
            self._takes_bfloat16 = _pays(self._checkpoint)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        autocast = _autocast(self._checkpoint, bool(self._takes_bfloat16))
        with MODEL_LOCK, torch.inference_mode(), autocast:
            yield


def mixed_precision(checkpoint: Checkpoint) -> torch.autocast:
    """Autocast to bfloat16 if the device has it, and it is known to pay; see `precision`."""
    return _autocast(checkpoint, _pays(checkpoint))


def _autocast(checkpoint: Checkpoint, takes_bfloat16: bool) -> torch.autocast:
    return torch.autocast(checkpoint.device.type, torch.bfloat16, enabled=takes_bfloat16)


def _pays(checkpoint: Checkpoint) -> bool:
    known = precision.known(checkpoint) if _has_bfloat16(checkpoint) else None
    return known is not None and known.pays


def _has_bfloat16(checkpoint: Checkpoint) -> bool:
    """Whether the hardware of a checkpoint's device supports it, and it may be taken."""
    if precision.is_exact():
        return False
    device = best_device()
    return device.bfloat16 and checkpoint.device.type == device.torch_name


def padded_tensor(
    checkpoint: Checkpoint, inputs: np.ndarray, size: tuple[int, int] | None = None
) -> torch.Tensor:
    """Inputs as a tensor on the device, padded with 0.

    Args:
        checkpoint: The checkpoint.
        inputs: (channels, lines, samples) float32.
        size: Lines and samples to pad to; the next multiples of `size_multiple` where None.

    Returns:
        (1, channels, lines, samples) float32.
    """
    lines, samples = size or _padded_shape(checkpoint, (inputs.shape[1], inputs.shape[2]))
    wider = 0, samples - inputs.shape[2], 0, lines - inputs.shape[1]
    tensor = F.pad(torch.from_numpy(inputs)[None], wider)
    return tensor.to(checkpoint.device, memory_format=torch.channels_last)


def _padded_shape(checkpoint: Checkpoint, shape: tuple[int, int]) -> tuple[int, int]:
    multiple = checkpoint.network.config.size_multiple
    lines, samples = (-(-size // multiple) * multiple for size in shape)
    return lines, samples


def _on_grid(window: Window, grid: PixelGrid) -> Window:
    """The part of a window of the padded grid that lies on the grid."""
    lines, samples = (
        slice(side.start, min(side.stop, size))
        for side, size in zip(window, grid.shape, strict=True)
    )
    return lines, samples
