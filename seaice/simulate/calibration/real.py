"""Simulated scenes beside real ones of the same region and month, without bounds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seaice.ai4arctic.names import PREP_SUFFIX
from seaice.core.errors import ConfigError
from seaice.scenes.scene import Scene
from seaice.simulate.calibration import histograms, polygons, spectrum
from seaice.simulate.calibration.checks import Section
from seaice.simulate.calibration.compared import ComparedScene
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable
from seaice.simulate.config import SimulationConfig
from seaice.simulate.regions import REGIONS

SIMULATED_BESIDE = 12
MOST_REAL = 4
"""Most real scenes that a report compares, the first by name."""


@dataclass(frozen=True)
class Beside(Mergeable):
    """What is compared.

    Attributes:
        histograms: Brightness temperatures over water and ice.
        polygons: Polygons of the charts.
        spectrum: Spectrum of HH over ice.
    """

    histograms: histograms.Histograms
    polygons: polygons.Polygons
    spectrum: spectrum.Spectrum

    @classmethod
    def of(cls, scene: ComparedScene) -> "Beside":
        """Measure one scene, real or simulated."""
        return cls(
            histograms.Histograms.of(scene),
            polygons.Polygons.of(scene),
            spectrum.Spectrum.of(scene),
        )


def measure_beside(config: SimulationConfig) -> Beside:
    """Simulate one scene and measure it; runs in a process of its own."""
    return Beside.of(ComparedScene.of_sample(Sample.simulated(config)))


def real_scenes(folder: Path) -> list[Scene]:
    """The real scenes of a folder to compare.

    Raises:
        ConfigError: The folder does not have any.
        SceneError: A scene cannot be read.
    """
    scenes = (Scene.open(path) for path in sorted(folder.glob(f"*{PREP_SUFFIX}")))
    real = [scene for scene in scenes if not scene.simulated and scene.charts]
    if not real:
        raise ConfigError(f"{folder} does not contain a real scene with charts.")
    return real[:MOST_REAL]


def section(
    scene: Scene,
    config_of: Callable[[int, str | None, int | None], SimulationConfig],
    run: Callable[[list[SimulationConfig]], Beside],
    spacing_m: float,
) -> Section:
    """The section of the report on one real scene.

    Args:
        scene: The real scene.
        config_of: Settings of scene k of the report, of a region and a month.
        run: Simulates scenes, measures them and adds them up.
        spacing_m: Pixel spacing at which scenes are compared, metres.
    """
    region = scene.region if scene.region in REGIONS else None
    month = scene.time.month if scene.time else None
    real = Beside.of(ComparedScene.of_file(scene, spacing_m))
    simulated = run([config_of(index, region, month) for index in range(SIMULATED_BESIDE)])
    parts = (
        histograms.compare(real.histograms, simulated.histograms),
        polygons.compare(real.polygons, simulated.polygons),
        spectrum.compare(real.spectrum, simulated.spectrum, spacing_m),
    )
    sentences = "\n".join(f"- {sentence}" for said, _ in parts for sentence in said)
    tables = tuple(table for _, shown in parts for table in shown)
    return Section(_title(scene), (_about(region, month, spacing_m), sentences), (), tables)


def _title(scene: Scene) -> str:
    """The scene's name, without characters that Markdown could interpret."""
    return f"Beside a real scene: {re.sub(r'[^A-Za-z0-9_]', '-', scene.id)}"


def _about(region: str | None, month: int | None, spacing_m: float) -> str:
    low, high = spectrum.CLIP_DB
    return (
        f"{SIMULATED_BESIDE} simulated scenes of the same kind (region {region or 'any'}, month "
        f"{month or 'any'}) beside the real one, all at {spacing_m:g} m; one real scene is one "
        "case, and no bound is kept. Water is where the chart says SIC 0, ice where it says 80 % "
        f"or more. For the spectra, HH of all scenes is clipped to {low:g} to {high:g} dB, the "
        "range to which the rebuilt real scene of the project's tests is clipped, and its patches "
        f"of {spectrum.PATCH} pixels a side are windowed (Hann) and ice throughout. Polygons are "
        "connected regions of equal SIC, SOD and FLOE; their borders are those with other "
        "labelled regions."
    )
