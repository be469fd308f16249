"""Many simulated scenes in one folder."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import xarray as xr

from seaice.errors import ConfigError
from seaice.simulate.config import SimulationConfig, draw_time, resolve
from seaice.simulate.parts import simulate
from seaice.simulate.scene import scene_name, to_dataset, write_scene

EXTENT_M = (400_000.0, 416_000.0)
"""Extent of a scene along lines and samples by default, metres: a whole EW frame."""


def scene_seed(seed: int, index: int) -> int:
    """Seed of a folder's scene: depends on the folder's seed and the scene's place alone."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1, np.uint64)[0] >> 1)


def simulate_folder(
    out_dir: Path,
    scenes: int,
    seed: int,
    *,
    spacing_m: float = 400.0,
    lines: int | None = None,
    samples: int | None = None,
    region: str | None = None,
    month: int | None = None,
    compress: bool = True,
    on_scene: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Simulate scenes and write each as soon as it is done.

    Args:
        out_dir: Where to write; made where it is missing.
        scenes: How many, at least 1. Scene k is the same for any number of scenes.
        seed: Seed of the whole folder.
        spacing_m: Pixel spacing, 80 to 1000 m.
        lines: Number of lines; None for 400 km.
        samples: Number of samples; None for 416 km.
        region: Chart region of all scenes; None draws one for each, as often as in the dataset.
        month: Month of all scenes; None draws one for each, as often as in the dataset.
        compress: As in `write_scene`.
        on_scene: Called with each file once it is written.

    Returns:
        The files, in the order in which they were made.

    Raises:
        ConfigError: A setting is out of its bounds.
        OSError: The folder cannot be written to.
    """
    if scenes < 1:
        raise ConfigError(f"scenes is {scenes}; it is a whole number from 1.")
    first = SimulationConfig(seed=seed, spacing_m=spacing_m, region=region, month=month)
    lines = round(EXTENT_M[0] / first.spacing_m) if lines is None else lines
    samples = round(EXTENT_M[1] / first.spacing_m) if samples is None else samples
    paths: list[Path] = []
    for index in range(scenes):
        config = resolve(
            SimulationConfig(scene_seed(seed, index), spacing_m, lines, samples, region, month)
        )
        time = draw_time(config)
        while _taken(Path(out_dir) / scene_name(config, time), paths, config.seed):
            time += timedelta(minutes=1)
        path = write_scene(to_dataset(simulate(config), time), out_dir, compress=compress)
        paths.append(path)
        if on_scene is not None:
            on_scene(path)
    return paths


def _taken(path: Path, paths: list[Path], seed: int) -> bool:
    """Whether a name belongs to another scene: of this run, or already in the folder."""
    if path in paths:
        return True
    if not path.exists():
        return False
    try:
        with xr.open_dataset(path, engine="netcdf4", decode_cf=False) as old:
            return int(old.attrs.get("seed", -1)) != seed
    except (OSError, ValueError):
        return True
