"""The chart regions of the two ice services: where they lie and how often they occur.

The names and the numbers of training scenes are those of the AI4Arctic sea ice challenge dataset
(datalists of astokholm/AI4ArcticSeaIceChallenge). Positions and bearings are read off an atlas, to
about a degree: they give a simulated scene a plausible place and do not describe real scenes.
"""

from dataclasses import dataclass
from typing import Literal

from seaice.core.errors import ConfigError

Service = Literal["dmi", "cis"]


@dataclass(frozen=True)
class IceRegion:
    """One chart region.

    Attributes:
        service: Ice service that charts it: `dmi` (Greenland) or `cis` (Canada).
        latitude: Centre of its waters, degrees north.
        longitude: Centre of its waters, degrees east.
        land_bearing_deg: Direction in which land lies, degrees clockwise from north.
        ice_bearing_deg: Direction in which the ice grows denser and older.
        archipelago: 0 for one long coast to 1 for channels between islands.
        belt: How much the ice keeps to the coast: 0 not at all, 0.5 as a belt along it.
        old_ice: How common old ice is, relative to all regions.
        scenes: Scenes in the training set, by which regions are drawn.
    """

    service: Service
    latitude: float
    longitude: float
    land_bearing_deg: float
    ice_bearing_deg: float
    archipelago: float
    belt: float
    old_ice: float
    scenes: int


REGIONS: dict[str, IceRegion] = {
    "Qaanaaq": IceRegion("dmi", 77.0, -71.0, 80, 330, 0.5, 0.12, 1.0, 39),
    "CapeFarewell": IceRegion("dmi", 59.8, -44.0, 0, 340, 0.4, 0.4, 1.4, 39),
    "CentralEast": IceRegion("dmi", 72.0, -19.0, 275, 300, 0.3, 0.3, 1.6, 39),
    "NorthEast": IceRegion("dmi", 78.5, -13.0, 270, 320, 0.3, 0.25, 1.6, 38),
    "NorthWest": IceRegion("dmi", 74.5, -61.0, 65, 330, 0.4, 0.12, 0.5, 37),
    "CentralWest": IceRegion("dmi", 69.5, -57.0, 90, 310, 0.4, 0.12, 0.4, 36),
    "North": IceRegion("dmi", 83.0, -40.0, 180, 0, 0.5, 0.12, 2.2, 31),
    "SouthWest": IceRegion("dmi", 62.5, -53.0, 70, 300, 0.4, 0.25, 0.5, 27),
    "SouthEast": IceRegion("dmi", 64.0, -38.0, 300, 310, 0.3, 0.45, 1.2, 26),
    "NorthAndCentralEast": IceRegion("dmi", 75.5, -16.0, 275, 310, 0.3, 0.3, 1.6, 3),
    "SGRDIEA": IceRegion("cis", 72.0, -70.0, 230, 320, 0.8, 0.12, 0.8, 42),
    "SGRDIFOXE": IceRegion("cis", 66.5, -76.0, 270, 330, 0.7, 0.12, 0.2, 39),
    "SGRDINFLD": IceRegion("cis", 53.0, -54.0, 260, 320, 0.3, 0.3, 0.1, 39),
    "SGRDIWA": IceRegion("cis", 71.5, -128.0, 140, 340, 0.6, 0.12, 1.6, 32),
    "SGRDIMID": IceRegion("cis", 60.5, -66.0, 220, 330, 0.5, 0.12, 0.2, 25),
    "SGRDIHA": IceRegion("cis", 58.5, -84.0, 200, 330, 0.3, 0.12, 0.1, 20),
}

MONTH_SCENES = (35, 31, 31, 39, 41, 33, 41, 65, 71, 51, 37, 37)
"""Scenes of each month in the AI4Arctic training set."""


def region_named(name: str) -> IceRegion:
    """A region by its name.

    Raises:
        ConfigError: The region is unknown.
    """
    if name not in REGIONS:
        raise ConfigError(f"No region {name[:40]!r}. Choose one of {', '.join(REGIONS)}.")
    return REGIONS[name]
