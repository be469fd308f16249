"""What to simulate: the settings, their bounds, and what is drawn at random."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from seaice.ai4arctic.layout import CELL_M
from seaice.core.errors import ConfigError
from seaice.simulate.noise import stream
from seaice.simulate.regions import MONTH_SCENES, REGIONS, region_named

SPACING_BOUNDS_M = (80.0, 1000.0)
SIZE_BOUNDS = (8, 8000)
LEAST_EXTENT_M = 2 * CELL_M
"""Two cells of the 2 km grid, as interpolation needs two."""

MAX_SEED = 2**63 - 1

FAR_CUE_BOUNDS_KM = (4.0, 100.0)


@dataclass(frozen=True)
class SimulationConfig:
    """What to simulate. The same settings give the same scene.

    Attributes:
        seed: Seed of everything drawn, 0 to 2^63 - 1.
        spacing_m: Pixel spacing, 80 to 1000 m.
        lines: Number of lines, 8 to 8000, and enough for 4 km.
        samples: Number of samples, likewise.
        region: Chart region such as "CentralEast" or "SGRDIFOXE"; None draws one.
        month: Month, 1 to 12; None draws one.
        longitude: Longitude of the scene's centre, -180 to 180; None draws one within the region.
        far_cue_km: Distance of a mark that decides the stage of some of the ice, 4 to 100 km; None
            plants none. See `far_cue`.
    """

    seed: int
    spacing_m: float = 400.0
    lines: int = 1000
    samples: int = 1040
    region: str | None = None
    month: int | None = None
    longitude: float | None = None
    far_cue_km: float | None = None

    def __post_init__(self) -> None:
        """Check all bounds.

        Raises:
            ConfigError: A setting is out of bounds, or the region is unknown.
        """
        _check_whole("seed", self.seed, (0, MAX_SEED))
        _check_whole("lines", self.lines, SIZE_BOUNDS)
        _check_whole("samples", self.samples, SIZE_BOUNDS)
        low, high = SPACING_BOUNDS_M
        if not low <= self.spacing_m <= high:
            raise ConfigError(
                f"spacing_m is {self.spacing_m}, but must be between {low:g} and {high:g} m."
            )
        if self.spacing_m * min(self.lines, self.samples) < LEAST_EXTENT_M:
            raise ConfigError(
                f"A scene of {self.lines} x {self.samples} pixels of {self.spacing_m:g} m is too "
                f"small. Each side must be at least {LEAST_EXTENT_M / 1000:g} km."
            )
        if self.month is not None:
            _check_whole("month", self.month, (1, 12))
        if self.region is not None:
            region_named(self.region)
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise ConfigError(
                f"longitude is {self.longitude}, but must be between -180 and 180 degrees east."
            )
        low, high = FAR_CUE_BOUNDS_KM
        if self.far_cue_km is not None and not low <= self.far_cue_km <= high:
            raise ConfigError(
                f"far_cue_km is {self.far_cue_km:g}, but must be between {low:g} and {high:g} km."
            )


def _check_whole(name: str, value: object, bounds: tuple[int, int]) -> None:
    """Raise ConfigError unless the value is a whole number within the bounds."""
    low, high = bounds
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= int(value) <= high:  # type: ignore[call-overload]
        raise ConfigError(f"{name} is {value!r}, but must be a whole number from {low} to {high}.")


def resolve(config: SimulationConfig) -> SimulationConfig:
    """Draw region and month where they are None, as often as they occur in the dataset."""
    rng = stream(config.seed, "config")
    odds = np.array([region.scenes for region in REGIONS.values()], float)
    region = str(rng.choice(list(REGIONS), p=odds / odds.sum()))
    months = np.array(MONTH_SCENES, float)
    month = int(rng.choice(12, p=months / months.sum())) + 1
    return replace(config, region=config.region or region, month=config.month or month)


def flies_north(seed: int) -> bool:
    """Whether the pass is ascending, which it is for half of the seeds."""
    return bool(stream(seed, "pass").random() < 0.5)


def draw_time(config: SimulationConfig) -> datetime:
    """Start of the acquisition, UTC: any day from 2018 to 2021 in the month.

    Sentinel-1 crosses the equator northwards at 18 h and southwards at 6 h local time (ESA user
    guide); in the north local times spread around these, by how much is an assumption.
    """
    config = resolve(config)
    rng = stream(config.seed, "time")
    start = datetime(int(rng.integers(2018, 2022)), config.month or 1, 1, tzinfo=UTC)
    drawn = region_named(config.region or "").longitude
    longitude = drawn if config.longitude is None else config.longitude
    local = (18.0 if flies_north(config.seed) else 6.0) + float(rng.normal(0, 0.7))
    hour = (local - longitude / 15) % 24
    seconds = int(rng.integers(28)) * 86400 + int(hour * 3600)
    return start + timedelta(seconds=seconds)
