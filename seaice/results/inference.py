"""Prediction of the ice charts of a scene with a checkpoint."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.device import best_device
from seaice.core.grids.pixel_grid import PixelGrid, Window, resampling_notice
from seaice.network.checkpoint import Checkpoint
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import receptive_field_px
from seaice.network.training_range import range_notice, sample_of
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

MODEL_LOCK = threading.RLock()
"""Held while a network computes or is explained. Two threads in one network silently give wrong
heatmaps, and two networks at once need the memory of both."""

_TILE_PX = 1536
"""Pixels along a tile's inner side. A scene of up to twice that is computed in one piece, as every
AI4Arctic scene at 400 m."""

_THINNED = 8
"""Every eighth line and sample is compared with the training scenes."""

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
    sic = np.empty(grid.shape, np.float32)
    valid = np.empty(grid.shape, bool)
    probabilities: dict[ChartName, np.ndarray] = {
        name: np.empty((CHART[name].n_classes, *grid.shape), np.float16) for name in ("SOD", "FLOE")
    }
    taken: list[tuple[np.ndarray, np.ndarray]] = []
    tiles = list(tile_windows(grid, checkpoint.network, _TILE_PX))
    for done, (inner, outer) in enumerate(tiles, 1):
        inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m, outer)
        outputs = compute(checkpoint, inputs.values)
        kept = tuple(
            slice(core.start - around.start, core.stop - around.start)
            for core, around in zip(inner, outer, strict=True)
        )
        valid[inner] = inputs.valid[kept]
        sic[inner] = outputs["SIC"][0].clamp(0, 10).cpu().numpy()[kept]
        for name, layers in probabilities.items():
            layers[:, *inner] = outputs[name].softmax(0).half().cpu().numpy()[:, *kept]
        taken.append(_thinned(inputs.values[:, *kept], valid[inner], sic[inner]))
        if on_progress:
            on_progress(done / len(tiles))
    outside = _range_notice(scene, checkpoint.info, taken)
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


def _thinned(
    values: np.ndarray, valid: np.ndarray, sic: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, (channels, pixels), and predicted SIC, (pixels,), of some valid pixels of a tile."""
    thin = slice(None, None, _THINNED), slice(None, None, _THINNED)
    return values[:, *thin][:, valid[thin]], sic[thin][valid[thin]]


def _notice(scene: Scene, info: CheckpointInfo, valid: np.ndarray) -> str:
    if not valid.any():
        return "The scene has no valid pixel: its radar is masked or not finite everywhere."
    return resampling_notice(scene.grid.spacing_m, info.spacing_m)


def _range_notice(
    scene: Scene, info: CheckpointInfo, taken: Sequence[tuple[np.ndarray, np.ndarray]]
) -> str:
    values, sic = (np.concatenate(each, axis=-1) for each in zip(*taken, strict=True))
    if not info.statistics or not sic.size:
        return ""
    month = scene.time.month if scene.time else None
    return range_notice(info.statistics, sample_of(info.channels, values, sic, month))


def compute(checkpoint: Checkpoint, inputs: np.ndarray) -> dict[ChartName, torch.Tensor]:
    """Compute the network's outputs for inputs of any size.

    Args:
        checkpoint: The checkpoint.
        inputs: (channels, lines, samples) float32, finite.

    Returns:
        By chart: (outputs, lines, samples) float32, on the checkpoint's device.
    """
    with MODEL_LOCK, torch.inference_mode(), mixed_precision(checkpoint):
        outputs = checkpoint.network(padded_tensor(checkpoint, inputs))
    lines, samples = inputs.shape[1:]
    return {name: layers[0, :, :lines, :samples].float() for name, layers in outputs.items()}


def mixed_precision(checkpoint: Checkpoint) -> torch.autocast:
    """Autocast to bfloat16 if the checkpoint's device supports it in hardware."""
    device = best_device()
    same = checkpoint.device.type == device.torch_name
    return torch.autocast(checkpoint.device.type, torch.bfloat16, enabled=same and device.bfloat16)


def padded_tensor(checkpoint: Checkpoint, inputs: np.ndarray) -> torch.Tensor:
    """Inputs as (1, channels, lines, samples) on the device, padded with 0 to `size_multiple`."""
    lines, samples = inputs.shape[1:]
    multiple = checkpoint.network.config.size_multiple
    tensor = F.pad(torch.from_numpy(inputs)[None], (0, -samples % multiple, 0, -lines % multiple))
    return tensor.to(checkpoint.device, memory_format=torch.channels_last)


def tile_windows(
    grid: PixelGrid, network: SeaIceNet, tile_px: int
) -> Iterator[tuple[Window, Window]]:
    """Cut a grid into tiles: the part to keep of each, and the larger part to compute.

    The margin holds the receptive field, and every tile starts at a multiple of the network's
    stride, so that tiles and the whole grid give the same outputs. A grid of up to twice a tile's
    side is one tile.
    """
    multiple = network.config.size_multiple
    if max(grid.shape) <= 2 * tile_px:
        yield grid.whole, grid.whole
        return
    margin = -(-receptive_field_px(network) // 2 // multiple) * multiple + multiple
    tile = max(tile_px // multiple, 1) * multiple
    for line in range(0, grid.lines, tile):
        for sample in range(0, grid.samples, tile):
            corner = ((line, grid.lines), (sample, grid.samples))
            inner = tuple(slice(at, min(at + tile, size)) for at, size in corner)
            outer = tuple(
                slice(max(0, at - margin), min(at + tile + margin, size)) for at, size in corner
            )
            yield inner, outer  # type: ignore[misc]  # tuples of unknown length
