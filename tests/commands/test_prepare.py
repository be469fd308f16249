"""`seaice prepare` as a user runs it."""

import json
from collections.abc import Callable

import pytest
import typer

from seaice.commands.prepare import prepare as command
from seaice.core.errors import NoScenesError, SeaIceError
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

app = typer.Typer(add_completion=False)
app.command()(command)


@pytest.fixture
def prepare(capsys) -> Callable[..., tuple[int, str, list[str]]]:
    """Run the command; its status, its standard output and the lines of its standard error."""

    def run(*arguments: object) -> tuple[int, str, list[str]]:
        status = app([*map(str, arguments)], standalone_mode=False)
        said = capsys.readouterr()
        return int(status or 0), said.out, said.err.splitlines()

    return run


@pytest.fixture
def data(make_scene, tmp_path):
    """A folder with two scenes."""
    for day in (1, 2):
        name = f"2018032{day}T000000_dmi_prep.nc"
        make_scene(40, 50, 80, folder=tmp_path / "data", name=name)
    return tmp_path / "data"


def test_a_folder_at_another_spacing(prepare, data, tmp_path):
    out = tmp_path / "out"
    status, answer, lines = prepare(data, out, "--spacing-m", 400)
    files = [str(path) for path in sorted(out.iterdir())]
    assert (status, answer.splitlines()) == (0, files)
    assert lines == [f"wrote {path}" for path in files]
    assert Scene.open(files[0]).grid.spacing_m == 400
    status, answer, lines = prepare(data, out, "--spacing-m", 400)
    assert (status, answer.splitlines()) == (0, files)
    assert lines == [f"{path} exists already" for path in files]


def test_one_document_and_one_line_for_each_that_is_bad(prepare, data, tmp_path):
    bad = data / "bad.nc"
    bad.write_text("")
    status, answer, lines = prepare(data, tmp_path / "out", "--json")
    facts = json.loads(answer)
    assert status == 0
    assert [str(bad) in line for line in lines] == [True, False, False]
    assert {kind: len(each) for kind, each in facts.items()} == {
        "written": 2,
        "there": 0,
        "left_out": 1,
    }
    assert facts["written"][0]["file"] == str(tmp_path / "out" / "20180321T000000_dmi_prep.nc")
    assert lines[0] == f"left out: {facts['left_out'][0]}"


def test_a_raw_scene_is_prepared_and_one_that_is_there_twice_once(prepare, tmp_path):
    both = tmp_path / "both"
    simulate_folder(both, 2, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    first = min(both.glob("*_prep.nc"))
    first.unlink()
    status, answer, lines = prepare(both, tmp_path / "out", "--jobs", 2)
    assert status == 0
    assert sorted(answer.splitlines()) == sorted(map(str, (tmp_path / "out").iterdir()))
    assert len(answer.splitlines()) == 2
    assert str(tmp_path / "out" / first.name) in answer
    assert [line for line in lines if "another file is scene" in line] == lines[:1]
    status, answer, lines = prepare(both, tmp_path / "out")
    assert [line for line in lines if line.endswith("exists already")] == lines[1:]


def test_the_status_tells_where_none_could_be_prepared(prepare, data, tmp_path):
    for path in data.iterdir():
        path.write_text("")
    with pytest.raises(NoScenesError, match="no usable scene"):
        prepare(data, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{data}", "{data}"], "holds the scenes to read"),
        (["{data}", "{data}/out"], "holds the scenes to read"),
        (["{gone}", "{out}"], "cannot be opened as a folder"),
        (["{empty}", "{out}"], "has no usable scene"),
        (["{data}", "{out}", "--spacing-m", "5"], "10 to 10000"),
    ],
)
def test_mistakes_are_errors_of_ours(prepare, data, tmp_path, arguments, words):
    (tmp_path / "empty").mkdir()
    names = {name: tmp_path / name for name in ("data", "out", "gone", "empty")}
    with pytest.raises(SeaIceError, match=words):
        prepare(*(each.format(**names) for each in arguments))
    assert not (tmp_path / "out").exists()
    assert len(list(data.iterdir())) == 2


def test_the_parts_of_an_archive_stay_apart(prepare, data, tmp_path):
    """Otherwise a training on what was prepared would see the scenes of the test."""
    for part, path in zip(("train", "test"), sorted(data.iterdir()), strict=True):
        (data / part).mkdir()
        path.rename(data / part / path.name)
    status, answer, lines = prepare(data, tmp_path / "out")
    files = [str(tmp_path / "out" / part) for part in ("train", "test")]
    assert [line.rpartition("/")[0] for line in answer.splitlines()] == files
    assert (status, len(lines)) == (0, 2)
    status, _, lines = prepare(data, tmp_path / "out")
    assert (status, [line.endswith("exists already") for line in lines]) == (0, [True, True])
    with pytest.raises(SeaIceError, match="which holds the scenes to read"):
        prepare(data, data / "ready")


def test_odd_values_are_said_when_a_scene_is_written(prepare, make_scene, tmp_path):
    def even(arrays: dict) -> None:
        arrays["nersc_sar_primary"][:] = 0.5

    make_scene(40, 50, 80, folder=tmp_path / "data", change=even)
    _, _, lines = prepare(tmp_path / "data", tmp_path / "out")
    (line,) = [line for line in lines if "nersc_sar_primary (median" in line]
    assert line.startswith("notice: ")
    _, _, lines = prepare(tmp_path / "data", tmp_path / "out")
    assert not any(line.startswith("notice: ") for line in lines)
