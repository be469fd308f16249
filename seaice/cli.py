"""The command line: `seaice COMMAND`. Says what a command does; computes nothing itself.

A user's mistake is one line on standard error and exit status 2. Facts go to standard output, with
`--json` as one document; messages and progress go to standard error. Imports that pull in torch
stand inside the commands that need it: `seaice info` and `seaice --help` start without.
"""

import json
import logging
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

# typer offers the base of its usage errors only here.
from typer._click.exceptions import ClickException

from seaice.answers import file_text, progress_lines, scores_text
from seaice.cli_convert import convert
from seaice.cli_simulate import simulate
from seaice.catalogue import open_scene, read_catalogue
from seaice.catalogue.facts import file_facts
from seaice.errors import (
    ConfigError,
    MissingChannelsError,
    NoScenesError,
    SceneError,
    SeaIceError,
)
from seaice.vocabulary import CHANNEL_SETS, parse_rates, rates_name

_INTERRUPTED = 130
"""What typer makes of Ctrl-C: 128 and the number of the signal."""

app = typer.Typer(
    name="seaice",
    help="Explore and train spatial context in sea ice mapping networks.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option(envvar="SEAICE_DATA", help="Folder with scenes.")]
Models = Annotated[Path, typer.Option(envvar="SEAICE_MODELS", help="Folder of checkpoints.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Out = Annotated[Path, typer.Option(help="Folder that the results go to.")]
CheckpointPath = Annotated[Path, typer.Argument(help="A .safetensors file.")]


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
    _say(" ".join(message.split()))
    sys.exit(status)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _answer(facts: Any, as_json: bool, text: str) -> None:  # noqa: ANN401 - any JSON value
    if as_json:
        print(json.dumps(facts, indent=2))
    elif text:
        print(text)


@app.command("app")
def start_app(
    data: Data = Path("data"),
    models: Models = Path("models"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8501,
) -> None:
    """Start the dashboard on 127.0.0.1."""
    from seaice.launch import launch

    launch(data, models, port)


@app.command()
def info(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scene files.")],
    as_json: AsJson = False,
) -> None:
    """Tell what each file holds and which channel sets it can feed."""
    facts = [file_facts(path) for path in files]
    _answer(facts, as_json, "\n\n".join(file_text(fact) for fact in facts))
    if any(fact["problems"] for fact in facts):
        raise typer.Exit(1)


app.command()(convert)
app.command()(simulate)


@app.command()
def train(
    rates: Annotated[str, typer.Option(help="Atrous rates such as 6-12-18, or none.")],
    channels: Annotated[str, typer.Option(help=f"Channel set: {', '.join(CHANNEL_SETS)}.")],
    data: Data = Path("data"),
    models: Models = Path("models"),
    validation: Annotated[str, typer.Option(help="Folder with validation scenes.")] = "",
    name: Annotated[str, typer.Option(help="The checkpoint's file name.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of weights, split and patches.")] = 0,
    steps: Annotated[int, typer.Option(help="Optimizer steps.")] = 400,
    batch: Annotated[int, typer.Option(help="Patches of a step.")] = 4,
    patch: Annotated[int, typer.Option(help="Pixels of a patch along one side.")] = 576,
    spacing_m: Annotated[float, typer.Option(help="Pixel spacing, metres.")] = 400.0,
    learning_rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 3e-3,
    weight_sic: Annotated[float, typer.Option(help="Weight of the SIC loss.")] = 0.25,
    weight_sod: Annotated[float, typer.Option(help="Weight of the SOD loss.")] = 1.0,
    weight_floe: Annotated[float, typer.Option(help="Weight of the FLOE loss.")] = 1.0,
    encoder: Annotated[str, typer.Option(help="resnet18, 34, 50 or 152.")] = "resnet18",
    output_stride: Annotated[int, typer.Option(help="8 or 16.")] = 8,
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    workers: Annotated[int, typer.Option(help="Processes that read patches.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Train one checkpoint in the foreground."""
    from seaice.training.config import TrainingConfig

    config = TrainingConfig(
        data=str(data),
        rates=parse_rates(rates),
        channel_set=channels,
        validation=validation,
        encoder=encoder,  # type: ignore[arg-type] - checked by the configuration
        output_stride=output_stride,  # type: ignore[arg-type]
        spacing_m=spacing_m,
        patch=patch,
        batch=batch,
        steps=steps,
        learning_rate=learning_rate,
        loss_weights={"SIC": weight_sic, "SOD": weight_sod, "FLOE": weight_floe},
        seed=seed,
        precision=precision,  # type: ignore[arg-type]
        workers=workers,
    )
    from seaice.training.run import train as run

    result = run(config, models, name, on_progress=progress_lines(_say))
    scores = result.scores.to_dict() if result.scores else None
    text = f"{result.path}\n{scores_text(result.scores)}"
    _answer(
        {"checkpoint": str(result.path), "scores": scores, "seconds": result.seconds},
        as_json,
        text,
    )


@app.command()
def checkpoints(models: Models = Path("models"), as_json: AsJson = False) -> None:
    """List the checkpoints of a folder."""
    from dataclasses import asdict

    from seaice.checkpoint import list_checkpoints

    if not models.is_dir():
        raise ConfigError(f"{models} is no folder. Name one with checkpoints.")
    found, problems = list_checkpoints(models)
    facts = [{"file": str(each.path), **asdict(each.info)} for each in found]
    rows = [
        f"{each.path}  rates {rates_name(each.info.rates)}  channels {each.info.channel_set}  "
        f"{each.info.spacing_m:g} m"
        for each in found
    ]
    _answer(facts, as_json, "\n".join(rows) or f"{models} holds no checkpoint.")
    for problem in problems:
        _say(problem)


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
    from seaice.checkpoint import load_checkpoint
    from seaice.device import best_device
    from seaice.export import write_geotiff, write_prediction
    from seaice.inference import predict as compute

    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    command = f"seaice {shlex.join(sys.argv[1:])}"
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
                _say(f"{scene.id}: {prediction.notice}")
            if geotiff:
                write_geotiff(target.with_suffix(".tif"), prediction, command)
                facts["geotiff"] = str(target.with_suffix(".tif"))
        except (SceneError, MissingChannelsError) as error:
            problems.append(str(error))
    files = [each[kind] for each in written for kind in ("file", "geotiff") if kind in each]
    _answer(written, as_json, "\n".join(files))
    if problems:
        raise ConfigError(" ".join(problems))


@app.command()
def evaluate(
    checkpoint: CheckpointPath,
    data: Data = Path("data"),
    as_json: AsJson = False,
) -> None:
    """Score a checkpoint on the scenes of a folder, each and pooled."""
    from seaice.checkpoint import load_checkpoint
    from seaice.device import best_device
    from seaice.evaluation import pooled, score

    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    catalogue = read_catalogue(data)
    results, left_out = [], list(catalogue.problems)
    for scene in catalogue.scenes:
        try:
            result = score(loaded, scene)
        except (SceneError, MissingChannelsError) as error:
            left_out.append(str(error))
            continue
        results.append(result)
        _say(f"scored {scene.id} {result.notice}".rstrip())
    for problem in left_out:
        _say(f"left out: {problem}")
    if not results:
        raise NoScenesError(f"Not one scene of {data} could be scored.")
    total = pooled(results)
    text = [f"{result.scene.id}\n{scores_text(result.scores)}" for result in results]
    _answer(
        {
            "checkpoint": str(checkpoint),
            "sha256": loaded.sha256,
            "scenes": {result.scene.id: result.sums.to_dict() for result in results},
            "pooled": total.to_dict(),
            "left_out": left_out,
        },
        as_json,
        "\n".join([*text, f"pooled over {len(results)} scenes", scores_text(total.scores())]),
    )


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
    from seaice.checkpoint import load_checkpoint
    from seaice.device import best_device
    from seaice.explain.gradcam import CamConfig
    from seaice.explain.gradcam import explain as compute
    from seaice.export import write_heatmap

    config = CamConfig(chart.upper(), target, layer, method)  # type: ignore[arg-type] - checked there
    loaded = load_checkpoint(checkpoint, best_device().torch_name)
    opened = open_scene(scene)
    region = (slice(*window[:2]), slice(*window[2:])) if window else None
    heatmap = compute(opened, loaded, config, region)
    write_heatmap(out, opened, heatmap, loaded, f"seaice {shlex.join(sys.argv[1:])}")
    for remark in (heatmap.notice, heatmap.message, f"wrote {out}"):
        if remark:
            _say(remark)
