"""Where a scene lies: its pass, positions, incidence angles, land and swath."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.layout import N_POSITIONS, ZONE_EDGES_KM
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import subsampled
from seaice.simulate.config import flies_north
from seaice.simulate.noise import Fields, stream
from seaice.simulate.regions import IceRegion

EARTH_RADIUS_KM = 6371.0
ORBIT_HEIGHT_KM = 693.0
"""Mean height of Sentinel-1 above the ground (ESA Sentinel-1 user guide)."""

NEAR_DEG, FAR_DEG = 19.0, 47.0
"""Incidence angles at the ends of the Extra Wide swath (ESA Sentinel-1 user guide)."""


@dataclass(frozen=True)
class Geography:
    """A scene's place on Earth and what the satellite saw of it.

    Attributes:
        ascending: The satellite flew north; the first line is the southernmost.
        bearing_deg: Direction of growing lines, degrees clockwise from north.
        land: Land mask, bool (lines, samples).
        seen: Inside the swath and the chart's area, bool (lines, samples).
        distance_km: Distance to land, km, float32 (lines, samples), 0 on land.
        incidence_deg: Incidence angle of each sample, degrees, float64 (samples,).
        latitude_deg: Positions, float64 (21, 21), axis 0 along lines, both ends included.
        longitude_deg: The same for longitude, within -180..180.
    """

    ascending: bool
    bearing_deg: float
    land: np.ndarray
    seen: np.ndarray
    distance_km: np.ndarray
    incidence_deg: np.ndarray
    latitude_deg: np.ndarray
    longitude_deg: np.ndarray

    @property
    def valid(self) -> np.ndarray:
        """Sea inside the swath and the chart's area, bool (lines, samples)."""
        valid: np.ndarray = self.seen & ~self.land
        return valid

    def direction(self, towards_deg: float) -> tuple[float, float]:
        """Unit vector (lines, samples) that points to a compass bearing.

        Sentinel-1 looks to its right, so samples grow 90 degrees clockwise of the flight.
        """
        angle = np.deg2rad(towards_deg - self.bearing_deg)
        return float(np.cos(angle)), float(np.sin(angle))


def make_geography(
    grid: PixelGrid, seed: int, region: IceRegion, longitude: float | None = None
) -> Geography:
    """Draw a scene's place, pass, land and swath.

    Args:
        grid: The grid of the scene.
        seed: Seed of the scene.
        region: Where to draw the place.
        longitude: Longitude of the centre, degrees; None draws one within the region.
    """
    rng = stream(seed, "geography")
    ascending = flies_north(seed)
    latitude = region.latitude + rng.normal(0, 0.8)
    bearing_deg = _flight_bearing(min(latitude, 84.0), ascending)
    land_bearing = np.deg2rad(region.land_bearing_deg + rng.normal(0, 20) - bearing_deg)
    towards_land = (float(np.cos(land_bearing)), float(np.sin(land_bearing)))
    land = _land(grid, seed, rng, region, towards_land)
    drawn = region.longitude + rng.normal(0, 1.5)
    centre = (latitude, drawn if longitude is None else longitude)
    latitude_deg, longitude_deg = positions(grid, centre, bearing_deg)
    return Geography(
        ascending=ascending,
        bearing_deg=bearing_deg,
        land=land,
        seen=_seen(grid, seed),
        distance_km=_distance_km(grid, land, towards_land, rng),
        incidence_deg=incidence_deg(grid, float(rng.random())),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
    )


def _flight_bearing(latitude_deg: float, ascending: bool) -> float:
    """PixelGrid-track bearing of Sentinel-1 (inclination 98.18 degrees, spherical Earth)."""
    ratio = np.cos(np.deg2rad(98.18)) / np.cos(np.deg2rad(latitude_deg))
    north = float(np.rad2deg(np.arcsin(np.clip(ratio, -1, 1))))
    return north if ascending else 180 - north


