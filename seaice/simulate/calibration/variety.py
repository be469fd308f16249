"""How scenes differ from each other: without ice, without water, with few classes or many."""

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.simulate.calibration import published
from seaice.simulate.calibration.checks import Check, Section, Table, percent
from seaice.simulate.calibration.classes import ClassCounts
from seaice.simulate.calibration.sums import ratio

TITLE = "Scenes"
NO_ICE_WITHIN, NO_WATER_WITHIN = (0.03, 0.08), (0.09, 0.18)

LIMITS = (
    "Whether a scene has ice and water at all is drawn scene by scene: of 500 scenes 5 % are 5 % "
    "give or take one point, 13 % give or take one and a half, of fewer scenes more. A single "
    "polygon or pixel of the other kind is enough to take a scene out of the count."
)


def without(counts: ClassCounts) -> tuple[float, float]:
    """Shares of scenes without a pixel of SIC 1 to 10 and without one of SIC 0."""
    sic = counts.by_scene()[:, CHARTS.index("SIC")]
    return float((sic[:, 1:11].sum(1) == 0).mean()), float((sic[:, 0] == 0).mean())


def section(counts: ClassCounts) -> Section:
    """The section of the report."""
    checks = [
        _check(name, share, wanted, bounds)
        for name, share, wanted, bounds in zip(
            ("without ice", "without water"),
            without(counts),
            (published.NO_ICE, published.NO_WATER),
            (NO_ICE_WITHIN, NO_WATER_WITHIN),
            strict=True,
        )
    ]
    text = "Shares of scenes, and quantiles over scenes, each scene counted once."
    tables = (_quantiles(counts), _labelled_ice(counts), _distinct(counts), _containing(counts))
    return Section(TITLE, (text,), tuple(checks), tables, LIMITS)


def _check(name: str, share: float, wanted: float, bounds: tuple[float, float]) -> Check:
    low, high = bounds
    measured = f"{percent(share)} (published {percent(wanted)})"
    bound = f"{percent(low)} to {percent(high)}"
    return Check(TITLE, f"scenes {name}", measured, bound, low <= share <= high)


def _quantiles(counts: ClassCounts) -> Table:
    """Quantiles of the water share, of scenes with a labelled pixel."""
    sic = counts.by_scene()[:, CHARTS.index("SIC"), :11]
    share = ratio(sic[:, 0], sic.sum(1))
    share = share[np.isfinite(share)]
    values = np.quantile(share, published.QUANTILES) if share.size else np.full(5, np.nan)
    rows = (
        ("simulated", *(f"{value:.2f}" for value in values)),
        ("published", *(f"{value:.2f}" for value in published.WATER_QUANTILES)),
    )
    columns = ("water share", *(f"{100 * q:.0f} %" for q in published.QUANTILES))
    return Table("Quantiles over scenes of the share of SIC 0; no bound", columns, rows)


def _labelled_ice(counts: ClassCounts) -> Table:
    """How much of the charted ice has a labelled stage and floe size."""
    ice, with_stage, with_floe = np.sum(counts.ice, axis=0)
    rows = (
        ("stage", percent(float(ratio(with_stage, ice))), percent(published.ICE_WITH_STAGE)),
        ("floe size", percent(float(ratio(with_floe, ice))), percent(published.ICE_WITH_FLOE)),
    )
    columns = ("labelled", "simulated", "published")
    return Table("Pixels of SIC 1 to 10 that are labelled as ice; no bound", columns, rows)


def _distinct(counts: ClassCounts) -> Table:
    """How many classes of SOD a scene holds."""
    sod = counts.by_scene()[:, CHARTS.index("SOD"), :6]
    found = np.bincount((sod > 0).sum(1), minlength=7)
    rows = tuple(
        (str(number), percent(scenes / max(found.sum(), 1)), percent(real / published.SCENES))
        for number, (scenes, real) in enumerate(zip(found, published.DISTINCT_STAGES, strict=True))
    )
    caption = "Scenes by their number of distinct classes of SOD, water counted; no bound"
    return Table(caption, ("classes", "simulated", "published"), rows)


def _containing(counts: ClassCounts) -> Table:
    """Share of scenes that hold each class."""
    found = (counts.by_scene() > 0).mean(0)
    rows = tuple(
        (
            f"{name} {index}",
            CHART[name].class_names[index],
            percent(float(found[CHARTS.index(name), index])),
            percent(wanted),
        )
        for name in CHARTS
        for index, wanted in enumerate(published.SCENES_CONTAINING[name])
    )
    caption = "Scenes that hold at least one pixel of a class; no bound"
    return Table(caption, ("class", "", "simulated", "published"), rows)
