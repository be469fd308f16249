"""Pixels of a scene: inputs, validity, charts and positions, at any spacing, in any window.

Each function reads only the part of each variable that the window needs, reads it once, and
resamples it to the wanted spacing. It opens the file and closes it again, unless you pass a pool of
open files. A window counts pixels of the grid at the wanted spacing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import CHANNEL, POSITIONS, SAR
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.ai4arctic.layout import FULL_DIMS, INPUT_FILL, LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.file_pool import OpenFile, OpenFiles, opened
from seaice.scenes.positions import fill_position_channels, positions_at, unit_vectors
from seaice.scenes.resampler import Resampler
from seaice.scenes.scene import Scene

SPAN_LINES, SPAN_SAMPLES, SPAN_SPACING_M = "span_lines", "span_samples", "span_spacing_m"
SPAN_LATITUDE, SPAN_LONGITUDE = "source_grid2d_latitude", "source_grid2d_longitude"
"""Positions of the grid that a coarser scene was made from. Attributes of the latitude hold that
grid's size and spacing. A scene with these variables gives the same positions as its source."""
STRIP_PIXELS = 2**23
"""Of a scene's own pixels that are read at a time where several become one: 32 MiB a channel, more
than `DECODED` keeps of a window, as what they become is kept."""
_VALID = "valid"
"""Name of the validity among kept layers; no channel is called so."""


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
        valid = _fill_full_grid(file, resampler, layers)
        _fill_positions(file, resampler, layers)
        _fill_cells(file, resampler, channels, values)
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
            _fill_sar(file, resampler, layers)
        _fill_others(file, resampler, layers)
        _fill_positions(file, resampler, layers)
        _fill_cells(file, resampler, channels, values)
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


def _fill_full_grid(
    file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]
) -> np.ndarray:
    """Fill the layers of the full grid and return the window's validity."""
    names = [name for name in layers if name not in POSITIONS and on_full_grid(file, name)]
    key = file.identity, resampler.target.spacing_m
    if known := COARSENED.find(key, resampler.window, [_VALID, *names]):
        for name in names:
            layers[name][:] = known[name]
        return known[_VALID].copy()
    valid, own = _fill_in_strips(file, resampler, layers)
    # Of the scene's own pixels the validity alone: scores need it, and it takes all of the radar.
    kept = {name: layers[name] for name in names} if resampler.is_coarsening else {}
    if resampler.is_coarsening:
        COARSENED.keep((file.identity, resampler.source.spacing_m), resampler.part, {_VALID: own})
    COARSENED.keep(key, resampler.window, {_VALID: valid, **kept})
    return valid


