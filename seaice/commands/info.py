"""The command `seaice info`: what files hold."""

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
    from seaice.core.errors import NoScenesError
    from seaice.scenes.catalogue.folder import scene_files

    for path in paths:
        if not path.is_dir():
            yield path
        elif found := scene_files(path):
            yield from found
        else:
            raise NoScenesError(f"There are no scenes in {path}. Name another folder.")
