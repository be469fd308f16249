"""The documents lead to what is there: links, files, modules, commands."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from seaice.commands.main import app

HOME = Path(__file__).resolve().parents[1]
README = HOME / "README.md"
DOCUMENTS = [
    path
    for folder in (".", "docs", "data", "models", ".github")
    for path in sorted((HOME / folder).glob("*.md"))
]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(
    r"`((?:seaice|pages|tests|tools|benchmarks|docs|data|models|\.github)/[\w./+-]*)`"
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MADE_HERE = ("data/training", "data/validation")
"""Folders that commands of the documents write."""
by_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: str(path.relative_to(HOME))
)


def prose(path: Path) -> str:
    """The text of a document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(path: Path) -> set[str]:
    """What a link may name behind `#`, as GitHub makes it of the headings."""
    headings = _HEADING.findall(prose(path))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def is_there(name: str) -> bool:
    path = HOME / name
    is_module = path.with_name(f"{path.name}.py").is_file()
    return path.exists() or is_module or name.rstrip("/") in MADE_HERE


def test_readme_stays_short():
    assert len(README.read_text(encoding="utf-8").split()) <= 900


def test_readme_begins_with_the_two_commands():
    start = README.read_text(encoding="utf-8").split("![", 1)[0]
    assert "make app" in start
    assert "make test" in start


@by_document
def test_links_lead_somewhere(path: Path):
    for link in _LINK.findall(prose(path)):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name} links to {link}, which does not exist"
        if anchor:
            assert anchor in anchors(target), f"{path.name}: {target.name} has no heading {anchor}"


@by_document
def test_named_files_exist(path: Path):
    if path.name == "CHANGELOG.md":
        return  # Older entries name the files of their time.
    for name in _PATH.findall(path.read_text(encoding="utf-8")):
        assert is_there(name), f"{path.name} names {name}, which does not exist"


def test_every_document_is_linked_from_the_readme():
    linked = {(HOME / link).resolve() for link in _LINK.findall(prose(README)) if ":" not in link}
    assert set((HOME / "docs").glob("*.md")) <= linked


def test_the_table_of_commands_is_complete():
    text = (HOME / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = {name for name in re.findall(r"^\| `seaice ([\w-]+)", text, re.M)}
    assert rows == set(get_command(app).commands)


def commands(text: str) -> Iterator[list[str]]:
    """Words of each `seaice` command of a document: in blocks of code, and in tables of steps."""
    blocks = re.findall(r"^```sh$(.*?)^```", text, re.M | re.S)
    steps = re.findall(r"^\| \d\. .*$", text, re.M)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += [code for step in steps for code in re.findall(r"`(.*?)`", step)]
    for line in lines:
        for command in re.findall(r"(?:^|[;&(]|\bdo )\s*seaice ([^;&)]+)", line):
            # Others show what there is to fill in.
            if "..." not in command and "[" not in command:
                yield shlex.split(command, comments=True)


@by_document
def test_commands_can_be_typed_as_they_stand(path: Path):
    """The command line raises where a command, an option or an argument does not fit."""
    for name, *arguments in commands(path.read_text(encoding="utf-8")):
        get_command(app).commands[name].make_context(name, arguments)


def test_every_step_of_the_replication_is_checked():
    text = (HOME / "docs" / "replicate.md").read_text(encoding="utf-8")
    steps = {"simulate", "baseline", "sweep", "context", "app", "report"}
    assert {name for name, *_ in commands(text)} == steps


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```sh\nseaice report study \\\n  --outs report\n```", "No such option: --outs"),
        ("| 1. Look | `cd x && seaice report` | at once |", "Missing parameter: sweep"),
        ("```sh\nfor name in a b; do seaice field $name --chart; done\n```", "'--chart' requires"),
    ],
)
def test_a_wrong_command_is_seen(tmp_path: Path, text: str, said: str):
    """The check above can fail."""
    document = tmp_path / "README.md"
    document.write_text(f"{text}\n")
    with pytest.raises(Exception, match=said):
        test_commands_can_be_typed_as_they_stand(document)


@pytest.mark.parametrize(
    "text", ["[gone](docs/gone.md)", "[gone](README.md#no-such-heading)", "[gone](#nor-this)"]
)
def test_a_dead_link_is_seen(tmp_path: Path, text: str):
    """The checks above can fail."""
    document = tmp_path / "README.md"
    document.write_text(f"# Heading\n\n{text}\n")
    with pytest.raises(AssertionError, match=r"does not exist|has no heading"):
        test_links_lead_somewhere(document)