def _fill_in_strips(
    file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Fill the layers of the full grid a few of the scene's own lines at a time.

    Returns:
        Validity of the window, and of the scene's own pixels that were read for it.
    """
    valid, own = np.empty(resampler.shape, bool), np.empty(resampler.part_shape, bool)
    for strip in resampler.strips(STRIP_PIXELS):
        lines, own_lines = strip.lines_in(resampler)
        of_strip = {name: layer[lines] for name, layer in layers.items()}
        own[own_lines] = _fill_sar(file, strip, of_strip)
        valid[lines] = strip.valid(own[own_lines])
        _fill_others(file, strip, of_strip)
    return valid, own


def _fill_sar(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> np.ndarray:
    """Fill the layers of SAR channels and return the validity of the pixels that were read.

    The fill value is also the mean of each channel, so a pixel is masked only where all of them
    hold it. A pixel that is not finite in any of them is masked too.
    """
    own = {name: file.pixels(name, resampler.part) for name in SAR if name in file}
    if not own:
        return np.ones(resampler.part_shape, bool)
    masked = np.logical_and.reduce([own[name] == _fill_value(file, name) for name in own])
    finite = np.logical_and.reduce([np.isfinite(values) for values in own.values()])
    valid: np.ndarray = ~masked & finite
    for name in own:
        if name in layers:
            resampler.fill_inputs(own[name], valid, layers[name])
    return valid


def _fill_others(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> None:
    """Fill the layers of the full grid but for the SAR's."""
    for name, layer in layers.items():
        if name not in SAR and on_full_grid(file, name):
            # Distance to land is known on land and beyond the swath too.
            own = file.pixels(name, resampler.part)
            resampler.fill_inputs(own, np.isfinite(own), layer)


def _fill_cells(
    file: OpenFile, resampler: Resampler, channels: Sequence[str], values: np.ndarray
) -> None:
    """Fill the layers of the 2 km grid.

    Neighbouring ones are interpolated together: weights that are the same for all of them take
    longer to find than a patch of pixels.
    """
    stop = 0
    for of_cells, run in groupby(channels, lambda name: on_cells(file, name)):
        names = tuple(run)
        start, stop = stop, stop + len(names)
        if of_cells:
            cells = read_cells(file, names)
            at = resampler.window, resampler.target.spacing_m
            cells_to_pixels(cells, *at, values[start:stop])


def on_full_grid(file: OpenFile, name: str) -> bool:
    """Whether a file holds a channel on the full grid, as it may hold those of the 2 km grid."""
    grid = CHANNEL[name].grid
    return grid == "full" or (grid == "2km" and tuple(file.sizes(name)) == FULL_DIMS)


def on_cells(file: OpenFile, name: str) -> bool:
    """Whether a file holds a channel on the 2 km grid."""
    return CHANNEL[name].grid == "2km" and not on_full_grid(file, name)


def _fill_value(file: OpenFile, name: str) -> float:
    """The file's fill value; the layout's default if the file does not give one."""
    try:
        return float(file.attribute(name, "variable_fill_value", INPUT_FILL))
    except (TypeError, ValueError):
        return INPUT_FILL


def read_cells(file: OpenFile, names: Sequence[str]) -> np.ndarray:
    """Read variables of the 2 km grid, (variables, cell lines, cell samples) float32, finite."""

    def read() -> np.ndarray:
        cells = np.stack([file.whole(name) for name in names]).astype(np.float32, copy=False)
        return np.nan_to_num(cells, copy=False, nan=0, posinf=0, neginf=0)

    return file.grids(" ".join(names), read)


@dataclass(frozen=True)
class Points:
    """Positions that a file holds, and the grid that they span.

    Attributes:
        latitude: (n, m) float64, degrees north.
        longitude: (n, m) float64, degrees east.
        vectors: (3, n, m) float64 on the unit sphere.
        span: The grid. The positions reach from the centre of its first pixel to that of its last.
    """

    latitude: np.ndarray
    longitude: np.ndarray
    vectors: np.ndarray
    span: PixelGrid


def read_points(file: OpenFile, grid: PixelGrid) -> Points:
    """Read the positions that a file holds.

    Args:
        file: The file.
        grid: Its grid, which the positions span unless the file says otherwise.
    """

    def read() -> Points:
        span, names = grid, (LATITUDE, LONGITUDE)
        if SPAN_LATITUDE in file and SPAN_LONGITUDE in file:
            span, names = _span(file), (SPAN_LATITUDE, SPAN_LONGITUDE)
        latitude, longitude = (file.whole(name).astype(np.float64) for name in names)
        return Points(latitude, longitude, unit_vectors(latitude, longitude), span)

    return file.once("positions", read)


def _span(file: OpenFile) -> PixelGrid:
    names = SPAN_LINES, SPAN_SAMPLES, SPAN_SPACING_M
    try:
        lines, samples, spacing_m = (float(file.attribute(SPAN_LATITUDE, name)) for name in names)
        return PixelGrid(int(lines), int(samples), spacing_m)
    except (TypeError, ValueError, OverflowError) as error:
        raise SceneError(file.path, f"does not say what {SPAN_LATITUDE} spans") from error


def _fill_positions(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> None:
    """Fill the layers of position channels."""
    own = {name: layers[name] for name in POSITIONS if name in layers}
    if not own:
        return
    points = read_points(file, resampler.source)
    if not np.isfinite(points.vectors).all():
        raise SceneError(file.path, "holds positions that are not finite numbers")
    at = resampler.points(points.span, points.latitude.shape)
    fill_position_channels(points.vectors, *at, own)
