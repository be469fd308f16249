"""Pixels of a scene: inputs, validity, charts and positions, at any spacing, in any window.

Each function opens the file, reads only what the window needs of the variables asked for, brings
it to the wanted spacing and closes the file. A window counts pixels of the grid at that spacing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from seaice.data.coarsen import block_any, block_mean, block_mode
from seaice.data.grid import PixelGrid, Window, whole_ratio
from seaice.data.positions import position_channels, positions_at
from seaice.data.resample import bilinear_valid, cells_to_pixels, centres, nearest
from seaice.data.scene import Scene, open_file
from seaice.errors import SceneError
from seaice.layout import INPUT_FILL, LATITUDE, LONGITUDE
from seaice.vocabulary import CHANNEL, CHART, FILL, POSITIONS, SAR, ChartName


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


@dataclass(frozen=True)
class _View:
    """A window of the grid at one spacing, and what of the scene's own grid it is made from.

    Attributes:
        target: The grid that the window counts in.
        window: The window.
        source: The scene's own grid.
        part: The window of the scene's own grid that must be read.
        ratio: Fine pixels along a coarse one; None where it is not whole.
    """

    target: PixelGrid
    window: Window
    source: PixelGrid
    part: Window
    ratio: int | None

    @classmethod
    def of(cls, grid: PixelGrid, spacing_m: float | None, window: Window | None) -> "_View":
        """The view of a window at a spacing; of the whole, at the scene's own, where None."""
        target = grid.at(spacing_m)
        window = target.check(window or target.whole)
        ratio = whole_ratio(grid.spacing_m, target.spacing_m)
        # One pixel more on each side for the interpolation where blocks do not fit.
        scale, margin = (ratio, 0) if ratio else (target.spacing_m / grid.spacing_m, 1)
        part = tuple(
            slice(
                max(0, int(np.floor(side.start * scale)) - margin),
                min(size, int(np.ceil(side.stop * scale)) + margin),
            )
            for side, size in zip(window, grid.shape, strict=True)
        )
        return cls(target, window, grid, part, ratio)  # type: ignore[arg-type]

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the window's pixel centres lie on the part that was read."""
        line_at, sample_at = (
            centres(
                side.stop - side.start, self.target.spacing_m, side.start, self.source.spacing_m
            )
            - part.start
            for side, part in zip(self.window, self.part, strict=True)
        )
        return line_at, sample_at

    def inputs(self, values: np.ndarray, valid: np.ndarray) -> np.ndarray:
        """Values of the part that was read, brought to the window; `INPUT_FILL` where invalid."""
        if self.ratio is not None:
            return block_mean(values, valid, self.ratio, INPUT_FILL)
        layer = bilinear_valid(values, valid, *self.coordinates(), INPUT_FILL)
        return np.where(self.valid(valid), layer, np.float32(INPUT_FILL))

    def valid(self, valid: np.ndarray) -> np.ndarray:
        """Validity of the part that was read, brought to the window."""
        if self.ratio is not None:
            return block_any(valid, self.ratio)
        return nearest(valid, *self.coordinates())

    def classes(self, classes: np.ndarray, n_classes: int) -> np.ndarray:
        """Classes of the part that was read, brought to the window; `FILL` where unlabelled."""
        classes = np.where(classes < n_classes, classes, FILL).astype(np.uint8)
        if self.ratio == 1:
            return classes
        if self.ratio is not None:
            return block_mode(classes, n_classes, self.ratio)
        return nearest(classes, *self.coordinates())


def read_inputs(
    scene: Scene,
    channels: Sequence[str],
    spacing_m: float | None = None,
    window: Window | None = None,
) -> Inputs:
    """Channels and validity of a window of a scene.

    Args:
        scene: The scene.
        channels: Channel names, in the wanted order; the scene must have them.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.

    Returns:
        Values and validity.

    Raises:
        SceneError: The file lacks a channel or cannot be read.
        ConfigError: The window does not lie on the grid.
    """
    if lacking := [name for name in channels if name not in scene.channels]:
        raise SceneError(scene.path, f"lacks {', '.join(lacking)}")
    view = _View.of(scene.grid, spacing_m, window)
    with open_file(scene.path) as dataset:
        values = np.empty((len(channels), *_shape(view.window)), np.float32)
        valid = np.ones(values.shape[1:], bool)
        own_valid = _own_validity(dataset, view)
        if own_valid is not None:
            valid = view.valid(own_valid)
        for name, layer in _layers(scene, dataset, view, channels, own_valid):
            values[channels.index(name)] = layer
    return Inputs(values, valid)


