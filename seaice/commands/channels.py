"""The command `seaice channels`: which channels a network or a baseline needs."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.explained import check_table
from seaice.commands.options import AnyPolarisation, AsJson, CheckpointPath, Data, TableOut
from seaice.commands.output import print_message, print_result, print_scene_count
from seaice.core.intervals import end_text

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.experiment.channel_loss import ChannelLosses

_TASKS = ("combined", "SIC", "SOD", "FLOE")


def channels(
    checkpoint: CheckpointPath,
    data: Data = Path("data"),
    most: Annotated[
        int | None,
        typer.Option("--scenes", min=2, metavar="N", help="Use the first N scenes only."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of whose values are taken.")] = 0,
    out: TableOut = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Say which channels a network or baseline needs.

    Each group of channels is replaced by what other scenes have in its place. What the scores
    lose is what it told beyond the other channels.
    """
    from seaice.commands.context import usable_scenes
    from seaice.commands.scorers import require_described
    from seaice.experiment.context_settings import require_two
    from seaice.scenes.catalogue import read_catalogue

    check_table(out)
    # A mistake is reported at once: importing torch takes seconds, and converting a raw scene more.
    require_described(checkpoint)
    catalogue = read_catalogue(data)
    require_two(catalogue.scenes)
    from seaice.core.files import atomic_write
    from seaice.experiment.channel_loss import channel_losses
    from seaice.experiment.context_predictors import read_predictor
    from seaice.explain.csv_rows import csv_text

    predictor, network = read_predictor(checkpoint)
    scenes, problems = usable_scenes(catalogue, predictor, any_polarisation, most)
    require_two(scenes)
    result = channel_losses(predictor, scenes, seed=seed, on_scene=print_scene_count)
    rows = _rows(result)
    if out is not None:
        origin = {"checkpoint": predictor.name, "checkpoint_sha256": predictor.sha256}
        with atomic_write(out) as temporary:
            temporary.write_text(csv_text([{**row, **origin} for row in rows]), encoding="utf-8")
        print_message(f"wrote {out}")
    facts = {
        "description": predictor.description,
        **(network.info.rates_facts if network else {}),
        "scenes": list(result.scenes),
        "losses": rows,
        "left_out": problems,
    }
    print_result(facts, as_json, f"{predictor.description}\n{_table(result, rows)}")


def _rows(result: "ChannelLosses") -> list[dict[str, Any]]:
    """The losses as JSON values, which know no NaN."""
    return [
        {
            "channels": each.group,
            "task": each.task,
            **{
                name: None if math.isnan(value) else value
                for name, value in (
                    ("untouched", each.untouched),
                    ("loss", each.loss),
                    ("low", each.low),
                    ("high", each.high),
                )
            },
        }
        for each in result.losses()
    ]


def _table(result: "ChannelLosses", rows: list[dict[str, Any]]) -> str:
    scenes = f"{len(result.scenes)} scene{'' if len(result.scenes) == 1 else 's'}"
    width = max(9, *(len(group) for group in result.groups))
    cells = {(row["channels"], row["task"]): row for row in rows}
    first = [cells[result.groups[0], task]["untouched"] for task in _TASKS]
    from seaice.experiment.channel_loss import LEAST_SCENES

    known = any(row["low"] is not None for row in rows)
    spread = "95 % interval" if known else f"intervals take {LEAST_SCENES} scenes"
    lines = [
        f"{scenes}: points of score lost where channels are those of other scenes ({spread})",
        f"{'':{width}}" + "".join(f"{task:>22}" for task in _TASKS),
        f"{'untouched':{width}}" + "".join(f"{_number(value):>22}" for value in first),
    ]
    for group in result.groups:
        texts = (_loss(cells[group, task]) for task in _TASKS)
        lines.append(f"{group:{width}}" + "".join(f"{text:>22}" for text in texts))
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:z.1f}"


def _loss(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return _number(row["loss"])
    low, high = (end_text(row[name]).replace("\N{MINUS SIGN}", "-") for name in ("low", "high"))
    return f"{_number(row['loss'])} ({low} to {high})"
