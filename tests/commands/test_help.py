"""The help of the command line: every command, its arguments by their placeholders, its version."""

import importlib.metadata
import re

import pytest

COMMANDS = (
    *("app", "info", "convert", "prepare", "simulate", "train", "sweep", "runs", "baseline"),
    *(
        "checkpoints",
        "predict",
        "evaluate",
        "evaluate-all",
        "context",
        "report",
        "explain",
        "pixel",
        "check-map",
        "branches",
        "field",
        "channels",
        "calibrate",
        "export-autoice",
        "import-authors",
    ),
)


def test_the_help_lists_every_command_with_a_whole_sentence(seaice):
    """In the order of the work: scenes, training, results. No sentence is cut short."""
    status, text, _ = seaice("--help")
    assert status == 0
    rows = [line.split(maxsplit=1) for line in text.partition("Commands:\n")[2].splitlines()]
    assert tuple(name for name, _ in rows) == COMMANDS
    for _, sentence in rows:
        assert sentence.endswith(".")
        assert not sentence.endswith("...")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_names_placeholders_not_types(seaice, command):
    status, text, _ = seaice(command, "-h")
    assert status == 0
    assert seaice(command, "--help")[1] == text
    usage = text.splitlines()[0]
    assert f" {command} [OPTIONS]" in usage
    assert not re.search(r"[{}]|list\[|<(path|str|int|float)", text)
    named = re.findall(r"^  ([A-Z_.]+) ", text.partition("Arguments:\n")[2], re.MULTILINE)
    assert usage.partition("[OPTIONS]")[2].replace("[", "").replace("]", "").split() == named


def test_the_help_of_train_begins_with_what_a_newcomer_needs(seaice):
    text = seaice("train", "-h")[1]
    sections = re.findall(r"^(\w+):\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    titles = [title for title, _ in sections]
    assert titles == ["Options", "Data", "Network", "Training", "Validation", "Machine"]
    options = {title: re.findall(r"^  (--[\w-]+)", body, re.MULTILINE) for title, body in sections}
    assert options["Options"][:6] == [
        *("--rates", "--channels", "--data", "--steps", "--seed", "--resume")
    ]
    assert options["Training"][:3] == ["--patch", "--batch", "--learning-rate"]
    assert sum(map(len, options.values())) == len(
        set(re.findall(r"^  (--[\w-]+)", text, re.MULTILINE))
    )
    words = " ".join(text.split())
    assert "[default: data] [env var: SEAICE_DATA]" in words
    assert "Optimizer steps. 1 to 10,000,000. [default: 1120]" in words


def test_the_version_is_that_of_the_package(seaice):
    status, text, _ = seaice("--version")
    assert (status, text) == (0, f"seaice {importlib.metadata.version('seaice')}\n")


def test_the_shell_can_complete_commands(seaice, monkeypatch):
    for name, value in (("COMP_WORDS", "seaice eval"), ("COMP_CWORD", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("_SEAICE_COMPLETE", "complete_bash")
    assert seaice()[1].split() == ["evaluate", "evaluate-all"]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (
            ("pixel", "a", "b", "--at", "100,100"),
            "2 arguments. Write --at LINE_KM SAMPLE_KM. See",
        ),
        (
            ("sweep", "first", "--rates"),
            "an argument. Write --rates RATES. See seaice",
        ),
    ],
)
def test_an_option_without_its_values_is_told_how_it_is_written(seaice, words, written):
    status, _, message = seaice(*words)
    assert status == 2
    assert written in message[0]
