"""The command `seaice info`: what files hold."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson
from seaice.commands.output import file_text, print_result


def info(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Scene files, or folders of them.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show what files hold and which channel sets they can feed.

    The exit status is 1 if a file cannot be used.
    """
    from seaice.scenes.catalogue.facts import file_facts

    facts = [file_facts(path) for path in _files_of(files)]
    print_result(facts, as_json, "\n\n".join(file_text(fact) for fact in facts))
    if any(fact["problems"] for fact in facts):
        raise typer.Exit(1)


def _files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those of folders; a folder without scenes is told as a file is."""
    from seaice.scenes.catalogue.folder import scene_files

    for path in paths:
        yield from (os.path.isdir(path) and scene_files(path)) or [path]
