"""Sheets of the simulator's world: geography, season and weather, the true ice."""

import calendar

import numpy as np
from picture_plots import words_picture
from picture_sheet import Panel, class_map, field_map, font, panel_px
from PIL import Image, ImageDraw
from scipy import ndimage
from simulated_story import Story

from seaice.ai4arctic.charts import CHART
from seaice.core.projection import polar_stereographic
from seaice.figures.palettes import LAND, WATER, Palette, chart_palette, continuous
from seaice.figures.polar import MERIDIANS, PARALLELS, coastline, meridian_km, parallel_km
from seaice.simulate.concentration import concentration_of, lead_share
from seaice.simulate.geography import distance_zones
from seaice.simulate.zones import inside_ice_km, polynya_strength

_KINDS = Palette(
    np.array(
        [WATER, (205, 222, 235), (40, 60, 90), (250, 170, 60), (120, 130, 140), (200, 0, 90)],
        np.uint8,
    ),
    ("Open water", "Drift ice", "Leads", "Polynya", "Fast ice", "Icebergs (enlarged)"),
)


def geography(story: Story) -> list[list[Panel]]:
    """Land and charted area, zones, place."""
    place, width = story.scene.geography, panel_px(3)
    area = Palette(np.array([WATER, (120, 175, 255)], np.uint8), ("Charted sea", "Not charted"))
    zones = continuous("deep", 0, 41, count=42)
    pass_name = "ascending" if place.ascending else "descending"
    return [
        [
            Panel(
                f"Land and sea, {pass_name} pass",
                class_map((~place.seen).astype(np.uint8), area, width, place.land),
                area,
                extra=((LAND, "Land"),),
            ),
            Panel(
                "Distance to land (zone)",
                field_map(distance_zones(place.distance_km), zones, width, place.land),
                zones,
            ),
            Panel("Place (EPSG:3413)", _arctic(story, width)),
        ]
    ]


def _arctic(story: Story, width_px: int) -> Image.Image:
    """The footprint among real coasts."""
    place = story.scene.geography
    positions_km = polar_stereographic(place.latitude_deg, place.longitude_deg) / 1000
    middle = positions_km[10, 10]
    half_km, height = 900.0, round(width_px * story.scene.grid.lines / story.scene.grid.samples)
    scale = width_px / (2 * half_km)

    def pixels(points_km: np.ndarray) -> list[tuple[float, float]]:
        x = (points_km[:, 0] - middle[0]) * scale + width_px / 2
        y = (middle[1] - points_km[:, 1]) * scale + height / 2
        return list(zip(x.tolist(), y.tolist(), strict=True))

    image = Image.new("RGB", (width_px, height), (231, 239, 246))
    draw = ImageDraw.Draw(image)
    for ring in coastline():
        draw.polygon(pixels(ring), (201, 206, 212), (141, 151, 161))
    for line in (*map(parallel_km, PARALLELS), *map(meridian_km, MERIDIANS)):
        draw.line(pixels(line), (175, 190, 205), 1)
    side = positions_km
    outline = np.concatenate([side[0], side[:, -1], side[-1, ::-1], side[::-1, 0]])
    draw.line(pixels(outline), (200, 64, 10), 5, joint="curve")
    draw.line(pixels(side[0]), (20, 30, 40), 7)
    east = place.longitude_deg[10, 10]
    draw.text(
        (8, height - 34),
        f"{place.latitude_deg[10, 10]:.1f} N, {abs(east):.1f} {'W' if east < 0 else 'E'};"
        " black: first line",
        (28, 36, 44),
        font(23),
    )
    return image


