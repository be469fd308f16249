"""The command `seaice explain`: where a network looks for one class."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seaice.ai4arctic.charts import chart_named
from seaice.commands.explained import read_explained
from seaice.commands.options import (
    AnyPolarisation,
    ChartOption,
    CheckpointPath,
    LayerOption,
    MethodOption,
    ScenePath,
    SceneWindow,
    TargetOption,
    region_of,
)
from seaice.commands.output import command_line, print_message
from seaice.explain.methods import DEFAULT_LAYER, DEFAULT_METHOD, field_warning, method_named
from seaice.explain.targets import target_of

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.explain.gradcam import Heatmap
    from seaice.network.checkpoint import Checkpoint
    from seaice.scenes.scene import Scene


_UNJUDGED = (
    "With --window, the scene is not compared with the range of the training scenes: that takes "
    "its whole prediction."
)


def explain(
    checkpoint: CheckpointPath,
    scene: ScenePath,
    chart: ChartOption,
    target: TargetOption,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write, .nc or .tif.")],
    layer: LayerOption = DEFAULT_LAYER,
    method: MethodOption = DEFAULT_METHOD,
    window: SceneWindow = None,
    any_polarisation: AnyPolarisation = False,
) -> None:
    """Write a heatmap of where the network looks for one class."""
    task = chart_named(chart)
    named, how, region = target_of(task, target), method_named(method), region_of(window)
    _check_out(out)
    loaded, (opened,) = read_explained(checkpoint, [scene], None, any_polarisation, region)
    from seaice.core.errors import ConfigError
    from seaice.explain.export import write_heatmap
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.gradcam import explain as compute
    from seaice.network.training_range import UNKNOWN_RANGE
    from seaice.results.inference import predict

    config = CamConfig(task, named, layer, how)
    heatmap = compute(opened, loaded, config, region)
    if not heatmap.target_pixels:
        raise ConfigError(f"{heatmap.message} So there is no map of it to write.")
    if _is_geotiff(out):
        _write_geotiff(out, opened, heatmap, loaded)
    else:
        write_heatmap(out, opened, heatmap, loaded, command_line())
    # The range is judged over ice and over water, which only a prediction of the scene tells.
    if not loaded.info.statistics:
        known = UNKNOWN_RANGE
    else:
        known = _UNJUDGED if region else predict(opened, loaded).range_notice
    warning = field_warning(config.method) if window else ""
    wrote = f"wrote {out}, rates {loaded.info.rates_label}"
    for message in (opened.notice, warning, heatmap.notice, heatmap.message, known, wrote):
        if message:
            print_message(message)


def _is_geotiff(out: Path) -> bool:
    return out.suffix.lower() == ".tif"


def _check_out(out: Path) -> None:
    """Check the heatmap's path, before anything takes time.

    Raises:
        ConfigError: It ends in neither .nc nor .tif, or another kind of file exists there.
        OutputError: It cannot be written.
    """
    from seaice.core.files import require_output
    from seaice.explain.paths import require_heatmap, require_map

    require_map(out)
    if not _is_geotiff(out):
        require_heatmap(out)
    require_output(out)


def _write_geotiff(out: Path, scene: "Scene", heatmap: "Heatmap", checkpoint: "Checkpoint") -> None:
    from seaice.explain.map_files import evidence_layer, network_facts, write_maps

    facts = network_facts(checkpoint.path, checkpoint.sha256, checkpoint.info)
    evidence = evidence_layer(scene, heatmap, "evidence", facts)
    write_maps(out, scene, [evidence], {"chart": heatmap.config.chart}, command_line())
