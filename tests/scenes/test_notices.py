"""What a person should know of a file that can be used."""

from seaice.scenes.notices import conversion_notice
from seaice.scenes.scene import Scene


def test_a_scene_that_is_whole_has_no_notice(make_scene):
    assert Scene.open(make_scene()).notice == ""


def test_a_reference_that_cannot_be_used_is_named(make_scene):
    path = make_scene(without=("SIC", "SOD", "FLOE"))
    beside = path.with_name("20180325T194759_dmi_prep_reference.nc")
    beside.write_bytes(b"")
    notice = Scene.open(path).notice
    assert notice.startswith(f"{beside} is empty.")


def test_a_conversion_names_what_it_filled():
    assert conversion_notice(has_charts=True, filled=[]) == ""
    assert conversion_notice(has_charts=False, filled=["t2m", "skt"]) == (
        "The raw scene has no polygons, so the converted scene has no charts. "
        "Cells without a value were filled with the dataset's mean in t2m, skt."
    )
