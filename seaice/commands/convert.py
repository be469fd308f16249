"""The command `seaice convert`: raw AI4Arctic scenes -> ready-to-train ones."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from seaice.ai4arctic.charts import DOMINANT_SHARE
from seaice.commands.options import AsJson
from seaice.commands.output import claim, print_message, print_result
from seaice.core.errors import ConfigError, SceneError, SeaIceError

_Raw = Annotated[list[Path], typer.Argument(metavar="RAW...", help="Raw scene files.")]
_Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder for the converted scenes, which get their official names. For a single "
        "scene, OUT can be a file name that ends in .nc.",
    ),
]
_Share = Annotated[
    float,
    typer.Option(
        help="Share of a polygon's ice that a class needs to become the polygon's SOD or FLOE."
    ),
]
_Compress = Annotated[
    bool, typer.Option("--compress/--no-compress", help="Compress the files without loss.")
]


def convert(
    raw: _Raw,
    out: _Out,
    dominant_share: _Share = DOMINANT_SHARE,
    compress: _Compress = True,
    as_json: AsJson = False,
) -> None:
    """Convert raw AI4Arctic scenes to ready-to-train ones."""
    from seaice.scenes.convert.target import names_file

    if len(raw) > 1 and names_file(out):
        raise ConfigError(f"{out} is a file name. Name a folder for {len(raw)} raw scenes.")
    written, failed = [], []
    targets: dict[Path, Path] = {}
    # A file that is named twice is converted once.
    for path in dict.fromkeys(raw):
        try:
            _claim_target(path, out, targets)
            facts = _convert_scene(path, out, dominant_share, compress)
        except SeaIceError as error:
            problem = " ".join(str(error).split())
            failed.append({"raw": str(path), "problem": problem})
            print_message(problem)
            continue
        written.append(facts)
        if notice := facts["notice"]:
            # A sentence about the file begins with its name.
            named = notice.startswith(f"{path.name}: ")
            print_message(notice if named else f"{path.name}: {notice}")
        if not as_json:
            # At once: a scene takes some seconds.
            print_result(facts, as_json=False, text=facts["file"])
    if as_json:
        print_result({"written": written, "failed": failed}, as_json, "")
    if failed:
        raise typer.Exit(2)


def _convert_scene(raw: Path, out: Path, dominant_share: float, compress: bool) -> dict[str, Any]:
    from seaice.scenes.catalogue import checked, inspect_scene
    from seaice.scenes.convert import convert_scene

    start = time.perf_counter()
    converted = convert_scene(raw, out, dominant_share=dominant_share, compress=compress)
    return {
        "raw": str(raw),
        "file": str(converted.path),
        "seconds": round(time.perf_counter() - start, 2),
        "notice": " ".join(filter(None, (checked(inspect_scene(raw)).notice, converted.notice))),
    }


def _claim_target(raw: Path, out: Path, targets: dict[Path, Path]) -> None:
    """Check that the file that a raw scene becomes is its own, and that both can be opened.

    Raises:
        UnopenableFileError: The raw file, or an earlier converted one, hangs.
        SceneError: Another raw file of this command becomes the same file.
    """
    from seaice.scenes.catalogue import inspect_scene
    from seaice.scenes.catalogue.index import require_openable
    from seaice.scenes.catalogue.sandbox import UnopenableFileError
    from seaice.scenes.convert.target import names_file

    try:
        scene = inspect_scene(raw)
    except UnopenableFileError:
        raise
    except SceneError:
        # The conversion has its own words for other problems.
        return
    target = out if names_file(out) else out / scene.path.name
    require_openable(target)
    if scene.raw is not None:
        claim(target, raw, targets)
