"""Brightness temperatures of pure surfaces, beside the published tie points."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.channels import AMSR2, CHANNEL
from seaice.ai4arctic.layout import CELL_M
from seaice.simulate.calibration.checks import Check, Section, fixed
from seaice.simulate.calibration.published import COLD_MONTHS
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable, ratio
from seaice.simulate.parts import surface_shares
from seaice.simulate.radiometer import SURFACES as SIMULATED
from seaice.simulate.radiometer import band_of, blurred
from seaice.simulate.swath import WIND_FACTOR

TITLE = "Brightness temperatures of pure surfaces"
WITHIN_K = 3.0
LEAST_CELLS, LEAST_SCENES = 100, 3
PURE_SHARE = 0.99
CALM_M_S, DRY_KG_M2, CLEAR_KG_M2 = (3.0, 7.0), (3.0, 8.0), 0.03
COLD_K = 268.0

SURFACES = {
    "water": ("water", "water_k"),
    "thick first-year ice": ("first_year", "first_year_k"),
    "old ice": ("old", "multi_year_k"),
}
"""Surfaces: what the simulator calls each, and where `Band` keeps its tie points."""

LIMITS = (
    "At low frequencies the footprint is 35 x 62 km wide, so that few cells of few scenes are "
    "pure, and each scene's surfaces differ from the tie points by about 1 K, which few scenes "
    "do not average out. Ice changes with its skin temperature, whose mean over the judged cells "
    "need not be the one that the tie points are taken to hold for. Over water, wind, vapour and "
    "cloud within the judged ranges add or take some K, most at 23.8 and 89 GHz in H. The "
    "remaining 1 % of another surface is worth up to 1.5 K."
)


@dataclass(frozen=True)
class PureSums(Mergeable):
    """Sums over pure cells, float64 (surfaces, channels), in the orders of `SURFACES` and `AMSR2`.

    Attributes:
        count: Number of cells.
        scenes: Number of scenes that have some.
        total_k: Sum of their brightness temperatures, K.
    """

    count: np.ndarray
    scenes: np.ndarray
    total_k: np.ndarray

    @classmethod
    def of(cls, sample: Sample) -> "PureSums":
        """Measure one scene."""
        shares = [_eroded(share, _drift_km(sample)) for share in pure_shares(sample)]
        tb_k = {name: sample.physical(name) for name in AMSR2}
        return cls.of_cells(shares, _fit_weather(sample), tb_k, sample.truth.swath.look_deg)

    @classmethod
    def of_cells(
        cls,
        shares: list[np.ndarray],
        fit: list[np.ndarray],
        tb_k: dict[str, np.ndarray],
        look_deg: float,
    ) -> "PureSums":
        """Measure one scene.

        Args:
            shares: Share of each of `SURFACES` in the cells, float (2 km lines, 2 km samples).
            fit: Where the weather suits the surface, bool, the same.
            tb_k: Brightness temperatures by channel, K, that shape.
            look_deg: Direction of the footprints' long axis.
        """
        sums = np.zeros((3, len(shares), len(AMSR2)))
        for s, (share, here) in enumerate(zip(shares, fit, strict=True)):
            pure: dict[tuple[float, float], np.ndarray] = {}
            for c, name in enumerate(AMSR2):
                footprint_km = band_of(name).footprint_km
                if footprint_km not in pure:
                    pure[footprint_km] = here & _seen_pure(share, footprint_km, look_deg)
                values = tb_k[name][pure[footprint_km]]
                sums[:, s, c] = values.size, values.size > 0, values.sum(dtype=float)
        return cls(*sums)


def _seen_pure(share: np.ndarray, footprint_km: tuple[float, float], look_deg: float) -> np.ndarray:
    """Cells whose footprint sees 99 % of a surface, bool (2 km lines, 2 km samples)."""
    if share.max() < PURE_SHARE:
        return np.zeros(share.shape, bool)
    return (share >= PURE_SHARE) & (
        blurred(share, CELL_M / 1000, footprint_km, look_deg) >= PURE_SHARE
    )


def _eroded(share: np.ndarray, reach_km: float) -> np.ndarray:
    """Least share within reach of each cell: what is still there after any drift so far."""
    reach = round(reach_km * 1000 / CELL_M)
    if not reach:
        return share
    steps = np.arange(-reach, reach + 1)
    disk = np.hypot(steps[:, None], steps) <= reach
    return ndimage.minimum_filter(share, footprint=disk, mode="nearest")


def pure_shares(sample: Sample) -> list[np.ndarray]:
    """Share of each of `SURFACES` in the cells of a scene, by its truth, float32 (cells).

    The concentration is what the radiometer's step is given, without the floes drawn within it.
    """
    truth = sample.truth
    cells = truth.grid.at(CELL_M)
    shares = surface_shares(truth.grid, cells, truth.geography, truth.ice)
    return [shares[SIMULATED.index(name)] for name, _ in SURFACES.values()]


def _drift_km(sample: Sample) -> float:
    """How far ice can have drifted between the two satellites' passes, km."""
    fastest_m_s = WIND_FACTOR * float(sample.wind_m_s().max())
    return fastest_m_s * abs(sample.truth.swath.delay_s) / 1000


