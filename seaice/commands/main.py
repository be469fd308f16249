"""The command line: `seaice COMMAND`. Says what a command does; computes nothing itself.

A user's mistake is one line on standard error and exit status 2. Facts go to standard output, with
`--json` as one document; messages and progress go to standard error. Imports that pull in torch
stand inside the commands that need it: `seaice info` and `seaice --help` start without.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

# typer offers the base of its usage errors only here.
from typer._click.exceptions import ClickException

from seaice.commands.answers import file_text
from seaice.commands.app import start_app
from seaice.commands.convert import convert
from seaice.commands.evaluate import evaluate
from seaice.commands.export_autoice import export_autoice
from seaice.commands.import_authors import import_authors
from seaice.commands.prepare import prepare
from seaice.commands.runs import runs
from seaice.commands.simulate import simulate
from seaice.commands.terminal import (
    AsJson,
    CheckpointPath,
    Models,
    Out,
    answer,
    command_line,
    say,
)
from seaice.commands.train import train
from seaice.core.errors import ConfigError, MissingChannelsError, SceneError, SeaIceError
from seaice.network.rates import rates_name
from seaice.scenes.catalogue import open_scene
from seaice.scenes.catalogue.entries import require_hope
from seaice.scenes.catalogue.facts import file_facts

_INTERRUPTED = 130
"""What typer makes of Ctrl-C: 128 and the number of the signal."""

app = typer.Typer(
    name="seaice",
    help="Explore and train spatial context in sea ice mapping networks.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line and exit."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("seaice").setLevel(logging.INFO)
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        status = app(standalone_mode=False)
    except SeaIceError as error:
        _fail(str(error))
    except ClickException as error:
        _fail(error.format_message())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    if status == _INTERRUPTED:
        _fail("Stopped.", _INTERRUPTED)
    sys.exit(status or 0)


def _fail(message: str, status: int = 2) -> None:
    say(" ".join(message.split()))
    sys.exit(status)


@app.command()
def info(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scene files.")],
    as_json: AsJson = False,
) -> None:
    """Tell what each file holds and which channel sets it can feed."""
    facts = [file_facts(path) for path in files]
    answer(facts, as_json, "\n\n".join(file_text(fact) for fact in facts))
    if any(fact["problems"] for fact in facts):
        raise typer.Exit(1)


app.command("app")(start_app)
app.command()(convert)
app.command()(evaluate)
app.command()(export_autoice)
app.command()(import_authors)
app.command()(prepare)
app.command()(runs)
app.command()(simulate)
app.command()(train)


@app.command()
def checkpoints(models: Models = Path("models"), as_json: AsJson = False) -> None:
    """List the checkpoints of a folder."""
    from dataclasses import asdict

    from seaice.network.checkpoint import list_checkpoints

    if not models.is_dir():
        raise ConfigError(f"{models} is no folder. Name one with checkpoints.")
    found, problems = list_checkpoints(models)
    facts = [{"file": str(each.path), **asdict(each.info)} for each in found]
    rows = [
        f"{each.path}  rates {rates_name(each.info.rates)}  channels {each.info.channel_set}  "
        f"{each.info.spacing_m:g} m"
        for each in found
    ]
    answer(facts, as_json, "\n".join(rows) or f"{models} holds no checkpoint.")
    for problem in problems:
        say(problem)


@app.command()
def predict(
    checkpoint: CheckpointPath,
    scenes: Annotated[list[Path], typer.Argument(metavar="SCENE...", help="Scene files.")],
    out: Out,
    geotiff: Annotated[
        bool, typer.Option("--geotiff", help="GeoTIFF files for a GIS too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Predict scenes, each into a CF NetCDF file."""
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.results.export import write_geotiff, write_prediction
    from seaice.results.inference import predict as compute

    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    command = command_line()
    written, problems = [], []
    for path in scenes:
        try:
            scene = open_scene(path)
            prediction = compute(scene, loaded)
            target = out / f"{scene.id}_{checkpoint.stem}.nc"
            write_prediction(target, prediction, command)
            facts = {"scene": scene.id, "file": str(target), "seconds": prediction.seconds}
            written.append(facts)
            if prediction.notice:
                say(f"{scene.id}: {prediction.notice}")
            if geotiff:
                write_geotiff(target.with_suffix(".tif"), prediction, command)
                facts["geotiff"] = str(target.with_suffix(".tif"))
        except (SceneError, MissingChannelsError) as error:
            problems.append(str(error))
    files = [each[kind] for each in written for kind in ("file", "geotiff") if kind in each]
    answer(written, as_json, "\n".join(files))
    if problems:
        raise ConfigError(" ".join(problems))


@app.command()
def explain(
    checkpoint: CheckpointPath,
    scene: Annotated[Path, typer.Argument(help="Scene file.")],
    chart: Annotated[str, typer.Option(help="SIC, SOD or FLOE.")],
    target: Annotated[
        int, typer.Option("--class", help="Class index; for SIC 0 more ice, 1 less ice.")
    ],
    out: Annotated[Path, typer.Option(help="NetCDF file to write.")],
    layer: Annotated[str, typer.Option(help="Layer, such as 'atrous branch 1'.")] = "projection",
    method: Annotated[str, typer.Option(help="GradCAM, HiResCAM or LayerCAM.")] = "GradCAM",
    window: Annotated[
        tuple[int, int, int, int] | None,
        typer.Option(
            metavar="L0 L1 S0 S1",
            help="Explain what the network says of these lines and samples, counted at the "
            "checkpoint's spacing.",
        ),
    ] = None,
) -> None:
    """Write the Grad-CAM heatmap of one class."""
    from seaice.core.device import best_device
    from seaice.explain.export import require_heatmap, write_heatmap
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.gradcam import explain as compute
    from seaice.network.checkpoint import load_checkpoint

    config = CamConfig(chart.upper(), target, layer, method)  # type: ignore[arg-type] - checked there
    require_hope(out)
    require_heatmap(out)
    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    opened = open_scene(scene)
    region = (slice(*window[:2]), slice(*window[2:])) if window else None
    heatmap = compute(opened, loaded, config, region)
    write_heatmap(out, opened, heatmap, loaded, command_line())
    for remark in (heatmap.notice, heatmap.message, f"wrote {out}"):
        if remark:
            say(remark)
