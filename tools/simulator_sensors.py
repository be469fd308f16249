"""Sheets of what is made of the true ice: the analyst's chart, Sentinel-1, AMSR2."""

import numpy as np
from picture_plots import Line, egg_picture, line_plot
from picture_sheet import PAPER, SHEET_PX, Panel, class_map, field_map, font, panel_px
from PIL import Image, ImageDraw
from scipy import ndimage
from simulated_story import Story

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.charts import FILL, ChartName
from seaice.ai4arctic.egg_code import EMPTY, FORMLESS
from seaice.core.grids.coarsen import mean_by_centres
from seaice.figures.palettes import HATCH, RGB, Palette, chart_palette, continuous
from seaice.simulate.polygons import OUTSIDE
from seaice.simulate.radiometer import BANDS, blurred, surface_tb_k
from seaice.simulate.sar import (
    HH_NOISE_DB,
    ICE_DB,
    SUB_SWATH_DEG,
    ice_db,
    noise_floor_db,
    open_water_db,
)
from seaice.simulate.swath import drifted

_TINTS = Palette(
    np.array(
        [
            *(PAPER, (176, 208, 245), (247, 220, 180), (206, 232, 190), (236, 200, 220)),
            *((250, 240, 170), (205, 200, 235), (190, 230, 225), (240, 205, 190)),
        ],
        np.uint8,
    ),
    ("Not charted", "Open water", *"ABCDEFG"),
)
_GHZ = ("6_9", "18_7", "36_5", "89_0")
_KIND_COLOURS: dict[str, RGB] = {
    "calm": (120, 60, 160),
    "young": (220, 80, 200),
    "level": (60, 150, 60),
    "deformed": (0, 90, 20),
    "old": (180, 100, 50),
}
_KIND_WORDS = {
    "calm": "calm new ice",
    "young": "young",
    "level": "level first-year",
    "deformed": "deformed first-year",
    "old": "old",
}
_WIND_COLOURS: dict[float, RGB] = {5: (150, 195, 250), 10: (60, 130, 240), 15: (0, 60, 170)}


def chart(story: Story) -> list[list[Panel]]:
    """The polygons, the codes of some, and the charts that follow from all."""
    charts, place, width = story.scene.charts, story.scene.geography, panel_px(3)
    lettered = dict(zip("ABC", example_polygons(story), strict=False))
    polygons = _polygon_picture(story, lettered, width)
    eggs = [(letter, charts.codes[number]) for letter, number in lettered.items()]
    egg_px = (SHEET_PX - width - 52, polygons.height)
    row = []
    for name, values in (("SIC", charts.sic), ("SOD", charts.sod), ("FLOE", charts.floe)):
        palette = chart_palette(name, "WMO in steps")
        # The ranges of SIC are in percent, and have no class for what has no label.
        shown = values * 10.0 if name == "SIC" else values
        picture = class_map(shown, palette, width, place.land, ~place.seen)
        hatched = [] if name == "SIC" else [(HATCH, "hatched: no label")]
        row.append(Panel(_TITLES[name], picture, palette, extra=hatched))
    return [
        [
            Panel("Polygons, the water pale blue", polygons),
            Panel(
                "Egg codes of A, B and C (SIGRID-3) and how they are read",
                egg_picture(eggs, egg_px),
            ),
        ],
        row,
    ]


_TITLES: dict[ChartName, str] = {
    "SIC": "Chart: SIC",
    "SOD": "Chart: SOD",
    "FLOE": "Chart: FLOE",
}


def example_polygons(story: Story) -> list[int]:
    """Up to three polygons that tell much: all labelled of several types, mixed, fast."""
    charts = story.scene.charts
    sizes = np.bincount(charts.polygon.ravel(), minlength=max(charts.codes, default=0) + 1)
    found: list[int] = []
    for wanted in (_is_labelled, _is_mixed, _is_fast):
        fitting = [
            number
            for number, code in charts.codes.items()
            if code.poly_type == "I" and number not in found and wanted(story, number)
        ]
        found += sorted(fitting, key=lambda number: -sizes[number])[:1]
    return found


def _classes(story: Story, number: int) -> tuple[int, int]:
    """SOD and FLOE of a polygon."""
    charts = story.scene.charts
    first = np.unravel_index(np.argmax(charts.polygon == number), charts.polygon.shape)
    return int(charts.sod[first]), int(charts.floe[first])


def _is_labelled(story: Story, number: int) -> bool:
    several = story.scene.charts.codes[number].cb != EMPTY
    return several and FILL not in _classes(story, number)


def _is_mixed(story: Story, number: int) -> bool:
    return _classes(story, number)[0] == FILL


def _is_fast(story: Story, number: int) -> bool:
    code = story.scene.charts.codes[number]
    return bool(FORMLESS.intersection((code.fa, code.fb, code.fc)))


def _polygon_picture(story: Story, lettered: dict[str, int], width_px: int) -> Image.Image:
    polygon, place = story.scene.charts.polygon, story.scene.geography
    tints = np.where(polygon > 1, 2 + polygon % 7, polygon)
    picture = class_map(tints.astype(np.uint8), _TINTS, width_px, place.land, ~place.seen)
    borders = polygon != ndimage.maximum_filter(polygon, 3)
    # Where a polygon meets another, not where it meets land or the chart's end.
    borders &= ndimage.minimum_filter(polygon, 3) != OUTSIDE
    lines = field_map(borders.astype(np.float32), continuous("gray", 0, 1, count=11), width_px)
    drawn = np.asarray(picture).copy()
    drawn[np.asarray(lines)[..., 0] > 0] = (40, 50, 60)
    picture = Image.fromarray(drawn)
    draw = ImageDraw.Draw(picture)
    for letter, number in lettered.items():
        depth = ndimage.distance_transform_edt(np.pad(polygon == number, 1))[1:-1, 1:-1]
        line, sample = np.unravel_index(depth.argmax(), depth.shape)
        at = sample * width_px / polygon.shape[1], line * width_px / polygon.shape[1]
        draw.text(at, letter, "black", font(44), "mm", stroke_width=4, stroke_fill="white")
    return picture


