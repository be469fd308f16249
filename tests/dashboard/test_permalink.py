"""A link brings back a view, and what is foreign in it is left out."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.channels import CHANNEL, channel_set
from seaice.ai4arctic.charts import CHARTS
from seaice.dashboard.link import _NAMES, Link, not_available, parse
from seaice.scenes.region import Region

LINK = Link(
    scene="20180325T194759_dmi",
    rates=("1-2-3", "none"),
    channels="sar",
    task="SOD",
    target=5,
    region=Region((10, 90.5), (0, 200)),
    layer="atrous branch 1",
    method="HiResCAM",
    folder="scenes-0a1b2c",
    checkpoints=("accd2081", "-"),
    columns=("0a1b2c3d", "baseline-all-water", "maps-0a1b2c3d", "seeds-0a1b2c3d"),
    versus=3,
    view="Swipe",
    maps=("Maps", "Entropy"),
    beside=("nersc_sar_primary", "t2m"),
    shows="In the scene",
    colours="Colour-blind safe",
    opacity=65,
    orientation="As acquired",
)


def test_a_query_brings_back_its_link():
    assert parse(LINK.query()) == (LINK, [])


@pytest.mark.parametrize("channels", ["t2m", "btemp_18_7h,nersc_sar_primary", ",".join(CHANNEL)])
def test_channels_can_be_named_one_by_one(channels):
    assert parse({"channels": channels}) == (Link(channels=channels), [])


def test_no_channel_beside_the_maps_is_not_the_default():
    assert Link(beside=()).query() == {"beside": "-"}
    assert parse({"beside": "-"}) == (Link(beside=()), [])


def test_an_empty_query_says_nothing():
    assert parse({}) == (Link(), [])
    assert Link().query() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rates", "1-2-3 x"),
        ("rates", "9-" * 3000),
        ("rates", "1 2 3 4 5 6"),
        ("channels", "<script>alert(1)</script>"),
        ("channels", "../../etc/passwd"),
        ("channels", "t2m,t2m"),
        ("channels", "t2m,"),
        ("task", "SID"),
        ("target", "-1"),
        ("target", "²"),
        ("region", "0-1e9_nan-3"),
        ("region", "5-1_0-2"),
        ("method", "EigenCAM"),
        ("folder", "../../etc"),
        ("checkpoints", "accd2081 /etc/passwd"),
        ("columns", "accd2081 ../../etc/passwd"),
        ("versus", "0"),
        ("view", "upside-down"),
        ("maps", "maps x"),
        ("beside", "t2m ../etc"),
        ("shows", "elsewhere"),
        ("colours", "<b>"),
        ("opacity", "101"),
        ("orientation", "south-up"),
    ],
)
def test_what_is_none_is_named_and_left_out(name, value):
    link, problems = parse({**LINK.query(), name: value})
    assert getattr(link, name) is None
    # What has no meaning without it is left out as well.
    dependent = {"rates": ["checkpoints"], "task": ["target", "classes"]}.get(name, [])
    lost = [name, *(each for each in dependent if each in LINK.query())]
    assert problems == [not_available(_NAMES[each]) for each in lost]
    assert all(problem.startswith("The link's ") for problem in problems)
    assert all(problem.endswith(" not available. Showing the default.") for problem in problems)
    # Text from a stranger is not shown.
    assert value not in " ".join(problems)


@pytest.mark.parametrize(
    ("query", "lost"),
    [
        ({"task": "SIC", "target": "5"}, ["target"]),
        ({"target": "5"}, ["target"]),
        ({"target": "99", "task": "SID"}, ["task", "target"]),
        ({"classes": "99", "task": "SID"}, ["task", "classes"]),
        ({"checkpoints": "accd2081"}, ["checkpoints"]),
        ({"checkpoints": "accd2081", "rates": "1-2-3 3-6-9"}, ["checkpoints"]),
        ({"checkpoints": "accd2081", "rates": "x"}, ["rates", "checkpoints"]),
        ({"checkpoints": "x", "rates": "x"}, ["rates", "checkpoints"]),
    ],
)
def test_what_has_no_meaning_without_another_value_is_named_and_left_out(query, lost):
    link, problems = parse(query)
    assert problems == [not_available(_NAMES[name]) for name in lost]
    assert all(getattr(link, name) is None for name in lost)


@given(
    st.dictionaries(
        st.sampled_from([*(field.name for field in fields(Link)), "x"]),
        st.text(max_size=300),
    )
)
def test_any_address_is_read_without_a_fault(query):
    link, _ = parse(query)
    assert link.channels is None or channel_set(link.channels)
    assert link.task in (None, *CHARTS)
    assert parse(link.query())[0] == link


def test_a_link_without_any_class_shows_the_default():
    link, problems = parse({"question": "field", "task": "SOD", "classes": " "})
    assert link.classes is None
    assert problems == ["The link's choice of classes is not available. Showing the default."]
