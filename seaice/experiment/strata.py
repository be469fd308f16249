"""Strata: parts of a scene's pixels over which scores are also taken apart.

A pixel's place follows from the scene alone, so that all networks are scored on the same pixels.
Only `interior` depends on the network, by the size of its receptive field.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from seaice.ai4arctic.channels import DISTANCE_MAP
from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.ai4arctic.layout import SCALING, ZONE_EDGES_KM
from seaice.ai4arctic.seasons import UNKNOWN
from seaice.scenes.read import read_channels, read_chart, read_valid
from seaice.scenes.scene import Scene

BORDER_KM = (2.0, 10.0)
LAND_KM = (10.0, 50.0)
EDGE_KM = (25.0, 75.0)
_LARGEST_SIC = (0, 3, 6, 8, 10)
"""Largest class of each range: the WMO's open water, very open, open, close, very close ice."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "border": ("< 2 km", "2-10 km", "> 10 km"),
    "land": ("< 10 km", "10-50 km", "> 50 km", UNKNOWN),
    "concentration": ("0 %", "10-30 %", "40-60 %", "70-80 %", "90-100 %", UNKNOWN),
    "edge": ("< 25 km", "25-75 km", "> 75 km"),
    "interior": ("margin", "interior"),
}
"""Values of each stratum: distance to where a chart changes its class, to land, the chart's
concentration, distance to where the network sees no data, and whether that is more than half of the
receptive field. 75 km is more than half the field of any preset at an output stride of 4."""

STRATA = ("all", *VALUES)
SHAPE = tuple(len(values) for values in VALUES.values())
"""Numbers of values; every pixel has one of each."""


@dataclass(frozen=True, eq=False)
class PixelStrata:
    """Where each pixel of a scene belongs.

    Attributes:
        codes: (lines, samples) uint16: its values of all strata but `interior`, as one number.
        inside_km: (lines, samples) float32: distance to the nearest pixel that is masked or beyond
            the scene, km.
    """

    codes: np.ndarray
    inside_km: np.ndarray

    def with_interior(self, field_km: float, lines: slice) -> np.ndarray:
        """Values of all strata as one number, an index into `SHAPE`.

        Args:
            field_km: Receptive field of the network; NaN where a predictor has none.
            lines: Lines wanted.

        Returns:
            (lines, samples) int64.
        """
        half_km = 0.0 if np.isnan(field_km) else field_km / 2
        interior = self.inside_km[lines] > half_km
        return self.codes[lines].astype(np.int64) * 2 + interior


def pixel_strata(scene: Scene) -> PixelStrata:
    """Find where each pixel of a scene belongs, on the scene's own grid.

    Raises:
        SceneError: The scene cannot be read.
    """
    spacing_km = scene.grid.spacing_m / 1000
    charts = [read_chart(scene, name) for name in CHARTS if name in scene.charts]
    border_km = distance_km(class_borders(charts, scene.grid.shape), spacing_km)
    inside_km = distance_km(np.pad(~read_valid(scene), 1, constant_values=True), spacing_km)
    inside_km = inside_km[1:-1, 1:-1]
    places = {
        "border": _range_of(border_km, BORDER_KM),
        "land": _land(scene),
        "concentration": _concentration(scene),
        "edge": _range_of(inside_km, EDGE_KM),
    }
    codes = np.zeros(scene.grid.shape, np.uint16)
    for name, place in places.items():
        codes = codes * np.uint16(len(VALUES[name])) + place
    return PixelStrata(codes, inside_km)


def class_borders(charts: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Pixels beside which any chart has another class, (lines, samples) bool.

    Polygons of a chart differ in at least one of their classes wherever a border between them can
    be seen. Pixels without a label have no class.

    Args:
        charts: (lines, samples) uint8 each, 255 without a label.
        shape: Lines and samples, for a scene without charts.
    """
    border = np.zeros(shape, bool)
    for chart in charts:
        for axis in (0, 1):
            one, other = np.moveaxis(chart, axis, 0)[:-1], np.moveaxis(chart, axis, 0)[1:]
            change = (one != other) & (one != FILL) & (other != FILL)
            along = np.moveaxis(border, axis, 0)
            along[:-1] |= change
            along[1:] |= change
    return border


def distance_km(there: np.ndarray, spacing_km: float) -> np.ndarray:
    """Distance of each pixel's centre to the nearest one that is True, km, float32.

    Infinite where there is none.
    """
    if not there.any():
        return np.full(there.shape, np.inf, np.float32)
    distance: np.ndarray = distance_transform_edt(~there, sampling=spacing_km)
    return distance.astype(np.float32)


def _range_of(distance: np.ndarray, edges_km: tuple[float, ...]) -> np.ndarray:
    """Number of the range that each distance lies in, uint16; an edge belongs to the upper one."""
    places: np.ndarray = np.digitize(distance, edges_km).astype(np.uint16)
    return places


def _land(scene: Scene) -> np.ndarray:
    if DISTANCE_MAP not in scene.channels:
        return np.full(scene.grid.shape, VALUES["land"].index(UNKNOWN), np.uint16)
    (scaled,) = read_channels(scene, (DISTANCE_MAP,))
    mean, std = SCALING[DISTANCE_MAP]
    # A zone's upper end: zone 1 ends where ZONE_EDGES_KM begins.
    last_zones = [int(np.searchsorted(ZONE_EDGES_KM, edge)) + 1 for edge in LAND_KM]
    places: np.ndarray = np.digitize(np.rint(scaled * std + mean), last_zones, right=True)
    return places.astype(np.uint16)


def _concentration(scene: Scene) -> np.ndarray:
    """Ranges of the chart's concentration; unlabelled pixels, and a scene without it: unknown."""
    chart = read_chart(scene, "SIC")
    places: np.ndarray = np.digitize(chart, _LARGEST_SIC, right=True)
    return places.astype(np.uint16)
