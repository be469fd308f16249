"""Training patches a second and the memory they take, each way in a process of its own.

Run: python benchmarks/patches.py [--rounds N] [--folder DIR]

Patches of 768 x 768 pixels: the 18 channels of channel set autoice18 and three charts, from scenes
of 5000 x 5200 pixels at 80 m (smooth fields and speckle, made here), without workers, files in
memory; also flipped and turned at random. Beside them two ways of reading through xarray that
public code takes: opening the scene for every patch and reading it whole, or the window of it, the
2 km grid by the nearest cell. All ways take turns within every round, so that other work on the
machine falls on all of them.
"""

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr
from machine import describe, peak_gib
from scipy.ndimage import zoom

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import (
    AMSR2,
    CHANNEL_SETS,
    DISTANCE_MAP,
    ERA5,
    INCIDENCE_ANGLE,
    SAR,
    SIGMA0,
)
from seaice.ai4arctic.charts import CHART, CHARTS, FILL

LINES, SAMPLES, SPACING_M, PATCH = 5000, 5200, 80.0, 768
SCENES, WARM_UP = 2, 4
CHANNELS = CHANNEL_SETS["autoice18"]
DIMS = {
    "full": (layout.LINES, layout.SAMPLES),
    "2km": (layout.CELL_LINES, layout.CELL_SAMPLES),
    "positions": (layout.POSITION_LINES, layout.POSITION_SAMPLES),
}
_NAMES = {
    "window": "xarray, window",
    "whole": "xarray, whole scene",
    "seaice": "seaice",
    "augmented": "seaice, augmented",
}
ZLIB = {"compression": "zlib", "complevel": 1, "shuffle": True, "chunksizes": (1700, 1700)}

Patch = tuple[np.ndarray, np.ndarray]
Reader = Callable[[int], object]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the scenes go: 3 GB, kept")
    chosen = parser.parse_args()
    print(describe())
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        spawn = multiprocessing.get_context("spawn")
        # Apart: what that takes of memory is given back.
        with spawn.Pool(1) as pool:
            seconds = pool.apply(_write_folders, (folder,))
        if seconds:
            print(f"seaice prepare, one process, a scene of zlib   {seconds:5.1f} s")
        _compare(folder, chosen.rounds)


def _write_folders(folder: Path) -> float:
    """Write the scenes that are not there; seconds that preparing one took, 0 where it was."""
    from seaice.scenes.prepare import prepare_folder

    for kind, stored in (("uncompressed", {}), ("zlib", ZLIB)):
        for seed in range(SCENES):
            path = folder / kind / f"2018032{seed + 1}T000000_dmi_prep.nc"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_scene(path, seed, stored)
    files = sorted((folder / "zlib").iterdir())
    made = list(prepare_folder(files, folder / "prepared", SPACING_M))
    return statistics.median(each.seconds for each in made)


