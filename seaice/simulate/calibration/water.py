"""Backscatter of open water in HH by wind and incidence angle, beside the published table."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import HH
from seaice.simulate.calibration.checks import Check, Section, Table, fixed
from seaice.simulate.calibration.noise import CLEAR_DB, noise_db
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable, decibel, linear, ratio
from seaice.simulate.sar import ANGLE_DEG, WIND_M_S, open_water_db

TITLE = "Radar backscatter of open water"
WITHIN_DB = 1.5
LEAST_PIXELS, LEAST_SCENES = 200, 3

LIMITS = (
    "Few scenes have strong wind, and each has one main direction of it, which moves HH by up to "
    "2 dB; a bin of few scenes keeps what the directions of many would cancel. Gusts and "
    "streaks, which the dataset's wind does not show, bend the mean where HH is steep in wind. "
    "The table ends at 20 m/s and is held beyond, so that the highest bin is flattened. Near the "
    f"bound of {CLEAR_DB:.0f} dB the noise floor adds up to 1 dB."
)

WIND_BINS_M_S = ((1.5, 3.0), (4.0, 6.0), (9.0, 11.0), (14.0, 16.0), (19.0, 21.0))
HALF_ANGLE_DEG = 1.5


@dataclass(frozen=True)
class WaterSums(Mergeable):
    """Sums over open-water pixels, float64 (winds, angles).

    Attributes:
        count: Number of pixels.
        scenes: Number of scenes that have some.
        power: Sum of HH, linear.
        table: Sum of the published table at the pixels' wind and angle, linear.
        noise: Sum of the noise floor at their angle, linear.
    """

    count: np.ndarray
    scenes: np.ndarray
    power: np.ndarray
    table: np.ndarray
    noise: np.ndarray

    @classmethod
    def of(cls, sample: Sample) -> "WaterSums":
        """Measure one scene."""
        where = sample.open_water
        hh_db = sample.physical(HH)[where]
        angle_deg, wind_m_s = sample.angle_deg[where], sample.wind_m_s()[where]
        return cls.of_pixels(hh_db, angle_deg, wind_m_s)

    @classmethod
    def of_pixels(
        cls, hh_db: np.ndarray, angle_deg: np.ndarray, wind_m_s: np.ndarray
    ) -> "WaterSums":
        """Measure the open-water pixels of one scene, (pixels,) each."""
        bins = _bins(wind_m_s, angle_deg)
        inside = bins >= 0
        bins, angle_deg, wind_m_s = bins[inside], angle_deg[inside], wind_m_s[inside]
        layers = (
            linear(hh_db[inside]),
            linear(open_water_db(wind_m_s, angle_deg)[0]),
            linear(noise_db(0, angle_deg)),
        )
        shape = (len(WIND_M_S), len(ANGLE_DEG))
        size = shape[0] * shape[1]
        count = np.bincount(bins, minlength=size).reshape(shape).astype(float)
        sums = (np.bincount(bins, layer, size).reshape(shape) for layer in layers)
        return cls(count, (count > 0).astype(float), *sums)

    def enough(self) -> np.ndarray:
        """Bins with 200 pixels of three scenes, bool (winds, angles)."""
        return (self.count >= LEAST_PIXELS) & (self.scenes >= LEAST_SCENES)


def _bins(wind_m_s: np.ndarray, angle_deg: np.ndarray) -> np.ndarray:
    """Number of each pixel's bin, wind by wind; -1 outside all of them."""
    bins = np.full(wind_m_s.shape, -1)
    nearest = np.abs(angle_deg[:, None] - ANGLE_DEG).argmin(1)
    near = np.abs(angle_deg - ANGLE_DEG[nearest]) <= HALF_ANGLE_DEG
    for index, (low, high) in enumerate(WIND_BINS_M_S):
        here = near & (wind_m_s >= low) & (wind_m_s <= high)
        bins[here] = index * len(ANGLE_DEG) + nearest[here]
    return bins


def section(sums: WaterSums) -> Section:
    """The section of the report: one bound for each wind and angle."""
    measured, published = (decibel(ratio(part, sums.count)) for part in (sums.power, sums.table))
    above = published - decibel(ratio(sums.noise, sums.count))
    enough = sums.enough()
    checks, rows = [], []
    for w, wind_m_s in enumerate(WIND_M_S):
        cells = []
        for a, angle_deg in enumerate(ANGLE_DEG):
            off_db = float(measured[w, a] - published[w, a])
            name = f"{wind_m_s:.0f} m/s at {angle_deg:.0f} degrees"
            clear = bool(above[w, a] >= CLEAR_DB)
            checks.append(_check(name, off_db, float(published[w, a]), bool(enough[w, a]), clear))
            cells.append(_cell(off_db, bool(enough[w, a]), clear))
        rows.append((f"{wind_m_s:.0f} m/s", *cells))
    columns = ("wind", *(f"{angle:.0f} deg" for angle in ANGLE_DEG))
    caption = "Mean HH less the table's, dB; n: near the noise floor; -: too few pixels"
    text = (
        "HH of the finished dataset over sea without ice in the pixel or its eight neighbours, "
        "in bins of wind speed (1.5 to 3 m/s, then 1 m/s to either side of 5, 10, 15 and 20) and "
        f"of incidence angle ({HALF_ANGLE_DEG} degrees to either side). The mean of the linear "
        "power is held against the mean of the published table (CMOD5.N with Mouche's ratio) at "
        "the wind and angle of the same pixels. A bin is judged where it has at least "
        f"{LEAST_PIXELS} pixels of at least {LEAST_SCENES} scenes and the table is at least "
        f"{CLEAR_DB:.0f} dB above the noise floor. The table is the one that the simulator itself "
        "holds: this section asks whether it survives gusts, mixing, noise and scaling, and the "
        "simulator's tests compare it with a copy typed by hand from the source."
    )
    table = Table(caption, columns, tuple(rows))
    return Section(TITLE, (text,), tuple(checks), (table,), LIMITS)


def _check(name: str, off_db: float, table_db: float, enough: bool, clear: bool) -> Check:
    bound = f"within {WITHIN_DB} dB of {fixed(table_db, 1, 'dB')}"
    if not enough:
        return Check(TITLE, name, "too few pixels", f"within {WITHIN_DB} dB of the table", None)
    if not clear:
        return Check(TITLE, name, f"less than {CLEAR_DB:.0f} dB above the noise floor", bound, None)
    text = fixed(off_db, 2, "dB", signed=True)
    return Check(TITLE, name, text, bound, abs(off_db) <= WITHIN_DB)


def _cell(off_db: float, enough: bool, clear: bool) -> str:
    if not enough:
        return "-"
    return fixed(off_db, 2, signed=True) + ("" if clear else " n")
