"""The command `seaice convert`: raw AI4Arctic scenes -> ready-to-train ones."""

import time
from pathlib import Path
from typing import Annotated

import typer

from seaice.ai4arctic.egg_code import DOMINANT_SHARE
from seaice.commands.terminal import AsJson, answer, say
from seaice.core.errors import ConfigError, SceneError, SeaIceError

_Raw = Annotated[list[Path], typer.Argument(metavar="RAW...", help="Raw scene files.")]
_Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder, where each file gets its official name; or, of one scene, a name in .nc.",
    ),
]
_Share = Annotated[
    float,
    typer.Option(help="Share of the ice from which on a class names a polygon's SOD and FLOE."),
]


def convert(
    raw: _Raw,
    out: _Out,
    dominant_share: _Share = DOMINANT_SHARE,
    compress: Annotated[
        bool, typer.Option("--compress/--no-compress", help="Compress, losslessly.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Make raw AI4Arctic scenes ready-to-train."""
    from seaice.scenes.convert import convert_scene
    from seaice.scenes.convert.target import names_file

    if len(raw) > 1 and names_file(out):
        raise ConfigError(f"{out} is one file: name a folder for {len(raw)} raw scenes.")
    written, failed = [], []
    for path in raw:
        begun = time.perf_counter()
        try:
            _require_openable(path, out)
            made = convert_scene(path, out, dominant_share=dominant_share, compress=compress)
        except SeaIceError as error:
            problem = " ".join(str(error).split())
            failed.append({"raw": str(path), "problem": problem})
            say(problem)
            continue
        seconds = round(time.perf_counter() - begun, 2)
        written.append(
            {"raw": str(path), "file": str(made.path), "seconds": seconds, "notice": made.notice}
        )
        if made.notice:
            say(f"{path.name}: {made.notice}")
        if not as_json:
            typer.echo(str(made.path))
    if as_json:
        answer({"written": written, "failed": failed}, as_json, "")
    if failed:
        raise typer.Exit(2)


def _require_openable(raw: Path, out: Path) -> None:
    """Check that opening the raw file, and what lies in the converted one's place, comes to an end.

    Raises:
        HopelessFileError: It does not.
    """
    from seaice.scenes.catalogue import look_at
    from seaice.scenes.catalogue.entries import require_hope
    from seaice.scenes.catalogue.guard import HopelessFileError
    from seaice.scenes.convert.target import names_file

    try:
        name = look_at(raw).path.name
    except HopelessFileError:
        raise
    except SceneError:
        # The conversion says in its own words what is wrong.
        return
    require_hope(out if names_file(out) else out / name)