def positions(
    grid: PixelGrid, centre_deg: tuple[float, float], bearing_deg: float
) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of the 21 x 21 positions on a spherical Earth.

    Args:
        grid: The grid of the scene.
        centre_deg: Latitude and longitude of the scene's centre.
        bearing_deg: Direction of growing lines at the centre.

    Returns:
        Latitude and longitude in degrees, float64 (21, 21); longitude within -180..180.
    """
    steps = np.linspace(-0.5, 0.5, N_POSITIONS)
    # From the centre of the first pixel to that of the last.
    height_km, width_km = ((n - 1) * grid.spacing_m / 1000 for n in (grid.lines, grid.samples))
    along, across = np.meshgrid(steps * height_km, steps * width_km, indexing="ij")
    distance = np.hypot(along, across) / EARTH_RADIUS_KM
    azimuth = np.arctan2(across, along) + np.deg2rad(bearing_deg)
    latitude0, longitude0 = np.deg2rad(centre_deg)
    sine = np.sin(latitude0) * np.cos(distance)
    sine += np.cos(latitude0) * np.sin(distance) * np.cos(azimuth)
    longitude = longitude0 + np.arctan2(
        np.sin(azimuth) * np.sin(distance) * np.cos(latitude0),
        np.cos(distance) - np.sin(latitude0) * sine,
    )
    return np.rad2deg(np.arcsin(sine)), (np.rad2deg(longitude) + 180) % 360 - 180


def incidence_deg(grid: PixelGrid, place: float) -> np.ndarray:
    """Incidence angle of each sample from the viewing geometry over a spherical Earth.

    Args:
        grid: The grid of the scene.
        place: 0 to put a narrow scene at the near end of the swath, 1 for the far end. Scenes
            wider than the swath are squeezed into it.

    Returns:
        Degrees between 19 and 47, growing with the sample, float64 (samples,).
    """
    arc_km = np.linspace(150, 750, 6001)
    arc = arc_km / EARTH_RADIUS_KM
    look = np.arctan2(
        EARTH_RADIUS_KM * np.sin(arc), EARTH_RADIUS_KM * (1 - np.cos(arc)) + ORBIT_HEIGHT_KM
    )
    angle_deg = np.rad2deg(arc + look)
    near_km, far_km = np.interp([NEAR_DEG, FAR_DEG], angle_deg, arc_km)
    width_km = min(grid.width_km, far_km - near_km)
    start_km = near_km + place * (far_km - near_km - width_km)
    across_km = start_km + grid.x_km * (width_km / grid.width_km)
    return np.interp(across_km, arc_km, angle_deg)


def _land(
    grid: PixelGrid,
    seed: int,
    rng: np.random.Generator,
    region: IceRegion,
    towards: tuple[float, float],
) -> np.ndarray:
    """A coast of fractal shape with fjords and islands, bool (lines, samples)."""
    fields = Fields(grid, seed, "geography")
    y_km, x_km = grid.mesh_km()
    size = grid.size_km
    # Relief in km: a slope down to the sea, and fractal mountains that grow with the archipelago.
    relief = towards[0] * y_km + towards[1] * x_km
    relief += (0.1 + 0.25 * region.archipelago) * size * fields.fractal("coast", 160, 0.25, 0.8)
    share = min(rng.beta(1.3, 3.6 - 1.2 * region.archipelago), 0.7)
    if rng.random() < 0.1:
        return np.zeros(relief.shape, bool)
    level = np.quantile(subsampled(relief), 1 - share)
    inland_km = relief - level
    # Fjords: winding valleys that reach some tens of km inland and narrow on the way.
    reach_km = min(70.0, 0.25 * size) * (0.4 + region.archipelago)
    half_width = 0.22 * (1 - np.clip(inland_km / reach_km, 0, 1))
    valley = np.abs(fields.fractal("fjords", 24, 0.75, 0.9))
    land: np.ndarray = (inland_km > 0) & ~((valley < half_width) & (inland_km < reach_km))
    return land


def _distance_km(
    grid: PixelGrid, land: np.ndarray, towards: tuple[float, float], rng: np.random.Generator
) -> np.ndarray:
    """Distance to the nearest land, float32; without land in the scene, to a coast beyond it."""
    offshore_km = float(rng.uniform(20, 250))
    if land.any():
        pixels = ndimage.distance_transform_edt(~land)
        return (pixels * (grid.spacing_m / 1000)).astype(np.float32)
    y_km, x_km = grid.mesh_km()
    along = towards[0] * y_km + towards[1] * x_km
    distance_km: np.ndarray = (along.max() - along + offshore_km).astype(np.float32)
    return distance_km


def distance_zones(distance_km: np.ndarray) -> np.ndarray:
    """Distance-to-land zones of the AI4Arctic dataset.

    Args:
        distance_km: Distance to land, km, any shape; 0 on land.

    Returns:
        uint8, the same shape: 0 land, 1 up to 0.5 km, 2 up to 1, 3 up to 2, ..., 21 up to 20, then
        steps of 5 km to 27 (50), of 10 to 32 (100), of 25 to 40 (300), 41 beyond.
    """
    zones = np.searchsorted(ZONE_EDGES_KM, distance_km, side="left") + 1
    return np.where(distance_km <= 0, 0, zones).astype(np.uint8)


def _seen(grid: PixelGrid, seed: int) -> np.ndarray:
    """Inside swath and chart area: slanted margins, and often one side cut off obliquely."""
    rng = stream(seed, "swath")
    v, u = grid.y_km / grid.height_km - 0.5, grid.x_km / grid.width_km - 0.5
    v, u = v[:, None].astype(np.float32), u[None, :].astype(np.float32)
    seen = np.ones((grid.lines, grid.samples), bool)
    for sign in (-1, 1):
        slant, margin = rng.uniform(-0.02, 0.02), rng.uniform(0, 0.02)
        seen &= sign * u < 0.5 - margin - abs(slant) + slant * v * 2
        seen &= sign * v < 0.5 - rng.uniform(0, 0.01) + 0.0 * u
    if rng.random() < 0.75:
        # The border of the chart's area, or of the acquisition that the scene was cut from.
        turn, share = rng.uniform(0, 2 * np.pi), rng.beta(1.2, 2.0) * 0.6
        across = np.cos(turn) * v + np.sin(turn) * u
        seen &= across < np.quantile(subsampled(across), 1 - share)
    if not seen.any():
        seen[:] = True
    return seen
