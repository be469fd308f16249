"""`seaice convert` as a user runs it."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import netCDF4
import pytest

from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> tuple[list[Path], list[Path]]:
    """Two small scenes: raw files, ready-to-train files."""
    heard: list[Path] = []
    preps = simulate_folder(
        *(tmp_path_factory.mktemp("simulated"), 2, 4),
        lines=40,
        samples=45,
        raw=True,
        on_scene=heard.append,
    )
    return [path for path in heard if path not in preps], list(preps)


@pytest.fixture
def convert(seaice) -> Callable[..., tuple[int, str, list[str]]]:
    """Run the command; its status, its standard output and the lines of its standard error."""
    return partial(seaice, "convert")


def test_several_into_a_folder(convert, simulated, tmp_path) -> None:
    raws, preps = simulated
    status, answer, lines = convert(*raws, tmp_path / "out")
    assert (status, lines) == (0, [])
    names = [prep.name for prep in preps]
    assert [Path(line).name for line in answer.splitlines()] == names
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    scene = Scene.open(tmp_path / "out" / names[0])
    assert scene.simulated
    assert scene.grid == Scene.open(preps[0]).grid


def test_one_under_a_name(convert, simulated, tmp_path) -> None:
    target = tmp_path / "new" / "mine.nc"
    status, answer, _ = convert(simulated[0][0], target, "--no-compress", "--dominant-share", "0.9")
    assert (status, answer.strip()) == (0, str(target))
    with netCDF4.Dataset(target) as file:
        assert not file["SIC"].filters()["zlib"]
        assert file["SOD"].dominant_share == 0.9


def test_a_nameless_one_into_a_folder_that_is_not_there(convert, simulated, tmp_path) -> None:
    """It does not become a file of the folder's name, and the others are converted."""
    raws, preps = simulated
    nameless = tmp_path / "a_my_scene.nc"
    shutil.copyfile(raws[0], nameless)
    with netCDF4.Dataset(nameless, "a") as file:
        del file.original_id
    out = tmp_path / "out"
    status, answer, lines = convert(nameless, raws[1], out)
    assert status == 2
    assert lines == [
        f"{nameless} has a name without time and ice service. "
        "Give a file name that ends in .nc instead of a folder."
    ]
    assert answer.split() == [str(out / preps[1].name)]
    assert [path.name for path in out.iterdir()] == [preps[1].name]


def test_two_of_one_name(convert, simulated, tmp_path) -> None:
    """The second one does not replace the first. One that is named twice is one."""
    raw = simulated[0][0]
    copy = tmp_path / "copy" / raw.name
    copy.parent.mkdir()
    shutil.copyfile(raw, copy)
    status, answer, lines = convert(raw, raw, copy, tmp_path / "out")
    assert (status, len(answer.split())) == (2, 1)
    assert len(lines) == 1
    assert lines[0].startswith(f"{copy} is the same scene by its name as {raw}, and would replace")


def test_a_bad_one_among_good_ones(convert, simulated, tmp_path) -> None:
    """It is named, the others are written, and the status tells."""
    bad = tmp_path / "bad.nc"
    bad.write_text("")
    raws, preps = simulated
    status, answer, lines = convert(raws[0], bad, preps[0], raws[1], tmp_path / "out", "--json")
    assert status == 2
    assert len(lines) == 2
    assert str(bad) in lines[0]
    assert str(preps[0]) in lines[1]
    facts = json.loads(answer)
    assert set(facts) == {"written", "failed"}
    assert [each["raw"] for each in facts["written"]] == [str(raws[0]), str(raws[1])]
    assert [each["raw"] for each in facts["failed"]] == [str(bad), str(preps[0])]
    assert "ready-to-train" in facts["failed"][1]["problem"]
    assert {Path(each["file"]) for each in facts["written"]} == set((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "RAW"),
        (["{raw}"], "RAW"),
        (["{raw}", "{raw}", "{out}.nc"], "Name a folder for 2 raw scenes"),
        (["{raw}", "{out}", "--dominant-share", "1.5"], "dominant share"),
        (["{raw}", "{raw}"], "raw file itself"),
        (["{out}/gone.nc", "{out}"], "is not there"),
    ],
)
def test_mistakes_are_one_line(convert, simulated, tmp_path, arguments, words) -> None:
    names = {"raw": simulated[0][0], "out": tmp_path / "out"}
    before = simulated[0][0].read_bytes()
    status, answer, lines = convert(*(each.format(**names) for each in arguments))
    assert (status, answer) == (2, "")
    assert len(lines) == 1
    assert words in lines[0]
    assert not (tmp_path / "out").exists()
    assert simulated[0][0].read_bytes() == before
