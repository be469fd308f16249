"""Files that are not raw scenes are refused in a sentence that names them; nothing is written."""

import os
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import AMSR2, ERA5
from seaice.core.errors import ConfigError, OutputError, SceneError
from seaice.scenes.convert import convert_scene
from seaice.scenes.convert.points import POINT_VARIABLES

HEADER = "poly_id;CT;CA;SA;FA;CB;SB;FB;CC;SC;FC;CN;CD;CF;POLY_TYPE"


def refused(raw: Path, out: Path, words: str) -> None:
    with pytest.raises(SceneError, match=words) as raised:
        convert_scene(raw, out)
    assert str(raised.value).startswith(str(raw))
    assert "\n" not in str(raised.value)
    # Not even a temporary file.
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        *("nersc_sar_primary", "nersc_sar_secondary", "distance_map", "polygon_icechart"),
        *("polygon_codes", *POINT_VARIABLES, AMSR2[0], AMSR2[-1], ERA5[0], ERA5[-1]),
    ],
)
def test_a_missing_variable(make_raw, tmp_path, name) -> None:
    refused(make_raw(change=lambda arrays: arrays.pop(name)), tmp_path / "out", f"lacks {name}")


def test_many_missing_variables_are_counted(make_raw, tmp_path) -> None:
    def change(arrays: dict) -> None:
        for name in AMSR2:
            del arrays[name]

    words = "lacks btemp_6_9h, btemp_6_9v, btemp_7_3h, btemp_7_3v and 10 more variables"
    refused(make_raw(change=change), tmp_path / "out", words)


def test_the_height_of_points_is_not_needed(make_raw, tmp_path) -> None:
    raw = make_raw(change=lambda arrays: arrays.pop("sar_grid_height"))
    assert convert_scene(raw, tmp_path / "out").path.is_file()


def replace(name: str, dims: tuple[str, ...] | None, values: object) -> Callable[[dict], None]:
    def change(arrays: dict) -> None:
        arrays[name] = (dims or arrays[name][0], np.asarray(values))

    return change


def codes(*rows: str) -> Callable[[dict], None]:
    return replace("polygon_codes", None, np.array(rows, dtype=object))


def all_nan(arrays: dict) -> None:
    arrays["nersc_sar_secondary"][1][:] = np.nan


FULL, CELLS = ("sar_lines", "sar_samples"), ("2km_grid_lines", "2km_grid_samples")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replace("nersc_sar_primary", ("sar_samples", "sar_lines"), np.ones((7, 5))), "dimensions"),
        (replace("nersc_sar_primary", ("y", "x"), np.ones((5, 7))), "dimensions"),
        (replace("t2m", FULL, np.ones((5, 7))), "t2m on dimensions"),
        (replace("sar_grid_line", ("other",), np.ones(12)), "sar_grid_line on dimensions"),
        (replace("polygon_codes", ("rows",), np.array(["x"], object)), "polygon_codes on dim"),
        (replace("t2m", CELLS, np.array([["warm"]], object)), "not as numbers"),
        (replace("nersc_sar_primary", FULL, np.full((5, 7), "x", object)), "not as numbers"),
        (replace("polygon_codes", None, np.arange(4.0)), "not as texts"),
        (codes(), "polygon_codes that lacks the columns"),
        (codes("nonsense"), "polygon_codes that lacks the columns"),
        (codes(HEADER, "1;2;3"), "3 instead of 15"),
        (codes(HEADER, "one;92;" + ";".join(["-9"] * 12) + ";I"), "'one'"),
        (all_nan, "no charted pixel"),
        (
            lambda arrays: arrays["sar_grid_line"][1].__setitem__(2, 3.5),
            "do not form a lattice",
        ),
        (
            lambda arrays: arrays["sar_grid_latitude"][1].__setitem__(2, np.nan),
            "sar_grid_latitude is missing or out of range",
        ),
    ],
)
def test_a_variable_that_is_none(make_raw, tmp_path, change, words) -> None:
    refused(make_raw(change=change), tmp_path / "out", words)


def packed(file: netCDF4.Dataset) -> None:
    file["nersc_sar_primary"].scale_factor = 0.01


def test_a_packed_variable(make_raw, tmp_path) -> None:
    refused(make_raw(edit=packed), tmp_path / "out", "packed")


@pytest.mark.parametrize("spacing", ["wide", np.nan, 0, -40, 1e9, 4000])
def test_a_spacing_that_is_none(make_raw, tmp_path, spacing) -> None:
    """4000 m: pixels and cells of 2 km do not go together."""
    refused(make_raw(pixel_spacing=spacing), tmp_path / "out", "pixel_spacing|cells of 2 km")


def test_too_small(make_raw, tmp_path) -> None:
    def change(arrays: dict) -> None:
        for dims, values in list(arrays.values()):
            if dims == FULL:
                name = next(key for key, each in arrays.items() if each[1] is values)
                arrays[name] = (dims, values[:1])

    refused(make_raw(change=change), tmp_path / "out", "1 x 7 pixels")


