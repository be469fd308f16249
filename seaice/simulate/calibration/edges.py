"""How wide the radiometer makes a sharp ice edge: as wide as its footprint."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import curve_fit
from scipy.special import erf

from seaice.ai4arctic.channels import AMSR2, CHANNEL
from seaice.ai4arctic.layout import CELL_M
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.calibration.checks import Check, Section, fixed
from seaice.simulate.radiometer import FWHM_OF_SIGMA, SURFACES, band_of, simulate_radiometer
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season
from seaice.simulate.swath import Swath
from seaice.simulate.weather import Weather

TITLE = "Width of a sharp ice edge"
WITHIN = 0.2

LIMITS = (
    "Cells of 2 km stand against footprints of 3 km and more: an edge at 89 GHz across the short "
    "axis is hardly wider than a cell, and its fit rests on two or three of them. In V at 89 GHz "
    "ice and water differ by only 13 K, against a noise of 1.1 K in each sample."
)

_CELLS = 160
_AXES = {"long axis": 0, "short axis": 1}

Radiometer = Callable[..., dict[str, np.ndarray]]
"""Anything that is called as `simulate_radiometer` is."""


def edge_width_km(tb_k: np.ndarray, cell_km: float) -> float:
    """Full width at half maximum of the derivative of an edge.

    Args:
        tb_k: Brightness temperature across the edge, K, float (cells,).
        cell_km: Size of a cell, km.

    Returns:
        Width in km, of the Gaussian that is the derivative of the error function fitted.
    """
    at_km = (np.arange(len(tb_k)) + 0.5) * cell_km
    low, high = float(tb_k[0]), float(tb_k[-1])
    start = ((low + high) / 2, (high - low) / 2, float(at_km.mean()), 5 * cell_km)
    found, _ = curve_fit(_edge, at_km, tb_k, start)
    return FWHM_OF_SIGMA * abs(float(found[3]))


def _edge(
    at_km: np.ndarray, middle_k: float, half_k: float, place_km: float, sigma_km: float
) -> np.ndarray:
    tb_k: np.ndarray = middle_k + half_k * erf((at_km - place_km) / (np.sqrt(2) * sigma_km))
    return tb_k


def measure(
    seed: int, axis: int, look_deg: float = 0.0, radiometer: Radiometer = simulate_radiometer
) -> dict[str, float]:
    """Width of a straight edge between thick first-year ice and calm, clear water.

    Args:
        seed: Seed of the radiometer's noise.
        axis: Axis across the edge: 0 for lines, 1 for samples.
        look_deg: Direction of the footprint's long axis, from the lines axis.
        radiometer: The step to be measured.

    Returns:
        Channel -> width in km.
    """
    cells = PixelGrid(_CELLS, _CELLS, CELL_M)
    shares = np.zeros((len(SURFACES), _CELLS, _CELLS), np.float32)
    ice = np.arange(_CELLS) >= _CELLS // 2
    where = np.broadcast_to(ice[:, None] if axis == 0 else ice, (_CELLS, _CELLS))
    shares[SURFACES.index("first_year")] = where
    shares[SURFACES.index("water")] = ~where
    season = draw_season(seed, 1, REGIONS["North"])
    swath = Swath(look_deg=look_deg, delay_s=0)
    tb_k = radiometer(cells, seed, season, _calm(cells), shares, swath)
    # The mean along the edge takes the noise away.
    return {name: edge_width_km(tb.mean(1 - axis), CELL_M / 1000) for name, tb in tb_k.items()}


def _calm(cells: PixelGrid) -> Weather:
    """The same calm, clear and cold weather everywhere."""
    values = {
        "u_m_s": 5.0,
        "v_m_s": 0.0,
        "t2m_k": 258.0,
        "skt_k": 258.0,
        "tcwv_kg_m2": 5.0,
        "tclw_kg_m2": 0.02,
    }
    shape = (cells.lines, cells.samples)
    return Weather(**{name: np.full(shape, value, np.float32) for name, value in values.items()})


def section(seed: int, radiometer: Radiometer = simulate_radiometer) -> Section:
    """The section of the report: a bound for each channel and axis of the footprint."""
    checks = []
    for label, axis in _AXES.items():
        widths = measure(seed, axis, radiometer=radiometer)
        for name in AMSR2:
            footprint_km = sorted(band_of(name).footprint_km)[1 - axis]
            off = widths[name] / footprint_km - 1
            measured = f"{fixed(widths[name], 1, 'km')} ({fixed(100 * off, 0, '%', signed=True)})"
            bound = f"within {WITHIN:.0%} of {footprint_km} km"
            label_of = f"{CHANNEL[name].label}, {label}"
            checks.append(Check(TITLE, label_of, measured, bound, abs(off) <= WITHIN))
    text = (
        "A straight edge between thick first-year ice and calm, clear water, put through the "
        "radiometer's step of the simulator once across the long axis of the footprint's ellipse "
        "and once across the short one. The width is the full width at half maximum of the "
        "edge's derivative, from an error function fitted to the brightness temperatures across "
        "the edge; the published width is that of the footprint (WMO OSCAR). The footprints are "
        "those that the simulator itself holds: this section asks whether its step spreads an "
        "edge as they say, and the simulator's tests compare them with a copy typed by hand from "
        "the source."
    )
    return Section(TITLE, (text,), tuple(checks), limits=LIMITS)
