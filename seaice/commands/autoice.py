"""The command `seaice export-autoice`: predictions -> one AutoICE upload package."""

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

_Predictions = Annotated[
    list[Path],
    typer.Argument(metavar="PREDICTION...", help="Files that `seaice predict` wrote."),
]
_Out = Annotated[
    Path,
    typer.Option(help="The package, a name in .nc; an earlier package of that name is replaced."),
]


def export_autoice(
    predictions: _Predictions,
    out: _Out,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Write predictions into one AutoICE upload package."""
    from seaice.export import export_package

    sources = export_package(predictions, out, f"seaice {shlex.join(sys.argv[1:])}")
    for source in sources:
        if source.notice:
            typer.echo(f"{source.scene}: {source.notice}", err=True)
    if not as_json:
        typer.echo(str(out))
        return
    scenes = [
        {
            "scene": source.scene,
            "prediction": str(source.path),
            "lines": source.target.lines,
            "samples": source.target.samples,
            "notice": source.notice,
        }
        for source in sources
    ]
    typer.echo(json.dumps({"file": str(out), "scenes": scenes}, indent=2))
