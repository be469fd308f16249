from datetime import UTC, datetime

import pytest

from seaice.ai4arctic.seasons import UNKNOWN, season
from seaice.dashboard.scenes.filter import SceneFilter, neighbours
from seaice.dashboard.scenes.filter_pickers import FilterOptions, possible_side
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    """25 March 2018, SouthEast, dmi, 96 x 128 pixels of 400 m, without FLOE and 89.0 GHz V."""
    return Scene.open(make_scene(without=("FLOE", "btemp_89_0v")))


def test_every_month_has_its_season():
    of_months = [season(datetime(2020, month, 15, tzinfo=UTC)) for month in range(1, 13)]
    assert " ".join(of_months) == "DJF DJF MAM MAM MAM JJA JJA JJA SON SON SON DJF"


def test_an_empty_filter_passes_everything(scene):
    assert SceneFilter().passes(scene, None)
    assert SceneFilter().passes(scene, 0.5)


@pytest.mark.parametrize(
    ("fits", "fails"),
    [
        ({"text": "DMI 2018"}, {"text": "dmi 2019"}),
        ({"seasons": ["MAM", "JJA"]}, {"seasons": ["DJF"]}),
        ({"regions": ["SouthEast"]}, {"regions": [UNKNOWN]}),
        ({"services": ["dmi", "cis"]}, {"services": ["cis"]}),
        ({"channel_sets": ["sar", "autoice18"]}, {"channel_sets": ["sar", "amsr2"]}),
        ({"charts": ["SIC", "SOD"]}, {"charts": ["SIC", "FLOE"]}),
        ({"spacings_m": [80, 400]}, {"spacings_m": [80]}),
        ({"water_percent": (50, 60)}, {"water_percent": (0, 49)}),
        ({"side_km": (51, 52)}, {"side_km": (10, 50)}),
    ],
)
def test_each_condition_alone(scene, fits, fails):
    assert SceneFilter(**fits).passes(scene, 0.5)
    assert not SceneFilter(**fails).passes(scene, 0.5)


def test_all_conditions_must_be_met(scene):
    assert not SceneFilter(seasons=["MAM"], regions=["CapeFarewell"]).passes(scene, 0.5)


def test_an_unknown_share_of_water_passes_only_the_full_range(scene):
    assert not SceneFilter(water_percent=(0, 99)).passes(scene, None)
    assert SceneFilter(water_percent=None).passes(scene, None)


def test_a_scene_without_time_and_region_is_unknown(make_scene):
    scene = Scene.open(make_scene(name="odd.nc", original_id="x"))
    assert SceneFilter(seasons=[UNKNOWN], regions=[UNKNOWN]).passes(scene, None)
    assert not SceneFilter(seasons=["MAM"]).passes(scene, None)


def test_options_are_what_the_scenes_have(scene, make_scene):
    other = Scene.open(
        make_scene(200, 90, 800, name="20191201T000000_cis_prep.nc", ice_service="cis")
    )
    options = FilterOptions.of([scene, other])
    assert options.lists["seasons"] == ["DJF", "MAM"]
    assert options.lists["services"] == ["cis", "dmi"]
    assert options.lists["spacings_m"] == [400, 800]
    # 51.2 and 160 km.
    assert options.side_km == (51, 160)


@pytest.mark.parametrize(
    ("passing", "chosen", "expected"),
    [
        ("abcd", "a", (None, "b")),
        ("abcd", "d", ("c", None)),
        ("ad", "b", ("a", "d")),
        ("ac", "a", (None, "c")),
        ("", "b", (None, None)),
        ("b", "b", (None, None)),
    ],
)
def test_neighbours_are_the_nearest_that_pass(passing, chosen, expected):
    assert neighbours(list("abcd"), set(passing), chosen) == expected


def test_a_full_range_stays_full_in_another_folder(monkeypatch):
    state = {}
    monkeypatch.setattr("seaice.dashboard.scenes.filter_pickers.st.session_state", state)
    assert possible_side((51, 80), (51, 80)) == (51, 80)
    # All of a folder stays all of the next one.
    assert possible_side((51, 80), (24, 120)) == (24, 120)
    # A selected range is kept if it is possible.
    assert possible_side((30, 60), (20, 130)) == (30, 60)
    assert possible_side((30, 60), (40, 130)) == (40, 130)
