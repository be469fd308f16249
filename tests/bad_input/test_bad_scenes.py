"""Scenes that a person may hand over by mistake, at the command line and on the pages.

Either it is refused in one sentence that names the file, or it is used with a word of warning;
never a traceback, never a half-written file, and the good files beside it stay usable.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

BAD = "20210101T000000_dmi_prep.nc"
GOOD = "20180325T194759_dmi"


def not_netcdf(path: Path, write: Callable) -> None:
    path.write_text("HH,HV\n1,2\n")


def empty(path: Path, write: Callable) -> None:
    path.touch()


def truncated(path: Path, write: Callable) -> None:
    whole = write(name=path.name, folder=path.parent).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def write_empty(path: Path, dims: dict[str, int], *variable_dims: str) -> None:
    """A file with dimensions and, where its dimensions are named, HH."""
    with netCDF4.Dataset(path, "w") as file:
        for name, size in dims.items():
            file.createDimension(name, size)
        if variable_dims:
            file.createVariable("nersc_sar_primary", "f4", variable_dims)
        file.pixel_spacing = 400


def without_variables(path: Path, write: Callable) -> None:
    write_empty(path, {"sar_lines": 9, "sar_samples": 9})


def wrong_dimensions(path: Path, write: Callable) -> None:
    write_empty(path, {"y": 9, "x": 9}, "y", "x")


def transposed(path: Path, write: Callable) -> None:
    write_empty(path, {"sar_lines": 9, "sar_samples": 8}, "sar_samples", "sar_lines")


def enormous(path: Path, write: Callable) -> None:
    """Some kilobytes that claim to be terabytes."""
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("sar_lines", 10**6)
        file.createDimension("sar_samples", 10**6)
        dims, chunk = ("sar_lines", "sar_samples"), (1000, 1000)
        file.createVariable("nersc_sar_primary", "f4", dims, chunksizes=chunk)
        file.pixel_spacing = 80


def pipe(path: Path, write: Callable) -> None:
    """Opening it would wait for somebody to write into it."""
    os.mkfifo(path)


REFUSED = (
    pipe,
    not_netcdf,
    empty,
    truncated,
    without_variables,
    wrong_dimensions,
    transposed,
    enormous,
)


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_a_bad_file_is_refused_in_a_sentence(seaice, folders, make_scene, tmp_path, spoil):
    data, models = folders
    spoil(data / BAD, make_scene)
    status, _, lines = seaice("info", data / BAD)
    assert (status, lines) == (1, [])
    checkpoint = next(models.iterdir())
    out = tmp_path / "out"
    status, _, lines = seaice("predict", checkpoint, data / BAD, "--out", out)
    assert status == 2
    assert len(lines) == 1
    assert BAD in lines[0]
    assert not out.exists()
    # The good one beside it is scored, the bad one named.
    status, answer, lines = seaice("evaluate", checkpoint, "--data", data, "--json")
    assert status == 3
    assert list(json.loads(answer)["scenes"]) == [GOOD]
    assert any(BAD in line for line in lines)


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_a_bad_file_is_named_on_the_page_and_the_good_one_shown(
    folders, make_scene, spoil, page, said
):
    spoil(folders[0] / BAD, make_scene)
    app = page()
    assert not app.error
    assert BAD in said(app)
    assert app.selectbox(key="scene").value == GOOD
    assert len(app.table) == 3


def all_masked(arrays: dict) -> None:
    for name in ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle"):
        arrays[name][:] = 0


def not_finite(arrays: dict) -> None:
    arrays["nersc_sar_primary"][10:30, 40:80] = np.nan
    arrays["nersc_sar_secondary"][50, 60] = np.inf
    arrays["btemp_18_7h"][:] = np.nan
    arrays["btemp_36_5v"][3, 4] = -np.inf


def classes_that_are_none(arrays: dict) -> None:
    arrays["SIC"][:20, 40:] = 99
    arrays["SOD"][:20, 40:] = 7
    arrays["FLOE"][:20, 40:] = 254


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (all_masked, "no valid pixel"),
        (not_finite, ""),
        (classes_that_are_none, ""),
    ],
)
def test_odd_values_are_used_as_far_as_they_go(
    seaice, folders, make_scene, tmp_path, change, words, page, said, figures
):
    data, models = folders
    make_scene(folder=data, name=f"0{BAD}", change=change)
    status, _, lines = seaice(
        "predict", next(models.iterdir()), data / f"0{BAD}", "--out", tmp_path / "out"
    )
    assert status == 0
    assert words in " ".join(lines)
    (path,) = (tmp_path / "out").iterdir()
    with netCDF4.Dataset(path) as file:
        valid = file["valid"][:].astype(bool)
        assert np.isfinite(np.asarray(file["SIC"][:])[np.asarray(valid)]).all()
        assert valid.any() == (change is not all_masked)
    app = page()
    assert not app.error
    assert words in said(app)
    assert figures(app)


def test_a_class_that_is_none_is_not_scored(seaice, folders, make_scene):
    data, models = folders
    make_scene(folder=data, name=BAD, change=classes_that_are_none)
    _, answer, _ = seaice("evaluate", next(models.iterdir()), "--data", data, "--json")
    scenes = json.loads(answer)["scenes"]
    whole, part = (scenes[name]["SOD"]["pixels"] for name in (GOOD, BAD.removesuffix("_prep.nc")))
    assert 0 < part < whole


@pytest.mark.parametrize("kind", ["gone", "empty", "a file"])
def test_a_folder_without_scenes_says_the_next_step(
    seaice, folders, tmp_path, monkeypatch, kind, page, said
):
    folder = tmp_path / "other"
    if kind == "empty":
        folder.mkdir()
    elif kind == "a file":
        folder.write_text("")
    checkpoint = next(folders[1].iterdir())
    status, _, lines = seaice("evaluate", checkpoint, "--data", folder)
    assert (status, len(lines)) == (2, 1)
    assert "seaice simulate" in lines[0]
    monkeypatch.setenv("SEAICE_DATA", str(folder))
    app = page()
    assert len(app.error) == 1
    assert "seaice simulate" in said(app)


def test_a_reference_named_by_itself_is_refused_in_a_sentence(
    seaice, folders, make_scene, tmp_path
):
    data, models = folders
    beside = make_scene(folder=data, name=f"{GOOD}_prep_reference.nc")
    status, answer, lines = seaice(
        "predict", next(models.iterdir()), *sorted(data.iterdir()), "--out", tmp_path, "--json"
    )
    assert (status, len(json.loads(answer))) == (3, 1)
    assert any(f"{beside} holds only the charts of a scene" in line for line in lines)
    assert seaice("convert", beside, tmp_path / "converted")[0] == 2


def test_a_cache_that_cannot_be_written_stops_raw_scenes_alone(
    seaice, folders, tmp_path, monkeypatch
):
    data, models = folders
    seaice(
        *("simulate", data, "--scenes", 1, "--seed", 1, "--spacing-m", 1000),
        *("--lines", 40, "--samples", 48, "--raw"),
    )
    (raw,) = (path for path in data.iterdir() if "icechart" in path.name)
    (tmp_path / "file").touch()
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "file"))
    status, answer, lines = seaice(
        *("predict", next(models.iterdir()), raw, data / f"{GOOD}_prep.nc"),
        *("--out", tmp_path / "out", "--json"),
    )
    assert (status, len(json.loads(answer))) == (3, 1)
    assert any("Set SEAICE_CACHE" in line for line in lines)
