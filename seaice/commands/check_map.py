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
    LayerOption,
    MaybePlace,
    MethodOption,
    ScenePath,
    SceneWindow,
    TableOut,
    TargetOption,
    region_of,
)
from seaice.commands.output import command_line, print_message, print_result
from seaice.core.errors import ConfigError
from seaice.explain.methods import DEFAULT_LAYER, DEFAULT_METHOD, field_warning, method_named
from seaice.explain.targets import target_names, target_of

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.ai4arctic.charts import ChartName
    from seaice.core.grids.pixel_grid import Window
    from seaice.explain.faithful import Trial
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.pixel import Place
    from seaice.network.checkpoint import Checkpoint
    from seaice.scenes.scene import Scene


def check_map(
    checkpoint: CheckpointPath,
    scene: ScenePath,
    at: MaybePlace = None,
    chart: ChartOption = "SOD",
    target: TargetOption = "",
    layer: LayerOption = DEFAULT_LAYER,
    method: MethodOption = DEFAULT_METHOD,
    window: SceneWindow = None,
    out: TableOut = None,
    maps: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Also write the maps, as .nc or .tif."),
    ] = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Test whether a map of evidence can be believed.

    The map is that for what the network says at a pixel (--at), in a square of 16 km around it;
    with --class for a class, with --window for a region.
    """
    task = chart_named(chart)
    if at is None and (window is None or not target):
        raise ConfigError("Name a pixel with --at, or a region with --window and --class.")
    if at is not None and window is not None and target:
        raise ConfigError("A region with --window and --class needs no pixel: leave out --at.")
    named = target_of(task, target) if target else None
    how = method_named(method)
    check_path(maps)
    region = region_of(window)
    loaded, (opened,) = read_explained(checkpoint, [scene], out, any_polarisation, region)
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.tables import trial_rows

    if named is None:
        named = _said(opened, loaded, task, at)
    config = CamConfig(task, named, layer, how)
    trial = _tried(opened, loaded, config, region or _square(opened, loaded, at))
    write_rows(out, trial_rows(trial), loaded, opened)
    if maps is not None:
        _write_maps(maps, opened, trial, loaded)
    facts = loaded.info.rates_facts | _facts(trial, at)
    print_result(facts, as_json, f"rates {loaded.info.rates_label}\n{_text(facts)}")
    for message in (opened.notice, field_warning(config.method)):
        if message:
            print_message(message)


def _said(scene: "Scene", checkpoint: "Checkpoint", chart: "ChartName", at: "Place | None") -> int:
    """The target of what the network says at a pixel."""
    from seaice.explain.pixel import pixel_story

    assert at is not None, "asked for where no class is named"
    return pixel_story(scene, checkpoint, chart, at).target


def _square(scene: "Scene", checkpoint: "Checkpoint", at: "Place | None") -> "Window":
    """The square around a pixel, on the network's grid."""
    from seaice.scenes.region import square_around

    assert at is not None, "asked for where no window is named"
    return square_around(scene.grid, at).window(scene.grid.at(checkpoint.info.spacing_m))


def _tried(
    scene: "Scene", checkpoint: "Checkpoint", config: "CamConfig", region: "Window"
) -> "Trial":
    from seaice.experiment.reference import true_classes, true_ice
    from seaice.explain.faithful import try_map

    grid = scene.grid.at(checkpoint.info.spacing_m)
    classes = None if config.chart == "SIC" else true_classes(scene, config.chart)
    truth = true_ice(scene, classes, grid, config.target)
    return try_map(scene, checkpoint, config, region, truth)


def _facts(trial: "Trial", at: "Place | None") -> dict[str, Any]:
    from seaice.explain.verdicts import verdicts

    config, (lines, samples) = trial.config, trial.maps[0].region
    return {
        "chart": config.chart,
        "at_km": None if at is None else list(at),
        "window": [lines.start, lines.stop, samples.start, samples.stop],
        "target": target_names(config.chart)[config.target],
        "layer": config.layer,
        "method": config.method,
        "pixels": trial.pixels,
        "tests": [
            {"test": each.test, "outcome": each.outcome, "text": each.text}
            for each in verdicts(trial)
        ],
    }


def _text(facts: dict[str, Any]) -> str:
    lines = [
        "{chart}, map for {of} by {method} at {layer}, {pixels} pixels".format(
            of=facts["target"].lower(), **facts
        )
    ]
    lines += [f"  {each['test']}: {each['outcome']}. {each['text']}" for each in facts["tests"]]
    return "\n".join(lines)


def _write_maps(out: Path, scene: "Scene", trial: "Trial", checkpoint: "Checkpoint") -> None:
    from seaice.explain.map_files import network_facts, trial_layers, write_maps

    facts = network_facts(checkpoint.path, checkpoint.sha256, checkpoint.info)
    layers = trial_layers(scene, trial, "", facts)
    write_maps(out, scene, layers, {"chart": trial.config.chart}, command_line())
    print_message(f"wrote {out}")
