"""The command `seaice info`: what files hold."""

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
    from seaice.scenes.catalogue.facts import facts_of

    facts = [fact for path in files for fact in facts_of(path)]
    print_result(facts, as_json, "\n\n".join(file_text(fact) for fact in facts))
    if any(fact["problems"] for fact in facts):
        raise typer.Exit(1)