def _fit_weather(sample: Sample) -> list[np.ndarray]:
    """Cells whose weather suits each of `SURFACES`."""
    clear = sample.physical("tclw") <= CLEAR_KG_M2
    wind = np.hypot(sample.physical("u10m_rotated"), sample.physical("v10m_rotated"))
    vapour = sample.physical("tcwv")
    calm = (wind >= CALM_M_S[0]) & (wind <= CALM_M_S[1])
    dry = (vapour >= DRY_KG_M2[0]) & (vapour <= DRY_KG_M2[1])
    cold = clear & (sample.physical("skt") < COLD_K) & (sample.month in COLD_MONTHS)
    return [calm & dry & clear, cold, cold]


def section(sums: PureSums) -> Section:
    """The section of the report: a bound for each channel and surface."""
    mean_k = ratio(sums.total_k, sums.count)
    checks = []
    for s, (label, (_, attribute)) in enumerate(SURFACES.items()):
        for c, name in enumerate(AMSR2):
            wanted_k = getattr(band_of(name), attribute)["vh".index(name[-1])]
            cells, scenes = int(sums.count[s, c]), int(sums.scenes[s, c])
            full_name = f"{label}, {CHANNEL[name].label}"
            checks.append(_check(full_name, float(mean_k[s, c]), wanted_k, cells, scenes))
    text = (
        "Mean brightness temperature of the finished dataset over cells of 2 km that are pure by "
        f"the simulated truth: the surface has at least {PURE_SHARE:.0%} of the cell and of what "
        "the footprint sees, an ellipse of the published widths in the direction of the pass, "
        "wherever ice can have drifted between the two satellites' passes. Water: wind of 3 to 7 "
        "m/s, vapour of 3 to 8 kg/m2. Ice: months without melt (October to April), skin below "
        f"{COLD_K:.0f} K. Both: cloud water of at most {CLEAR_KG_M2} kg/m2. A mean is judged "
        f"where it has at least {LEAST_CELLS} cells of {LEAST_SCENES} scenes; the tie points are "
        "those of Ivanova et al. 2015. They are those that the simulator itself holds: this "
        "section asks whether they survive mixing, weather, drift, footprint, noise and scaling, "
        "and the simulator's tests compare them with a copy typed by hand."
    )
    return Section(TITLE, (text,), tuple(checks), limits=LIMITS)


def _check(name: str, mean_k: float, wanted_k: float, cells: int, scenes: int) -> Check:
    bound = f"within {WITHIN_K:.0f} K of {wanted_k} K"
    if cells < LEAST_CELLS or scenes < LEAST_SCENES:
        return Check(TITLE, name, f"too few ({cells} cells of {scenes} scenes)", bound, None)
    off = fixed(mean_k - wanted_k, 2, "K", signed=True)
    text = f"{fixed(mean_k, 1, 'K')}, off by {off} ({cells} cells of {scenes} scenes)"
    return Check(TITLE, name, text, bound, abs(mean_k - wanted_k) <= WITHIN_K)
