"""The command `seaice report`: the results of a sweep as files."""

import os
from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson, Runs
from seaice.commands.output import command_line, print_result
from seaice.core.errors import ConfigError
from seaice.core.files import require_writable


def report(
    sweep: Annotated[
        Path,
        typer.Argument(
            metavar="SWEEP", help="Name of a sweep, folder with an evaluation table, or the table."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write the report to.")],
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Write figures, verdicts and tables of a sweep as files."""
    table = sweep if os.path.isfile(sweep) else _table_in(sweep, runs)
    require_writable(out)
    from seaice.experiment.evaluated import EvaluatedSweep
    from seaice.experiment.report import write_report

    folder = EvaluatedSweep(table.parent.name, table.parent, table)
    written = [str(path) for path in write_report(folder, out, command_line())]
    print_result({"table": str(table), "files": written}, as_json, "\n".join(written))


def _table_in(given: Path, runs: Path) -> Path:
    """The table of a folder, or of the sweep of that name.

    Raises:
        ConfigError: It has none, or there is no such folder and no such sweep.
    """
    from seaice.experiment.evaluated import SWEEPS, table_in

    named = runs / SWEEPS / given.name
    # A folder without a table does not hide the sweep of its name.
    folders = [given, named] if given.name == str(given) else [given]
    if not any(map(os.path.isdir, folders)):
        raise ConfigError(f"{given} is neither a folder nor a sweep in {runs / SWEEPS}.")
    table = next(filter(None, map(table_in, folders)), None)
    if table is None:
        raise ConfigError(
            f"{given} holds no evaluation table. Write one with `seaice evaluate-all {given} "
            "--data TEST_SCENES`."
        )
    return table
