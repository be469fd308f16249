"""Prediction of the ice charts of a scene with a checkpoint."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.device import best_device
from seaice.core.errors import MemoryShortError
from seaice.core.grids.pixel_grid import PixelGrid, Window, offset, resampling_notice
from seaice.core.memory import free_bytes
from seaice.network.checkpoint import Checkpoint
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.staged import upsampled
from seaice.network.training_range import range_notice, sample_of
from seaice.results.maps import ChartMaps
from seaice.results.tiled import Progress, Tiled
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

_STRIP_LINES = 256
"""Lines whose outputs are brought to pixels at a time."""
_THINNED = 8
_THIN = slice(None, None, _THINNED), slice(None, None, _THINNED)
"""Every eighth line and sample is compared with the training scenes. Tiles begin at multiples."""

_WITH_PROBABILITIES: tuple[ChartName, ...] = "SOD", "FLOE"


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
        MemoryShortError: There is too little memory for the network or for the maps.
    """
    return finish(begin(scene, checkpoint), on_progress)


@dataclass(frozen=True, eq=False)
class Begun:
    """A prediction whose first tile is read; `finish` computes it.

    Attributes:
        scene: The scene.
        checkpoint: The checkpoint.
        grid: The grid of the maps.
        inputs: The scene's pixels on their way to the network.
        tiled: The network over these pixels, its first tile read.
        seconds: Time taken so far.
    """

    scene: Scene
    checkpoint: Checkpoint
    grid: PixelGrid
    inputs: "_Pixels"
    tiled: Tiled
    seconds: float

    @property
    def result_bytes(self) -> int:
        """Memory that the maps will take."""
        return _map_bytes(self.grid)


def begin(scene: Scene, checkpoint: Checkpoint) -> Begun:
    """Begin a prediction: read its first tile. Any thread may do so while another one computes.

    Raises:
        MissingChannelsError, SceneError, MemoryShortError: As `predict`.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    begun = time.perf_counter()
    grid = scene.grid.at(checkpoint.info.spacing_m)
    if (needed := _map_bytes(grid)) > (free := free_bytes()):
        raise MemoryShortError(
            f"{scene.path}: the maps of {grid.lines} x {grid.samples} pixels need "
            f"{needed / 2**20:.0f} MiB of memory, and {free / 2**20:.0f} MiB are free. Free some, "
            "or predict a smaller scene."
        )
    inputs = _Pixels(scene, checkpoint.info, grid)
    tiled = Tiled(checkpoint, grid, inputs.read)
    tiled.read_first()
    return Begun(scene, checkpoint, grid, inputs, tiled, time.perf_counter() - begun)


def _map_bytes(grid: PixelGrid) -> int:
    """Memory of validity, SIC and probabilities."""
    classes = sum(CHART[name].n_classes for name in _WITH_PROBABILITIES)
    return grid.lines * grid.samples * (1 + 4 + 2 * classes)


def finish(begun: Begun, on_progress: Progress | None = None) -> Prediction:
    """Compute a prediction that is begun; arguments and errors as those of `predict`."""
    since = time.perf_counter()
    scene, checkpoint, inputs = begun.scene, begun.checkpoint, begun.inputs
    outputs = begun.tiled.outputs(on_progress)
    sic, probabilities = _in_pixels(checkpoint, begun.grid, outputs)
    outside = _range_notice(scene, checkpoint.info, inputs.seen, inputs.valid, sic)
    notices = _notice(scene, checkpoint.info, inputs.valid), outside
    return Prediction(
        scene=scene,
        info=checkpoint.info,
        checkpoint_name=checkpoint.path.name,
        sha256=checkpoint.sha256,
        grid=begun.grid,
        valid=inputs.valid,
        sic=sic,
        probabilities=probabilities,
        device=best_device().label if checkpoint.device.type != "cpu" else "CPU",
        seconds=begun.seconds + time.perf_counter() - since,
        notice=" ".join(filter(None, notices)),
        range_notice=outside,
    )


class _Pixels:
    """A scene's pixels on their way to a network, and what is kept of them.

    Attributes:
        valid: (lines, samples) bool of the windows that were read.
        seen: Every eighth line and sample, (channels, lines / 8, samples / 8) float32.
    """

    def __init__(self, scene: Scene, info: CheckpointInfo, grid: PixelGrid) -> None:
        self._scene, self._info = scene, info
        self.valid = np.empty(grid.shape, bool)
        self.seen = np.empty((len(info.channels), *self.valid[_THIN].shape), np.float32)

    def read(self, own: Window, given: Window) -> np.ndarray:
        """The inputs of a window, as `outputs_in_cells` asks for them."""
        inputs = read_inputs(self._scene, self._info.channels, self._info.spacing_m, given)
        part = offset(own, given)
        self.valid[own] = inputs.valid[part]
        self.seen[:, *_thinned(own)] = inputs.values[:, *part][:, *_THIN]
        return inputs.values


def _in_pixels(
    checkpoint: Checkpoint, grid: PixelGrid, outputs: dict[ChartName, torch.Tensor]
) -> tuple[np.ndarray, dict[ChartName, np.ndarray]]:
    """SIC, (lines, samples) float32, and probabilities of SOD and FLOE, float16, of all pixels."""
    stride = checkpoint.network.config.output_stride
    sic = np.empty(grid.shape, np.float32)
    probabilities: dict[ChartName, np.ndarray] = {
        name: np.empty((CHART[name].n_classes, *grid.shape), np.float16)
        for name in _WITH_PROBABILITIES
    }
    for strip in grid.strips(_STRIP_LINES):
        pixels = {name: upsampled(cells, stride, strip)[0] for name, cells in outputs.items()}
        sic[strip] = pixels["SIC"][0].clamp(0, 10).cpu().numpy()
        for name, layers in probabilities.items():
            layers[:, *strip] = pixels[name].softmax(0).half().cpu().numpy()
    return sic, probabilities


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
