"""The AI4Arctic file layout: names, dimensions, fill values and scaling.

Both the readers (`seaice.scenes`) and the writer of simulated scenes (`seaice.simulate`) take the
layout from here, so that what one writes the other reads. Source: the ready-to-train version (v2)
of the AI4Arctic sea ice challenge dataset (Buus-Hinkler et al., DTU Data) and the public code of
astokholm/AI4ArcticSeaIceChallenge.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

LINES, SAMPLES = "sar_lines", "sar_samples"
CELL_LINES, CELL_SAMPLES = "2km_grid_lines", "2km_grid_samples"
# The names promise (samples, lines), yet public loaders stretch axis 0 along the lines and axis 1
# along the samples, both ends included. What they do is the convention.
POSITION_LINES, POSITION_SAMPLES = "sar_sample_2dgrid_points", "sar_line_2dgrid_points"
N_POSITIONS = 21

LATITUDE, LONGITUDE = "sar_grid2d_latitude", "sar_grid2d_longitude"

CELL_M = 2000.0
"""Size of a cell of the 2 km grid, metres."""

INPUT_FILL = 0.0
"""Value of a masked input pixel after scaling; also the mean, so never a mask by itself."""

PREP_SUFFIX = "_prep.nc"
REFERENCE_SUFFIX = "_prep_reference.nc"


PREPARED_BY = "prepared_by"
"""Global attribute that tells a scene that `seaice prepare` wrote."""


def reference_name(scene_name: str) -> str:
    """Name of the file with a scene's charts, where they lie apart; empty where it has none.

    >>> reference_name("20180325T194759_dmi_prep.nc")
    '20180325T194759_dmi_prep_reference.nc'
    """
    stem = scene_name.removesuffix(PREP_SUFFIX)
    return "" if stem == scene_name else f"{stem}{REFERENCE_SUFFIX}"


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


_SCENE_ID = re.compile(r"(?P<time>\d{8}T\d{6})_(?P<service>[a-z]+)")


@dataclass(frozen=True)
class SceneId:
    """What a scene's file name says: `20180325T194759_dmi_prep.nc`.

    Attributes:
        time: Start of the Sentinel-1 acquisition, UTC; None where the name does not tell.
        service: Ice service that drew the chart, `dmi` or `cis`; empty where unknown.
    """

    time: datetime | None
    service: str

    @classmethod
    def parse(cls, file_name: str) -> "SceneId":
        """Read time and service off a file name; both stay unknown where it has another form."""
        match = _SCENE_ID.match(file_name)
        if match is None:
            return cls(None, "")
        try:
            time = datetime.strptime(match["time"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            time = None
        return cls(time, match["service"])


def region_of(original_id: str) -> str:
    """Region that a raw scene's name tells; empty where it tells none.

    >>> region_of("S1A_EW_..._icechart_dmi_201803252000_SouthEast_RIC.nc")
    'SouthEast'
    >>> region_of("S1B_EW_..._icechart_cis_SGRDIFOXE_20200319T1800Z_pl_a.nc")
    'SGRDIFOXE'
    """
    dmi = re.search(r"_([A-Za-z]+)_RIC", original_id)
    cis = re.search(r"(SGRDI[A-Z]+)", original_id)
    found = dmi or cis
    return found[1] if found else ""
