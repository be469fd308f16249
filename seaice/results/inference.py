"""Prediction of the ice charts of a scene with a checkpoint."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.device import best_device
from seaice.core.grids.pixel_grid import PixelGrid, Window, offset, resampling_notice, size_of
from seaice.core.memory import memory_budget
from seaice.network.checkpoint import Checkpoint
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.staged import StagedNetwork, upsampled
from seaice.network.training_range import range_notice, sample_of
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

MODEL_LOCK = threading.RLock()
"""Held while a network computes or is explained. Two threads in one network silently give wrong
heatmaps, and two networks at once need the memory of both."""

_STRIP_LINES = 512
"""Lines whose outputs are brought to pixels at a time."""
_THINNED = 8
_THIN = slice(None, None, _THINNED), slice(None, None, _THINNED)
"""Every eighth line and sample is compared with the training scenes. Tiles begin at multiples."""

Progress = Callable[[float], None]
"""Called with the fraction of the work that is done, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Prediction(ChartMaps):
    """Maps that a network predicts, at the checkpoint's spacing, and their origin.

    Attributes:
        info: The checkpoint's description.
        checkpoint_name: File name of the checkpoint.
        sha256: Hash of the checkpoint's file.
        device: The device that computed it.
        range_notice: Where the scene lies outside the range of the training scenes, which the
            notice says too; empty if it does not, or if the checkpoint does not know their range.
    """

    info: CheckpointInfo
    checkpoint_name: str
    sha256: str
    device: str
    range_notice: str = ""

    def temperature(self, chart: ChartName) -> float:
        """The checkpoint's temperature for a chart."""
        return self.info.temperature(chart)


