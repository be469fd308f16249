"""Run the scenes of a report on several processes and add up their statistics."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from seaice.core.errors import ConfigError
from seaice.core.workers import in_order
from seaice.simulate.calibration import (
    classes,
    edges,
    ice,
    inputs,
    radiometer,
    real,
    stages,
    variety,
    water,
)
from seaice.simulate.calibration.checks import Section
from seaice.simulate.calibration.report import Report
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable
from seaice.simulate.config import SimulationConfig
from seaice.simulate.folder import EXTENT_M, scene_seed
from seaice.simulate.scene import SIMULATOR_VERSION

REPORT_SEED = 20250720
"""Seed of the report."""

OnScene = Callable[[int, int], None]
"""Called with the number of scenes done and the number of all scenes."""

_Sums = TypeVar("_Sums", bound=Mergeable)


@dataclass(frozen=True)
class Measured(Mergeable):
    """All statistics that add up over scenes.

    Attributes:
        classes: Counts of classes.
        inputs: Sums of the scaled inputs.
        water: Backscatter of open water.
        ice: Backscatter of ice.
        pure: Brightness temperatures of pure surfaces.
    """

    classes: classes.ClassCounts
    inputs: inputs.InputSums
    water: water.WaterSums
    ice: ice.IceMonths
    pure: radiometer.PureSums

    @classmethod
    def of(cls, sample: Sample) -> "Measured":
        """Measure one scene."""
        return cls(
            classes.ClassCounts.of(sample),
            inputs.InputSums.of(sample),
            water.WaterSums.of(sample),
            ice.IceMonths.of(sample),
            radiometer.PureSums.of(sample),
        )

    def sections(self) -> tuple[Section, ...]:
        """Sections of the report."""
        return (
            classes.section(self.classes),
            stages.section(self.classes),
            variety.section(self.classes),
            inputs.section(self.inputs),
            water.section(self.water),
            ice.section(self.ice),
            radiometer.section(self.pure),
        )


def scene_config(
    seed: int,
    spacing_m: float,
    index: int,
    region: str | None = None,
    month: int | None = None,
) -> SimulationConfig:
    """Settings of one scene of a report: a whole frame of 400 x 416 km."""
    lines, samples = (round(extent / spacing_m) for extent in EXTENT_M)
    return SimulationConfig(scene_seed(seed, index), spacing_m, lines, samples, region, month)


def measure_scene(config: SimulationConfig) -> Measured:
    """Simulate one scene and measure it, in a process of its own."""
    return Measured.of(Sample.simulated(config))


def calibrate(
    scenes: int = 500,
    seed: int = REPORT_SEED,
    spacing_m: float = 800.0,
    jobs: int | None = None,
    real_scenes: Path | None = None,
    on_scene: OnScene | None = None,
) -> Report:
    """Measure simulated scenes without writing any.

    Args:
        scenes: How many, at least 1.
        seed: Seed of the report.
        spacing_m: Pixel spacing, metres.
        jobs: Number of processes; None for one per core. The results do not depend on it.
        real_scenes: Folder with real scenes to compare with simulated ones.
        on_scene: Called after each scene.

    Returns:
        The report.

    Raises:
        ConfigError: There are no scenes or processes to run, or a setting is out of bounds.
        SceneError: A real scene cannot be read.
    """
    _check(scenes, jobs, spacing_m)
    # Fail on an unreadable folder before the work, not after it.
    beside = real.real_scenes(real_scenes) if real_scenes is not None else []
    jobs = jobs or _cores()
    config_of = partial(scene_config, seed, spacing_m)
    configs = [config_of(index) for index in range(scenes)]
    sections = _added(measure_scene, configs, jobs, on_scene).sections()
    sections += (edges.section(seed),)
    run = partial(_added, real.measure_beside, jobs=jobs)
    sections += tuple(real.section(scene, config_of, run, spacing_m) for scene in beside)
    first = configs[0]
    return Report(
        scenes=scenes,
        seed=seed,
        spacing_m=spacing_m,
        lines=first.lines,
        samples=first.samples,
        version=SIMULATOR_VERSION,
        sections=sections,
    )


def _check(scenes: int, jobs: int | None, spacing_m: float) -> None:
    """Raise ConfigError unless there is something to run."""
    for name, value in (("scenes", scenes), ("jobs", jobs)):
        if value is not None and value < 1:
            raise ConfigError(f"{name} is {value}, but must be a whole number of at least 1.")
    # Check the spacing before dividing the extent of scenes by it.
    SimulationConfig(seed=0, spacing_m=spacing_m)


def _added(
    work: Callable[[SimulationConfig], _Sums],
    configs: list[SimulationConfig],
    jobs: int,
    on_scene: OnScene | None = None,
) -> _Sums:
    """Sum of the results of work on each setting, in the order of the settings."""
    total = None
    with closing(in_order(work, configs, jobs)) as results:
        for done, sums in enumerate(results, 1):
            total = sums if total is None else total + sums
            if on_scene is not None:
                on_scene(done, len(configs))
    assert total is not None
    return total


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
