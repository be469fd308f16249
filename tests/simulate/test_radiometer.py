"""Brightness temperatures: tie points of pure surfaces, thin ice, sky, footprint, noise."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from seaice.ai4arctic.channels import AMSR2
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.radiometer import (
    BANDS,
    SURFACES,
    atmosphere_tb_k,
    blurred,
    simulate_radiometer,
    surface_tb_k,
    thin_ice_tb_k,
)
from seaice.simulate.season import Season
from seaice.simulate.swath import Swath
from seaice.simulate.weather import Weather

COLD = Season(2, 0.5, (4,), (1.0,), 0.0, 1.0, 258.0, 5.0, 5.0)
CELLS = PixelGrid(60, 60, 2000.0)
SWATH = Swath(30.0, 600)

# Typed from the published tables, to be compared with the code's: V then H.
FOOTPRINT_KM = {
    **{"6_9": (35, 62), "7_3": (35, 62), "10_7": (24, 42), "18_7": (14, 22)},
    **{"23_8": (15, 26), "36_5": (7, 12), "89_0": (3, 5)},
}
NOISE_K = {"6_9": 0.3, "7_3": 0.3, "10_7": 0.6, "18_7": 0.6, "23_8": 0.6, "36_5": 0.6, "89_0": 1.1}
BY_FREQUENCY = ("6_9", "10_7", "18_7", "23_8", "36_5", "89_0")
TIE_POINTS = {
    "water": ((161, 82), (167, 88), (184, 108), (196, 128), (210, 145), (243, 197)),
    "first_year": ((252, 232), (251, 234), (252, 237), (250, 236), (246, 235), (230, 221)),
    "old": ((243, 219), (235, 212), (220, 202), (209, 192), (187, 176), (178, 170)),
}
# What the weather adds over open water: (column of `_weather`, value, K by frequency).
SKY = (
    ("wind", 10.0, ((2, 4), (2, 4), (2, 6), (1.5, 6), (1, 7), (-0.5, 5))),
    ("wind", 15.0, ((6, 11), (6, 12), (5, 14), (4, 14), (2, 15), (-1, 11))),
    ("vapour", 15.0, ((0.3, 0.5), (0.8, 1), (6, 11), (14, 28), (5, 10), (9, 26))),
    ("cloud", 0.1, ((0.3, 0.5), (0.6, 1), (2, 3), (2, 5), (3, 9), (5, 21))),
)
THICK_CLOUD_H_K = (2, 4, 11, 16, 28, 51)
# Thin-ice law up to 36.5 GHz: b and c of V, b and c of H.
THIN = (
    (158, 9.0, 74, 11.9),
    (164, 8.5, 78, 11.6),
    (175, 7.7, 91, 10.2),
    (186, 7.5, 100, 9.1),
    (207, 7.7, 128, 9.0),
)
THIN_10_CM = ((221, 162), (225, 166), (232, 180), (235, 188), (237, 194))


def _weather(wind=5.0, vapour=5.0, cloud=0.02, skt=257.0):
    """The same weather everywhere."""
    values = (wind, 0.0, 258.0, skt, vapour, cloud)
    return Weather(*(np.full((60, 60), value, np.float32) for value in values))


def _pure(surface):
    """Shares of one surface alone."""
    shares = np.zeros((len(SURFACES), 60, 60), np.float32)
    shares[SURFACES.index(surface)] = 1
    return shares


def _tb_k(surface, weather=None, season=COLD, seed=3):
    shares = _pure(surface) if isinstance(surface, str) else surface
    return simulate_radiometer(CELLS, seed, season, weather or _weather(), shares, SWATH)


def test_bands_are_those_of_the_channels() -> None:
    """Every AMSR2 channel has its band, with its published footprint and noise."""
    assert {name[6:-1] for name in AMSR2} == set(BANDS)
    assert {name: band.footprint_km for name, band in BANDS.items()} == FOOTPRINT_KM
    assert {name: band.noise_k for name, band in BANDS.items()} == NOISE_K
    assert {name: band.sampling_km for name, band in BANDS.items()} == {
        **dict.fromkeys(BANDS, 10),
        "89_0": 5,
    }
    assert BANDS["7_3"] == BANDS["6_9"]


@pytest.mark.parametrize("surface", TIE_POINTS)
def test_tie_points(surface) -> None:
    """A calm, dry, cloudless sky over a pure surface gives the published temperatures."""
    at = SURFACES.index(surface)
    for name, tie_points in zip(BY_FREQUENCY, TIE_POINTS[surface], strict=True):
        for polarisation in (0, 1):
            tb_k = surface_tb_k(BANDS[name], polarisation, COLD)
            assert tb_k.shape == (7,)
            assert tb_k[at] == tie_points[polarisation]


@pytest.mark.parametrize("surface", TIE_POINTS)
def test_measured_tie_points(surface) -> None:
    """So do the channels within noise and the scene's drift, over scenes nearly exactly."""
    measured = {name: [] for name in AMSR2}
    skin_k = 249.0 if surface == "old" else 257.0
    for seed in range(12):
        for name, values in _tb_k(surface, _weather(skt=skin_k), seed=seed).items():
            assert values.shape == (60, 60)
            assert values.dtype == np.float32
            measured[name].append(values.mean())
    for name, means in measured.items():
        band = "6_9" if name[6:-1] == "7_3" else name[6:-1]
        tie = TIE_POINTS[surface][BY_FREQUENCY.index(band)][name.endswith("h")]
        assert np.mean(means) == pytest.approx(tie, abs=1.5)
        assert 0.4 < np.std(means) < 3


