"""What a person may hand over by mistake, at the command line and on the pages.

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
from safetensors.numpy import save_file
from streamlit.testing.v1 import AppTest

from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_format import FORMAT_VERSION
from seaice.network.checkpoint_info import read_info

HOME = Path(__file__).resolve().parents[1]
BAD = "20210101T000000_dmi_prep.nc"
GOOD = "20180325T194759_dmi"


@pytest.fixture
def folders(make_scene, make_checkpoint, tmp_path: Path, monkeypatch) -> tuple[Path, Path]:
    """A folder with a good scene and one with a good checkpoint, those of the dashboard."""
    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(folder=data)
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    return data, models


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.caption, app.markdown, app.code)
    return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")


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
def test_a_bad_file_is_named_on_the_page_and_the_good_one_shown(folders, make_scene, spoil):
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
    seaice, folders, make_scene, tmp_path, change, words
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
    assert len(app.get("plotly_chart")) >= 1


def test_a_class_that_is_none_is_not_scored(seaice, folders, make_scene):
    data, models = folders
    make_scene(folder=data, name=BAD, change=classes_that_are_none)
    _, answer, _ = seaice("evaluate", next(models.iterdir()), "--data", data, "--json")
    scenes = json.loads(answer)["scenes"]
    whole, part = (scenes[name]["SOD"]["pixels"] for name in (GOOD, BAD.removesuffix("_prep.nc")))
    assert 0 < part < whole


@pytest.mark.parametrize("kind", ["gone", "empty", "a file"])
def test_a_folder_without_scenes_says_the_next_step(seaice, folders, tmp_path, monkeypatch, kind):
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


def damaged(path: Path, good: Path) -> None:
    path.write_bytes(good.read_bytes()[:500])


def foreign(path: Path, good: Path) -> None:
    save_file({"weight": np.zeros(3, np.float32)}, path)


def newer(path: Path, good: Path) -> None:
    checkpoint = load_checkpoint(good)
    text = checkpoint.info.to_json().replace(
        f'"format_version": {FORMAT_VERSION}', f'"format_version": {FORMAT_VERSION + 1}'
    )
    weights = {name: t.numpy() for name, t in checkpoint.network.state_dict().items()}
    save_file(weights, path, metadata={"seaice": text})


def other_weights(path: Path, good: Path) -> None:
    save_file(
        {"weight": np.zeros(3, np.float32)},
        path,
        metadata={"seaice": read_info(good).to_json()},
    )


def not_finite_weights(path: Path, good: Path) -> None:
    checkpoint = load_checkpoint(good)
    weights = {name: t.numpy().copy() for name, t in checkpoint.network.state_dict().items()}
    next(w for w in weights.values() if w.ndim == 4)[0] = np.nan
    save_file(weights, path, metadata={"seaice": checkpoint.info.to_json()})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (not_finite_weights, "not finite"),
        (damaged, "is damaged"),
        (foreign, "was not written by seaice"),
        (newer, f"format version {FORMAT_VERSION + 1}"),
        (other_weights, "weights that do not fit"),
    ],
)
def test_a_bad_checkpoint_is_named_and_the_good_one_used(seaice, folders, tmp_path, spoil, words):
    data, models = folders
    bad = models / "sar+amsr2-18-36_1-2-3_seed0.safetensors"
    good = models / "sar+amsr2-18-36_6-12-18_seed0.safetensors"
    content = tmp_path / "bad"
    spoil(content, bad)
    content.replace(bad)
    status, _, lines = seaice("evaluate", bad, "--data", data)
    assert (status, len(lines)) == (2, 1)
    assert bad.name in lines[0]
    assert words in lines[0]
    status, _, _ = seaice("evaluate", good, "--data", data)
    assert status == 0
    app = page()
    assert not app.error
    assert words in said(app)
    assert bad.name in said(app)
    assert list(app.table[0].value.columns) == [
        "Rates 6-12-18 · 19-58 km",
        "All water",
        "Meaning",
    ]


def test_a_models_folder_that_cannot_be_written_to(seaice, folders, tmp_path):
    """A file in the way: as root every folder can be written to."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    status, _, lines = seaice(
        "train", "--rates", "1", "--channels", "sar", "--data", folders[0], "--models", blocked
    )
    assert status == 2
    assert "cannot be written" in lines[-1]
    assert blocked.read_text() == ""


