"""How commands speak: facts on standard output, everything else on standard error."""

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[Path, typer.Option(envvar="SEAICE_DATA", help="Folder with scenes.")]
Models = Annotated[Path, typer.Option(envvar="SEAICE_MODELS", help="Folder of checkpoints.")]
Runs = Annotated[Path, typer.Option(envvar="SEAICE_RUNS", help="Folder of runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Out = Annotated[Path, typer.Option(help="Folder that the results go to.")]
CheckpointPath = Annotated[Path, typer.Argument(help="A .safetensors file.")]


def command_line() -> str:
    """What was typed, for the history of a file; letters that are none in it as question marks."""
    typed = f"seaice {shlex.join(sys.argv[1:])}"
    return typed.encode("utf-8", "replace").decode()


def say(message: str) -> None:
    """Write a message or a word on the progress."""
    print(message, file=sys.stderr, flush=True)


def answer(facts: Any, as_json: bool, text: str) -> None:  # noqa: ANN401 - any JSON value
    """Write facts as one JSON document, or as text where there is any."""
    if as_json:
        print(json.dumps(facts, indent=2))
    elif text:
        print(text)
