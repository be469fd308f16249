"""Published statistics of the AI4Arctic training charts, which simulated scenes are held against.

Counted over the 513 training scenes of the AI4Arctic sea ice challenge dataset (class bins and
datalists in `misc/` of astokholm/AI4ArcticSeaIceChallenge). Shares are 0 to 1. What is published of
the sensors stands beside the steps that use it, in `seaice.simulate`.
"""

from seaice.ai4arctic.charts import ChartName

SCENES = 513
"""Training scenes; 316 by the Danish service, 197 by the Canadian one."""

SERVICES = ("dmi", "cis")
SEASONS = ("DJF", "MAM", "JJA", "SON")
"""In the order of `seaice.simulate.season.season_of`."""

CLASS_SHARES: dict[ChartName, tuple[float, ...]] = {
    "SIC": (
        *(0.57003, 0.00425, 0.02162, 0.01678, 0.01179, 0.01892),
        *(0.01187, 0.02221, 0.03323, 0.06555, 0.22376),
    ),
    "SOD": (0.66543, 0.01778, 0.02523, 0.02122, 0.14818, 0.12217),
    "FLOE": (0.66764, 0.00366, 0.02366, 0.04013, 0.05986, 0.20354, 0.00151),
}
"""Share of each class among the labelled pixels of all scenes."""

UNLABELLED: dict[ChartName, float] = {"SIC": 0.3994, "SOD": 0.4855, "FLOE": 0.4872}
"""Share of unlabelled pixels among all pixels."""

UNLABELLED_BY_SERVICE: dict[str, dict[ChartName, float]] = {
    "dmi": {"SIC": 0.3733, "SOD": 0.4845, "FLOE": 0.4771},
    "cis": {"SIC": 0.4428, "SOD": 0.4871, "FLOE": 0.5039},
}

WATER_AND_FULL_BY_SERVICE = {"dmi": (0.5404, 0.26599), "cis": (0.62552, 0.14467)}
"""SIC 0 and SIC 10 among labelled pixels of a service."""

WATER_AND_FULL_BY_SEASON = {
    "DJF": (0.38358, 0.45471),
    "MAM": (0.44158, 0.30643),
    "JJA": (0.65574, 0.07529),
    "SON": (0.71022, 0.14219),
}
"""SIC 0 and SIC 10 among labelled pixels of a season."""

STAGES_BY_SEASON = {
    "DJF": (0.0359, 0.2198, 0.2217, 0.1925, 0.3301),
    "MAM": (0.0086, 0.0075, 0.0289, 0.7242, 0.2308),
    "JJA": (0.0, 0.0, 0.0001, 0.5903, 0.4096),
    "SON": (0.2262, 0.1218, 0.0159, 0.0432, 0.5929),
}
"""New, young, thin first-year, thick first-year and old ice among the pixels of a labelled stage
of ice."""

NO_ICE, NO_WATER = 27 / SCENES, 68 / SCENES
"""Scenes without a pixel of SIC 1 to 10, and without one of SIC 0."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WATER_QUANTILES = (0.0, 0.115, 0.557, 0.942, 1.0)
"""Quantiles over scenes of the share of SIC 0 among a scene's labelled pixels."""

SCENES_CONTAINING: dict[ChartName, tuple[float, ...]] = {
    "SIC": (0.867, 0.193, 0.491, 0.493, 0.339, 0.464, 0.275, 0.466, 0.522, 0.655, 0.735),
    "SOD": (0.867, 0.279, 0.236, 0.211, 0.466, 0.337),
    "FLOE": (0.867, 0.072, 0.326, 0.435, 0.491, 0.556, 0.168),
}
"""Share of scenes with at least one pixel of each class."""

ICE_WITH_STAGE, ICE_WITH_FLOE = 0.6666, 0.66
"""Pixels of SIC 1 to 10 whose stage, or floe size, is labelled as one of ice."""

DISTINCT_STAGES = (1, 84, 223, 136, 54, 15, 0)
"""Scenes with 0 to 6 distinct labelled classes of SOD, open water counted."""

COLD_MONTHS = (10, 11, 12, 1, 2, 3, 4)
"""Months without melt at the latitudes of the charts."""
