"""File names of scenes: the only module that makes them or reads them.

A raw file has its official name, a Sentinel-1 product and an ice chart joined by `_icechart_`. The
ready-to-train file is named after the time and the ice service alone, and the charts of a test
scene lie beside it in a reference file:

    S1A_EW_GRDM_1SDH_20180325T194759_..._icechart_dmi_201803252000_SouthEast_RIC.nc
    20180325T194759_dmi_prep.nc
    20180325T194759_dmi_prep_reference.nc

Time and service are also the id of the scene: `20180325T194759_dmi`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

PREP_SUFFIX = "_prep.nc"
REFERENCE_SUFFIX = "_prep_reference.nc"

_TIME_FORMAT = "%Y%m%dT%H%M%S"
_CHART_MARK = "_icechart_"
_LONGEST_NAME = 255
"""Characters of a file name; file systems allow no longer ones."""

_TIME = r"(?P<time>\d{8}T\d{6})"
_RAW_NAME = re.compile(rf"_{_TIME}_.*{_CHART_MARK}(?P<service>[A-Za-z]{{1,16}})_")
_SCENE_NAME = re.compile(rf"{_TIME}_(prep|(?P<service>[A-Za-z]+))")
_LISTED_NAME = re.compile(
    rf"(?P<id>{_TIME}_(?!prep)[A-Za-z]+)(_prep(_reference)?)?(\.nc)?", re.ASCII
)


@dataclass(frozen=True)
class SceneName:
    """What the name of a ready-to-train file says: `20180325T194759_dmi_prep.nc`.

    Attributes:
        time: Start of the Sentinel-1 acquisition, UTC; None where the name does not contain it.
        service: Ice service that drew the chart, `dmi` or `cis`, in lower case; empty where
            unknown.
    """

    time: datetime | None
    service: str

    @classmethod
    def parse(cls, file_name: str) -> "SceneName":
        """Read time and service from a file name; a name of another form leaves both unknown."""
        match = _SCENE_NAME.match(file_name)
        if match is None:
            return cls(None, "")
        try:
            time = datetime.strptime(match["time"], _TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            time = None
        return cls(time, (match["service"] or "").lower())


def scene_id(file_name: str) -> str:
    """Id of a ready-to-train file's scene: the name without its ending.

    >>> scene_id("20180325T194759_dmi_prep.nc"), scene_id("mine.nc")
    ('20180325T194759_dmi', 'mine')
    """
    return file_name.removesuffix(".nc").removesuffix(PREP_SUFFIX.removesuffix(".nc"))


def prep_name(time: datetime, service: str) -> str:
    """Name of a ready-to-train file.

    >>> prep_name(datetime(2018, 3, 25, 19, 47, 59), "dmi")
    '20180325T194759_dmi_prep.nc'
    """
    return f"{time:{_TIME_FORMAT}}_{service}{PREP_SUFFIX}"


def prep_name_of(*raw_names: str) -> str:
    """Name of the ready-to-train file that a raw file becomes.

    >>> prep_name_of("S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_icechart_dmi_SouthEast.nc")
    '20180325T194759_dmi_prep.nc'

    Args:
        raw_names: Names of the raw file; the first that contains time and service counts.

    Returns:
        The name; empty where none of the raw names contains time and service.
    """
    for name in raw_names:
        if match := _RAW_NAME.search(name):
            return f"{match['time']}_{match['service'].lower()}{PREP_SUFFIX}"
    return ""


def reference_name(file_name: str) -> str:
    """Name of the file with a scene's charts, where they are in a file of their own.

    >>> reference_name("20180325T194759_dmi_prep.nc")
    '20180325T194759_dmi_prep_reference.nc'

    Returns:
        The name; empty where `file_name` is not that of a ready-to-train file.
    """
    stem = file_name.removesuffix(PREP_SUFFIX)
    return "" if stem == file_name else f"{stem}{REFERENCE_SUFFIX}"


def is_reference(file_name: str) -> bool:
    """Whether a file of this name holds the charts of the scene beside it, and nothing else."""
    return file_name.endswith(REFERENCE_SUFFIX)


def listed_id(name: str) -> str:
    """Id of the scene that an entry of a list names; empty where it does not name a scene.

    An entry can be the name of a raw file, as in the official lists, of a ready-to-train file or of
    a reference, or an id. Folders in front of it do not matter.

    >>> listed_id("S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_icechart_dmi_SouthEast.nc")
    '20180325T194759_dmi'
    >>> listed_id("train/20180107T222053_cis_prep.nc"), listed_id("20180107T222053_cis")
    ('20180107T222053_cis', '20180107T222053_cis')
    """
    plain = file_name_of(name)
    # Longer ones are not searched: that can take hours.
    if len(plain) > _LONGEST_NAME:
        return ""
    match = _LISTED_NAME.fullmatch(prep_name_of(plain) or plain)
    return match["id"] if match else ""


def file_name_of(path: str) -> str:
    """Last part of a path as any system writes it, without white space around it."""
    return re.split(r"[/\\]", path.strip())[-1]


def raw_name(product: str, service: str, chart: str) -> str:
    """Official name of a raw file.

    >>> raw_name("S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859", "dmi", "SouthEast_RIC")
    'S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_icechart_dmi_SouthEast_RIC.nc'

    Args:
        product: Name of the Sentinel-1 product.
        service: Ice service, `dmi` or `cis`.
        chart: Name of the ice chart.
    """
    return f"{product}{_CHART_MARK}{service}_{chart}.nc"


def product_of(original_id: str) -> str:
    """Name of the Sentinel-1 product in the official name of a raw file."""
    return original_id.split(_CHART_MARK.rstrip("_"))[0]


def region_of(original_id: str) -> str:
    """Region of the ice chart in the official name of a raw file; empty where it has none.

    >>> region_of("S1A_EW_..._icechart_dmi_201803252000_SouthEast_RIC.nc")
    'SouthEast'
    >>> region_of("S1B_EW_..._icechart_cis_SGRDIFOXE_20200319T1800Z_pl_a.nc")
    'SGRDIFOXE'
    """
    dmi = re.search(r"_([A-Za-z]+)_RIC", original_id)
    cis = re.search(r"(SGRDI[A-Z]+)", original_id)
    match = dmi or cis
    return match[1] if match else ""


REGION_NAMES: dict[str, str] = {
    "CapeFarewell": "Cape Farewell",
    "CentralEast": "Central East Greenland",
    "CentralWest": "Central West Greenland",
    "North": "North Greenland",
    "NorthAndCentralEast": "North and Central East Greenland",
    "NorthEast": "North East Greenland",
    "NorthWest": "North West Greenland",
    "SouthEast": "South East Greenland",
    "SouthWest": "South West Greenland",
    "SGRDIEA": "Eastern Arctic",
    "SGRDIFOXE": "Foxe Basin",
    "SGRDINFLD": "Newfoundland",
    "SGRDIWA": "Western Arctic",
}
"""Regions of ice charts as a person writes them, by the codes in file names."""


def region_name(region: str) -> str:
    """A region as a person writes it; its code where no other name is known.

    >>> region_name("SGRDIFOXE"), region_name("CapeFarewell"), region_name("Elsewhere")
    ('Foxe Basin', 'Cape Farewell', 'Elsewhere')
    """
    return REGION_NAMES.get(region, region)
