"""Raw scenes open through the same door as ready-to-train ones, and nothing lands beside them."""

import os
from dataclasses import replace
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import SceneError
from seaice.scenes.catalogue import inspect_scene, make_ready, open_scene, opening
from seaice.scenes.convert import convert_scene
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder


@pytest.fixture
def raw(tmp_path) -> Path:
    """A raw simulated scene of 40 x 48 ready-to-train pixels, alone in its folder."""
    folder = tmp_path / "both"
    simulate_folder(folder, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    (path,) = (each for each in folder.iterdir() if not each.name.endswith("_prep.nc"))
    alone = tmp_path / "raw" / path.name
    alone.parent.mkdir()
    path.rename(alone)
    return alone


def test_what_is_said_before_is_what_the_conversion_holds(raw, tmp_path, own_cache) -> None:
    looked = inspect_scene(raw)
    assert not looked.path.exists()
    converted = Scene.open(convert_scene(raw, tmp_path / "out").path)
    assert replace(looked, path=Path(), charts_path=Path(), raw=None) == replace(
        converted, path=Path(), charts_path=Path()
    )
    assert looked.path.is_relative_to(own_cache)
    assert looked.delays


def test_pixels_are_those_of_the_conversion(raw, tmp_path) -> None:
    scene = open_scene(raw)
    converted = Scene.open(convert_scene(raw, tmp_path / "out").path)
    channels = CHANNEL_SETS["autoice18"]
    ours, theirs = (read_inputs(each, channels) for each in (scene, converted))
    np.testing.assert_array_equal(ours.values, theirs.values)
    for name in CHARTS:
        np.testing.assert_array_equal(read_chart(scene, name), read_chart(converted, name))
    assert os.listdir(raw.parent) == [raw.name]


def test_it_is_converted_once_and_anew_when_it_changes(raw, monkeypatch) -> None:
    first = open_scene(raw)
    key = first.key
    with monkeypatch.context() as patched:
        patched.setattr(opening, "convert_scene", lambda *_, **__: pytest.fail("converted again"))
        assert open_scene(raw).path == first.path
    os.utime(raw, ns=(1, 1))
    again = inspect_scene(raw)
    assert again.path != first.path
    assert again.key != key


def test_a_scene_knows_the_file_that_the_user_has(raw) -> None:
    scene = inspect_scene(raw)
    assert scene.key[0] == str(raw)
    raw.unlink()
    with pytest.raises(SceneError, match=r"_icechart_.+ is no longer there"):
        _ = scene.key


def test_a_raw_scene_without_polygons_has_no_charts(raw) -> None:
    bare = raw.with_name("S1A_EW_GRDM_1SDH_20200101T000000_x_icechart_cis_SGRDIFOXE_x.nc")
    with netCDF4.Dataset(raw) as old, netCDF4.Dataset(bare, "w") as new:
        old.set_auto_maskandscale(False)
        for name, dimension in old.dimensions.items():
            if name != "polygon_codes":
                new.createDimension(name, len(dimension))
        for name, variable in old.variables.items():
            if name.startswith("polygon"):
                continue
            new.createVariable(name, variable.dtype, variable.dimensions)[:] = variable[:]
        new.pixel_spacing = old.pixel_spacing
    scene = open_scene(bare)
    assert (scene.id, scene.charts) == ("20200101T000000_cis", ())
    assert (read_chart(scene, "SIC") == 255).all()


def test_of_too_many_conversions_the_one_used_longest_ago_goes(raw, monkeypatch, tmp_path) -> None:
    first = open_scene(raw)
    os.utime(first.path, ns=(1, 1))
    other = tmp_path / "raw" / raw.name.replace("EW", "IW")
    other.write_bytes(raw.read_bytes())
    monkeypatch.setattr(opening, "_MOST_BYTES", 1)
    second = open_scene(other)
    assert not first.path.exists()
    assert second.path.exists()


def test_a_conversion_lies_in_the_cache_folder_of_the_day(raw, tmp_path, monkeypatch) -> None:
    """What the index says of a raw scene does not say where."""
    first = inspect_scene(raw)
    (tmp_path / "other").mkdir()
    for path in first.path.parents[2].glob("*.sqlite"):
        path.rename(tmp_path / "other" / path.name)
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "other"))
    assert inspect_scene(raw).path.is_relative_to(tmp_path / "other")
    monkeypatch.setattr(opening, "_VERSION", opening._VERSION + 1)
    assert inspect_scene(raw).path.parent.name != first.path.parent.name


def test_another_that_forgets_conversions_does_no_harm(raw, monkeypatch) -> None:
    first = open_scene(raw)

    class Folder:
        def glob(self, pattern: str) -> list[Path]:
            return [Path("/no/such/file"), first.path]

    monkeypatch.setattr(opening, "_folder", Folder)
    monkeypatch.setattr(opening, "_MOST_BYTES", 1)
    opening._evict_oldest(Path("another"))
    assert not first.path.parent.exists()


@pytest.mark.slow
def test_in_a_process_of_its_own_it_is_the_same(raw) -> None:
    scene = inspect_scene(raw)
    make_ready(scene, in_subprocess=True)
    elsewhere = scene.path.read_bytes()
    scene.path.unlink()
    make_ready(scene)
    assert len(elsewhere) == len(scene.path.read_bytes())
    with netCDF4.Dataset(raw, "a") as file:
        file["nersc_sar_primary"][:] = np.nan
    with pytest.raises(SceneError, match=r"_icechart_.+ no charted pixel"):
        make_ready(inspect_scene(raw), in_subprocess=True)


def test_a_damaged_raw_file_is_named(raw) -> None:
    content = raw.read_bytes()
    with netCDF4.Dataset(raw, "a") as file:
        file["nersc_sar_primary"][:] = np.nan
    with pytest.raises(SceneError, match=r"_icechart_.+ no charted pixel"):
        open_scene(raw)
    raw.write_bytes(content[: len(content) // 2])
    with pytest.raises(SceneError, match="damaged"):
        inspect_scene(raw)


def test_a_ready_scene_is_left_as_it_is(make_scene, own_cache) -> None:
    scene = inspect_scene(make_scene())
    make_ready(scene)
    assert not (own_cache / "converted").exists()
