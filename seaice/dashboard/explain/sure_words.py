"""How sure networks are and whether they are right as often: an answer in words, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard.explain.seeds import (
    Seeds,
    maps_of,
    median_spread,
    reliability_of,
    seed_of,
)
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import number_text
from seaice.results.confidence.ensemble import EnsembleMaps
from seaice.results.confidence.reliability import Reliability
from seaice.results.confidence.trust import Trust

_CLOSE = 0.02
"""Differences of confidence and accuracy that are not worth a word."""
_DASH = "\u2013"
_SPREAD = (
    "- **Spread**: the standard deviation between the seeds, median over the pixels.\n"
    "- **Masked**: the pixels beyond the limit above, which are hatched on the maps. *The rest* "
    "are the others.\n"
)
_CLASSES = (
    "- **Sure by**: the probability of the class that a labelled pixel is given, mean over the "
    "seeds.\n"
    "- **Right**: the share of the labelled pixels whose class is the ice chart's.\n"
    "- **Calibration error**: the mean distance between both over bins of confidence.\n"
    f"{_SPREAD}"
    "- **Temperature**: of each seed. What its outputs are divided by before they become "
    "probabilities: above 1, it makes a network less sure, below 1 surer.\n\n"
    "One scene tells little. Over a folder: `seaice calibrate CHECKPOINT... --data DATA_FOLDER`, "
    "which with `--keep` also fits temperatures."
)
MEANINGS: dict[ChartName, str] = {"SIC": _SPREAD, "SOD": _CLASSES, "FLOE": _CLASSES}
"""What the rows of the table mean."""


@dataclass(frozen=True, eq=False)
class Sureness:
    """What the page says of one network.

    Attributes:
        label: Its rates.
        seeds: Its checkpoints.
        trust: What the mask leaves.
    """

    label: str
    seeds: Seeds
    trust: Trust


def answer(found: Sureness, chart: ChartName, measured: Reliability | None, limit: float) -> str:
    """Whether a network is to be trusted, and where, in two sentences.

    Args:
        found: The network.
        chart: The task.
        measured: How often it is right; None for SIC.
        limit: Where its mask begins: a probability from 0 to 1, or for SIC percentage points.
    """
    if np.isnan(found.trust.share):
        return "The scene has no valid pixel."
    where = _where(found.trust, chart, limit)
    return where if measured is None else f"{_verdict(measured)} {where}"


def _verdict(found: Reliability) -> str:
    """Whether a network is right as often as it is sure."""
    if not found.count():
        return "Whether it is right is not known, because no pixel has a label."
    sure, right = found.mean_confidence(), found.accuracy()
    verdict = "As sure as it is right" if abs(sure - right) <= _CLOSE else "Too sure"
    if right - sure > _CLOSE:
        verdict = "Right more often than it is sure"
    return (
        f"{verdict}: it is right on {100 * right:.0f} % of the labelled pixels, and sure by "
        f"{100 * sure:.0f} %."
    )


def _where(found: Trust, chart: ChartName, limit: float) -> str:
    """What holds where it is to be trusted."""
    sic = chart == "SIC"
    sure = (
        f"its seeds spread by at most {limit:.0f} points"
        if sic
        else f"it is sure by at least {100 * limit:.0f} %"
    )
    rest = f"{100 * (1 - found.share):.0f} % of the pixels"
    if np.isnan(found.quality_of_all):
        return f"On {rest}, {sure}."
    if np.isnan(found.quality):
        return f"There is no labelled pixel where {sure}."
    right = (
        f"its mean absolute error is {found.quality:.1f} points ({found.quality_of_all:.1f} of all)"
        if sic
        else f"it is right on {100 * found.quality:.0f} %"
    )
    return f"Where {sure} ({rest}), {right}."


def sure_table(view: SceneView, chart: ChartName, found: Sequence[Sureness]) -> pd.DataFrame:
    """The numbers behind the answers, a column for each network; all cells are text."""
    columns = {each.label: _column(view, chart, each) for each in found}
    return pd.DataFrame(columns).rename_axis("Rates")


def _column(view: SceneView, chart: ChartName, found: Sureness) -> dict[str, str]:
    maps = maps_of(view.scene, found.seeds)
    spread = median_spread(maps, chart) if isinstance(maps, EnsembleMaps) else np.nan
    shared = {
        "Spread between seeds": _with_unit(spread, 1, "points"),
        "Masked": _with_unit(100 * found.trust.share, 0, "%"),
    }
    seeds = {"Seeds": ", ".join(str(seed_of(file)) for file in found.seeds)}
    if chart == "SIC":
        errors = {
            "Mean absolute error": found.trust.quality_of_all,
            "Mean absolute error of the rest": found.trust.quality,
        }
        return (
            seeds | shared | {name: _with_unit(each, 1, "points") for name, each in errors.items()}
        )
    measured = reliability_of(view.scene, found.seeds, chart)
    known = bool(measured.count())
    return {
        **seeds,
        "Sure by": _with_unit(100 * measured.mean_confidence() if known else np.nan, 0, "%"),
        "Right": _with_unit(100 * measured.accuracy() if known else np.nan, 0, "%"),
        "Calibration error": _with_unit(measured.error() * 100 if known else np.nan, 1, "points"),
        **shared,
        "Right, of the rest": _with_unit(100 * found.trust.quality, 0, "%"),
        "Temperature": temperature_text(found.seeds, chart),
    }


def _with_unit(value: float, digits: int, unit: str) -> str:
    return _DASH if np.isnan(value) else f"{number_text(value, digits)} {unit}"


def temperature_text(seeds: Seeds, chart: ChartName) -> str:
    """The temperatures of a network's seeds, or why there are none."""
    calibrated = [file.info for file in seeds if file.info.calibration]
    if not calibrated:
        return "none fitted"
    if not any(chart in info.calibration.get("temperatures", {}) for info in calibrated):
        return "none: it did not help"
    return ", ".join(f"{info.temperature(chart):.2f}" for info in calibrated)
