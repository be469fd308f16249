"""Predictions against the charts of their scenes: scores on each scene's own grid."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import FILL, ChartName
from seaice.core.grids.pixel_grid import Window
from seaice.network.checkpoint import Checkpoint
from seaice.results.inference import Prediction, predict
from seaice.results.maps import ChartMaps
from seaice.results.scoring import Scores, ScoreSums
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart, read_valid
from seaice.scenes.scene import Scene

# Lines scored at a time: a full-size scene's maps are never whole in memory at 80 m.
_STRIP_LINES = 1024


@dataclass(frozen=True)
class SceneScores:
    """Scores of one scene, and the sums that they came from.

    Attributes:
        scene: The scene.
        sums: Sums over its labelled pixels.
        notice: What a person must know about the resampling; empty where nothing.
    """

    scene: Scene
    sums: ScoreSums
    notice: str

    @property
    def scores(self) -> Scores:
        """The scene's scores."""
        return self.sums.scores()


def references(
    scene: Scene, window: Window | None = None
) -> Iterator[tuple[ChartName, Window, np.ndarray]]:
    """The charts to score against, strip by strip.

    Args:
        scene: The scene.
        window: Part of the scene's own grid; the whole where None.

    Yields:
        A chart of the scene, a strip of its own grid, and the classes there, (lines, samples)
        uint8, `FILL` where there is no label or no data.
    """
    if not scene.charts:
        return
    # The scene, and the file that holds its charts: opening takes as long as reading a chart.
    with OpenFiles(most=2, chunk_cache_bytes=None) as files:
        for strip in scene.grid.strips(_STRIP_LINES, window):
            # A network's output where there are no data is not a prediction.
            valid = read_valid(scene, window=strip, files=files)
            for name in scene.charts:
                classes = read_chart(scene, name, window=strip, files=files)
                yield name, strip, np.where(valid, classes, FILL)


def score_prediction(prediction: ChartMaps, window: Window | None = None) -> ScoreSums:
    """Compare a prediction with the charts of its scene, on the scene's own grid.

    Args:
        prediction: The prediction.
        window: Part of the scene's own grid; the whole where None.

    Returns:
        Sums over the valid pixels that have a label.
    """
    sums = ScoreSums()
    for name, strip, reference in references(prediction.scene, window):
        sums.add(name, reference, prediction.on(prediction.scene.grid, name, strip))
    return sums


def score(checkpoint: Checkpoint, scene: Scene) -> SceneScores:
    """Predict and score a scene.

    Raises:
        MissingChannelsError: The scene cannot feed the checkpoint.
        SceneError: The scene cannot be read.
    """
    return scored(predict(scene, checkpoint))


def scored(prediction: Prediction) -> SceneScores:
    """The scores of a prediction against the charts of its scene."""
    return SceneScores(prediction.scene, score_prediction(prediction), prediction.notice)


def pooled(results: Iterable[SceneScores]) -> ScoreSums:
    """Sums over the pixels of all scenes together, as the AutoICE challenge scores them."""
    total = ScoreSums()
    for result in results:
        total += result.sums
    return total