def sar(story: Story) -> list[list[Panel]]:
    """Parts without noise, then what the satellite measures."""
    scene, width = story.scene, panel_px(3)
    angle = scene.geography.incidence_deg
    shape = scene.sigma0_db[0].shape
    on_all = np.broadcast_to(angle, shape)
    speed = cells_to_pixels(scene.weather.speed_m_s, scene.grid.whole, scene.grid.spacing_m)
    water_db, _ = open_water_db(speed, on_all)
    floor_db = noise_floor_db(on_all, np.zeros(5))
    hh, hv = (continuous("gray", low, low + 24, count=25) for low in (-27, -35))
    degrees, left = continuous("haline", 19, 47, count=57), continuous("gray", -32, -22, count=21)
    calm = continuous("gray", -33, -3, count=31)
    land, seen = scene.geography.land, scene.geography.seen
    return [
        [
            Panel("Incidence angle (degrees)", field_map(on_all, degrees, width), degrees),
            Panel("HH if all were open water (dB)", field_map(water_db, calm, width), calm),
            Panel("HV noise left over, typical (dB)", field_map(floor_db, left, width), left),
        ],
        [
            Panel("HH (dB)", field_map(scene.sigma0_db[0], hh, width, land, ~seen), hh),
            Panel("HV (dB)", field_map(scene.sigma0_db[1], hv, width, land, ~seen), hv),
            Panel(
                "True stage, for comparison",
                class_map(scene.ice.stage, chart_palette("SOD"), width, land),
                chart_palette("SOD"),
            ),
        ],
    ]


def curves(story: Story) -> list[list[Panel]]:
    """Backscatter over the incidence angle: the figures behind the maps."""
    angle = np.linspace(19, 47, 113)
    size = (panel_px(2), 620)
    panels = []
    for p, (name, low) in enumerate((("HH", -35.0), ("HV", -45.0))):
        lines = [
            Line(
                open_water_db(np.full(angle.shape, speed), angle)[p],
                colour,
                f"water, {speed:g} m/s",
            )
            for speed, colour in _WIND_COLOURS.items()
        ]
        lines += [
            Line(ice_db(kind, angle)[p], _KIND_COLOURS[kind], _KIND_WORDS[kind]) for kind in ICE_DB
        ]
        noise = np.full(angle.shape, HH_NOISE_DB) if p == 0 else noise_floor_db(angle, np.zeros(5))
        lines.append(Line(noise, (130, 130, 130), "noise"))
        plot = line_plot(angle, lines, size, (low, 0.0), SUB_SWATH_DEG, "Incidence angle (degrees)")
        key = [(line.colour, line.words) for line in lines]
        panels.append(
            Panel(f"{name} (dB) before melt, floes, texture and speckle", plot, extra=key)
        )
    return [panels]


def radiometer(story: Story) -> list[list[Panel]]:
    """From the surface to the footprint to what is measured, four frequencies in H."""
    scene, width = story.scene, panel_px(4)
    surface = _surface_then(story)
    warm, added = continuous("thermal", 80, 260, count=60), continuous("balance", -20, 20, count=41)
    rows = []
    for ghz in _GHZ:
        band = BANDS[ghz]
        pure_k = np.tensordot(surface_tb_k(band, 1, story.season), surface, 1)
        seen_k = blurred(
            pure_k, story.cells.spacing_m / 1000, band.footprint_km, scene.swath.look_deg
        )
        measured_k = scene.tb_k[f"btemp_{ghz}h"]
        name = ghz.replace("_", ".")
        short, long = band.footprint_km
        last = ghz == _GHZ[-1]
        rows.append(
            [
                Panel(
                    f"{name} GHz H, surface (K)",
                    field_map(pure_k, warm, width),
                    warm if last else None,
                ),
                Panel(
                    f"Footprint {short} x {long} km",
                    field_map(seen_k, warm, width),
                    warm if last else None,
                ),
                Panel("Measured (K)", field_map(measured_k, warm, width), warm if last else None),
                Panel(
                    "Sky, warmth, noise (K)",
                    field_map(measured_k - seen_k, added, width),
                    added if last else None,
                ),
            ]
        )
    return rows


def drift(story: Story) -> list[list[Panel]]:
    """The ice when each satellite passed."""
    width, before = panel_px(3), story.shares[1:-1].sum(0)
    after = _surface_then(story)[1:-1].sum(0)
    share, change = continuous("ice", 0, 100, count=64), continuous("balance", -50, 50, count=64)
    land, delay_s = story.cell_land, story.scene.swath.delay_s
    when = f"{abs(delay_s) / 3600:.1f} h {'later' if delay_s > 0 else 'earlier'}"
    return [
        [
            Panel(
                "Ice as Sentinel-1 passed (%)", field_map(100 * before, share, width, land), share
            ),
            Panel(
                f"As AMSR2 passed, {when} (%)", field_map(100 * after, share, width, land), share
            ),
            Panel(
                "Change (points)", field_map(100 * (after - before), change, width, land), change
            ),
        ]
    ]


def _surface_then(story: Story) -> np.ndarray:
    """Surfaces when AMSR2 passed, float32 (7, cells)."""
    scene = story.scene
    fixed = mean_by_centres(scene.geography.land | scene.ice.fast, scene.grid, story.cells)
    return drifted(story.shares, fixed, story.cells, scene.weather, scene.swath.delay_s)
