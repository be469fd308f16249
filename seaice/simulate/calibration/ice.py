"""Backscatter of each kind of ice by incidence angle, beside its published line."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import SIGMA0
from seaice.ai4arctic.charts import NEW, OLD, THICK, YOUNG
from seaice.simulate.calibration.checks import Check, Section, Table, fixed
from seaice.simulate.calibration.noise import CLEAR_DB, noise_db
from seaice.simulate.calibration.published import COLD_MONTHS
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable, decibel, linear, ratio
from seaice.simulate.sar import ICE_DB

TITLE = "Radar backscatter of ice"
WITHIN_DB, SLOPE_WITHIN_DB = 2.0, 0.05
LEAST_PIXELS, LEAST_SCENES, LEAST_BINS = 200, 3, 3
FULL_COVER, LEVEL, DEFORMED, NO_BERGS = 0.98, 0.1, 0.9, 1e-3

ANGLE_BINS_DEG = np.arange(20.0, 47.0)
"""Borders of the bins of one degree."""

LIMITS = (
    "The worst bin of a kind may hold only three scenes, and the ice of a stage differs from "
    f"scene to scene. Where the line is just {CLEAR_DB:.0f} dB above the noise floor, the noise "
    "adds 1 dB to it, and less at angles where it is farther above, which bends the slope; new "
    "ice in HH is clear of the noise below about 26 degrees alone, so that its slope rests on a "
    "few bins and on which scenes lie in each. What counts as pure is not quite: level ice holds "
    f"up to {LEVEL:.0%} of ridges, worth up to 2 dB in HH at large angles, new ice is brightened "
    "by frost flowers, small floes by their edges, and in summer wet snow draws all ice but new "
    "ice towards one line."
)

KINDS = {
    "calm": "new ice",
    "young": "young ice",
    "level": "level first-year ice",
    "deformed": "deformed first-year ice",
    "old": "old ice",
}
"""Kinds of `ICE_DB` and how the report calls them."""

_POLARISATIONS = ("HH", "HV")
_ASSUMED = {("old", 0): " (assumed level)", ("old", 1): " (assumed level and slope)"}
"""What has no source of a kind's line, by kind and polarisation."""


@dataclass(frozen=True)
class IceSums(Mergeable):
    """Sums over pixels of pure ice, float64 (kinds, 2, bins); the second axis is HH, HV.

    Attributes:
        count: Number of pixels.
        scenes: Number of scenes that have some.
        power: Sum of the backscatter, linear.
        line: Sum of the published line at the pixels' angles, linear.
        noise: Sum of the noise floor at their angles, linear.
        angle: Sum of their incidence angles, degrees.
    """

    count: np.ndarray
    scenes: np.ndarray
    power: np.ndarray
    line: np.ndarray
    noise: np.ndarray
    angle: np.ndarray

    @classmethod
    def of(cls, sample: Sample) -> "IceSums":
        """Measure one scene."""
        sigma0_db = [sample.physical(name) for name in SIGMA0]
        return cls.of_pixels(sigma0_db, sample.angle_deg, _masks(sample))

    @classmethod
    def of_pixels(
        cls, sigma0_db: list[np.ndarray], angle_deg: np.ndarray, masks: dict[str, np.ndarray]
    ) -> "IceSums":
        """Measure one scene.

        Args:
            sigma0_db: HH and HV, dB, (lines, samples) each.
            angle_deg: Incidence angles, (lines, samples).
            masks: Where each kind of `KINDS` lies, bool (lines, samples).
        """
        bins = len(ANGLE_BINS_DEG) - 1
        sums = np.zeros((6, len(KINDS), 2, bins))
        for k, kind in enumerate(KINDS):
            where = masks[kind] & (angle_deg >= ANGLE_BINS_DEG[0]) & (angle_deg < 46)
            angle = angle_deg[where].astype(float)
            index = (angle - ANGLE_BINS_DEG[0]).astype(int)
            count = np.bincount(index, minlength=bins)
            for p in (0, 1):
                a, b = ICE_DB[kind][2 * p : 2 * p + 2]
                layers = (
                    linear(sigma0_db[p][where]),
                    linear(a + b * angle),
                    linear(noise_db(p, angle)),
                    angle,
                )
                parts = [np.bincount(index, layer, bins) for layer in layers]
                sums[:, k, p] = count, count > 0, *parts
        return cls(*sums)

    @classmethod
    def empty(cls) -> "IceSums":
        """Nothing measured."""
        return cls(*np.zeros((6, len(KINDS), 2, len(ANGLE_BINS_DEG) - 1)))


@dataclass(frozen=True)
class IceMonths(Mergeable):
    """The sums of all months, and of those without melt.

    Attributes:
        all: Over all scenes.
        cold: Over scenes of October to April.
    """

    all: IceSums
    cold: IceSums

    @classmethod
    def of(cls, sample: Sample) -> "IceMonths":
        """Measure one scene."""
        sums = IceSums.of(sample)
        return cls(sums, sums if sample.month in COLD_MONTHS else IceSums.empty())


def _masks(sample: Sample) -> dict[str, np.ndarray]:
    """Where each kind of ice is pure by the truth: closed, no floe's rim, no bergs."""
    ice = sample.truth.ice
    pure = sample.valid & (ice.cover >= FULL_COVER) & (ice.rim == 0)
    pure &= ice.bergs < NO_BERGS
    thick = pure & (ice.stage == THICK)
    return {
        "calm": pure & (ice.stage == NEW),
        "young": pure & (ice.stage == YOUNG),
        "level": thick & (ice.deformation < LEVEL),
        "deformed": thick & (ice.deformation > DEFORMED),
        "old": pure & (ice.stage == OLD),
    }