@pytest.mark.parametrize(
    "query",
    [
        {"scene": "../../etc/passwd"},
        {"scene": "<img src=x onerror=alert(1)>"},
        {"scene": "![x](http://example.org/x.png)", "layer": "![x](http://example.org/x.png)"},
        {"rates": "1-2-3 " * 200_000},
        {"region": "1e999-2_3-4", "channels": "\0", "task": "SIC; DROP TABLE"},
        {"target": "9" * 5000, "task": "SOD"},
        {"unknown": "x" * 1_000_000},
    ],
)
def test_an_address_with_anything_in_it_shows_a_page(folders, query):
    app = page(**query)
    assert not app.error
    assert "example.org" not in said(app)
    assert app.selectbox(key="scene").value == GOOD
    assert len(app.table) == 3
    # What is written back is short and known.
    assert len(str(dict(app.query_params))) < 600


def test_names_and_attributes_with_markup_are_shown_as_text(folders, make_scene, make_checkpoint):
    data, models = folders
    markup = "![x](http:__example.org) <b>bold</b>"
    path = make_scene(
        folder=data,
        name=f"0{markup}.nc".replace("/", ""),
        ice_service="<img src=x>",
        original_id=markup,
    )
    with netCDF4.Dataset(path, "a") as file:
        file["btemp_18_7h"].AMSR2_S1_delays = markup
    make_checkpoint((1, 2, 3), "sar+amsr2-18-36", folder=models, name="zz![x](y)")
    app = page()
    assert not app.error
    for kind in (app.markdown, app.warning, app.info, app.caption):
        for element in kind:
            assert "![x](" not in element.value
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    words = [each["text"] for each in figure["layout"]["annotations"]]
    assert any("&lt;b>bold" in each for each in words)
    assert not any("<b>bold" in each for each in words)


def test_results_replace_nothing_but_their_own_kind(seaice, folders, tmp_path):
    """Somebody who mistypes --out loses no scene, no checkpoint and no pipe."""
    data, models = folders
    checkpoint, scene = next(models.iterdir()), next(data.iterdir())
    explain = "explain", checkpoint, scene, "--chart", "SOD", "--class", 0, "--out"
    for out, words in ((scene, "is not a heatmap"), (checkpoint, "end in .nc")):
        before = out.read_bytes()
        status, _, lines = seaice(*explain, out)
        assert (status, len(lines)) == (2, 1)
        assert words in lines[0]
        assert out.read_bytes() == before
    target = tmp_path / "pipe.nc"
    os.mkfifo(target)
    assert seaice(*explain, target)[0] == 2
    assert target.is_fifo()
    for _ in range(2):
        assert seaice(*explain, tmp_path / "heatmap.nc")[0] == 0
    seaice("predict", checkpoint, scene, "--out", tmp_path / "out")
    (prediction,) = (tmp_path / "out").iterdir()
    simulate = "simulate", tmp_path / "sim", "--scenes", 1, "--seed", 1, "--spacing-m", 1000
    seaice(*simulate, "--lines", 40, "--samples", 48)
    (simulated,) = (tmp_path / "sim").iterdir()
    before = simulated.read_bytes()
    status, _, lines = seaice("export-autoice", prediction, "--out", simulated)
    assert status == 2
    assert "exists and is not a package" in lines[0]
    assert simulated.read_bytes() == before
    assert "is not an AutoICE package" in seaice("evaluate", simulated)[2][-1]


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
