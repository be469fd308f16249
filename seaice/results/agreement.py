"""How often two maps of one scene say the same."""

import numpy as np

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.results.maps import ChartMaps
from seaice.results.scoring import sic_classes
from seaice.scenes.read import read_valid

SIC_TOLERANCE = 1
"""Classes of SIC, of 10 % each, by which two maps may differ and still say the same."""
# Full-size maps are never whole in memory at 80 m.
_STRIP_LINES = 1024


def disagreement(one: ChartMaps, other: ChartMaps) -> dict[ChartName, float]:
    """By chart, the share of a scene's valid pixels on which two maps differ, 0 to 1.

    Args:
        one: Maps of a scene.
        other: Maps of the same scene.

    Returns:
        Shares on the scene's own grid; of SIC, of pixels that differ by more than 10 %. Empty
        without a valid pixel.
    """
    grid = one.scene.grid
    apart, pixels = dict.fromkeys(CHARTS, 0), 0
    for strip in grid.strips(_STRIP_LINES):
        valid = read_valid(one.scene, window=strip)
        pixels += int(valid.sum())
        for name in CHARTS:
            first, second = (maps.on(grid, name, strip)[valid] for maps in (one, other))
            if name == "SIC":
                steps = np.abs(sic_classes(first).astype(np.int8) - sic_classes(second))
                apart[name] += int((steps > SIC_TOLERANCE).sum())
            else:
                apart[name] += int((first != second).sum())
    return {name: count / pixels for name, count in apart.items()} if pixels else {}
