"""The command `seaice predict`: scenes -> predicted ice charts."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import AnyPolarisation, AsJson, CheckpointPath, ScenePaths, as_asked
from seaice.commands.output import (
    claim,
    command_line,
    print_message,
    print_result,
    print_scene_count,
)
from seaice.core.errors import ConfigError, MissingChannelsError, SceneError
from seaice.core.files import require_writable

if TYPE_CHECKING:
    # For its type alone: the command line starts without torch.
    from seaice.network.checkpoint import Checkpoint
    from seaice.results.inference import Prediction


def predict(
    checkpoint: CheckpointPath,
    scenes: ScenePaths,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the predictions.")],
    geotiff: Annotated[
        bool,
        typer.Option(
            "--geotiff",
            help="Write GeoTIFFs beside each NetCDF file: one of all charts, and one of each in "
            "its colours.",
        ),
    ] = False,
    polygons: Annotated[
        bool,
        typer.Option(
            "--polygons",
            help="Write each chart as polygons too, in GeoJSON with SIGRID-3 fields.",
        ),
    ] = False,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Predict the ice charts of scenes, as CF NetCDF files."""
    from seaice.network.checkpoint_info import read_info

    # A wrong path is reported at once: importing torch takes seconds.
    read_info(checkpoint)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.network.training_range import UNKNOWN_RANGE

    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    written, problems = [], []
    targets: dict[Path, Path] = {}
    # A file that is named twice is predicted once.
    named = list(dict.fromkeys(scenes))
    began = time.monotonic()
    for number, path in enumerate(named, start=1):
        facts: dict[str, Any] = {}
        try:
            target = _target(path, loaded, out)
            claim(target, path, targets)
            prediction = _predict_scene(path, loaded, target, facts, any_polarisation)
            _write_for_gis(prediction, target, facts, geotiff=geotiff, polygons=polygons)
        except (SceneError, MissingChannelsError) as error:
            problems.append(str(error))
        if facts:
            written.append(facts)
        left = (time.monotonic() - began) / number * (len(named) - number)
        if len(named) > 1:
            print_scene_count(number, len(named), left)
    files = [file for facts in written for file in _files(facts)]
    # Not beside an error alone: a mistake is one line.
    if written and not loaded.info.statistics:
        print_message(UNKNOWN_RANGE)
    print_result(written, as_json, "\n".join(files))
    if problems:
        raise ConfigError(" ".join(problems))


def _files(facts: dict[str, Any]) -> list[str]:
    """What was written of a scene."""
    single = [facts["file"], facts.get("geotiff")]
    return [
        *filter(None, single),
        *facts.get("chart_geotiffs", []),
        *facts.get("chart_polygons", []),
    ]


def _target(path: Path, checkpoint: "Checkpoint", out: Path) -> Path:
    """The file that a scene's prediction becomes."""
    from seaice.scenes.catalogue import inspect_scene

    return out / f"{inspect_scene(path).id}_{checkpoint.path.stem}.nc"


def _predict_scene(
    path: Path,
    checkpoint: "Checkpoint",
    target: Path,
    facts: dict[str, Any],
    any_polarisation: bool,
) -> "Prediction":
    """Predict one scene and note its file in `facts` as soon as it is written."""
    from seaice.network.reach import reach_facts
    from seaice.results.export import write_prediction
    from seaice.results.inference import predict as compute
    from seaice.scenes.catalogue import checked, open_scene

    scene = as_asked(checked(open_scene(path)), any_polarisation)
    if scene.notice:
        print_message(scene.notice)
    require_writable(target.parent)
    prediction = compute(scene, checkpoint)
    write_prediction(target, prediction, command_line())
    info = checkpoint.info
    facts |= {"scene": scene.id, "file": str(target), "seconds": prediction.seconds}
    facts |= {"rates": info.rates, **reach_facts(info.rates, info.cell_m)}
    if prediction.notice:
        print_message(f"{scene.id}: {prediction.notice}")
    return prediction


def _write_for_gis(
    prediction: "Prediction",
    target: Path,
    facts: dict[str, Any],
    *,
    geotiff: bool,
    polygons: bool,
) -> None:
    """Write what a GIS opens, and note each file in `facts` as soon as it is written."""
    from seaice.results.export import write_chart_geotiffs, write_geotiff, write_polygons

    if geotiff:
        path = target.with_suffix(".tif")
        write_geotiff(path, prediction, command_line())
        facts["geotiff"] = str(path)
        written = write_chart_geotiffs(path, prediction, command_line())
        facts["chart_geotiffs"] = [str(each) for each in written]
    if polygons:
        path = target.with_suffix(".geojson")
        written = write_polygons(path, prediction, command_line())
        facts["chart_polygons"] = [str(each) for each in written]
