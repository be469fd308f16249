"""Draw the pictures of docs/simulator.md again: one simulated scene, step by step.

Run: python tools/simulator_pictures.py [--out docs/simulator] [--seed N] [--spacing-m 400]
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from picture_sheet import Panel, class_map, field_map, panel_px, write_sheet
from scipy import ndimage
from simulated_story import Story, tell
from simulator_sensors import chart, curves, drift, radiometer, sar
from simulator_steps import geography, ice, weather

from seaice.core.grids.coarsen import mean_by_centres
from seaice.figures.palettes import chart_palette, continuous
from seaice.simulate.config import SPACING_BOUNDS_M, SimulationConfig
from seaice.simulate.parts import Simulated, simulate

HOME = Path(__file__).resolve().parents[1]

# A scene that shows much: fjords, an edge with eddies, five stages, fast ice, a delay of hours.
SEED, REGION, MONTH = 10, "NorthWest", 2
EXTENT_KM = (400.0, 416.0)

_SHEETS = {
    "geography": geography,
    "weather": weather,
    "ice": ice,
    "chart": chart,
    "sar-curves": curves,
    "sar": sar,
    "drift": drift,
    "radiometer": radiometer,
}
_CLOSE_KM, _FINER = 40.0, 5


def draw(config: SimulationConfig, out: Path) -> Iterator[Path]:
    """Draw all pictures of a scene, each as soon as it is asked for.

    Args:
        config: The scene; the close-up shows it at a fifth of its spacing too.
        out: Where the pictures go; made where it is missing.
    """
    story = tell(config)
    for name, panels in _SHEETS.items():
        yield write_sheet(out / f"{name}.png", panels(story), story.foot)
    panels, foot = close_up(story)
    yield write_sheet(out / "close-up.png", panels, foot)


def close_up(story: Story) -> tuple[list[list[Panel]], str]:
    """The same ground at the scene's spacing and finer, and what stands below."""
    scene = story.scene
    fine_m = max(SPACING_BOUNDS_M[0], scene.grid.spacing_m / _FINER)
    times = scene.grid.spacing_m / fine_m
    size = {
        "lines": round(scene.grid.lines * times),
        "samples": round(scene.grid.samples * times),
    }
    fine = simulate(replace(scene.config, spacing_m=fine_m, **size))
    top_km, left_km, side_km = _interesting(scene)
    rows = [_window(each, top_km, left_km, side_km) for each in (scene, fine)]
    foot = f"{story.foot}; {_likeness(scene, fine)}"
    return rows, foot


def _interesting(scene: Simulated) -> tuple[float, float, float]:
    """First line, first sample and side of the square with the most kinds of ice, km."""
    grid = scene.grid
    side_km = min(_CLOSE_KM, 0.5 * min(grid.height_km, grid.width_km))
    side = max(2, round(side_km * 1000 / grid.spacing_m))
    kinds = [scene.geography.valid & (scene.ice.stage == k) for k in range(6)]
    shares = np.array([ndimage.uniform_filter(k.astype(np.float32), side) for k in kinds])
    mixed = -(shares * np.log(np.maximum(shares, 1e-6))).sum(0)
    half = side // 2
    inner = mixed[half : mixed.shape[0] - half, half : mixed.shape[1] - half]
    line, sample = np.unravel_index(inner.argmax(), inner.shape)
    return line * grid.spacing_m / 1000, sample * grid.spacing_m / 1000, side_km


def _window(scene: Simulated, top_km: float, left_km: float, side_km: float) -> list[Panel]:
    spacing_km, width = scene.grid.spacing_m / 1000, panel_px(3)
    lines, samples = (
        slice(round(first / spacing_km), round((first + side_km) / spacing_km))
        for first in (top_km, left_km)
    )
    hh, hv = (continuous("gray", low, low + 20, count=15) for low in (-26, -34))
    land = scene.geography.land[lines, samples]
    stages = chart_palette("SOD")
    true = class_map(scene.ice.stage[lines, samples], stages, width, land)
    name = f"{1000 * spacing_km:g} m"
    return [
        Panel(f"True stage at {name}", true, stages),
        Panel(f"HH at {name} (dB)", field_map(scene.sigma0_db[0][lines, samples], hh, width), hh),
        Panel(f"HV at {name} (dB)", field_map(scene.sigma0_db[1][lines, samples], hv, width), hv),
    ]


def _likeness(scene: Simulated, fine: Simulated) -> str:
    """How alike two spacings of a scene are, in words."""
    valid = scene.geography.valid
    power = mean_by_centres(10 ** (fine.sigma0_db[0] / 10), fine.grid, scene.grid)
    averaged_db = 10 * np.log10(np.maximum(power, 1e-6))
    alike = np.corrcoef(averaged_db[valid], scene.sigma0_db[0][valid])[0, 1]
    return f"HH of the whole scene: r = {alike:.2f} between the spacings"


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HOME / "docs" / "simulator")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--spacing-m", type=float, default=400.0)
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--month", type=int, default=MONTH)
    options = parser.parse_args()
    lines, samples = (round(km * 1000 / options.spacing_m) for km in EXTENT_KM)
    config = SimulationConfig(
        options.seed, options.spacing_m, lines, samples, options.region, options.month
    )
    for path in draw(config, options.out):
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