def enormous(sizes: dict[str, int]) -> Callable[[Path], None]:
    """A file of some kilobytes that claims to be terabytes."""

    def write(path: Path) -> None:
        dims = {"sar_lines": 10, "sar_samples": 10, "sar_grid_points": 4, "polygon_codes": 2}
        dims |= {"2km_grid_lines": 1, "2km_grid_samples": 1} | sizes
        with netCDF4.Dataset(path, "w") as file:
            for name, size in dims.items():
                file.createDimension(name, size)
            for name in ("nersc_sar_primary", "nersc_sar_secondary", "distance_map"):
                chunks = [min(dims[dim], 1000) for dim in FULL]
                file.createVariable(name, "f4", FULL, chunksizes=chunks)
            for name in (*AMSR2, *ERA5):
                chunks = [min(dims[dim], 1000) for dim in CELLS]
                file.createVariable(name, "f8", CELLS, chunksizes=chunks)
            for name in POINT_VARIABLES:
                chunk = [min(dims["sar_grid_points"], 1000)]
                file.createVariable(name, "f8", ("sar_grid_points",), chunksizes=chunk)
            chunk = [min(dims["polygon_codes"], 1000)]
            file.createVariable("polygon_codes", str, ("polygon_codes",), chunksizes=chunk)
            file.createVariable("polygon_icechart", "f4", FULL, chunksizes=[10, 10])

    return write


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"sar_lines": 10**6, "sar_samples": 10**6}, "too many"),
        ({"sar_grid_points": 10**11}, "too many"),
        ({"polygon_codes": 10**9}, "too many"),
        ({"2km_grid_lines": 10**6, "2km_grid_samples": 10**6}, "cells of 2 km"),
    ],
)
def test_claims_of_terabytes(tmp_path, sizes, words) -> None:
    path = tmp_path / "raw.nc"
    enormous(sizes)(path)
    assert path.stat().st_size < 1_000_000
    refused(path, tmp_path / "out", words)


def test_a_ready_to_train_scene(make_scene, tmp_path) -> None:
    refused(make_scene(), tmp_path / "out", "ready-to-train scene, not a raw one")


def test_files_that_are_no_scene(make_raw, tmp_path) -> None:
    refused(tmp_path / "gone.nc", tmp_path / "out", "not there")
    refused(tmp_path, tmp_path / "out", "folder")
    os.mkfifo(tmp_path / "pipe.nc")
    refused(tmp_path / "pipe.nc", tmp_path / "out", "not a NetCDF file")
    text = tmp_path / "text.nc"
    text.write_text("HH,HV\n1,2\n")
    refused(text, tmp_path / "out", "not a NetCDF file")
    raw = make_raw()
    raw.write_bytes(raw.read_bytes()[:3000])
    refused(raw, tmp_path / "out", "damaged|cannot be read completely")


def test_a_damaged_chunk_is_found_while_reading(make_raw, tmp_path) -> None:
    """The header is whole, the compressed pixels are not."""
    raw = make_raw()
    rng = np.random.default_rng(1)
    with netCDF4.Dataset(raw, "a") as file:
        file.renameVariable("nersc_sar_secondary", "old")
        new = file.createVariable("nersc_sar_secondary", "f4", FULL, zlib=True, fletcher32=True)
        marker = rng.normal(size=(5, 7)).astype(np.float32)
        new[:] = marker
    content = bytearray(raw.read_bytes())
    # The checksummed chunk was written last but for metadata: find it by its zlib header.
    at = content.rfind(b"\x78\x5e")
    assert at > 0
    content[at + 10 : at + 40] = bytes(30)
    raw.write_bytes(content)
    refused(raw, tmp_path / "out", "cannot be read completely")


def test_a_name_that_does_not_tell(make_raw, tmp_path) -> None:
    raw = make_raw(name="scene.nc")
    (tmp_path / "out").mkdir()
    refused(raw, tmp_path / "out", "name without time and ice service")
    made = convert_scene(raw, tmp_path / "named.nc")
    assert made.path == tmp_path / "named.nc"
    with netCDF4.Dataset(made.path) as file:
        assert (file.scene_id, file.original_id) == ("named.nc", "scene.nc")


def test_the_own_attribute_tells_the_name(make_raw, tmp_path) -> None:
    official = "S1B_EW_GRDM_1SDH_20200319T101935_x_icechart_cis_SGRDIFOXE_20200319T1800Z_pl_a.nc"
    made = convert_scene(make_raw(name="scene.nc", original_id=official), tmp_path / "out")
    assert made.path.name == "20200319T101935_cis_prep.nc"
    with netCDF4.Dataset(made.path) as file:
        assert (file.original_id, file.ice_service) == (official, "cis")


def test_other_files_are_never_replaced(make_raw, make_scene, tmp_path) -> None:
    """The raw file itself, another raw file, a published scene; only the own earlier conversion."""
    raw, other = make_raw(), make_raw(name="other.nc", change=lambda arrays: None)
    link = tmp_path / "link.nc"
    link.symlink_to(raw)
    prep = make_scene(folder=tmp_path / "out", original_id=raw.name)
    text = tmp_path / "notes.nc"
    text.write_text("mine")
    cases = {raw: "raw file itself", link: "raw file itself", other: "another", text: "another"}
    for target, words in (cases | {tmp_path / "out": "another"}).items():
        before = [path.read_bytes() for path in (raw, other, prep, text)]
        with pytest.raises(ConfigError, match=words):
            convert_scene(raw, target)
        assert [path.read_bytes() for path in (raw, other, prep, text)] == before
    prep.unlink()
    first = convert_scene(raw, tmp_path / "out").path
    assert convert_scene(raw, tmp_path / "out", compress=False).path == first == prep
    with pytest.raises(ConfigError, match="another"):
        convert_scene(make_raw(original_id="x_20180325T194759_x_icechart_dmi_x.nc"), first.parent)


def test_a_folder_that_cannot_be_written_to(make_raw, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        convert_scene(make_raw(), tmp_path / "file" / "out")
