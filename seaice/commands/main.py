"""The command line `seaice COMMAND`: its commands, exit statuses and errors.

A user's mistake is one line on standard error and exit status 2. Results go to standard output,
with `--json` as one document; messages and progress go to standard error. Commands import what
they compute with when they run, so that `seaice --help` starts at once and `seaice info` without
torch.
"""

import codecs
import errno
import importlib.metadata
import io
import logging
import os
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

# typer offers the base class of its usage errors only here.
from typer._click.exceptions import BadParameter, ClickException, MissingParameter, UsageError

from seaice.commands.app import start_app
from seaice.commands.baseline import baseline
from seaice.commands.branches import branches
from seaice.commands.calibrate import calibrate
from seaice.commands.channels import channels
from seaice.commands.check_map import check_map
from seaice.commands.checkpoints import checkpoints
from seaice.commands.context import context
from seaice.commands.convert import convert
from seaice.commands.evaluate import evaluate
from seaice.commands.evaluate_all import evaluate_all
from seaice.commands.explain import explain
from seaice.commands.export_autoice import export_autoice
from seaice.commands.field import field
from seaice.commands.help import Command
from seaice.commands.import_authors import import_authors
from seaice.commands.info import info
from seaice.commands.output import discard_output, print_message
from seaice.commands.pixel import pixel
from seaice.commands.predict import predict
from seaice.commands.prepare import prepare
from seaice.commands.report import report
from seaice.commands.runs import runs
from seaice.commands.simulate import simulate
from seaice.commands.sweep import sweep
from seaice.commands.train import train
from seaice.core.endings import SignalledExit, exit_on_signals
from seaice.core.errors import PartlyDoneError, SeaIceError
from seaice.core.files import UNREACHABLE

_UNREAD = 1
"""typer's status where the reader of the output leaves in the middle of the work."""
_PARTLY = 3
"""Some of what was asked for is done, the rest is left out."""
_INTERRUPTED = 130
"""typer's status after Ctrl-C: 128 plus the number of the signal."""

_COMMANDS: dict[str, Callable[..., None]] = {
    "app": start_app,
    "info": info,
    "convert": convert,
    "prepare": prepare,
    "simulate": simulate,
    "train": train,
    "sweep": sweep,
    "runs": runs,
    "baseline": baseline,
    "checkpoints": checkpoints,
    "predict": predict,
    "evaluate": evaluate,
    "evaluate-all": evaluate_all,
    "context": context,
    "report": report,
    "explain": explain,
    "pixel": pixel,
    "check-map": check_map,
    "branches": branches,
    "field": field,
    "channels": channels,
    "calibrate": calibrate,
    "export-autoice": export_autoice,
    "import-authors": import_authors,
}
"""In the order of the help."""

app = typer.Typer(
    name="seaice",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"seaice {importlib.metadata.version('seaice')}")
        raise typer.Exit


@app.callback()
def seaice(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Explore and train spatial context in sea ice mapping networks."""


for _name, _command in _COMMANDS.items():
    app.command(_name, cls=Command)(_command)


def main() -> None:
    """Run the command line and exit."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("seaice").setLevel(logging.INFO)
    # Without a home, it tells where it keeps its fonts, which nobody draws with.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    _escape_unprintable()
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        exit_on_signals()
        status = _run()
    except PartlyDoneError as error:
        _fail(str(error), _PARTLY)
    except SeaIceError as error:
        _fail(str(error))
    except ClickException as error:
        _fail(_said(error))
    except SignalledExit as ended:
        _fail("Stopped.", ended.status)
    except KeyboardInterrupt:
        # Before the command itself has begun, or after its end.
        _fail("Stopped.", _INTERRUPTED)
    except OSError as error:
        _end_by_system(error)
    if status == _INTERRUPTED:
        _fail("Stopped.", _INTERRUPTED)
    sys.exit(status or 0)


def _run() -> int | None:
    """Run a command; its result is out, whole, when this returns or raises."""
    try:
        status: int | None = app(prog_name="seaice", standalone_mode=False)
    finally:
        if sys.stdout:
            sys.stdout.flush()
    return status


def _said(error: ClickException) -> str:
    """What is wrong with a command line; where it is incomplete, what tells how it is written."""
    values_fit = not isinstance(error, BadParameter) or isinstance(error, MissingParameter)
    if isinstance(error, UsageError) and error.ctx and values_fit:
        said = error.format_message().removesuffix(".")
        ended = said if said.endswith("?") else f"{said}."
        return f"{ended} See {error.ctx.command_path} --help."
    return error.format_message()


def _end_by_system(error: OSError) -> NoReturn:
    """End by an error of the output, or of a path; others are faults of this software."""
    if error.errno == errno.EPIPE and not error.filename:
        discard_output()
        sys.exit(_UNREAD)
    if error.errno == errno.EIO and not error.filename:
        # A terminal that is gone, or a disk that fails: somebody may still read the sentence.
        _fail(f"A terminal or a disk does not answer ({error.strerror}).", _UNREAD)
    if error.errno in (errno.ENOSPC, errno.EDQUOT) and not error.filename:
        discard_output()
        _fail(f"The result cannot be written ({error.strerror}). Free some space.", _UNREAD)
    if error.errno not in UNREACHABLE or not error.filename:
        raise error
    path = os.fsdecode(error.filename)
    _fail(f"{path} cannot be used ({error.strerror}). Check its name, and your permissions.")


def _escape_unprintable() -> None:
    """Print letters that the output's encoding lacks as escapes, such as those of a file's name.

    A scheduler's log may be ASCII. A path's bytes that mean nothing in the locale stay as they are.
    """
    codecs.register_error("printable", _printable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="printable")


def _printable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace the first of the letters that cannot be encoded."""
    if isinstance(error, UnicodeEncodeError):
        error.end = error.start + 1
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


def _fail(message: str, status: int = 2) -> NoReturn:
    try:
        print_message(" ".join(message.split()))
    except OSError:
        # Nobody reads it. The status says it, too.
        discard_output()
    sys.exit(status)
