"""Ways to place a scene on a map: ours and GDAL's, as a Markdown table of errors and durations.

Each way gives the line and sample of the scene at the centre of every map pixel. The error is the
distance on the map between that centre and the position of that line and sample.

Run: python benchmarks/geotiff.py [SCENE]
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import describe, median_s
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import bilinear
from seaice.core.projection import ARCTIC, polar_stereographic
from seaice.results.export.map_grid import (
    NODE_PX,
    Corner,
    map_grid,
    pixels_at_nodes,
    read_places,
)
from seaice.scenes.catalogue import open_scene
from seaice.scenes.read import read_positions
from seaice.scenes.scene import Scene

SCENE = Path("data/20180603T095422_dmi_prep.nc")


def main() -> None:
    scene = open_scene(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENE)
    places = read_places(scene)
    grid, corner = map_grid(scene, places)
    centres = np.moveaxis(polar_stereographic(*read_positions(scene)), -1, 0)
    print(f"{scene.id}, {scene.grid.lines} x {scene.grid.samples} pixels, {describe()}\n")
    print("| way | median error, m | largest error, m | seconds |\n|---|---|---|---|")
    for name, way in ways(scene, places, grid, corner, centres).items():
        errors = errors_m(way(), centres, grid, corner)
        print(f"| {name} | {np.median(errors):.1f} | {errors.max():.0f} | {median_s(way, 3):.2f} |")


def ways(
    scene: Scene, places: np.ndarray, grid: PixelGrid, corner: Corner, centres: np.ndarray
) -> dict[str, Callable[[], np.ndarray]]:
    """Functions that give (2, rows, columns): line and sample at every map pixel."""
    indices = np.indices(scene.grid.shape, np.float32)

    def warp(**options: object) -> np.ndarray:
        """GDAL's warp of the indices themselves; bilinear keeps them exact."""
        out = np.full((2, *grid.shape), np.nan, np.float32)
        crs = CRS.from_user_input(ARCTIC)
        transform = from_origin(*corner, grid.spacing_m, grid.spacing_m)
        reproject(
            indices,
            out,
            src_crs=crs,
            dst_crs=crs,
            dst_transform=transform,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
            **options,
        )
        return out

    def ours() -> np.ndarray:
        rows, columns = (np.arange(size) / NODE_PX for size in grid.shape)
        nodes = pixels_at_nodes(scene.grid, places, grid, corner)
        return np.stack([bilinear(each, rows, columns) for each in nodes])

    points = control_points(scene, places)
    corners = upper_left(centres)
    return {
        "ours": ours,
        "GDAL, thin-plate spline": lambda: warp(gcps=points, METHOD="GCP_TPS"),
        "GDAL, polynomial of order 3": lambda: warp(gcps=points, MAX_GCP_ORDER=3),
        "GDAL, geolocation arrays of pixel centres": lambda: warp(src_geoloc_array=centres),
        "GDAL, geolocation arrays of pixel corners": lambda: warp(src_geoloc_array=corners),
    }


def control_points(scene: Scene, places: np.ndarray) -> list[GroundControlPoint]:
    """The positions of a scene; GDAL counts from the corner of the first pixel."""
    line, sample = (
        np.linspace(0.5, size - 0.5, count)
        for size, count in zip(scene.grid.shape, places.shape[1:], strict=True)
    )
    return [
        GroundControlPoint(line[i], sample[j], *places[:, i, j])
        for i, j in np.ndindex(places.shape[1:])
    ]


def upper_left(centres: np.ndarray) -> np.ndarray:
    """Upper left corners of pixels from their centres, (2, lines, samples)."""
    for axis in (1, 2):
        first, second = (np.take(centres, [index], axis) for index in (0, 1))
        padded = np.concatenate([2 * first - second, centres], axis)
        size = padded.shape[axis]
        low, high = (np.take(padded, range(at, size - 1 + at), axis) for at in (0, 1))
        centres = (low + high) / 2
    return centres


def errors_m(at: np.ndarray, centres: np.ndarray, grid: PixelGrid, corner: Corner) -> np.ndarray:
    """Distances between map pixels and the positions of their lines and samples, metres."""
    size = np.array(centres.shape[1:])[:, None, None]
    inside = ((at >= 1) & (at <= size - 2)).all(axis=0)
    row, column = np.nonzero(inside)
    low = np.floor(at[:, inside]).astype(int)
    (i, j), (p, q) = low, at[:, inside] - low
    near = centres[:, i, j] * (1 - q) + centres[:, i, j + 1] * q
    far = centres[:, i + 1, j] * (1 - q) + centres[:, i + 1, j + 1] * q
    x, y = near * (1 - p) + far * p
    x -= corner[0] + (column + 0.5) * grid.spacing_m
    y -= corner[1] - (row + 0.5) * grid.spacing_m
    return np.hypot(x, y)


if __name__ == "__main__":
    main()
