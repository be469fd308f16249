"""Fills the layers of channels in a window: from variables of the full grid, and of the 2 km grid.

Layers are (lines, samples) float32 arrays of the window, by the names of their channels.
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import CHANNEL, POSITIONS, SAR
from seaice.ai4arctic.layout import FULL_DIMS, INPUT_FILL
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.resampler import Resampler
from seaice.scenes.undecoded import OpenFile

STRIP_PIXELS = 2**23
"""Of a scene's own pixels that are read at a time where several become one: 32 MiB a channel, more
than `DECODED` keeps of a window, as what they become is kept."""
_VALID = "valid"
"""Name of the validity among kept layers; no channel is called so."""


def fill_full_grid(
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
        own[own_lines] = fill_sar(file, strip, of_strip)
        valid[lines] = strip.valid(own[own_lines])
        fill_others(file, strip, of_strip)
    return valid, own


def fill_sar(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> np.ndarray:
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


def fill_others(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> None:
    """Fill the layers of the full grid but for the SAR's."""
    for name, layer in layers.items():
        if name not in SAR and on_full_grid(file, name):
            # Distance to land is known on land and beyond the swath too.
            own = file.pixels(name, resampler.part)
            resampler.fill_inputs(own, np.isfinite(own), layer)


def fill_cells(
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
