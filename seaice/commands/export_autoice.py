"""The command `seaice export-autoice`: predictions -> one AutoICE upload package."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson
from seaice.commands.output import command_line, print_message, print_result

_Predictions = Annotated[
    list[Path],
    typer.Argument(metavar="PREDICTION...", help="Files that `seaice predict` wrote."),
]
_Out = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="Package to write, a file name that ends in .nc. An existing package is replaced.",
    ),
]


def export_autoice(
    predictions: _Predictions,
    out: _Out,
    as_json: AsJson = False,
) -> None:
    """Combine predictions into one AutoICE upload package."""
    from seaice.results.autoice.package import export_package
    from seaice.scenes.catalogue.index import require_openable

    for path in (*predictions, out):
        require_openable(path)
    sources = export_package(predictions, out, command_line())
    for source in sources:
        if source.notice:
            print_message(f"{source.scene}: {source.notice}")
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
    print_result({"file": str(out), "scenes": scenes}, as_json, str(out))
