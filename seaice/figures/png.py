"""Map layers as palette PNGs: one byte for each pixel, far smaller than a heatmap's JSON."""

import base64
import io

import numpy as np
from PIL import Image

from seaice.core.grids.orientation import AS_ACQUIRED, Orientation
from seaice.figures.palettes import HATCH, LAND, Palette

CRISP_PX = 600
"""Images of classes that are smaller than a panel are enlarged to this, without blending."""

# Palette indices after a layer's own colours.
_LAND, _HATCH, _CLEAR = 253, 254, 255
# Radar images of a million pixels take a third longer with level 3, for 1 to 3 % of their size, and
# more than twice as long with level 6, for 2 to 7 %.
_LEVEL = 2
# Stripes along the longer side; few enough to be visible in a small panel.
_STRIPES, _FINEST_PERIOD_PX = 40, 10


def map_png(
    values: np.ndarray,
    palette: Palette,
    valid: np.ndarray,
    land: np.ndarray,
    labelled: np.ndarray | None = None,
    alpha: np.ndarray | None = None,
    at_least_px: int = 1,
    orientation: Orientation = AS_ACQUIRED,
) -> str:
    """Draw a layer of a map as a data URI.

    Args:
        values: (lines, samples) classes or numbers of the palette.
        palette: At most 253 colours.
        valid: (lines, samples) bool; pixels that are neither valid nor land stay transparent.
        land: (lines, samples) bool; takes the colour of land where it is not valid.
        labelled: (lines, samples) bool; valid pixels without a label are hatched. None means
            that all are labelled.
        alpha: Opacity of each palette colour, 0 to 255, uint8; opaque if None.
        at_least_px: Length of the longer side. Pixels of a smaller image are repeated, because
            a browser that enlarges it may blend classes.
        orientation: How the map lies on the screen.

    Returns:
        `data:image/png;base64,...`
    """
    indices = palette.indices(values)
    if labelled is not None:
        indices[~labelled] = _CLEAR
        indices[~labelled & _stripes(values.shape)] = _HATCH
    indices[~valid] = _CLEAR
    indices[~valid & land] = _LAND
    colours = np.zeros((256, 3), np.uint8)
    colours[: len(palette.colours)] = palette.colours
    colours[_LAND], colours[_HATCH] = LAND, HATCH
    opacity = np.full(256, 255, np.uint8)
    opacity[_CLEAR] = 0
    if alpha is not None:
        opacity[: len(alpha)] = alpha
    indices = orientation.apply(indices)
    times = -(-at_least_px // max(indices.shape))
    image = Image.fromarray(indices.repeat(times, 0).repeat(times, 1))
    image.putpalette(colours.tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", transparency=opacity.tobytes(), compress_level=_LEVEL)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _stripes(shape: tuple[int, int]) -> np.ndarray:
    lines, samples = np.ogrid[: shape[0], : shape[1]]
    period = max(_FINEST_PERIOD_PX, max(shape) // _STRIPES)
    return (lines + samples) % period < 0.3 * period
