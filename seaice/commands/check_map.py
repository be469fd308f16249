"""The command `seaice check-map`: can a network's map of evidence be believed?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.ai4arctic.charts import chart_named
from seaice.commands.explained import check_map as check_path
from seaice.commands.explained import read_explained, write_rows
from seaice.commands.options import (
    AnyPolarisation,
    AsJson,
    ChartOption,
    CheckpointPath,
    PlaceOption,
    ScenePath,
    TableOut,
)
from seaice.commands.output import command_line, print_message, print_result

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.ai4arctic.charts import ChartName
    from seaice.explain.faithful import Trial
    from seaice.network.checkpoint import Checkpoint
    from seaice.scenes.scene import Scene


def check_map(
    checkpoint: CheckpointPath,
    scene: ScenePath,
    at: PlaceOption,
    chart: ChartOption = "SOD",
    out: TableOut = None,
    maps: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Also write the maps, as .nc or .tif."),
    ] = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Test whether a map of evidence can be believed.

    The map is that for what the network says at a pixel, in a square of 16 km around it.
    """
    task = chart_named(chart)
    check_path(maps)
    loaded, (opened,) = read_explained(checkpoint, [scene], out, any_polarisation)
    from seaice.explain.tables import trial_rows
    from seaice.explain.targets import target_names
    from seaice.explain.verdicts import verdicts

    trial = _tried(opened, loaded, task, at)
    write_rows(out, trial_rows(trial), loaded, opened)
    if maps is not None:
        _write_maps(maps, opened, trial, loaded)
    said = verdicts(trial)
    facts: dict[str, Any] = {
        "chart": task,
        "at_km": list(at),
        "target": target_names(task)[trial.config.target],
        "pixels": trial.pixels,
        "tests": [{"test": each.test, "outcome": each.outcome, "text": each.text} for each in said],
    }
    lines = [f"{task}, map for {facts['target'].lower()}, {trial.pixels} pixels"]
    lines += [f"  {each.test}: {each.outcome}. {each.text}" for each in said]
    print_result(facts, as_json, "\n".join(lines))
    if opened.notice:
        print_message(opened.notice)


def _tried(
    scene: "Scene", checkpoint: "Checkpoint", chart: "ChartName", at: tuple[float, float]
) -> "Trial":
    from seaice.experiment.reference import true_classes, true_ice
    from seaice.explain.faithful import try_map
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.pixel import pixel_story
    from seaice.scenes.region import square_around

    config = CamConfig(chart, pixel_story(scene, checkpoint, chart, at).target)
    grid = scene.grid.at(checkpoint.info.spacing_m)
    classes = None if chart == "SIC" else true_classes(scene, chart)
    truth = true_ice(scene, classes, grid, config.target)
    region = square_around(scene.grid, at).window(grid)
    return try_map(scene, checkpoint, config, region, truth)


def _write_maps(out: Path, scene: "Scene", trial: "Trial", checkpoint: "Checkpoint") -> None:
    from seaice.explain.map_files import network_facts, trial_layers, write_maps

    facts = network_facts(checkpoint.path, checkpoint.sha256, checkpoint.info)
    layers = trial_layers(scene, trial, "", facts)
    write_maps(out, scene, layers, {"chart": trial.config.chart}, command_line())
    print_message(f"wrote {out}")
