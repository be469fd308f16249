"""What context is measured of: a network or a baseline as a function of the inputs' arrays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seaice.ai4arctic.channels import SIGMA0
from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.baselines.baseline import Baseline, load_baseline
from seaice.baselines.files import baseline_label
from seaice.baselines.info import is_baseline
from seaice.baselines.inputs import window_px, window_statistics
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.network.checkpoint_info import read_info
from seaice.scenes.read import Inputs

if TYPE_CHECKING:
    # For their types alone: importing torch takes seconds.
    from torch import Tensor

    from seaice.network.checkpoint import Checkpoint

_BLOCK_PX = 1 << 18
_STRIP_LINES = 512

Maps = Mapping[ChartName, np.ndarray]
"""By chart (lines, samples): SIC float32, the class index 0 to 10; SOD and FLOE uint8 classes."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """What predicts maps from inputs.

    Attributes:
        name: Name of its file.
        sha256: Hash of its file, hexadecimal; empty if it has none.
        channel_set: Name of its channel set.
        channels: Its channels in order.
        spacing_m: Pixel spacing that it works at, metres.
        reach_km: Distance along lines or samples to the farthest pixel that an output depends on.
        predict: Computes the maps; what it gives for invalid pixels does not matter.
        description: What it is, in a few words.
    """

    name: str
    sha256: str
    channel_set: str
    channels: tuple[str, ...]
    spacing_m: float
    reach_km: float
    predict: Callable[[Inputs], Maps]
    description: str = ""


def read_predictor(path: Path) -> "tuple[Predictor, Checkpoint | None]":
    """Read a checkpoint or a baseline.

    Returns:
        The predictor, and its network; None for a baseline.

    Raises:
        CheckpointError: The file is missing, damaged, or neither.
        ConfigError: It is a ceiling, which sees the truth and not the inputs.
    """
    if is_baseline(path):
        return baseline_predictor(load_baseline(path)), None
    # A wrong path is reported at once.
    read_info(path)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint

    checkpoint = load_checkpoint(path, best_device().torch_name)
    return network_predictor(checkpoint), checkpoint


def network_predictor(checkpoint: "Checkpoint") -> Predictor:
    """A network as a predictor."""
    from seaice.network.receptive_field import reach_px

    def predict(inputs: Inputs) -> Maps:
        """Maps of inputs of any size, strip by strip."""
        maps: dict[ChartName, np.ndarray] = {
            name: np.empty(inputs.valid.shape, np.float32 if name == "SIC" else np.uint8)
            for name in CHARTS
        }
        for strip, outputs in _computed(checkpoint, inputs.values):
            maps["SIC"][strip] = outputs["SIC"][0].clamp(0, 10).cpu().numpy()
            for name in ("SOD", "FLOE"):
                maps[name][strip] = outputs[name].argmax(0).cpu().numpy()
        return maps

    info = checkpoint.info
    return Predictor(
        name=checkpoint.path.name,
        sha256=checkpoint.sha256,
        channel_set=info.channel_set,
        channels=info.channels,
        spacing_m=info.spacing_m,
        reach_km=reach_px(checkpoint.network) * info.spacing_m / 1000,
        predict=predict,
        description=f"rates {info.rates_label}, channels {info.channel_set}",
    )


def _computed(
    checkpoint: "Checkpoint", values: np.ndarray
) -> "Iterator[tuple[Window, dict[ChartName, Tensor]]]":
    """A network's outputs for inputs of any size, strip by strip: (outputs, lines, samples)."""
    from seaice.network.staged import upsampled
    from seaice.results.tiled import outputs_in_cells

    grid = PixelGrid(values.shape[1], values.shape[2], checkpoint.info.spacing_m)

    def read(own: Window, given: Window) -> np.ndarray:
        return np.ascontiguousarray(values[:, *given])

    cells = outputs_in_cells(checkpoint, grid, read, is_scene=False)
    stride = checkpoint.network.config.output_stride
    for strip in grid.strips(_STRIP_LINES):
        yield strip, {name: upsampled(each, stride, strip)[0] for name, each in cells.items()}


def baseline_predictor(baseline: Baseline) -> Predictor:
    """A baseline as a predictor.

    Raises:
        ConfigError: It is a ceiling.
    """
    info, model = baseline.info, baseline.model
    if model is None:
        raise ConfigError(
            f"{baseline.path} is a ceiling, which sees the truth: it has no context to measure."
        )
    sizes = [window_px(each, info.spacing_m) for each in info.windows_km]
    radar = [info.channels.index(name) for name in SIGMA0 if sizes]

    def predict(inputs: Inputs) -> Maps:
        """Maps of inputs of any size; 0 where there are no data."""
        seen = inputs.values
        if sizes:
            seen = np.concatenate([seen, window_statistics(seen[radar], inputs.valid, sizes)])
        known = np.flatnonzero(inputs.valid)
        pixels = seen.reshape(len(seen), -1)
        sic = np.zeros(inputs.valid.size, np.float32)
        classes: dict[ChartName, np.ndarray] = {
            name: np.zeros(inputs.valid.size, np.uint8) for name in ("SOD", "FLOE")
        }
        for begin in range(0, len(known), _BLOCK_PX):
            part = known[begin : begin + _BLOCK_PX]
            outputs = model.outputs(pixels[:, part])
            sic[part] = outputs["SIC"][0].clip(0, 10)
            for name, layer in classes.items():
                layer[part] = outputs[name].argmax(axis=0)
        shape = inputs.valid.shape
        maps: dict[ChartName, np.ndarray] = {"SIC": sic.reshape(shape)}
        return maps | {name: layer.reshape(shape) for name, layer in classes.items()}

    return Predictor(
        name=baseline.path.name,
        sha256=baseline.sha256,
        channel_set=info.channel_set,
        channels=info.channels,
        spacing_m=info.spacing_m,
        reach_km=max((size // 2 for size in sizes), default=0) * info.spacing_m / 1000,
        predict=predict,
        description=f"{baseline_label(info)}, channels {info.channel_set}",
    )
