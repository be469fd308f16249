"""The command `seaice prepare`: a folder of scenes -> one that is quick to train from."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.terminal import AsJson, answer, say

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
    from seaice.scenes.catalogue import open_scene, read_catalogue
    from seaice.scenes.catalogue.entries import require_hope
    from seaice.scenes.prepare import prepare_folder

    catalogue = read_catalogue(data)
    for path in out.glob("*.nc"):
        require_hope(path)
    written: list[dict[str, object]] = []
    there: list[dict[str, object]] = []
    left_out = list(catalogue.problems)
    for problem in left_out:
        say(f"left out: {problem}")
    files = [scene.raw or scene.path for scene in catalogue.scenes]
    for each in prepare_folder(files, out, spacing_m, jobs, open_scene):
        fact: dict[str, object] = {"source": str(each.source), "file": str(each.path)}
        if each.path is None:
            left_out.append(each.problem)
            say(f"left out: {each.problem}")
        elif not each.seconds:
            there.append(fact)
            say(f"{each.path} is there already")
        else:
            written.append(fact | {"seconds": round(each.seconds, 2)})
            say(f"wrote {each.path}")
    answer(
        {"written": written, "there": there, "left_out": left_out},
        as_json,
        "\n".join(str(fact["file"]) for fact in (*there, *written)),
    )
    if not written and not there:
        raise typer.Exit(2)