@dataclass(frozen=True)
class Line:
    """One kind of ice in one polarisation against its published line.

    Attributes:
        pixels: Pixels in all bins.
        bins: Bins that are judged.
        enough: Some bin has enough pixels, clear of the noise or not.
        mean_db: Mean over these bins of measured less published; information, since bins of
            opposite sign cancel.
        worst_db: Measured less published of the bin that is farthest off.
        worst_deg: Angle of that bin.
        slope: Of a straight line through the bins, weighted by pixels, dB per degree.
    """

    pixels: int
    bins: int
    enough: bool
    mean_db: float
    worst_db: float
    worst_deg: float
    slope: float


def fit_line(sums: IceSums, kind: str, polarisation: int) -> Line:
    """Hold a kind of ice against its published line."""
    at = (list(KINDS).index(kind), polarisation)
    count, scenes, angle = sums.count[at], sums.scenes[at], sums.angle[at]
    measured, line, noise = (
        decibel(ratio(part[at], count)) for part in (sums.power, sums.line, sums.noise)
    )
    enough = (count >= LEAST_PIXELS) & (scenes >= LEAST_SCENES)
    judged = enough & (line >= noise + CLEAR_DB)
    pixels, bins = int(count.sum()), int(judged.sum())
    if not bins:
        return Line(pixels, 0, bool(enough.any()), *[float("nan")] * 4)
    off, angle_deg = (measured - line)[judged], (angle[judged] / count[judged])
    worst = int(np.abs(off).argmax())
    slope = _slope(angle_deg, measured[judged], count[judged])
    return Line(
        pixels, bins, True, float(off.mean()), float(off[worst]), float(angle_deg[worst]), slope
    )


def _slope(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Slope of the weighted straight line; not a number through fewer than three points."""
    if len(x) < LEAST_BINS:
        return float("nan")
    dx = x - np.average(x, weights=weight)
    return float((weight * dx * y).sum() / (weight * dx**2).sum())


def section(months: IceMonths) -> Section:
    """The section of the report: two bounds for each kind and polarisation."""
    checks, rows = [], []
    for kind, label in KINDS.items():
        for p, polarisation in enumerate(_POLARISATIONS):
            line, cold = (fit_line(sums, kind, p) for sums in (months.all, months.cold))
            name = f"{label}, {polarisation}{_ASSUMED.get((kind, p), '')}"
            checks += _checks(name, line, ICE_DB[kind][2 * p + 1])
            rows.append(_row(name, line, cold, ICE_DB[kind][2 * p + 1]))
    columns = (
        *("kind", "pixels", "bins", "mean", "worst bin", "slope", "of the line"),
        *("mean, no melt", "slope, no melt"),
    )
    caption = "Measured less the line, dB, and slopes, dB per degree"
    table = Table(caption, columns, tuple(rows))
    return Section(TITLE, (_about(),), tuple(checks), (table,), LIMITS)


def _about() -> str:
    return (
        "HH and HV of the finished dataset where the simulated truth is one kind of ice: cover "
        f"of at least {FULL_COVER:.0%}, no rim of a floe, no icebergs, the stage of the kind, and "
        f"for thick first-year ice a deformation below {LEVEL} (level) or above {DEFORMED} "
        "(deformed). Mean linear power in bins of one degree from 20 to 46; a bin counts where "
        f"it has at least {LEAST_PIXELS} pixels of {LEAST_SCENES} scenes and the published line "
        f"is at least {CLEAR_DB:.0f} dB above the noise floor. Every bin is to lie near the line: "
        "judged is the one farthest from it. The straight line of the slope weighs a bin by its "
        "pixels. Without a bound: the mean over bins, each of the same weight, and the months "
        "without melt (October to April). The lines are those that the simulator itself holds: "
        "this section asks whether they survive texture, floes, melt, noise and scaling, and the "
        "simulator's tests compare them with copies typed by hand from the source. Only old ice "
        "has no source for its levels and its slope in HV: they are assumed, and said so in its "
        "name."
    )


def _checks(name: str, line: Line, slope: float) -> list[Check]:
    worst_bound = f"within {WITHIN_DB:.0f} dB of the line in every bin"
    slope_bound = f"within {SLOPE_WITHIN_DB} of {slope:.3f} dB/deg"
    names = (f"{name}, worst bin", f"{name}, slope")
    if not line.bins:
        why = f"never {CLEAR_DB:.0f} dB above the noise floor" if line.enough else "too few pixels"
        bounds = (worst_bound, slope_bound)
        return [Check(TITLE, n, why, b, None) for n, b in zip(names, bounds, strict=True)]
    near = abs(line.worst_db) <= WITHIN_DB
    checks = [Check(TITLE, names[0], f"{_worst(line)}, of {line.bins} bins", worst_bound, near)]
    if np.isnan(line.slope):
        checks.append(Check(TITLE, names[1], "too few bins", slope_bound, None))
    else:
        holds = abs(line.slope - slope) <= SLOPE_WITHIN_DB
        checks.append(Check(TITLE, names[1], f"{line.slope:.3f} dB/deg", slope_bound, holds))
    return checks


def _worst(line: Line) -> str:
    return f"{fixed(line.worst_db, 2, 'dB', signed=True)} at {line.worst_deg:.1f} deg"


def _row(name: str, line: Line, cold: Line, slope: float) -> tuple[str, ...]:
    means = [fixed(part.mean_db, 2, signed=True) for part in (line, cold)]
    slopes = [fixed(part.slope, 3) for part in (line, cold)]
    worst = _worst(line) if line.bins else "none"
    numbers = (f"{line.pixels}", f"{line.bins}", means[0], worst, slopes[0], f"{slope:.3f}")
    return (name, *numbers, means[1], slopes[1])
