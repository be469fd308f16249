"""Pixels of a scene: inputs, validity, charts and positions, at any spacing, in any window.

Each function reads only what the window needs of the variables asked for, each variable once, and
brings it to the wanted spacing. The file is opened and closed again, unless a holder of open files
is handed over. A window counts pixels of the grid at the wanted spacing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import CHANNEL, POSITIONS, SAR
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.ai4arctic.layout import INPUT_FILL, LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.scenes.file_pool import OpenFile, OpenFiles, opened
from seaice.scenes.positions import fill_position_channels, positions_at, unit_vectors
from seaice.scenes.scene import Scene
from seaice.scenes.view import View

SPAN_LINES, SPAN_SAMPLES, SPAN_SPACING_M = "span_lines", "span_samples", "span_spacing_m"
SPAN_LATITUDE, SPAN_LONGITUDE = "source_grid2d_latitude", "source_grid2d_longitude"
"""Positions of the grid that a coarser scene was made from, with that grid's size and spacing as
attributes of the latitude: a scene that has them gives the same positions as its source."""


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
    """Channels and validity of a window of a scene.

    Args:
        scene: The scene.
        channels: Channel names, in the wanted order; the scene must have them.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.
        files: Files kept open.

    Returns:
        Values and validity.

    Raises:
        SceneError: The file lacks a channel or cannot be read.
        ConfigError: The window does not lie on the grid.
    """
    if lacking := [name for name in channels if name not in scene.channels]:
        raise SceneError(scene.path, f"lacks {', '.join(lacking)}")
    view = View.of(scene.grid, spacing_m, window)
    values = np.empty((len(channels), *view.shape), np.float32)
    layers = dict(zip(channels, values, strict=True))
    with opened(scene.path, files) as file:
        valid = _fill_sar(file, view, layers)
        _fill_positions(file, view, {name: layers[name] for name in POSITIONS if name in layers})
        for name, layer in layers.items():
            grid = CHANNEL[name].grid
            if grid == "2km":
                cells_to_pixels(read_cells(file, name), view.window, view.target.spacing_m, layer)
            elif grid == "full" and name not in SAR:
                # Distance to land is known on land and beyond the swath too.
                own = file.pixels(name, view.part)
                view.fill_inputs(own, np.isfinite(own), layer)
    return Inputs(values, valid)


def read_valid(
    scene: Scene,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> np.ndarray:
    """Validity of a window, (lines, samples) bool; see `read_inputs`."""
    return read_inputs(scene, (), spacing_m, window, files).valid


def read_chart(
    scene: Scene,
    name: ChartName,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> np.ndarray:
    """A chart of a window of a scene.

    Args:
        scene: The scene.
        name: The chart.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.
        files: Files kept open.

    Returns:
        (lines, samples) uint8 classes; `FILL` where unlabelled, where the file holds a value that
        is no class, and everywhere where the scene has no such chart.
    """
    view = View.of(scene.grid, spacing_m, window)
    if name not in scene.charts:
        return np.full(view.shape, FILL, np.uint8)
    with opened(scene.charts_path, files) as file:
        return view.classes(file.pixels(name, view.part), CHART[name].n_classes)


def read_positions(
    scene: Scene,
    spacing_m: float | None = None,
    window: Window | None = None,
    files: OpenFiles | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of a window's pixel centres, degrees, (lines, samples) float64.

    Raises:
        SceneError: The file has no positions.
    """
    view = View.of(scene.grid, spacing_m, window)
    if not scene.has_positions:
        raise SceneError(scene.path, f"lacks {LATITUDE} and {LONGITUDE}")
    with opened(scene.path, files) as file:
        points = read_points(file, scene.grid)
    return positions_at(
        points.latitude, points.longitude, *view.points(points.span, points.latitude.shape)
    )


def _fill_sar(file: OpenFile, view: View, layers: dict[str, np.ndarray]) -> np.ndarray:
    """Fill the layers of SAR channels; returns the window's validity.

    The fill value is also the mean of each channel, so a pixel is masked only where every one of
    them holds it; one that is not finite in any of them is masked too.
    """
    own = {name: file.pixels(name, view.part) for name in SAR if name in file}
    if not own:
        return np.ones(view.shape, bool)
    masked = np.logical_and.reduce([own[name] == _fill_value(file, name) for name in own])
    finite = np.logical_and.reduce([np.isfinite(values) for values in own.values()])
    valid = ~masked & finite
    for name in own:
        if name in layers:
            view.fill_inputs(own[name], valid, layers[name])
    return view.valid(valid)


def _fill_value(file: OpenFile, name: str) -> float:
    """What the file writes where there is no data; the layout's own value where it does not say."""
    try:
        return float(file.attribute(name, "variable_fill_value", INPUT_FILL))
    except (TypeError, ValueError):
        return INPUT_FILL


def read_cells(file: OpenFile, name: str) -> np.ndarray:
    """A variable of the 2 km grid, float32 and finite."""

    def read() -> np.ndarray:
        return np.nan_to_num(file.whole(name).astype(np.float32), nan=0, posinf=0, neginf=0)

    return file.once(name, read)


@dataclass(frozen=True)
class Points:
    """Given positions, and the grid that they span.

    Attributes:
        latitude: (n, m) float64, degrees north.
        longitude: (n, m) float64, degrees east.
        vectors: (3, n, m) float64 on the unit sphere.
        span: The grid from whose first pixel's centre to whose last one's they reach.
    """

    latitude: np.ndarray
    longitude: np.ndarray
    vectors: np.ndarray
    span: PixelGrid


def read_points(file: OpenFile, grid: PixelGrid) -> Points:
    """The positions that a file gives.

    Args:
        file: The file.
        grid: Its grid, which they span unless it says otherwise.
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


def _fill_positions(file: OpenFile, view: View, layers: dict[str, np.ndarray]) -> None:
    """Fill the layers of position channels."""
    if not layers:
        return
    points = read_points(file, view.source)
    if not np.isfinite(points.vectors).all():
        raise SceneError(file.path, "holds positions that are no numbers")
    at = view.points(points.span, points.latitude.shape)
    fill_position_channels(points.vectors, *at, layers)
