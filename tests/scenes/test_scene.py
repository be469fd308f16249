from datetime import UTC, datetime
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.commands.output import file_text
from seaice.core.errors import MissingChannelsError, NoScenesError, SceneError
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.catalogue.facts import file_facts
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene


def test_a_scene_knows_what_its_file_holds(make_scene):
    scene = Scene.open(make_scene())
    assert scene.id == "20180325T194759_dmi"
    assert scene.time == datetime(2018, 3, 25, 19, 47, 59, tzinfo=UTC)
    assert (scene.service, scene.region) == ("dmi", "SouthEast")
    assert (scene.grid.lines, scene.grid.samples, scene.grid.spacing_m) == (96, 128, 400)
    assert scene.charts == ("SIC", "SOD", "FLOE")
    assert scene.usable_channel_sets() == list(CHANNEL_SETS)
    assert not scene.simulated


def test_missing_channels_are_named(make_scene):
    scene = Scene.open(make_scene(without=("btemp_89_0v",)))
    assert scene.missing("all") == ["btemp_89_0v"]
    assert scene.usable_channel_sets() == ["sar", "sar+amsr2-18-36", "autoice18"]
    with pytest.raises(MissingChannelsError, match=r"lacks btemp_89_0v.*sar\+amsr2-18-36"):
        scene.require(CHANNEL_SETS["amsr2"], "amsr2")


def test_positions_are_named_by_their_variables(make_scene):
    scene = Scene.open(make_scene(without=("sar_grid2d_latitude",)))
    assert scene.missing("autoice18") == ["sar_grid2d_latitude", "sar_grid2d_longitude"]
    assert not scene.has_positions
    assert Scene.open(make_scene(name="whole_prep.nc")).has_positions


def test_a_scene_without_charts_opens(make_scene):
    scene = Scene.open(make_scene(without=("SIC", "SOD", "FLOE")))
    assert scene.charts == ()


def test_a_file_of_another_name_opens(make_scene):
    scene = Scene.open(make_scene(name="mine.nc"))
    assert (scene.id, scene.time, scene.service) == ("mine", None, "dmi")


def test_a_time_that_cannot_be_is_unknown(make_scene):
    assert Scene.open(make_scene(name="20181399T000000_dmi_prep.nc")).time is None


def test_an_attribute_that_is_no_word_names_no_service(make_scene):
    scene = Scene.open(make_scene(ice_service="![x](http://example.com)"))
    assert scene.service == "dmi"


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("no", True), (0, False)])
def test_whether_a_scene_is_simulated_is_read_tolerantly(make_scene, value, expected):
    assert Scene.open(make_scene(simulated=value)).simulated is expected


def test_a_link_is_a_scene_of_its_own(make_scene, tmp_path: Path):
    """Its name says another time and service: what is computed for one is not the other's."""
    path = make_scene()
    link = tmp_path / "20210909T000000_cis_prep.nc"
    link.symlink_to(path)
    assert Scene.open(link).key != Scene.open(path).key


def test_a_second_file_of_one_scene_is_named(make_scene, tmp_path: Path):
    folder = tmp_path / "data"
    make_scene(folder=folder, name="a_prep.nc")
    make_scene(folder=folder, name="a.nc")
    catalogue = read_catalogue(folder)
    assert [scene.id for scene in catalogue.scenes] == ["a"]
    assert "another file is scene a, too" in catalogue.problems[0]


def test_a_reference_beside_a_scene_gives_its_charts(make_scene):
    path = make_scene(without=("SIC", "SOD", "FLOE"))
    reference = make_scene(name="20180325T194759_dmi_prep_reference.nc", seed=1, without=SAR)
    scene = Scene.open(path)
    assert scene.charts == ("SIC", "SOD", "FLOE")
    assert scene.charts_path == reference
    assert (read_chart(scene, "SOD") != 255).any()
    assert len(scene.key) == 6


def test_a_raw_scene_is_refused(make_scene):
    path = make_scene()
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("polygon_icechart", "f4", ("sar_lines", "sar_samples"))
    with pytest.raises(SceneError, match="is a raw scene"):
        Scene.open(path)


