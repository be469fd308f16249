"""The command `seaice prepare`: a folder of scenes -> one that is quick to train from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.terminal import AsJson, say
from seaice.errors import NoScenesError

_Data = Annotated[Path, typer.Argument(metavar="DATA", help="Folder with scenes; only read.")]
_Out = Annotated[Path, typer.Argument(metavar="OUT", help="Folder that the prepared ones go to.")]
_Spacing = Annotated[
    float | None,
    typer.Option(help="Pixel spacing of the training, metres.", show_default="each scene's own"),
]


def prepare(
    data: _Data,
    out: _Out,
    spacing_m: _Spacing = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that prepare scenes.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Make a folder's scenes, raw ones too, quick to train from; those done before are left."""
    from seaice.catalogue import open_scene, scene_files
    from seaice.prepare import prepare_folder

    files = scene_files(data)
    if not files:
        raise NoScenesError(f"{data} holds no scene.")
    facts: dict[str, list[dict[str, object]]] = {"written": [], "there": [], "failed": []}
    for each in prepare_folder(files, out, spacing_m, jobs, open_scene):
        if each.path is None:
            facts["failed"].append({"source": str(each.source), "problem": each.problem})
            say(each.problem)
            continue
        fact: dict[str, object] = {"source": str(each.source), "file": str(each.path)}
        if each.seconds:
            facts["written"].append(fact | {"seconds": round(each.seconds, 2)})
        else:
            facts["there"].append(fact)
            say(f"{each.path} is there already")
        if each.seconds and not as_json:
            typer.echo(str(each.path))
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
    if len(facts["failed"]) == len(files):
        raise typer.Exit(2)