def predict(
    scene: Scene, checkpoint: Checkpoint, on_progress: Progress | None = None
) -> Prediction:
    """Predict the three charts of a scene.

    Args:
        scene: The scene. It is coarsened to the checkpoint's spacing if it is finer, and
            interpolated if it is coarser.
        checkpoint: The checkpoint.
        on_progress: Called with the fraction of the scene that is done.

    Returns:
        The prediction.

    Raises:
        MissingChannelsError: The scene lacks channels of the checkpoint's channel set.
        SceneError: The scene cannot be read.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    begun = time.perf_counter()
    grid = scene.grid.at(checkpoint.info.spacing_m)
    valid, seen, outputs = _run(scene, checkpoint, grid, on_progress)
    sic, probabilities = _in_pixels(checkpoint, grid, outputs)
    outside = _range_notice(scene, checkpoint.info, seen, valid, sic)
    return Prediction(
        scene=scene,
        info=checkpoint.info,
        checkpoint_name=checkpoint.path.name,
        sha256=checkpoint.sha256,
        grid=grid,
        valid=valid,
        sic=sic,
        probabilities=probabilities,
        device=best_device().label if checkpoint.device.type != "cpu" else "CPU",
        seconds=time.perf_counter() - begun,
        notice=" ".join(filter(None, (_notice(scene, checkpoint.info, valid), outside))),
        range_notice=outside,
    )


def _run(
    scene: Scene, checkpoint: Checkpoint, grid: PixelGrid, on_progress: Progress | None
) -> tuple[np.ndarray, np.ndarray, dict[ChartName, torch.Tensor]]:
    """Run the network over a scene.

    Returns:
        Validity, (lines, samples) bool; every eighth line and sample of the inputs, (channels,
        lines / 8, samples / 8) float32; and the outputs of each chart in feature cells.
    """
    channels = checkpoint.info.channels
    valid = np.empty(grid.shape, bool)
    seen = np.empty((len(channels), *valid[_THIN].shape), np.float32)

    def read(own: Window, given: Window) -> np.ndarray:
        inputs = read_inputs(scene, channels, checkpoint.info.spacing_m, given)
        part = offset(own, given)
        valid[own] = inputs.valid[part]
        seen[:, *_thinned(own)] = inputs.values[:, *part][:, *_THIN]
        return inputs.values

    return valid, seen, outputs_in_cells(checkpoint, grid, read, on_progress)


def outputs_in_cells(
    checkpoint: Checkpoint,
    grid: PixelGrid,
    read: Callable[[Window, Window], np.ndarray],
    on_progress: Progress | None = None,
) -> dict[ChartName, torch.Tensor]:
    """Run a network over inputs of any size, within a budget of memory.

    Args:
        checkpoint: The checkpoint.
        grid: Grid of the inputs.
        read: Gives the inputs of a window of the grid, (channels, lines, samples) float32: its
            second argument. The first is the part of it that no other window has as its own.
        on_progress: Called with the fraction that is done.

    Returns:
        By chart: (1, outputs, cells, cells) float32; see `staged.upsampled`.

    Raises:
        MemoryShortError: There is too little memory for the network.
    """
    staged = StagedNetwork(
        checkpoint.network, _padded_shape(checkpoint, grid.shape), memory_budget(checkpoint.device)
    )
    for done, tile in enumerate(staged.tiles, 1):
        around = staged.around(tile)
        values = read(_on_grid(tile, grid), _on_grid(around, grid))
        tensor = padded_tensor(checkpoint, values, size_of(around))
        with MODEL_LOCK, torch.inference_mode(), mixed_precision(checkpoint):
            staged.take(tile, tensor)
        if on_progress:
            on_progress(done / len(staged.tiles))
    with MODEL_LOCK, torch.inference_mode(), mixed_precision(checkpoint):
        return {name: cells.float() for name, cells in staged.outputs().items()}


def _in_pixels(
    checkpoint: Checkpoint, grid: PixelGrid, outputs: dict[ChartName, torch.Tensor]
) -> tuple[np.ndarray, dict[ChartName, np.ndarray]]:
    """SIC, (lines, samples) float32, and probabilities of SOD and FLOE, float16, of all pixels."""
    stride = checkpoint.network.config.output_stride
    sic = np.empty(grid.shape, np.float32)
    probabilities: dict[ChartName, np.ndarray] = {
        name: np.empty((CHART[name].n_classes, *grid.shape), np.float16) for name in ("SOD", "FLOE")
    }
    for strip in grid.strips(_STRIP_LINES):
        pixels = {name: upsampled(cells, stride, strip)[0] for name, cells in outputs.items()}
        sic[strip] = pixels["SIC"][0].clamp(0, 10).cpu().numpy()
        for name, layers in probabilities.items():
            layers[:, *strip] = pixels[name].softmax(0).half().cpu().numpy()
    return sic, probabilities


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


def _thinned(window: Window) -> Window:
    """Where the thinned pixels of a window lie among those of the grid."""
    lines, samples = (slice(side.start // _THINNED, -(-side.stop // _THINNED)) for side in window)
    return lines, samples


def _notice(scene: Scene, info: CheckpointInfo, valid: np.ndarray) -> str:
    if not valid.any():
        return "The scene has no valid pixel: its radar is masked or not finite everywhere."
    return resampling_notice(scene.grid.spacing_m, info.spacing_m)


def _range_notice(
    scene: Scene, info: CheckpointInfo, seen: np.ndarray, valid: np.ndarray, sic: np.ndarray
) -> str:
    """Judge the valid ones among the thinned pixels; see `range_notice`."""
    kept = valid[_THIN]
    if not info.statistics or not kept.any():
        return ""
    month = scene.time.month if scene.time else None
    sample = sample_of(info.channels, seen[:, kept], sic[_THIN][kept], month)
    return range_notice(info.statistics, sample)


def mixed_precision(checkpoint: Checkpoint) -> torch.autocast:
    """Autocast to bfloat16 if the checkpoint's device supports it in hardware."""
    device = best_device()
    same = checkpoint.device.type == device.torch_name
    return torch.autocast(checkpoint.device.type, torch.bfloat16, enabled=same and device.bfloat16)


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
