"""What a baseline sees of a scene: the networks' inputs, and means and spreads in windows."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import uniform_filter

from seaice.ai4arctic.channels import SIGMA0
from seaice.baselines.info import BaselineInfo
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


def input_names(info: BaselineInfo) -> list[str]:
    """What a baseline sees of a pixel, in the order of `baseline_inputs`."""
    windows = [
        f"{statistic} of {name} in {side:g} km"
        for side in info.windows_km
        for name in SIGMA0
        for statistic in ("mean", "spread")
    ]
    return [*info.channels, *windows]


def baseline_inputs(scene: Scene, info: BaselineInfo) -> tuple[np.ndarray, np.ndarray]:
    """Read what a baseline sees of a scene.

    Returns:
        (inputs, lines, samples) float32, the channels first, and (lines, samples) bool: valid.

    Raises:
        SceneError: The file lacks a channel or cannot be read.
    """
    inputs = read_inputs(scene, info.channels, info.spacing_m)
    if not info.windows_km:
        return inputs.values, inputs.valid
    radar = inputs.values[[info.channels.index(name) for name in SIGMA0]]
    sizes = [window_px(each, info.spacing_m) for each in info.windows_km]
    return np.concatenate(
        [inputs.values, window_statistics(radar, inputs.valid, sizes)]
    ), inputs.valid


def window_px(side_km: float, spacing_m: float) -> int:
    """Pixels along a window's side: odd, so that the window has a centre."""
    return 2 * int(side_km * 1000 / spacing_m / 2) + 1


def window_statistics(values: np.ndarray, valid: np.ndarray, sizes_px: Sequence[int]) -> np.ndarray:
    """Mean and spread of the valid pixels in square windows around each pixel.

    Args:
        values: (channels, lines, samples) float32.
        valid: (lines, samples) bool.
        sizes_px: Sides of the windows.

    Returns:
        (2 x channels x windows, lines, samples) float32: for each window and channel the mean, then
        the standard deviation; 0 where a window has no valid pixel.
    """
    layers = []
    weights = valid.astype(np.float32)
    for size in sizes_px:
        share = np.maximum(uniform_filter(weights, size, mode="constant"), 1e-6)
        for channel in values:
            known = channel * weights
            mean = uniform_filter(known, size, mode="constant") / share
            square = uniform_filter(known * channel, size, mode="constant") / share
            layers += [mean, np.sqrt(np.maximum(square - mean**2, 0))]
    return np.stack(layers)
