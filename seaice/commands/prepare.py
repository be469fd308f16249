"""The command `seaice prepare`: a folder of scenes -> one that training reads quickly."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson
from seaice.commands.output import print_message, print_result
from seaice.core.files import files_in

_Data = Annotated[Path, typer.Argument(metavar="DATA", help="Folder with scenes. It is only read.")]
_Out = Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the prepared scenes.")]
_Spacing = Annotated[
    float | None,
    typer.Option(help="Pixel spacing of the training in metres.", show_default="each scene's own"),
]
_Jobs = Annotated[int, typer.Option(min=1, help="Number of processes.")]


def prepare(
    data: _Data,
    out: _Out,
    spacing_m: _Spacing = None,
    jobs: _Jobs = 1,
    as_json: AsJson = False,
) -> None:
    """Prepare the scenes of a folder for fast training.

    Raw scenes are converted. Scenes that were prepared before are skipped.
    """
    from seaice.scenes.catalogue import checked, open_scene, read_catalogue
    from seaice.scenes.catalogue.index import require_openable
    from seaice.scenes.prepare import prepare_folder

    catalogue = read_catalogue(data)
    for path in (*files_in(out, "*.nc"), *files_in(out, "*/*.nc")):
        require_openable(path)
    written: list[dict[str, object]] = []
    there: list[dict[str, object]] = []
    left_out = list(catalogue.left_out)
    for problem in left_out:
        print_message(f"left out: {problem}")
    files = {scene.raw or scene.path: scene for scene in catalogue.scenes}
    for scene in prepare_folder(list(files), out, spacing_m, jobs, open_scene, data):
        facts: dict[str, object] = {"source": str(scene.source), "file": str(scene.path)}
        if scene.path is None:
            left_out.append(scene.problem)
            print_message(f"left out: {scene.problem}")
        elif not scene.seconds:
            there.append(facts)
            print_message(f"{scene.path} exists already")
        else:
            written.append(facts | {"seconds": round(scene.seconds, 2)})
            print_message(f"wrote {scene.path}")
            if notice := checked(files[scene.source]).notice:
                print_message(f"notice: {notice}")
    print_result(
        {"written": written, "there": there, "left_out": left_out},
        as_json,
        "\n".join(str(facts["file"]) for facts in (*there, *written)),
    )
    if not written and not there:
        raise typer.Exit(2)
