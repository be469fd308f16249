"""The ice chart as an analyst draws it: polygons, an egg code for each, the charts from them."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.egg_code import EggCode, charts_from_polygons
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.egg import egg_codes
from seaice.simulate.geography import Geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import stream
from seaice.simulate.polygons import draw_polygons
from seaice.simulate.regions import IceRegion


@dataclass(frozen=True)
class Charts:
    """What the analyst drew.

    Attributes:
        polygon: Number of each pixel's polygon, int32 (lines, samples); 0 on land and unseen.
        codes: Egg code of each polygon by its number.
        sic: Sea ice concentration, uint8 (lines, samples), 255 where there is no label.
        sod: Stage of development, likewise.
        floe: Floe size, likewise.
    """

    polygon: np.ndarray
    codes: dict[int, EggCode]
    sic: np.ndarray
    sod: np.ndarray
    floe: np.ndarray


def draw_charts(
    grid: PixelGrid, seed: int, geography: Geography, region: IceRegion, ice: IceState
) -> Charts:
    """Draw the charts of a scene.

    Args:
        grid: The grid of the scene.
        seed: Seed of the scene.
        geography: Gives land and the charted area.
        region: Gives the service, whose habits differ.
        ice: The true ice.

    Returns:
        The charts. Land and unseen pixels are unlabelled in all three; where SIC is 0, SOD and
        FLOE are 0; ice whose stage or form is mixed or unknown is unlabelled in SOD or FLOE.
    """
    polygon = draw_polygons(grid, seed, geography, region, ice)
    codes = egg_codes(polygon, ice, stream(seed, "chart", "codes"))
    charts = charts_from_polygons(polygon, codes)
    return Charts(polygon, codes, charts["SIC"], charts["SOD"], charts["FLOE"])