def weather(story: Story) -> list[list[Panel]]:
    """The draws, the temperatures, wind, vapour and cloud."""
    air, width, season = story.scene.weather, panel_px(3), story.season
    low, high = (float(f(air.skt_k)) for f in (np.min, np.max))
    warmth = continuous("thermal", np.floor(min(low, air.t2m_k.min())), np.ceil(high), count=61)
    speed = continuous("speed", 0, np.ceil(air.speed_m_s.max()), count=41)
    vapour = continuous("tempo", 0, np.ceil(air.tcwv_kg_m2.max() * 2) / 2, count=41)
    cloud = continuous("rain", 0, max(0.02, round(float(air.tclw_kg_m2.max()), 2)), count=41)
    wind = field_map(air.speed_m_s, speed, width)
    _add_arrows(wind, air.u_m_s, air.v_m_s)
    stages = zip(season.stages, season.stage_shares, strict=True)
    rows = [
        ("Month", calendar.month_name[season.month]),
        ("Open water in the sea", f"{100 * season.water_share:.0f} %"),
        *((f"{CHART['SOD'].class_names[k]} in ice", f"{100 * p:.0f} %") for k, p in stages),
        ("Melt, 0 to 1", f"{season.melt:.2f}"),
        ("Leads freeze, chance", f"{season.freezing:.1f}"),
        ("Mean wind", f"{season.wind_m_s:.1f} m/s"),
        ("Mean air temperature", f"{season.air_k:.1f} K"),
        ("Mean water vapour", f"{season.vapour_kg_m2:.1f} kg m-2"),
    ]
    return [
        [
            Panel("What the season draws", words_picture(rows, wind.size)),
            Panel("Air temperature, 2 m (K)", field_map(air.t2m_k, warmth, width), warmth),
            Panel("Skin temperature (K)", field_map(air.skt_k, warmth, width), warmth),
        ],
        [
            Panel("Wind, 10 m (m/s)", wind, speed),
            Panel("Column water vapour (kg m-2)", field_map(air.tcwv_kg_m2, vapour, width), vapour),
            Panel("Cloud liquid water (kg m-2)", field_map(air.tclw_kg_m2, cloud, width), cloud),
        ],
    ]


def _add_arrows(image: Image.Image, u_m_s: np.ndarray, v_m_s: np.ndarray) -> None:
    draw = ImageDraw.Draw(image)
    for share_y in np.arange(0.08, 1, 0.14):
        for share_x in np.arange(0.08, 1, 0.14):
            at = int(share_y * u_m_s.shape[0]), int(share_x * u_m_s.shape[1])
            wind = np.array([u_m_s[at], v_m_s[at]])
            step = 42 * wind / max(4.0, float(np.hypot(*wind)))
            start = np.array([share_x * image.width, share_y * image.height]) - step / 2
            end = start + step
            turned = np.array([-step[1], step[0]])
            for barb in (-0.35 * step + 0.2 * turned, -0.35 * step - 0.2 * turned):
                draw.line((*end, *(end + barb)), "black", 3)
            draw.line((*start, *end), "black", 3)


def ice(story: Story) -> list[list[Panel]]:
    """The true ice, before any sensor or analyst."""
    state, place, width = story.scene.ice, story.scene.geography, panel_px(3)
    inside = inside_ice_km(story.setting)
    reach = float(min(80.0, np.ceil(np.percentile(np.abs(inside[place.valid]), 95))))
    edge = continuous("balance", -reach, reach, count=41)
    amount = continuous("ice", 0, 100, count=41)
    ridged = continuous("amp", 0, 1, count=15)
    sod, floe = chart_palette("SOD"), chart_palette("FLOE")
    no_form = ((150, 150, 150), "Fast ice")
    kinds = _kinds(story, inside)
    return [
        [
            Panel(
                "Distance inside the edge (km)", field_map(inside, edge, width, place.land), edge
            ),
            Panel(
                "True concentration (%)",
                field_map(100 * state.concentration, amount, width, place.land),
                amount,
            ),
            Panel("What kind of ice", class_map(kinds, _KINDS, width, place.land), _KINDS),
        ],
        [
            Panel("True stage of development", class_map(state.stage, sod, width, place.land), sod),
            Panel(
                "True floe size",
                class_map(state.floe, floe, width, place.land),
                floe,
                extra=((no_form[0], "hatched: fast ice, no floes"),),
            ),
            Panel(
                "Share of deformed ice",
                field_map(state.deformation * (state.stage > 0), ridged, width, place.land),
                ridged,
            ),
        ],
    ]


def _kinds(story: Story, inside_km: np.ndarray) -> np.ndarray:
    """Classes of `_KINDS`, uint8 (lines, samples)."""
    state, setting = story.scene.ice, story.setting
    polynya = polynya_strength(setting, inside_km) * ~state.fast
    leads = lead_share(setting, concentration_of(setting, inside_km, polynya)) * ~state.fast
    kinds = (state.concentration >= 0.05).astype(np.uint8)
    kinds[(leads > 0.5) & (kinds > 0)] = 2
    kinds[polynya > 0.3] = 3
    kinds[state.fast] = 4
    wide = 1 + 2 * round(0.003 * max(kinds.shape))
    kinds[ndimage.maximum_filter(state.bergs, wide) > 0.02] = 5
    return kinds
