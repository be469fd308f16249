"""Seeds of a network together, computed once for all sessions."""

import numpy as np

from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import cached as kept
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.confidence.ensemble import EnsembleMaps, differ_in_seed, ensemble
from seaice.results.confidence.reliability import Reliability, reliability
from seaice.results.confidence.trust import Trust, trust
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene

Seeds = tuple[CheckpointFile, ...]
"""Checkpoints that differ in nothing but the seed; one alone if there is no other."""


def seeds_of(file: CheckpointFile) -> Seeds:
    """A checkpoint and those of the folder that differ from it in the seed alone, by seed."""
    files, _ = cached.checkpoints(models_folder())
    by_seed = {seed_of(file): file}
    for other in files:
        if differ_in_seed(file.info, other.info):
            by_seed.setdefault(seed_of(other), other)
    return tuple(by_seed[seed] for seed in sorted(by_seed))


def seed_of(file: CheckpointFile) -> int:
    """The seed of a checkpoint; -1 if it does not say."""
    seed = file.info.training.get("seed")
    return seed if isinstance(seed, int) else -1


# An ensemble's maps of a million pixels take 50 MB.
@kept(max_entries=8)
def maps_of(scene: Scene, seeds: Seeds) -> ChartMaps:
    """The mean of seeds with their spread; the prediction where there is one seed alone.

    Raises:
        MissingChannelsError, SceneError, CheckpointError: A file cannot be read.
    """
    predictions = [cached.prediction(scene, file) for file in seeds]
    return ensemble(predictions) if len(predictions) > 1 else predictions[0]


@kept(max_entries=200)
def reliability_of(scene: Scene, seeds: Seeds, chart: ChartName) -> Reliability:
    """How often networks are right on a scene, by how sure they are; of SOD or FLOE."""
    maps, labels = maps_of(scene, seeds), reference_of(scene, seeds[0], chart)
    if labels is None:
        return reliability(np.empty((CHART[chart].n_classes, 0)), np.empty(0, np.uint8))
    there = maps.valid & (labels != FILL)
    return reliability(maps.calibrated(chart)[:, there], labels[there])


@kept(max_entries=60)
def trust_of(scene: Scene, seeds: Seeds, chart: ChartName, limit: float) -> Trust:
    """What is left of a map; see `trust`.

    Raises:
        ConfigError: The spread of SIC is asked for of one seed alone.
    """
    return trust(maps_of(scene, seeds), chart, limit, reference_of(scene, seeds[0], chart))


@kept(max_entries=6)
def reference_of(scene: Scene, file: CheckpointFile, chart: ChartName) -> np.ndarray | None:
    """The ice chart at a network's spacing, (lines, samples) uint8; None if there is none."""
    return read_chart(scene, chart, file.info.spacing_m) if chart in scene.charts else None


def median_spread(maps: EnsembleMaps, chart: ChartName) -> float:
    """Median spread over the valid pixels, percentage points; NaN without any."""
    spread = maps.sic_spread if chart == "SIC" else maps.spread[chart]
    known = spread[maps.valid]
    return float(np.median(known)) if known.size else float("nan")
