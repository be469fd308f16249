"""Predictions that need no fit: water everywhere, and the truth of a simulated scene.

The charts of simulated scenes are drawn from the truth: polygons, each with one code. Not even the
truth scores 100 against them. Smoothed to about the size of the polygons it scores more, which no
predictor can surpass by much.
"""

import time
from collections.abc import Callable, Iterable

import numpy as np
from scipy.ndimage import gaussian_filter

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.results.evaluation import score_prediction
from seaice.results.maps import ChartMaps
from seaice.results.scoring import ScoreSums
from seaice.scenes.file_pool import opened
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

_PREFIX = "true_"
_CLASSIFIED: tuple[ChartName, ...] = ("SOD", "FLOE")
_TRUNCATE = 3
"""Standard deviations at which the Gaussian is cut off."""


def all_water(scene: Scene) -> ChartMaps:
    """Predict water everywhere.

    Raises:
        SceneError: The scene cannot be read.
    """
    return water_everywhere(scene, scene.grid, read_valid(scene))


def water_everywhere(scene: Scene, grid: PixelGrid, valid: np.ndarray) -> ChartMaps:
    """Maps of water; (lines, samples) as `valid`, but of one pixel's memory."""
    probabilities: dict[ChartName, np.ndarray] = {}
    for name in _CLASSIFIED:
        water = np.zeros((CHART[name].n_classes, 1, 1), np.float16)
        water[0] = 1
        probabilities[name] = np.broadcast_to(water, (len(water), *grid.shape))
    sic = np.broadcast_to(np.zeros((1, 1), np.float32), grid.shape)
    return ChartMaps(scene, grid, valid, sic, probabilities, 0.0, "")


def has_truth(scene: Scene) -> bool:
    """Whether a scene's file holds the truth.

    Raises:
        SceneError: The file cannot be read.
    """
    with opened(scene.path) as file:
        return all(f"{_PREFIX}{name}" in file for name in CHARTS)


def read_truth(scene: Scene) -> dict[ChartName, np.ndarray]:
    """The truth of a simulated scene.

    Returns:
        By chart: (lines, samples) uint8 classes, 255 where there is none, masked pixels included.

    Raises:
        SceneError: The scene does not hold the truth, or cannot be read.
    """
    if not has_truth(scene):
        raise SceneError(
            scene.path, "does not hold the truth", "Only scenes of `seaice simulate` do."
        )
    with opened(scene.path) as file:
        truth = {name: file.whole(f"{_PREFIX}{name}") for name in CHARTS}
    if any(layer.shape != scene.grid.shape for layer in truth.values()):
        raise SceneError(scene.path, "holds the truth in another size than its scene")
    return truth


def smoothed_truth(scene: Scene, sigma_km: float) -> ChartMaps:
    """The truth of a simulated scene as a prediction.

    The concentration and the share of each class are smoothed over the pixels whose truth is known.

    Args:
        scene: The scene.
        sigma_km: Standard deviation of the Gaussian; 0 gives the truth of each pixel.

    Raises:
        SceneError: The scene does not hold the truth, or cannot be read.
    """
    begun = time.perf_counter()
    truth = read_truth(scene)
    valid = read_valid(scene)
    smooth = _smoother(1000 * sigma_km / scene.grid.spacing_m)
    known = valid & (truth["SIC"] < CHART["SIC"].n_classes)
    weight = np.maximum(smooth(known), 1e-6)
    probabilities = {
        name: np.stack(
            [smooth(valid & (truth[name] == each)) for each in range(CHART[name].n_classes)]
        )
        for name in _CLASSIFIED
    }
    return ChartMaps(
        scene=scene,
        grid=scene.grid,
        valid=valid,
        sic=(smooth(np.where(known, truth["SIC"], 0)) / weight).clip(0, 10).astype(np.float32),
        probabilities={
            name: (layers / np.maximum(layers.sum(axis=0), 1e-6)).astype(np.float16)
            for name, layers in probabilities.items()
        },
        seconds=time.perf_counter() - begun,
        notice="",
    )


def best_sigma_km(
    scenes: Iterable[Scene],
    widths_km: Iterable[float],
    on_scene: Callable[[Scene], object] | None = None,
) -> tuple[float, dict[float, float]]:
    """The width at which the smoothed truth scores best.

    Args:
        scenes: Simulated scenes; those without the truth are left out by the caller.
        widths_km: Widths to try.
        on_scene: Called after each scene.

    Returns:
        The width, and the combined score of each, pooled over the scenes.
    """
    sums = {width: ScoreSums() for width in widths_km}
    for scene in scenes:
        for width, total in sums.items():
            total += score_prediction(smoothed_truth(scene, width))
        if on_scene:
            on_scene(scene)
    scores = {width: total.scores().combined.value for width, total in sums.items()}
    known = {width: score for width, score in scores.items() if score is not None}
    return (max(known, key=lambda width: known[width]) if known else 0.0), known


def _smoother(sigma_px: float) -> Callable[[np.ndarray], np.ndarray]:
    def smooth(values: np.ndarray) -> np.ndarray:
        layer = values.astype(np.float32)
        if not sigma_px:
            return layer
        return gaussian_filter(layer, sigma_px, mode="constant", truncate=_TRUNCATE)

    return smooth