def test_old_ice_is_colder_than_first_year_unless_it_melts() -> None:
    """By 50 K and more at 36.5 GHz; wet snow on both is near a black body."""
    old, first_year = 5, 4
    for melt, low, high in ((0.0, 50, 70), (1.0, 0, 15)):
        tb = surface_tb_k(BANDS["36_5"], 0, replace(COLD, melt=melt))
        assert low < tb[first_year] - tb[old] < high
    wet = surface_tb_k(BANDS["36_5"], 0, replace(COLD, melt=1.0))
    assert (wet[1:6] > 250).all()
    assert wet[0] == 210


@pytest.mark.parametrize("at", range(5))
def test_thin_ice(at) -> None:
    """The law a - (a - b) exp(-h / c) with its published constants, and its examples at 10 cm."""
    band = BANDS[BY_FREQUENCY[at]]
    for p in (0, 1):
        a, (b, c) = TIE_POINTS["first_year"][at][p], THIN[at][2 * p : 2 * p + 2]
        assert thin_ice_tb_k(band, p, 0) == b
        assert thin_ice_tb_k(band, p, c) == pytest.approx(a - (a - b) / np.e)
        assert thin_ice_tb_k(band, p, 500) == pytest.approx(a)
        # Published with thick ice that is colder: by 1 to 2 K, by 8 K in H at 36.5 GHz.
        assert thin_ice_tb_k(band, p, 10) == pytest.approx(THIN_10_CM[at][p], abs=3 + 3 * (at == 4))


def test_ice_warms_from_new_to_first_year() -> None:
    """In all channels but 89 GHz, thicker ice is brighter, and any ice brighter than water."""
    for name in BY_FREQUENCY[:5]:
        for p in (0, 1):
            water, new, young, thin, first_year, _, _ = surface_tb_k(BANDS[name], p, COLD)
            assert water < new < young < thin <= first_year


@pytest.mark.parametrize(("what", "value", "added_k"), SKY)
def test_sky_over_water(what, value, added_k) -> None:
    """Wind, vapour and cloud add their published differences in every channel."""
    for name, pair in zip(BY_FREQUENCY, added_k, strict=True):
        for p in (0, 1):
            added = atmosphere_tb_k(BANDS[name], p, _weather(**{what: value}))
            assert added.shape == (60, 60)
            assert added[5, 7] == pytest.approx(pair[p], abs=1e-3)


def test_thick_clouds_over_water() -> None:
    """In H as published; in V by the ratio of thinner clouds."""
    for at, name in enumerate(BY_FREQUENCY):
        v, h = (atmosphere_tb_k(BANDS[name], p, _weather(cloud=0.3))[0, 0] for p in (0, 1))
        assert h == pytest.approx(THICK_CLOUD_H_K[at], abs=1e-3)
        thin_v, thin_h = SKY[3][2][at]
        assert v == pytest.approx(h * thin_v / thin_h, abs=1e-3)


def test_reference_sky_and_its_bounds() -> None:
    """Nothing is added under the reference, less in a calm; very moist air adds no more."""
    for band in BANDS.values():
        for p in (0, 1):
            assert atmosphere_tb_k(band, p, _weather())[0, 0] == pytest.approx(0, abs=1e-4)
            moist, moister = (
                atmosphere_tb_k(band, p, _weather(vapour=v))[0, 0] for v in (22.0, 40.0)
            )
            assert moist == moister
    band = BANDS["36_5"]
    assert atmosphere_tb_k(band, 1, _weather(wind=0.0))[0, 0] < -3
    assert atmosphere_tb_k(band, 1, _weather(wind=20.0))[0, 0] == pytest.approx(23)


def test_the_sky_is_seen_less_over_ice() -> None:
    """A cloud adds 28 K over water in H at 36.5 GHz, and a small part of it over ice and land."""
    for surface, least, most in (("water", 1, 1), ("first_year", 0.05, 0.3), ("land", 0.05, 0.3)):
        clear, cloudy = (_tb_k(surface, _weather(cloud=c))["btemp_36_5h"] for c in (0.02, 0.3))
        added_k = (cloudy - clear).mean()
        assert 28 * least - 0.01 <= added_k <= 28 * most + 0.01


