"""What a ready-to-train file holds: its grid, channels and charts, checked by names and attributes.

No pixels are read.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seaice.ai4arctic.channels import CHANNEL
from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.ai4arctic.layout import (
    CELL_LINES,
    CELL_M,
    CELL_SAMPLES,
    DIMS,
    LATITUDE,
    LINES,
    LONGITUDE,
    POSITION_DIMS,
    SAMPLES,
)
from seaice.ai4arctic.limits import MAX_PIXELS, MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ResultFileError, SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.text import shown
from seaice.scenes.spacing import spacing_between, spacing_of_cells
from seaice.scenes.untrusted import require_claims

if TYPE_CHECKING:
    # For its types alone: facts on a file that is known need no xarray, which takes half a second.
    import xarray as xr

_OF_RESULTS = "checkpoint_sha256"
"""Attribute of predictions, and of what `seaice explain` and `field` write; in an AutoICE package,
which holds the predictions of several scenes, of each map."""
_MOST_KM = 2000
"""Longest side; a frame has 400 km. A few pixels of 10 km become many at a checkpoint's spacing."""


def read_grid(path: Path, dataset: "xr.Dataset") -> tuple[PixelGrid, str]:
    """The full grid of a file, once its size and spacing have been checked, and a notice.

    The notice says where the spacing comes from if the file does not state it.

    Raises:
        ResultFileError: The file holds results of seaice.
        SceneError: It is no scene, or its size or spacing is out of bounds.
    """
    sizes = dataset.sizes
    if LINES not in sizes or SAMPLES not in sizes:
        owners = dataset.attrs, *(each.attrs for each in dataset.variables.values())
        if any(_OF_RESULTS in attributes for attributes in owners):
            raise ResultFileError(path)
        raise SceneError(
            path,
            f"has no dimensions {LINES} and {SAMPLES}",
            "It is not a ready-to-train AI4Arctic scene.",
        )
    spacing, stated = _spacing(path, dataset)
    try:
        spacing_m = float(spacing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        spacing_m = 0.0
    if not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise SceneError(
            path,
            f"has pixel_spacing {shown(spacing)}, not {MIN_SPACING_M} to {MAX_SPACING_M} metres",
        )
    if not sizes[LINES] or not sizes[SAMPLES]:
        raise SceneError(path, "has no pixels")
    if sizes[LINES] * sizes[SAMPLES] > MAX_PIXELS:
        raise SceneError(
            path, f"claims {sizes[LINES]} x {sizes[SAMPLES]} pixels, too many for a scene"
        )
    if (side_km := max(sizes[LINES], sizes[SAMPLES]) * spacing_m / 1000) > _MOST_KM:
        raise SceneError(path, f"claims to be {side_km:.0f} km long, more than {_MOST_KM} km")
    for full, cells in ((LINES, CELL_LINES), (SAMPLES, CELL_SAMPLES)):
        # The last cell may be partial or missing.
        if cells in sizes and abs(sizes[cells] * CELL_M - sizes[full] * spacing_m) >= CELL_M:
            raise SceneError(
                path,
                f"has {sizes[full]} pixels of {spacing_m:g} m but {sizes[cells]} cells of 2 km "
                f"along {full}, so its pixel_spacing is wrong",
            )
    return PixelGrid(sizes[LINES], sizes[SAMPLES], spacing_m), stated


def _spacing(path: Path, dataset: "xr.Dataset") -> tuple[object, str]:
    """Pixel spacing as the file states it, unchecked; or by its positions or its 2 km grid.

    Returns:
        The spacing, None where nothing says it; and a notice if the file does not state it.
    """
    if "pixel_spacing" in dataset.attrs:
        return dataset.attrs["pixel_spacing"], ""
    sizes = dataset.sizes
    shape = sizes[LINES], sizes[SAMPLES]
    source, spacing_m = "positions", None
    if LATITUDE in dataset and LONGITUDE in dataset:
        require_claims(path, dataset, (LATITUDE, LONGITUDE))
        places = [dataset[name] for name in (LATITUDE, LONGITUDE)]
        if all(each.dims == POSITION_DIMS and each.dtype.kind in "fiu" for each in places):
            spacing_m = spacing_between(places[0].values, places[1].values, shape)
    if spacing_m is None and CELL_LINES in sizes and CELL_SAMPLES in sizes:
        source = "2 km grid"
        spacing_m = spacing_of_cells((sizes[CELL_LINES], sizes[CELL_SAMPLES]), shape)
    if spacing_m is None:
        return None, ""
    words = f"{path.name}: pixel_spacing is missing; {spacing_m:g} m comes from the {source}."
    return spacing_m, words


def _require_dims(path: Path, dataset: "xr.Dataset", name: str, dims: Iterable[str]) -> None:
    dims, actual = tuple(dims), dataset[name].dims
    if actual != dims:
        raise SceneError(path, f"has {name} on dimensions {shown(actual)} instead of {dims}")


def _require_unpacked(path: Path, dataset: "xr.Dataset", name: str) -> None:
    variable = dataset[name]
    if not np.issubdtype(variable.dtype, np.floating) or "scale_factor" in variable.attrs:
        kind = shown(variable.dtype)
        raise SceneError(path, f"has {name} as packed {kind}, not as scaled floats")


def checked_channels(path: Path, dataset: "xr.Dataset") -> Iterator[str]:
    """The channels that a file provides, once their variables have been checked."""
    positions = LATITUDE in dataset and LONGITUDE in dataset
    require_claims(path, dataset, {*CHANNEL, LATITUDE, LONGITUDE} & set(dataset.variables))
    if positions:
        for name in (LATITUDE, LONGITUDE):
            _require_dims(path, dataset, name, POSITION_DIMS)
        # Texts are not positions, but they do not spoil the other channels.
        positions = all(dataset[name].dtype.kind in "fiu" for name in (LATITUDE, LONGITUDE))
    for channel in CHANNEL.values():
        if channel.grid == "positions":
            if positions:
                yield channel.name
        elif channel.name in dataset:
            # Some people bring the 2 km grid to the full grid and store it so.
            if channel.grid != "2km" or dataset[channel.name].dims != DIMS["full"]:
                _require_dims(path, dataset, channel.name, DIMS[channel.grid])
            _require_unpacked(path, dataset, channel.name)
            yield channel.name


def checked_charts(path: Path, dataset: "xr.Dataset", grid: PixelGrid) -> Iterator[ChartName]:
    """The charts that a file holds, once their variables have been checked."""
    for name in CHARTS:
        if name in dataset:
            _require_dims(path, dataset, name, DIMS["full"])
            if dataset[name].shape != grid.shape:
                raise SceneError(path, f"has {name} with another size than its scene")
            if (kind := dataset[name].dtype).kind not in "iu":
                raise SceneError(path, f"has {name} as {shown(kind)}, not as integers")
            require_claims(path, dataset, (name,))
            yield name
