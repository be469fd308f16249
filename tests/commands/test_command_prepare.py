"""`seaice prepare` as a user runs it."""

import json
from collections.abc import Callable

import pytest
import typer

from seaice.commands.prepare import prepare as command
from seaice.data.scene import Scene
from seaice.errors import SeaIceError

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
    assert (status, answer.splitlines(), lines) == (0, files, [])
    assert Scene.open(files[0]).grid.spacing_m == 400
    status, answer, lines = prepare(data, out, "--spacing-m", 400)
    assert (status, answer) == (0, "")
    assert lines == [f"{path} is there already" for path in files]


def test_one_document_and_one_line_for_each_that_is_bad(prepare, data, tmp_path):
    bad = data / "bad.nc"
    bad.write_text("")
    status, answer, lines = prepare(data, tmp_path / "out", "--json")
    facts = json.loads(answer)
    assert status == 0
    assert len(lines) == 1
    assert str(bad) in lines[0]
    assert {kind: len(each) for kind, each in facts.items()} == {
        "written": 2,
        "there": 0,
        "failed": 1,
    }
    assert facts["written"][0]["file"] == str(tmp_path / "out" / "20180321T000000_dmi_prep.nc")
    assert facts["failed"] == [{"source": str(bad), "problem": lines[0]}]


def test_the_status_tells_where_none_could_be_prepared(prepare, data, tmp_path):
    for path in data.iterdir():
        path.write_text("")
    status, answer, lines = prepare(data, tmp_path / "out")
    assert (status, answer, len(lines)) == (2, "", 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{data}", "{data}"], "only read"),
        (["{data}", "{data}/out"], "only read"),
        (["{gone}", "{out}"], "cannot be opened as a folder"),
        (["{empty}", "{out}"], "holds no scene"),
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
