"""What the page Explain computes once and shares between sessions."""

from collections.abc import Sequence

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import cached as kept
from seaice.experiment.channel_loss import Loss, channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.experiment.reference import class_at, true_classes, true_ice
from seaice.explain.branch_means import BranchMeans, branch_means
from seaice.explain.branches import BranchShares, branch_shares
from seaice.explain.faithful import Trial, try_map
from seaice.explain.gradcam import CamConfig
from seaice.explain.pixel import PixelStory, Place, pixel_story
from seaice.explain.region_classes import classes_in
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.read import read_valid
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


@kept(max_entries=200)
def story(scene: Scene, file: CheckpointFile, chart: ChartName, place: Place) -> PixelStory:
    """What a network makes of a pixel.

    Raises:
        ConfigError: The place lies beyond the scene, or holds no data.
        SceneError, CheckpointError: A file cannot be read.
    """
    return pixel_story(scene, cached.checkpoint(file), chart, place)


@kept(max_entries=60)
def branches(
    scene: Scene,
    file: CheckpointFile,
    chart: ChartName,
    others: tuple[Scene, ...],
    region: Region | None,
) -> BranchShares:
    """What the branches carry over a scene or a region of it, less their means over some scenes.

    Raises:
        ConfigError: The scene is too large to be taken whole, or has no valid pixel there.
        SceneError, CheckpointError: A file cannot be read.
        MemoryShortError: There is too little memory for the encoder.
    """
    means = _means(file, chart, others) if others else None
    window = region.window(scene.grid.at(file.info.spacing_m)) if region else None
    return branch_shares(scene, cached.checkpoint(file), chart, window, means)


@kept(max_entries=200)
def class_counts(
    scene: Scene, file: CheckpointFile, chart: ChartName, region: Region
) -> np.ndarray:
    """How many valid pixels of a region a network gives each class of SOD or FLOE, (classes,).

    Raises:
        SceneError, CheckpointError, MemoryShortError: A file cannot be read or computed.
    """
    window = region.window(scene.grid.at(file.info.spacing_m))
    classes, valid = classes_in(scene, cached.checkpoint(file), chart, window)
    return np.bincount(classes[valid], minlength=CHART[chart].n_classes)


@kept(max_entries=60)
def _means(file: CheckpointFile, chart: ChartName, scenes: tuple[Scene, ...]) -> BranchMeans:
    return branch_means(scenes, cached.checkpoint(file), chart)


def scenes_with(scenes: Sequence[Scene], files: Sequence[CheckpointFile]) -> tuple[Scene, ...]:
    """The ready scenes that hold the channels of all networks."""
    needed = {name for file in files for name in file.info.channels}
    return tuple(each for each in scenes if each.raw is None and needed <= set(each.channels))


@kept(max_entries=60)
def losses_by_channel(scene: Scene, file: CheckpointFile, others: tuple[Scene, ...]) -> list[Loss]:
    """What the scores of a scene lose where a group of channels is that of other scenes.

    Raises:
        MissingChannelsError, SceneError, CheckpointError: A file cannot be read.
    """
    predictor = network_predictor(cached.checkpoint(file))
    return channel_losses(predictor, [scene], others).losses()


# The maps of a test take 1 MB.
@kept(max_entries=40)
def trial(scene: Scene, file: CheckpointFile, config: CamConfig, region: Region) -> Trial:
    """How the map of evidence for a region fares when it is tested.

    Raises:
        ConfigError: The network does not predict the class there.
        SceneError, CheckpointError: A file cannot be read.
        MemoryShortError: There is too little memory for the encoder.
    """
    grid = scene.grid.at(file.info.spacing_m)
    classes = None if config.chart == "SIC" else true_map(scene, config.chart)
    truth = true_ice(scene, classes, grid, config.target)
    return try_map(scene, cached.checkpoint(file), config, region.window(grid), truth)


@kept(max_entries=4)
def true_map(scene: Scene, chart: ChartName) -> np.ndarray | None:
    """The truth of a simulated scene, (lines, samples) uint8; None where it is not known."""
    return true_classes(scene, chart)


def true_class(scene: Scene, chart: ChartName, place: Place) -> int | None:
    """The true class of a pixel; None where it is not known."""
    return class_at(scene, true_map(scene, chart), place)


@kept(max_entries=100)
def middle(scene: Scene) -> Place:
    """The valid pixel nearest to the middle of a scene; the middle itself if none is valid."""
    valid = read_valid(scene)
    centre = np.array(valid.shape) / 2
    places = np.argwhere(valid)
    at = places[((places + 0.5 - centre) ** 2).sum(axis=1).argmin()] if places.size else centre
    line, sample = ((float(each) + 0.5) * scene.grid.spacing_m / 1000 for each in at)
    return round(line, 1), round(sample, 1)
