"""The command `seaice report`: the results of a sweep as files."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson
from seaice.commands.output import command_line, print_result
from seaice.core.errors import ConfigError
from seaice.core.files import require_writable


def report(
    sweep: Annotated[
        Path,
        typer.Argument(metavar="SWEEP", help="Folder with an evaluation table, or the table."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write the report to.")],
    as_json: AsJson = False,
) -> None:
    """Write figures, verdicts and tables of a sweep as files."""
    table = sweep if sweep.is_file() else _table_in(sweep)
    require_writable(out)
    from seaice.experiment.report import write_report
    from seaice.experiment.results import EvaluatedSweep

    folder = EvaluatedSweep(table.parent.name, table.parent, table)
    written = [str(path) for path in write_report(folder, out, command_line())]
    print_result({"table": str(table), "files": written}, as_json, "\n".join(written))


def _table_in(folder: Path) -> Path:
    """The table of a folder.

    Raises:
        ConfigError: It has none.
    """
    from seaice.experiment.results import table_in

    table = table_in(folder)
    if table is None:
        raise ConfigError(
            f"{folder} holds no evaluation table. Write one with `seaice evaluate-all`."
        )
    return table