@pytest.mark.parametrize(
    ("surface", "melt", "least", "most"),
    [
        ("water", 0.0, 0, 0),
        ("first_year", 0.0, 0.1, 0.5),
        ("old", 0.0, 0.1, 0.5),
        ("old", 1.0, 0, 0),
        ("land", 0.0, 0.7, 1),
    ],
)
def test_warmth_of_the_surface(surface, melt, least, most) -> None:
    """Dry ice shows a part of a change of its skin's temperature, wet ice none, land nearly all."""
    season = replace(COLD, melt=melt)
    cold, warm = (_tb_k(surface, _weather(skt=k), season)["btemp_18_7v"] for k in (250.0, 260.0))
    assert 10 * least - 1e-3 <= (warm - cold).min() <= (warm - cold).max() <= 10 * most + 1e-3


def test_mixtures_are_linear() -> None:
    """Half water and half ice under the reference sky lie half way between."""
    half = (_pure("water") + _pure("first_year")) / 2
    water, ice, mixed = (_tb_k(s)["btemp_18_7h"].mean() for s in ("water", "first_year", half))
    assert mixed == pytest.approx((water + ice) / 2, abs=0.1)


@pytest.mark.parametrize("look_deg", [0.0, 30.0, 90.0, 135.0, 179.0])
@pytest.mark.parametrize(
    ("footprint_km", "tolerance"), [((3, 5), 0.03), ((7, 12), 1e-3), ((35, 62), 1e-3)]
)
def test_footprint_of_a_point(footprint_km, tolerance, look_deg) -> None:
    """Its mass is 1; its second moments along both axes are those of its widths.

    Widths of 1.5 cells are at the limit of what the grid holds.
    """
    point = np.zeros((201, 201))
    point[100, 100] = 1
    seen = blurred(point, 2.0, footprint_km, look_deg)
    assert seen.shape == point.shape
    assert seen.sum() == pytest.approx(1, abs=1e-6)
    y_km, x_km = 2.0 * (np.indices(seen.shape) - 100)
    cosine, sine = np.cos(np.deg2rad(look_deg)), np.sin(np.deg2rad(look_deg))
    along, across = cosine * y_km + sine * x_km, cosine * x_km - sine * y_km
    # A Gaussian of standard deviation 1 is 2.3548 wide at half maximum.
    for axis, width_km in ((across, footprint_km[0]), (along, footprint_km[1])):
        assert np.sqrt((seen * axis**2).sum()) == pytest.approx(width_km / 2.3548, rel=tolerance)
    assert (seen * along * across).sum() == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(("look_deg", "along"), [(0.0, 0), (90.0, 1)])
def test_footprint_along_the_grid(look_deg, along) -> None:
    """Against the product of two filters, to the scene's margin, which is held."""
    rng = np.random.default_rng(0)
    tb_k = 200 + 50 * rng.random((60, 80))
    tb_k[:, 40:] += 60
    sigma = np.array([14.0, 14.0]) / 2 / 2.3548
    sigma[along] = 22 / 2 / 2.3548
    expected = ndimage.gaussian_filter(tb_k, sigma, mode="nearest", truncate=6)
    np.testing.assert_allclose(blurred(tb_k, 2.0, (14, 22), look_deg), expected, atol=0.05)


def test_blur_keeps_what_is_even() -> None:
    """The same temperature everywhere stays, up to the margin."""
    even = np.full((20, 30), 210.0)
    np.testing.assert_allclose(blurred(even, 2.0, (35, 62), 20.0), 210, atol=1e-6)


def test_coarse_channels_blur_more() -> None:
    """An ice edge is wider at 6.9 than at 89 GHz."""
    edge = _pure("water")
    edge[0, :, 30:] = 0
    edge[SURFACES.index("first_year"), :, 30:] = 1
    tb_k = _tb_k(edge)

    def width(name):
        profile = tb_k[name].mean(0)
        share = (profile - profile[0]) / (profile[-1] - profile[0])
        return int(((share > 0.1) & (share < 0.9)).sum())

    assert width("btemp_6_9h") > 8
    assert width("btemp_89_0h") <= 4


def test_noise_of_the_channels() -> None:
    """Two thirds are left between samples; neighbouring cells share it, channels do not."""
    tb_k = [_tb_k("water", seed=seed) for seed in range(6)]
    for name in AMSR2:
        noise_k = np.stack([each[name] - each[name].mean() for each in tb_k])
        assert noise_k.std() == pytest.approx(0.66 * NOISE_K[name[6:-1]], rel=0.15)
        assert np.abs(np.diff(noise_k)).std() < 0.6 * noise_k.std()
    one, other = (tb_k[0][name].ravel() for name in ("btemp_18_7h", "btemp_36_5h"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5