def _compare(folder: Path, rounds: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pools = {
            (way, kind): stack.enter_context(spawn.Pool(1, _start, (way, folder / kind)))
            for way in ("window", "whole", "seaice", "augmented")
            for kind in ("uncompressed", "zlib", "prepared")
        }
        rates: dict[tuple[str, str], list[float]] = {key: [] for key in pools}
        peaks = {}
        for number in range(rounds):
            for key, pool in pools.items():
                count = 2 if key[0] == "whole" else 6 if key[1] == "zlib" else 20
                rate, peaks[key] = pool.apply(_rate, (number * count, count))
                rates[key].append(rate)
    for (way, kind), each in rates.items():
        print(
            f"{_NAMES[way]:20} {kind:13} {statistics.median(each):6.2f} patches/s "
            f"({min(each):.2f} to {max(each):.2f})  {peaks[way, kind]:5.2f} GiB"
        )


_read: Reader


def _start(way: str, folder: Path) -> None:
    """Make this process one that reads patches one way."""
    global _read
    paths = sorted(folder.iterdir())
    if way in ("seaice", "augmented"):
        from seaice.scenes.scene import Scene
        from seaice.training.patches.dataset import PatchDataset

        scenes = [Scene.open(path) for path in paths]
        augment = way == "augmented"
        patches = PatchDataset(scenes, CHANNELS, SPACING_M, PATCH, 10_000, 0, augment=augment)
        _read = patches.__getitem__
    else:
        _read = lambda index: _through_xarray(paths, index, whole=way == "whole")  # noqa: E731
    for index in range(WARM_UP):
        _read(5000 + index)


def _rate(first: int, count: int) -> tuple[float, float]:
    """Patches a second, and the process's peak memory so far in GiB."""
    begun = time.perf_counter()
    for index in range(first, first + count):
        _read(index)
    rate = count / (time.perf_counter() - begun)
    return rate, peak_gib()


def _through_xarray(paths: list[Path], index: int, *, whole: bool) -> Patch:
    """A patch as public code reads it: the scene opened anew, cells by the nearest one."""
    rng = np.random.default_rng(index)
    at = rng.integers(LINES - PATCH + 1), rng.integers(SAMPLES - PATCH + 1)
    window = tuple(slice(first, first + PATCH) for first in at)
    with xr.open_dataset(paths[rng.integers(len(paths))]) as scene:
        if whole:
            scene = scene[[*_stored_channels(), *CHARTS]].load()
        inputs = np.stack([_channel(scene, name, window) for name in CHANNELS])
        charts = np.stack([scene[name][window].values for name in CHARTS])
    return inputs, charts


def _stored_channels() -> list[str]:
    kept = [name for name in CHANNELS if not name.endswith(("longitude", "latitude"))]
    return [*kept, layout.LATITUDE, layout.LONGITUDE]


def _channel(scene: xr.Dataset, name: str, window: tuple[slice, ...]) -> np.ndarray:
    if name in (*SAR, DISTANCE_MAP):
        return scene[name][window].values
    if name in scene:
        return _nearest(scene[name].values, window)
    angle = np.radians(
        _nearest(scene[layout.LONGITUDE].values, window)
        if name.endswith("longitude")
        else 2 * _nearest(scene[layout.LATITUDE].values, window)
    )
    return (np.sin if name.startswith("sin") else np.cos)(angle).astype(np.float32)


def _nearest(cells: np.ndarray, window: tuple[slice, ...]) -> np.ndarray:
    rows, columns = (
        np.arange(side.start, side.stop) * count // size
        for side, count, size in zip(window, cells.shape, (LINES, SAMPLES), strict=True)
    )
    return cells[np.ix_(rows, columns)]


def _write_scene(path: Path, seed: int, stored: dict[str, object]) -> None:
    with netCDF4.Dataset(path, "w") as file:
        for name, grid, values in _variables(np.random.default_rng(seed)):
            for dim, size in zip(DIMS[grid], values.shape, strict=True):
                if dim not in file.dimensions:
                    file.createDimension(dim, size)
            how = stored if grid == "full" else {}
            variable = file.createVariable(name, values.dtype, DIMS[grid], fill_value=False, **how)
            variable[:] = values
            if name in SAR:
                variable.variable_fill_value = 0
        file.setncatts({"pixel_spacing": int(SPACING_M), "ice_service": "dmi"})


def _variables(rng: np.random.Generator) -> Iterator[tuple[str, str, np.ndarray]]:
    """Name, grid and values of each variable: smooth fields, with speckle where it belongs."""
    masked = np.zeros((LINES, SAMPLES), bool)
    masked[:, : SAMPLES // 12] = True
    for name in SIGMA0:
        speckle = 0.3 * rng.standard_normal(masked.shape, np.float32)
        yield name, "full", np.where(masked, 0, _smooth(rng, 100) + speckle)
    angle = np.linspace(-1.8, 1.6, SAMPLES, dtype=np.float32)
    yield INCIDENCE_ANGLE, "full", np.where(masked, 0, angle).astype(np.float32)
    zones = np.clip(np.floor(20 + 10 * _smooth(rng, 200)), 0, 41)
    yield DISTANCE_MAP, "full", layout.scale(DISTANCE_MAP, zones)
    for name in (*AMSR2, *ERA5):
        yield name, "2km", rng.standard_normal((200, 208), np.float32)
    for name in CHARTS:
        n_classes = CHART[name].n_classes
        classes = np.clip((1 + _smooth(rng, 250)) * n_classes / 2, 0, n_classes - 1)
        yield name, "full", np.where(masked, FILL, classes).astype(np.uint8)
    latitude, longitude = np.linspace(75, 71, 21), np.linspace(-60, -48, 21)
    yield layout.LATITUDE, "positions", latitude[:, None].repeat(21, 1)
    yield layout.LONGITUDE, "positions", longitude[None].repeat(21, 0)


def _smooth(rng: np.random.Generator, step: int) -> np.ndarray:
    coarse = rng.standard_normal((LINES // step + 2, SAMPLES // step + 2), np.float32)
    return zoom(coarse, step, order=1)[:LINES, :SAMPLES]


if __name__ == "__main__":
    main()
