"""Many simulated scenes in one folder."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from seaice.ai4arctic import layout
from seaice.ai4arctic.names import PREP_SUFFIX, region_of
from seaice.core.errors import ConfigError, OutputError
from seaice.core.files import require_writable
from seaice.core.netcdf_file import NetCDFFile
from seaice.core.workers import in_order, to_the_end
from seaice.simulate.config import SimulationConfig, draw_time, resolve
from seaice.simulate.halved import halved
from seaice.simulate.parts import simulate
from seaice.simulate.raw import to_raw_dataset, write_raw
from seaice.simulate.scene import (
    FAR_CUE_ATTRIBUTE,
    original_name,
    scene_name,
    to_dataset,
    write_scene,
)

EXTENT_M = (400_000.0, 416_000.0)
"""Extent of a scene along lines and samples by default, metres: a whole EW frame."""


@dataclass(frozen=True)
class _Task:
    """One scene to simulate and write."""

    config: SimulationConfig
    time: datetime
    out_dir: Path
    raw: bool
    compress: bool

    @property
    def names(self) -> list[str]:
        """Names of its files, the ready-to-train one last."""
        names = [original_name(self.config, self.time)] if self.raw else []
        return [*names, scene_name(self.config, self.time)]


def scene_seed(seed: int, index: int) -> int:
    """Seed of one scene of a folder, from the folder's seed and the scene's index only."""
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
    longitude: float | None = None,
    far_cue_km: float | None = None,
    raw: bool = False,
    compress: bool = True,
    jobs: int = 1,
    on_scene: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Simulate scenes and write each one as soon as it is ready.

    Args:
        out_dir: Folder to write to; created if missing.
        scenes: How many, at least 1. Scene k is the same for any number of scenes.
        seed: Seed of the whole folder.
        spacing_m: Pixel spacing, 80 to 1000 m.
        lines: Number of lines; None for 400 km.
        samples: Number of samples; None for 416 km.
        region: Chart region of all scenes; None draws one for each, as often as in the dataset.
        month: Month of all scenes; None draws one for each, as often as in the dataset.
        longitude: Longitude of all scenes' centres, degrees; None draws one for each.
        far_cue_km: Distance of the marks that decide the stage of some of the ice, km; None plants
            none. Raw scenes cannot have them: their polygons know nothing of it.
        raw: Also write each scene in the raw layout, at half the spacing.
        compress: As in `write_scene`.
        jobs: Number of processes; the files are the same for any number. With more than one, guard
            a calling script with `if __name__ == "__main__"`.
        on_scene: Called with each written file, scene by scene. With several processes, files of
            later scenes may already exist.

    Returns:
        The ready-to-train files, scene by scene.

    Raises:
        ConfigError: A setting is out of bounds.
        OutputError: The folder cannot be written to.
    """
    for name, value in (("scenes", scenes), ("jobs", jobs)):
        if value < 1:
            raise ConfigError(f"{name} is {value}, but must be a whole number of at least 1.")
    if raw and far_cue_km is not None:
        raise ConfigError("A raw scene cannot hold a cue from afar. Leave out raw or far_cue_km.")
    common = SimulationConfig(
        seed=seed,
        spacing_m=spacing_m,
        region=region,
        month=month,
        longitude=longitude,
        far_cue_km=far_cue_km,
    )
    lines = round(EXTENT_M[0] / common.spacing_m) if lines is None else lines
    samples = round(EXTENT_M[1] / common.spacing_m) if samples is None else samples
    common = replace(common, lines=lines, samples=samples)
    tasks = _tasks(common, scenes, Path(out_dir), raw=raw, compress=compress)
    paths: list[Path] = []
    with closing(in_order(_write, tasks, jobs)) as results:
        for written in results:
            paths.append(written[-1])
            if on_scene is not None:
                for path in written:
                    on_scene(path)
    return paths


def _tasks(
    common: SimulationConfig, scenes: int, out_dir: Path, *, raw: bool, compress: bool
) -> list[_Task]:
    """What to simulate and write: scenes with seeds of their own, all else in common."""
    seeds = (scene_seed(common.seed, index) for index in range(scenes))
    configs = [replace(common, seed=seed) for seed in seeds]
    require_writable(out_dir)
    resolved = map(resolve, configs)
    tasks = [_Task(config, draw_time(config), out_dir, raw, compress) for config in resolved]
    return list(_with_free_names(tasks))


def _with_free_names(tasks: list[_Task]) -> Iterator[_Task]:
    """Move scenes whose names are taken by minutes, before any scene is written."""
    names: set[str] = set()
    for task in tasks:
        while any(n in names or _taken(task.out_dir / n, task.config) for n in task.names):
            task = replace(task, time=task.time + timedelta(minutes=1))
        names.update(task.names)
        yield task


def _taken(path: Path, config: SimulationConfig) -> bool:
    """Whether a file that is there is another scene's, or the same seed's of other settings."""
    if not os.path.lexists(path):
        return False
    try:
        with NetCDFFile(path) as old:
            attributes = {name: old.getncattr(name) for name in old.ncattrs()}
            finer = 1 if path.name.endswith(PREP_SUFFIX) else 2
            size = tuple(old.dimensions[each].size for each in (layout.LINES, layout.SAMPLES))
            same_size = size == (finer * config.lines, finer * config.samples)
            same_size &= float(attributes["pixel_spacing"]) == config.spacing_m / finer
            region = region_of(str(attributes["original_id"]))
            same = int(attributes["seed"]) == config.seed and region == config.region
            same &= attributes.get(FAR_CUE_ATTRIBUTE) == config.far_cue_km
            return not (same and same_size)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return True


def _write(task: _Task) -> list[Path]:
    """Simulate a scene and write its files."""
    scene = simulate(task.config)
    # Another run may have taken the name meanwhile.
    task = next(_with_free_names([task]))
    # A ready-to-train file never lacks its raw one: that is written first.
    raw = to_raw_dataset(halved(scene), task.time) if task.raw else None
    dataset = to_dataset(scene, task.time)
    files: list[Path] = []
    with to_the_end():
        try:
            if raw is not None:
                files.append(write_raw(raw, task.out_dir, compress=task.compress))
            files.append(write_scene(dataset, task.out_dir, compress=task.compress))
        except OutputError:
            # Half of the pair is of no use.
            for path in files:
                path.unlink(missing_ok=True)
            raise
    return files
