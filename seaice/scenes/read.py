"""Pixels of a scene: inputs, validity, charts and positions, at any spacing, in any window.

Each function reads only the part of each variable that the window needs, reads it once, and
resamples it to the wanted spacing. It opens the file and closes it again, unless you pass a pool of
open files. A window counts pixels of the grid at the wanted spacing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.file_pool import OpenFiles, opened
from seaice.scenes.layers import fill_cells, fill_full_grid, fill_others, fill_sar
from seaice.scenes.points import fill_positions, read_points
from seaice.scenes.positions import positions_at
from seaice.scenes.resampler import Resampler
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Inputs:
    """What a network sees of a window.

    Attributes:
        values: (channels, lines, samples) float32, standard-scaled and finite; SAR channels hold 0
            where there is no data.
        valid: (lines, samples) bool: inside the swath, not masked.
    """

    values: np.ndarray
    valid: np.ndarray


def read_inputs(
    scene: Scene,
    channels: Sequence[str],
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> Inputs:
    """Read channels and validity of a window in one pass.

    Args:
        scene: The scene.
        channels: Channel names in the wanted order. The scene must have them.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.
        files: Files kept open.

    Returns:
        Values and validity.

    Raises:
        SceneError: The file lacks a channel or cannot be read.
        ConfigError: The window does not lie on the grid.
    """
    resampler = Resampler.of(scene.grid, spacing_m, window)
    values = _empty(scene, channels, resampler.shape)
    layers = dict(zip(channels, values, strict=True))
    with opened(scene.path, files) as file:
        valid = fill_full_grid(file, resampler, layers)
        fill_positions(file, resampler, layers)
        fill_cells(file, resampler, channels, values)
    return Inputs(values, valid)


def read_channels(
    scene: Scene,
    channels: Sequence[str],
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> np.ndarray:
    """Read channels of a window without its validity: radar only if you ask for a SAR channel.

    See `read_inputs` for arguments and errors.

    Returns:
        (channels, lines, samples) float32, as `Inputs.values`.
    """
    resampler = Resampler.of(scene.grid, spacing_m, window)
    values = _empty(scene, channels, resampler.shape)
    layers = dict(zip(channels, values, strict=True))
    with opened(scene.path, files) as file:
        if set(SAR) & set(layers):
            fill_sar(file, resampler, layers)
        fill_others(file, resampler, layers)
        fill_positions(file, resampler, layers)
        fill_cells(file, resampler, channels, values)
    return values


def read_valid(
    scene: Scene,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> np.ndarray:
    """Read the validity of a window, (lines, samples) bool; see `read_inputs`."""
    return read_inputs(scene, (), spacing_m, window, files).valid


def read_chart(
    scene: Scene,
    name: ChartName,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> np.ndarray:
    """Read a chart in a window.

    Args:
        scene: The scene.
        name: The chart.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.
        files: Files kept open.

    Returns:
        (lines, samples) uint8 classes. `FILL` where unlabelled or where the file holds a value
        that is not a class, and everywhere if the scene does not have the chart.
    """
    resampler = Resampler.of(scene.grid, spacing_m, window)
    if name not in scene.charts:
        return np.full(resampler.shape, FILL, np.uint8)
    with opened(scene.charts_path, files) as file:
        return resampler.classes(file.pixels(name, resampler.part), CHART[name].n_classes)


def read_positions(
    scene: Scene,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Read latitude and longitude of a window's pixel centres.

    Returns:
        Two (lines, samples) float64 arrays, degrees.

    Raises:
        SceneError: The file has no positions.
    """
    lines, samples = scene.grid.at(spacing_m).check(window or scene.grid.at(spacing_m).whole)
    at = np.arange(lines.start, lines.stop), np.arange(samples.start, samples.stop)
    return read_positions_at(scene, *at, spacing_m, files)


def read_positions_at(
    scene: Scene,
    lines: np.ndarray,
    samples: np.ndarray,
    spacing_m: float | None = None,
    files: OpenFiles | None = None,
    *,
    extrapolate: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Read latitude and longitude of the pixels where some lines and samples cross.

    Args:
        scene: The scene.
        lines: (n,) indices of the grid at the wanted spacing.
        samples: (m,) indices.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        files: Files kept open.
        extrapolate: Continue beyond the centres of the scene's outermost pixels, where a coarser
            grid may have its last ones, instead of holding their positions.

    Returns:
        Two (n, m) float64 arrays, degrees.

    Raises:
        SceneError: The file has no positions.
    """
    resampler = Resampler.of(scene.grid, spacing_m, None)
    if not scene.has_positions:
        raise SceneError(scene.path, f"lacks {LATITUDE} and {LONGITUDE}")
    with opened(scene.path, files) as file:
        points = read_points(file, scene.grid)
    line_at, sample_at = resampler.points(points.span, points.latitude.shape)
    at = line_at[lines], sample_at[samples]
    return positions_at(points.latitude, points.longitude, *at, extrapolate=extrapolate)


def _empty(scene: Scene, channels: Sequence[str], shape: tuple[int, int]) -> np.ndarray:
    """An array to fill, (channels, lines, samples) float32."""
    if lacking := [name for name in channels if name not in scene.channels]:
        raise SceneError(scene.path, f"lacks {', '.join(lacking)}")
    return np.empty((len(channels), *shape), np.float32)
