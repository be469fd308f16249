"""The AI4Arctic file layout: dimensions, variables, attributes, fill values and scaling.

Both the readers (`seaice.scenes`) and the writer of simulated scenes (`seaice.simulate`) take the
layout from here, so that what one writes the other reads. Source: the ready-to-train version (v2)
of the AI4Arctic sea ice challenge dataset (Buus-Hinkler et al., DTU Data) and the public code of
astokholm/AI4ArcticSeaIceChallenge.
"""

import numpy as np

from seaice.ai4arctic.channels import Grid
from seaice.ai4arctic.charts import ChartName

LINES, SAMPLES = "sar_lines", "sar_samples"
CELL_LINES, CELL_SAMPLES = "2km_grid_lines", "2km_grid_samples"
# The names promise (samples, lines), yet public loaders stretch axis 0 along the lines and axis 1
# along the samples, both ends included. What they do is the convention.
POSITION_LINES, POSITION_SAMPLES = "sar_sample_2dgrid_points", "sar_line_2dgrid_points"

FULL_DIMS = (LINES, SAMPLES)
CELL_DIMS = (CELL_LINES, CELL_SAMPLES)
POSITION_DIMS = (POSITION_LINES, POSITION_SAMPLES)
POINT_DIMS = ("sar_grid_points",)
"""Of the raw layout: where position and incidence angle are known."""

DIMS: dict[Grid, tuple[str, str]] = {
    "full": FULL_DIMS,
    "2km": CELL_DIMS,
    "positions": POSITION_DIMS,
}
"""Dimensions of the variables on each grid of the ready-to-train layout."""

N_POSITIONS = 21
"""Positions along each side of a scene."""

LATITUDE, LONGITUDE = "sar_grid2d_latitude", "sar_grid2d_longitude"

POLYGON, POLYGON_CODES = "polygon_icechart", "polygon_codes"
"""The ice chart in the raw layout; the codes lie on a dimension of their own name."""

CELL_M = 2000.0
"""Size of a cell of the 2 km grid, metres."""

INPUT_FILL = 0.0
"""Value of a masked input pixel after scaling; also the mean, so never a mask by itself."""

_NEARLY_FILL = 1e-4
"""In place of a valid pixel that has the fill value by chance; below 0.001 dB or degrees."""

ZONE_EDGES_KM = np.array(
    [0.5, 1, *range(2, 21), *range(25, 51, 5), *range(60, 101, 10), *range(125, 301, 25)], float
)
"""Upper ends of the distance-to-land zones 1 to 40 of the AI4Arctic dataset, km; 41 is beyond."""

PREPARED_BY = "prepared_by"
"""Global attribute of a scene that `seaice prepare` wrote."""

CHART_LABELS: dict[ChartName, str] = {
    "SIC": "Sea Ice Concentration [%]",
    "SOD": "Stage of Development",
    "FLOE": "Floe Size",
}
"""Attribute `polygon` of each chart."""

SCALING: dict[str, tuple[float, float]] = {
    "nersc_sar_primary": (-14.5083, 5.6597),
    "nersc_sar_secondary": (-24.7012, 4.7468),
    "sar_incidenceangle": (33.998, 8.3223),
    "btemp_6_9h": (148.847, 61.6485),
    "btemp_6_9v": (203.5194, 38.6664),
    "btemp_7_3h": (149.899, 61.6754),
    "btemp_7_3v": (204.2053, 38.6662),
    "btemp_10_7h": (153.8917, 60.8752),
    "btemp_10_7v": (208.9041, 36.245),
    "btemp_18_7h": (165.6803, 52.6179),
    "btemp_18_7v": (218.5868, 28.0604),
    "btemp_23_8h": (182.2089, 42.8872),
    "btemp_23_8v": (226.3965, 22.1176),
    "btemp_36_5h": (185.1947, 38.6444),
    "btemp_36_5v": (228.2059, 17.6526),
    "btemp_89_0h": (212.5375, 22.585),
    "btemp_89_0v": (241.2575, 16.311),
    "distance_map": (23.6277, 14.9902),
    "u10m_rotated": (0.6748, 4.7496),
    "v10m_rotated": (0.6076, 5.1961),
    "t2m": (268.6265, 9.4692),
    "skt": (268.9102, 10.3053),
    "tcwv": (7.7477, 5.2686),
    "tclw": (0.0412, 0.0711),
}
"""Mean and standard deviation of each input in physical units, by which it was scaled
(`misc/global_meanstd.npy` of astokholm/AI4ArcticSeaIceChallenge)."""


def scale(name: str, values: np.ndarray) -> np.ndarray:
    """Physical values of a variable -> its standard-scaled values, (x - mean) / std, float32."""
    mean, std = SCALING[name]
    return ((values - mean) / std).astype(np.float32)


def unscale(name: str, values: np.ndarray) -> np.ndarray:
    """Standard-scaled values of a variable -> physical values; inverse of `scale`, float32."""
    mean, std = SCALING[name]
    return (values * std + mean).astype(np.float32)


def scale_masked(name: str, values: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Physical values of a SAR channel -> its scaled values, `INPUT_FILL` where masked only.

    Args:
        name: The channel.
        values: (lines, samples) float in physical units; may hold anything where masked.
        valid: (lines, samples) bool: not masked.

    Returns:
        (lines, samples) float32.
    """
    scaled = scale(name, values)
    scaled[scaled == INPUT_FILL] = _NEARLY_FILL
    scaled[~valid] = INPUT_FILL
    return scaled


def spacing_attribute(spacing_m: float) -> np.int64 | float:
    """Pixel spacing, metres, as attribute `pixel_spacing` holds it: whole where it can be."""
    return np.int64(spacing_m) if float(spacing_m).is_integer() else spacing_m