def read_valid(
    scene: Scene, spacing_m: float | None = None, window: Window | None = None
) -> np.ndarray:
    """Validity of a window, (lines, samples) bool; see `read_inputs`."""
    return read_inputs(scene, (), spacing_m, window).valid


def read_chart(
    scene: Scene,
    name: ChartName,
    spacing_m: float | None = None,
    window: Window | None = None,
) -> np.ndarray:
    """A chart of a window of a scene.

    Args:
        scene: The scene.
        name: The chart.
        spacing_m: Wanted pixel spacing, metres; the scene's own where None.
        window: Part of the grid at that spacing; the whole where None.

    Returns:
        (lines, samples) uint8 classes; `FILL` where unlabelled, where the file holds a value that
        is no class, and everywhere where the scene has no such chart.
    """
    view = _View.of(scene.grid, spacing_m, window)
    if name not in scene.charts:
        return np.full(_shape(view.window), FILL, np.uint8)
    with open_file(scene.charts_path) as dataset:
        return view.classes(_pixels(dataset, name, view.part), CHART[name].n_classes)


def read_positions(
    scene: Scene, spacing_m: float | None = None, window: Window | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of a window's pixel centres, degrees, (lines, samples) float64.

    Raises:
        SceneError: The file has no positions.
    """
    view = _View.of(scene.grid, spacing_m, window)
    if POSITIONS[0] not in scene.channels:
        raise SceneError(scene.path, f"lacks {LATITUDE} and {LONGITUDE}")
    with open_file(scene.path) as dataset:
        return _positions(dataset, view)


def _shape(window: Window) -> tuple[int, int]:
    lines, samples = window
    return lines.stop - lines.start, samples.stop - samples.start


def _pixels(dataset: xr.Dataset, name: str, part: Window) -> np.ndarray:
    return dataset[name][part].values


def _own_validity(dataset: xr.Dataset, view: _View) -> np.ndarray | None:
    """Validity on the part that is read, from all SAR channels together.

    The fill value is also the mean of each channel, so a pixel is masked only where every one of
    them holds it; one that is not finite in any of them is masked too.
    """
    present = [name for name in SAR if name in dataset]
    if not present:
        return None
    masked, finite = True, True
    for name in present:
        values = _pixels(dataset, name, view.part)
        masked = masked & (values == _fill_value(dataset[name]))
        finite = finite & np.isfinite(values)
    return ~masked & finite


def _fill_value(variable: xr.DataArray) -> float:
    """What the file writes where there is no data; the layout's own value where it does not say."""
    try:
        return float(variable.attrs.get("variable_fill_value", INPUT_FILL))
    except (TypeError, ValueError):
        return INPUT_FILL


def _layers(
    scene: Scene,
    dataset: xr.Dataset,
    view: _View,
    channels: Sequence[str],
    own_valid: np.ndarray | None,
) -> Iterator[tuple[str, np.ndarray]]:
    """Each channel on the window, (lines, samples) float32, one at a time."""
    derived = {}
    if any(name in POSITIONS for name in channels):
        derived = position_channels(*_positions(dataset, view))
    for name in channels:
        grid = CHANNEL[name].grid
        if grid == "positions":
            yield name, derived[name]
        elif grid == "2km":
            cells = np.nan_to_num(
                dataset[name].values.astype(np.float32), nan=0, posinf=0, neginf=0
            )
            yield name, cells_to_pixels(cells, view.window, view.target.spacing_m)
        else:
            values = _pixels(dataset, name, view.part).astype(np.float32, copy=False)
            # Distance to land is known on land and beyond the swath too.
            masks = own_valid if name in SAR and own_valid is not None else np.isfinite(values)
            yield name, view.inputs(values, masks)


def _positions(dataset: xr.Dataset, view: _View) -> tuple[np.ndarray, np.ndarray]:
    latitude, longitude = dataset[LATITUDE].values, dataset[LONGITUDE].values
    # The first and the last of the positions lie on the centres of the first and last pixels.
    line_at, sample_at = (
        centres(side.stop - side.start, view.target.spacing_m, side.start, view.source.spacing_m)
        * ((points - 1) / max(size - 1, 1))
        for side, size, points in zip(view.window, view.source.shape, latitude.shape, strict=True)
    )
    return positions_at(latitude, longitude, line_at, sample_at)
