"""The classes that a network gives a region, computed on what these can depend on alone."""

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.pixel_grid import PixelGrid, Window, offset, size_of
from seaice.explain.part import around
from seaice.network.checkpoint import Checkpoint
from seaice.network.staged import upsampled
from seaice.results.tiled import outputs_in_cells
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

_STRIP_LINES = 512
"""Lines whose outputs are brought to pixels at a time."""


def classes_in(
    scene: Scene, checkpoint: Checkpoint, chart: ChartName, region: Window
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the classes of a region as those of the whole scene, of which little is read.

    Args:
        scene: The scene.
        checkpoint: The network.
        chart: SOD or FLOE.
        region: Part of the scene's grid at the checkpoint's spacing.

    Returns:
        (lines, samples) uint8 of the region: the class of each pixel, masked or not; and bool:
        whether the pixel is valid.

    Raises:
        ConfigError: The region does not lie on the grid.
        MissingChannelsError: The scene lacks channels of the checkpoint's channel set.
        SceneError: The scene cannot be read.
        MemoryShortError: There is too little memory for the network.
    """
    info, network = checkpoint.info, checkpoint.network
    scene.require(info.channels, info.channel_set)
    grid = scene.grid.at(info.spacing_m)
    part = around(grid.check(region), network, grid.shape)
    of_part = PixelGrid(*size_of(part), grid.spacing_m)
    valid = np.empty(of_part.shape, bool)

    def read(own: Window, given: Window) -> np.ndarray:
        """The inputs of a window of the part."""
        inputs = read_inputs(scene, info.channels, info.spacing_m, _shifted(given, part))
        valid[own] = inputs.valid[offset(own, given)]
        return inputs.values

    cells = outputs_in_cells(checkpoint, of_part, read)[chart]
    inner = offset(region, part)
    classes = np.empty(size_of(region), np.uint8)
    for strip in of_part.strips(_STRIP_LINES, inner):
        outputs = upsampled(cells, network.config.output_stride, strip)[0]
        # A prediction keeps float16, in which two classes can be as probable.
        probabilities = outputs.softmax(0).half().cpu().numpy()
        classes[offset(strip, inner)] = probabilities.argmax(0)
    return classes, valid[inner]


def _shifted(window: Window, part: Window) -> Window:
    """A window of a part, on the whole grid."""
    lines, samples = (
        slice(outer.start + own.start, outer.start + own.stop)
        for own, outer in zip(window, part, strict=True)
    )
    return lines, samples
