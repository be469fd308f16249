"""What the page Explain computes once and shares between sessions."""

import numpy as np

from seaice.ai4arctic.charts import FILL, ChartName
from seaice.baselines.truth import has_truth, read_truth
from seaice.core.grids.resample import centres, nearest
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import cached as kept
from seaice.experiment.channel_loss import Loss, channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.branches import BranchShares, branch_shares
from seaice.explain.faithful import Trial, try_map
from seaice.explain.gradcam import CamConfig
from seaice.explain.pixel import PixelStory, Place, pixel_at, pixel_story
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.read import read_chart, read_valid
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
def branches(scene: Scene, file: CheckpointFile, chart: ChartName) -> BranchShares:
    """What the branches of a network carry over a scene.

    Raises:
        ConfigError: The scene is too large, or has no valid pixel.
        SceneError, CheckpointError: A file cannot be read.
    """
    return branch_shares(scene, cached.checkpoint(file), chart)


@kept(max_entries=60)
def losses_by_channel(scene: Scene, file: CheckpointFile, others: tuple[Scene, ...]) -> list[Loss]:
    """What the scores of a scene lose where a group of channels is that of other scenes.

    Raises:
        MissingChannelsError, SceneError, CheckpointError: A file cannot be read.
    """
    predictor = network_predictor(cached.checkpoint(file))
    return channel_losses(predictor, [scene], others).losses()


@kept(max_entries=100)
def trial(scene: Scene, file: CheckpointFile, config: CamConfig, region: Region) -> Trial:
    """How the map of evidence for a region fares when it is tested.

    Raises:
        ConfigError: The network does not predict the class there.
        SceneError, CheckpointError: A file cannot be read.
    """
    grid = scene.grid.at(file.info.spacing_m)
    classes = true_classes(scene, config.chart)
    truth = None
    if classes is not None and config.chart != "SIC":
        lines, samples = (centres(n, grid.spacing_m, 0, scene.grid.spacing_m) for n in grid.shape)
        truth = nearest(classes, lines, samples) == config.target
    return try_map(scene, cached.checkpoint(file), config, region.window(grid), truth)


@kept(max_entries=4)
def true_classes(scene: Scene, chart: ChartName) -> np.ndarray | None:
    """The truth of a simulated scene, (lines, samples) uint8; None where it is not known."""
    return read_truth(scene)[chart] if scene.simulated and has_truth(scene) else None


def charted_class(scene: Scene, chart: ChartName, place: Place) -> int | None:
    """The chart's class of a pixel; None where it has none."""
    if chart not in scene.charts:
        return None
    line, sample = pixel_at(scene.grid, place)
    window = slice(line, line + 1), slice(sample, sample + 1)
    value = int(read_chart(scene, chart, None, window)[0, 0])
    return None if value == FILL else value


def true_class(scene: Scene, chart: ChartName, place: Place) -> int | None:
    """The true class of a pixel; None where it is not known."""
    classes = true_classes(scene, chart)
    if classes is None:
        return None
    value = int(classes[pixel_at(scene.grid, place)])
    return None if value == FILL else value


@kept(max_entries=100)
def middle(scene: Scene) -> Place:
    """The valid pixel nearest to the middle of a scene; the middle itself if none is valid."""
    valid = read_valid(scene)
    centre = np.array(valid.shape) / 2
    places = np.argwhere(valid)
    at = places[((places + 0.5 - centre) ** 2).sum(axis=1).argmin()] if places.size else centre
    line, sample = ((float(each) + 0.5) * scene.grid.spacing_m / 1000 for each in at)
    return round(line, 1), round(sample, 1)
