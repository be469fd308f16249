"""Strata of pixels, against distances counted by eye and by brute force."""

import numpy as np
import pytest

from seaice.ai4arctic.layout import ZONE_EDGES_KM, scale
from seaice.experiment.strata import SHAPE, VALUES, class_borders, distance_km, pixel_strata
from seaice.scenes.scene import Scene


def values_at(strata, stratum: str) -> np.ndarray:
    """The value of a stratum at each pixel, (lines, samples) text."""
    whole = strata.with_interior(20.0, slice(None))
    numbers = np.unravel_index(whole, SHAPE)[list(VALUES).index(stratum)]
    return np.array(VALUES[stratum])[numbers]


def two_polygons(arrays: dict) -> None:
    """SIC 0 left of sample 64, 7 right of it; no other border; all valid; land far to the left."""
    for name in ("SIC", "SOD", "FLOE"):
        arrays[name][...] = 0
    arrays["SIC"][:, 64:] = 7
    arrays["SIC"][:, :5] = 255
    zones = np.searchsorted(ZONE_EDGES_KM, 0.4 * np.arange(128) + 0.2) + 1
    arrays["distance_map"][...] = scale("distance_map", zones)
    for name in ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle"):
        arrays[name][...] = 1


def test_each_pixel_lies_where_it_looks(make_scene):
    """At 400 m: 2 km are 5 pixels, 10 km are 25, from the pixels on both sides of the border."""
    strata = pixel_strata(Scene.open(make_scene(change=two_polygons)))
    border = values_at(strata, "border")[50]
    assert set(border[59:69]) == {"< 2 km"}
    assert border[58] == border[69] == "2-10 km"
    assert border[38] == border[89] == "> 10 km"
    land = values_at(strata, "land")[50]
    assert set(land[:25]) == {"< 10 km"}
    assert set(land[25:125]) == {"10-50 km"}
    assert set(land[125:]) == {"> 50 km"}
    concentration = values_at(strata, "concentration")[50]
    assert set(concentration[:5]) == {"unknown"}
    assert set(concentration[5:64]) == {"0 %"}
    assert set(concentration[64:]) == {"70-80 %"}
    interior = values_at(strata, "interior")
    # Half of 20 km are 25 pixels; the scene's 96 lines end 25 pixels from line 24 and line 71.
    assert (interior[25:71, 64] == "interior").all()
    assert interior[24, 64] == interior[71, 64] == interior[48, 24] == "margin"
    edge = values_at(strata, "edge")
    assert set(np.unique(edge)) == {"< 25 km"}


def test_masked_pixels_are_an_edge_and_no_land_map_is_unknown(make_scene):
    def masked(arrays: dict) -> None:
        two_polygons(arrays)
        for name in ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle"):
            arrays[name][48, 64] = 0

    scene = Scene.open(make_scene(change=masked, without=("distance_map",)))
    strata = pixel_strata(scene)
    assert strata.inside_km[48, 64] == 0
    assert strata.inside_km[48, 74] == pytest.approx(4.0)
    assert strata.inside_km[0, 64] == pytest.approx(0.4)
    assert set(np.unique(values_at(strata, "land"))) == {"unknown"}


def test_borders_lie_between_labelled_pixels_of_any_chart():
    sic = np.array([[1, 1, 2, 255, 3]], np.uint8)
    sod = np.array([[1, 1, 1, 255, 4], [1, 5, 1, 255, 4]], np.uint8)
    assert class_borders([sic], (1, 5)).tolist() == [[False, True, True, False, False]]
    assert class_borders([sod], (2, 5)).tolist() == [
        [False, True, False, False, False],
        [True, True, True, False, False],
    ]
    assert not class_borders([], (2, 3)).any()


def test_distances_equal_brute_force():
    rng = np.random.default_rng(0)
    there = rng.random((17, 23)) < 0.03
    points = np.argwhere(there)
    lines, samples = np.indices(there.shape)
    each = np.hypot(lines[..., None] - points[:, 0], samples[..., None] - points[:, 1])
    np.testing.assert_allclose(distance_km(there, 0.4), 0.4 * each.min(axis=-1), rtol=1e-6)
    assert np.isinf(distance_km(np.zeros((2, 3), bool), 0.4)).all()
