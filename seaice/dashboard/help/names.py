"""Classes, regions and channel sets in full, as tables."""

from collections.abc import Mapping

import pandas as pd

from seaice.ai4arctic.channel_groups import channel_groups
from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHART, ChartName
from seaice.ai4arctic.egg_code import CONCENTRATION, FORM, STAGE
from seaice.ai4arctic.names import REGION_NAMES

_CODES: Mapping[ChartName, Mapping[int, int]] = {
    "SIC": CONCENTRATION,
    "SOD": STAGE,
    "FLOE": FORM,
}


def class_names(chart: ChartName) -> pd.DataFrame:
    """The classes of a chart, with the SIGRID-3 codes that become each."""
    rows = {
        index: {
            "Name": name,
            "SIGRID-3 codes": ", ".join(
                f"{code:02d}" for code, of in _CODES[chart].items() if of == index
            ),
        }
        for index, name in enumerate(CHART[chart].class_names)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Class")


def region_names() -> pd.DataFrame:
    """The regions of ice charts by the codes in file names."""
    services = (
        "Canadian Ice Service" if code.startswith("SGRD") else "DMI" for code in REGION_NAMES
    )
    return pd.DataFrame(
        {"Name": list(REGION_NAMES.values()), "Ice service": list(services)},
        index=pd.Index(REGION_NAMES, name="Code"),
    )


def channel_sets() -> pd.DataFrame:
    """What each channel set holds."""
    rows = {
        name: {"Channels": len(channels), "What they are": ", ".join(channel_groups(channels))}
        for name, channels in CHANNEL_SETS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Channel set")
