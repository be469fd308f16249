"""File names of scenes: as they are made, and as they are read."""

from datetime import UTC, datetime

import pytest

from seaice.ai4arctic.names import (
    SceneName,
    is_reference,
    listed_id,
    prep_name,
    prep_name_of,
    product_of,
    raw_name,
    reference_name,
    scene_id,
)

CIS = (
    "S1A_EW_GRDM_1SDH_20180107T222053_20180107T222153_020054_022346_8B61"
    "_icechart_cis_SGRDIMID_20180107T2222Z_pl_a.nc"
)
DMI = (
    "S1B_EW_GRDM_1SDH_20190607T202733_20190607T202833_016595_01F3C9_25B7"
    "_icechart_dmi_201906072030_CapeFarewell_RIC.nc"
)


@pytest.mark.parametrize("name", [CIS, DMI])
def test_a_raw_name_tells_what_its_characters_17_to_31_and_77_to_79_say(name):
    assert listed_id(name) == f"{name[17:32]}_{name[77:80]}"


@pytest.mark.parametrize(
    "name",
    [
        "20180107T222053_cis_prep.nc",
        "20180107T222053_cis_prep_reference.nc",
        "20180107T222053_cis.nc",
        "20180107T222053_cis",
        f"train/{CIS}",
        f"D:\\scenes\\{CIS}\n",
    ],
)
def test_other_forms_of_the_same_scene(name):
    assert listed_id(name) == "20180107T222053_cis"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "scene",
        CIS[:70],
        "20180107T22205_cis_prep.nc",
        "20180107T222053_cis_prep.nc.bak",
        "20180107T222053_prep.nc",
        "x20180107T222053_cis",
        "2018010\N{ARABIC-INDIC DIGIT SEVEN}T222053_cis",
        # Patterns can take hours for such a one.
        "_20180107T222053_" * 500_000,
    ],
    ids=lambda name: name[:30],
)
def test_what_is_no_name(name):
    assert listed_id(name) == ""


def test_a_name_that_is_made_is_read_again():
    time = datetime(2018, 3, 25, 19, 47, 59, tzinfo=UTC)
    product = "S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_021178_02469C_5B2A"
    raw = raw_name(product, "dmi", "201803252000_SouthEast_RIC")
    name = prep_name(time, "dmi")
    assert prep_name_of(raw) == name
    assert SceneName.parse(name) == SceneName(time, "dmi")
    assert product_of(raw) == product
    assert scene_id(name) == listed_id(raw) == listed_id(reference_name(name))
    assert is_reference(reference_name(name))
    assert not is_reference(name)


@pytest.mark.parametrize("name", ["", "mine.nc", "20180325T194759", "x20180325T194759_dmi_prep.nc"])
def test_a_name_of_another_form_says_nothing(name):
    assert SceneName.parse(name) == SceneName(None, "")
    assert (prep_name_of(name), reference_name("mine.nc")) == ("", "")


def test_a_time_that_cannot_be_leaves_the_service():
    assert SceneName.parse("20181399T194759_cis_prep.nc") == SceneName(None, "cis")


def test_a_suffix_is_not_a_service():
    time = datetime(2018, 3, 25, 19, 47, 59, tzinfo=UTC)
    assert SceneName.parse("20180325T194759_prep.nc") == SceneName(time, "")


@pytest.mark.parametrize(
    ("satellite", "service", "id_end"),
    [("S1C", "nis", "nis"), ("S1D", "dmi", "dmi"), ("S1A", "NIC", "nic")],
)
def test_new_satellites_and_services(satellite, service, id_end):
    raw = f"{satellite}{DMI[3:]}".replace("_dmi_", f"_{service}_")
    time = datetime(2019, 6, 7, 20, 27, 33, tzinfo=UTC)
    assert prep_name_of(raw) == f"20190607T202733_{id_end}_prep.nc"
    assert listed_id(raw) == f"20190607T202733_{id_end}"
    assert SceneName.parse(f"20190607T202733_{service}_prep.nc") == SceneName(time, id_end)


def test_the_first_raw_name_that_says_enough_counts():
    assert prep_name_of("mine.nc", CIS, DMI) == "20180107T222053_cis_prep.nc"