def test_packed_inputs_are_refused(make_scene):
    def pack(arrays):
        arrays["nersc_sar_primary"] = (arrays["nersc_sar_primary"] * 100).astype(np.int16)

    with pytest.raises(SceneError, match="packed int16"):
        Scene.open(make_scene(change=pack))


def test_a_spacing_that_does_not_go_with_the_cells_is_refused(make_scene):
    with pytest.raises(SceneError, match="pixel_spacing is wrong"):
        Scene.open(make_scene(pixel_spacing=80))


@pytest.mark.parametrize("content", [b"no NetCDF at all", b"\x89HDF\r\n\x1a\n" + b"\0" * 99])
def test_foreign_files_are_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "x.nc"
    path.write_bytes(content)
    with pytest.raises(SceneError, match="not a NetCDF file or is damaged"):
        Scene.open(path)


def test_a_truncated_file_is_refused(make_scene):
    path = make_scene()
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(SceneError, match="damaged"):
        Scene.open(path)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(SceneError, match=r"gone.nc is not there"):
        Scene.open(tmp_path / "gone.nc")


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(SceneError, match=r"is a folder\. Name the files in it"):
        Scene.open(tmp_path)


@pytest.mark.parametrize("spacing", ["wide", -80.0, 0.0, np.nan, 1e6])
def test_a_spacing_that_cannot_be_is_refused(make_scene, spacing):
    with pytest.raises(SceneError, match="pixel_spacing"):
        Scene.open(make_scene(pixel_spacing=spacing))


def test_wrong_dimensions_are_refused(make_scene):
    path = make_scene()
    with netCDF4.Dataset(path, "a") as file:
        file.renameVariable("t2m", "old")
        file.createVariable("t2m", "f4", ("sar_samples", "sar_lines"))
    with pytest.raises(SceneError, match="has t2m on dimensions"):
        Scene.open(path)


def test_a_catalogue_keeps_the_good_and_names_the_bad(make_scene, tmp_path: Path):
    make_scene()
    make_scene(name="20190101T000000_cis_prep.nc")
    (tmp_path / "bad.nc").write_bytes(b"bad")
    make_scene(name="20190101T000000_cis_prep_reference.nc")
    catalogue = read_catalogue(tmp_path)
    assert [scene.id for scene in catalogue.scenes] == [
        "20180325T194759_dmi",
        "20190101T000000_cis",
    ]
    assert len(catalogue.problems) == 1
    assert "bad.nc is not a NetCDF file" in catalogue.problems[0]
    assert catalogue["20190101T000000_cis"].service == "dmi"
    with pytest.raises(NoScenesError, match=r"Scene '\.\./x' is not in"):
        catalogue["../x"]


def test_folders_without_scenes_say_what_to_do(tmp_path: Path):
    with pytest.raises(NoScenesError, match="seaice simulate"):
        read_catalogue(tmp_path)
    with pytest.raises(NoScenesError, match="cannot be opened as a folder"):
        read_catalogue(tmp_path / "gone")


@pytest.mark.parametrize("kind", ["junk", "another size", "nowhere"])
def test_a_bad_reference_leaves_the_scene_without_charts(make_scene, kind):
    path = make_scene(without=("SIC", "SOD", "FLOE"))
    beside = path.with_name("20180325T194759_dmi_prep_reference.nc")
    if kind == "junk":
        beside.write_bytes(b"junk")
    elif kind == "nowhere":
        beside.symlink_to("gone")
    else:
        make_scene(90, 128, name=beside.name)
    scene = Scene.open(path)
    assert (scene.charts, scene.charts_path) == ((), path)
    assert beside.name in scene.notice
    assert Scene.open(path, reference=False).notice == ""
    assert beside.name in file_text(file_facts(path))


def test_a_reference_is_told_to_be_one(make_scene):
    fact = file_facts(make_scene(name="20180325T194759_dmi_prep_reference.nc"))
    assert fact["kind"] == "reference charts"
    assert fact["charts"] == ["SIC", "SOD", "FLOE"]
    assert "reference charts" in file_text(fact)
    empty = make_scene(name="x_prep_reference.nc", without=("SIC", "SOD", "FLOE"))
    assert "none of the charts" in file_facts(empty)["problems"][0]
