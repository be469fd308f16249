"""What an explanation is held against: the ice chart's class of a pixel, and the truth."""

import numpy as np

from seaice.ai4arctic.charts import FILL, ChartName
from seaice.baselines.truth import has_truth, read_truth
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import centres, nearest
from seaice.explain.pixel import Place, pixel_at
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene


def charted_class(scene: Scene, chart: ChartName, place: Place) -> int | None:
    """The chart's class of a pixel; None where it has none."""
    if chart not in scene.charts:
        return None
    line, sample = pixel_at(scene.grid, place)
    window = slice(line, line + 1), slice(sample, sample + 1)
    value = int(read_chart(scene, chart, None, window)[0, 0])
    return None if value == FILL else value


def true_classes(scene: Scene, chart: ChartName) -> np.ndarray | None:
    """The truth of a simulated scene, (lines, samples) uint8; None where it is not known."""
    return read_truth(scene)[chart] if scene.simulated and has_truth(scene) else None


def class_at(scene: Scene, classes: np.ndarray | None, place: Place) -> int | None:
    """The class of a pixel on a map of a scene's own grid; None where it has none."""
    if classes is None:
        return None
    value = int(classes[pixel_at(scene.grid, place)])
    return None if value == FILL else value


def true_ice(
    scene: Scene, classes: np.ndarray | None, grid: PixelGrid, target: int
) -> np.ndarray | None:
    """Where a class truly lies on another grid, (lines, samples) bool; None if it is not known."""
    if classes is None:
        return None
    lines, samples = (centres(n, grid.spacing_m, 0, scene.grid.spacing_m) for n in grid.shape)
    there: np.ndarray = nearest(classes, lines, samples) == target
    return there
