"""The command `seaice export-autoice`: predictions -> one AutoICE upload package."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.terminal import AsJson, answer, command_line, say

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
    as_json: AsJson = False,
) -> None:
    """Write predictions into one AutoICE upload package."""
    from seaice.results.autoice.package import export_package
    from seaice.scenes.catalogue.entries import require_hope

    for path in (*predictions, out):
        require_hope(path)
    sources = export_package(predictions, out, command_line())
    for source in sources:
        if source.notice:
            say(f"{source.scene}: {source.notice}")
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
    answer({"file": str(out), "scenes": scenes}, as_json, str(out))
