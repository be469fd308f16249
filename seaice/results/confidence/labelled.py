"""What a network puts out at the labelled pixels of a scene: a sample, drawn at random."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.grids.pixel_grid import Window
from seaice.network.checkpoint import Checkpoint
from seaice.network.staged import upsampled
from seaice.results.tiled import outputs_in_cells
from seaice.scenes.read import read_chart, read_inputs, read_valid
from seaice.scenes.scene import Scene

CLASSIFIED: tuple[ChartName, ...] = ("SOD", "FLOE")
"""Charts with probabilities. SIC is a regression."""
PIXELS = 50_000
"""Most pixels of a scene and chart. Neighbours say the same, and a scene has a million."""
_STRIP_LINES = 512


@dataclass(frozen=True, eq=False)
class Labelled:
    """Outputs of a network at labelled pixels of one chart.

    Attributes:
        logits: (classes, pixels) float32.
        labels: (pixels,) uint8 classes of the ice chart.
    """

    logits: np.ndarray
    labels: np.ndarray


def labelled_logits(
    checkpoint: Checkpoint, scene: Scene, most: int = PIXELS, seed: int = 0
) -> dict[ChartName, Labelled]:
    """Sample a network's outputs at labelled pixels of its own grid.

    The pixels depend on the scene and the seed alone: networks of the same spacing share them.

    Args:
        checkpoint: The network.
        scene: The scene.
        most: Most pixels of each chart.
        seed: Seed of the draw.

    Returns:
        By chart, as far as the scene has it.

    Raises:
        MissingChannelsError: The scene lacks channels.
        SceneError: The scene cannot be read.
    """
    info = checkpoint.info
    scene.require(info.channels, info.channel_set)
    grid = scene.grid.at(info.spacing_m)
    valid = read_valid(scene, info.spacing_m)

    def read(own: Window, given: Window) -> np.ndarray:
        return read_inputs(scene, info.channels, info.spacing_m, given).values

    cells = outputs_in_cells(checkpoint, grid, read)
    found = {}
    for name in CLASSIFIED:
        if name not in scene.charts:
            continue
        chart = read_chart(scene, name, info.spacing_m)
        at = np.flatnonzero(valid & (chart != FILL))
        rng = np.random.default_rng([seed, CHARTS.index(name)])
        at = np.sort(rng.choice(at, min(most, at.size), replace=False))
        logits = np.empty((CHART[name].n_classes, at.size), np.float32)
        for strip in grid.strips(_STRIP_LINES):
            first, last = (line * grid.samples for line in (strip[0].start, strip[0].stop))
            own = slice(*np.searchsorted(at, (first, last)))
            pixels = upsampled(cells[name], info.network.output_stride, strip)[0]
            logits[:, own] = pixels.flatten(1).cpu().numpy()[:, at[own] - first]
        found[name] = Labelled(logits, chart.ravel()[at])
    return found
