"""All parts of one simulated scene in physical units, each made from the previous ones."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import DISTANCE_MAP, HH, HV, INCIDENCE_ANGLE
from seaice.ai4arctic.layout import CELL_M, SCALING
from seaice.core.grids.coarsen import mean_by_centres
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.chart import Charts, draw_charts
from seaice.simulate.config import SimulationConfig, resolve
from seaice.simulate.far_cue import draw_far_cue, plant_far_cue
from seaice.simulate.geography import Geography, distance_zones, make_geography
from seaice.simulate.ice_state import IceState, make_ice_state
from seaice.simulate.radiometer import SURFACES, simulate_radiometer
from seaice.simulate.regions import region_named
from seaice.simulate.sar import simulate_sar
from seaice.simulate.season import draw_season
from seaice.simulate.swath import Swath, draw_swath, drifted
from seaice.simulate.weather import Weather, make_weather


@dataclass(frozen=True)
class Simulated:
    """All parts of one scene in physical units.

    Attributes:
        config: The settings, region and month filled in.
        grid: The full grid.
        geography: Place, land, swath.
        ice: The true ice.
        charts: What the analyst drew.
        weather: Weather on the 2 km grid.
        swath: AMSR2's pass.
        sigma0_db: HH and HV, dB, float32 (lines, samples) each.
        tb_k: Brightness temperatures by channel name, K.
    """

    config: SimulationConfig
    grid: PixelGrid
    geography: Geography
    ice: IceState
    charts: Charts
    weather: Weather
    swath: Swath
    sigma0_db: tuple[np.ndarray, np.ndarray]
    tb_k: dict[str, np.ndarray]

    def physical(self) -> dict[str, np.ndarray]:
        """Every scaled variable of the file before scaling, by name, in its unit."""
        w = self.weather
        shape = self.sigma0_db[0].shape
        values = {
            HH: self.sigma0_db[0],
            HV: self.sigma0_db[1],
            INCIDENCE_ANGLE: np.broadcast_to(self.geography.incidence_deg, shape),
            DISTANCE_MAP: distance_zones(self.geography.distance_km),
            "u10m_rotated": w.u_m_s,
            "v10m_rotated": w.v_m_s,
            "t2m": w.t2m_k,
            "skt": w.skt_k,
            "tcwv": w.tcwv_kg_m2,
            "tclw": w.tclw_kg_m2,
        }
        values.update(self.tb_k)
        return {name: values[name] for name in SCALING}


def simulate(config: SimulationConfig) -> Simulated:
    """Simulate all parts of one scene, in physical units."""
    config = resolve(config)
    seed, region = config.seed, region_named(config.region or "")
    grid = PixelGrid(config.lines, config.samples, float(config.spacing_m))
    cells = grid.at(CELL_M)
    geography = make_geography(grid, seed, region, config.longitude)
    season = draw_season(seed, config.month or 1, region)
    ice = true_ice = make_ice_state(grid, seed, geography, region, season)
    charts = draw_charts(grid, seed, geography, region, ice)
    if config.far_cue_km is not None:
        cue = draw_far_cue(grid, seed, config.far_cue_km, geography.valid)
        ice, true_ice, charts = plant_far_cue(cue, ice, charts, geography)
    shares = surface_shares(grid, cells, geography, ice)
    weather = make_weather(cells, seed, geography, season, shares[1:-1].sum(0), shares[-1])
    swath = draw_swath(seed)
    fixed = mean_by_centres(geography.land | ice.fast, grid, cells)
    then = drifted(shares, fixed, cells, weather, swath.delay_s)
    return Simulated(
        config=config,
        grid=grid,
        geography=geography,
        ice=true_ice,
        charts=charts,
        weather=weather,
        swath=swath,
        sigma0_db=simulate_sar(grid, seed, geography, season, ice, weather.wind_on(grid)),
        tb_k=simulate_radiometer(cells, seed, season, weather, then, swath),
    )


def surface_shares(
    grid: PixelGrid, cells: PixelGrid, geography: Geography, ice: IceState
) -> np.ndarray:
    """Share of each of the radiometer's surfaces in each cell, float32 (7, cells)."""
    shares = np.zeros((len(SURFACES), cells.lines, cells.samples), np.float32)
    shares[-1] = mean_by_centres(geography.land, grid, cells)
    for stage in range(1, 6):
        amount = ice.concentration * (ice.stage == stage)
        shares[stage] = mean_by_centres(amount, grid, cells)
    shares[0] = np.clip(1 - shares.sum(0), 0, 1)
    return shares
