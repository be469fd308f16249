"""The command `seaice train`: one checkpoint in the foreground."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.answers import progress_lines, scores_text
from seaice.commands.terminal import AsJson, Data, Models, answer, say
from seaice.vocabulary import CHANNEL_SETS, parse_rates


def train(
    rates: Annotated[str, typer.Option(help="Atrous rates such as 6-12-18, or none.")],
    channels: Annotated[str, typer.Option(help=f"Channel set: {', '.join(CHANNEL_SETS)}.")],
    data: Data = Path("data"),
    models: Models = Path("models"),
    train_list: Annotated[
        str, typer.Option(metavar="FILE", help="JSON list of the scenes to train with.")
    ] = "",
    validation: Annotated[str, typer.Option(help="Folder with validation scenes.")] = "",
    validation_list: Annotated[
        str, typer.Option(metavar="FILE", help="JSON list of the scenes that validate.")
    ] = "",
    validation_share: Annotated[
        float, typer.Option(help="Share that validates where no folder or list says.")
    ] = 0.15,
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
    sampling: Annotated[
        str, typer.Option(help="uniform: over the labelled area; balanced: over the classes.")
    ] = "uniform",
    augment: Annotated[bool, typer.Option(help="Flip and turn patches at random.")] = True,
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
        train_list=train_list,
        validation=validation,
        validation_list=validation_list,
        validation_share=validation_share,
        encoder=encoder,  # type: ignore[arg-type] - checked by the configuration
        output_stride=output_stride,  # type: ignore[arg-type]
        spacing_m=spacing_m,
        patch=patch,
        batch=batch,
        steps=steps,
        learning_rate=learning_rate,
        loss_weights={"SIC": weight_sic, "SOD": weight_sod, "FLOE": weight_floe},
        sampling=sampling,  # type: ignore[arg-type]
        augment=augment,
        seed=seed,
        precision=precision,  # type: ignore[arg-type]
        workers=workers,
    )
    from seaice.training.run import train as run

    result = run(config, models, name, on_progress=progress_lines(say))
    scores = result.scores.to_dict() if result.scores else None
    text = f"{result.path}\n{scores_text(result.scores)}"
    answer(
        {"checkpoint": str(result.path), "scores": scores, "seconds": result.seconds},
        as_json,
        text,
    )
