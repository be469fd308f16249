"""The command `seaice branches`: which branch of the network decided."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.ai4arctic.charts import chart_named
from seaice.commands.explained import check_map, read_explained, write_rows
from seaice.commands.options import (
    AnyPolarisation,
    AsJson,
    ChartOption,
    CheckpointPath,
    ScenePath,
    SceneWindow,
    TableOut,
    region_of,
)
from seaice.commands.output import command_line, print_message, print_result

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.ai4arctic.charts import ChartName
    from seaice.explain.branch_means import BranchMeans
    from seaice.explain.branches import BranchShares
    from seaice.network.checkpoint import Checkpoint
    from seaice.scenes.catalogue import Catalogue


_SHARE = "its share; below 0: against the class"


def branches(
    checkpoint: CheckpointPath,
    scene: ScenePath,
    chart: ChartOption = "SOD",
    out: TableOut = None,
    maps: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Also write the map of the branch that decides most, as .nc or .tif.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Put the mean over the first scenes of this folder in a branch's place, instead "
            "of that over SCENE.",
        ),
    ] = None,
    window: SceneWindow = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Say which branch of a network decided, by taking each out.

    What a class loses of its log-odds without a branch is what that branch says for it; a class
    that gains instead, what it says against it.
    """
    task = chart_named(chart)
    check_map(maps)
    from seaice.scenes.catalogue import read_catalogue

    region = region_of(window)
    others = None if data is None else read_catalogue(data)
    loaded, (opened,) = read_explained(checkpoint, [scene], out, any_polarisation, region)
    from seaice.explain.branches import branch_shares
    from seaice.explain.map_files import branch_layer, network_facts, write_maps
    from seaice.explain.tables import branch_rows

    means = None if others is None else _means(others, loaded, task, any_polarisation)
    result = branch_shares(opened, loaded, task, region, means)
    predicted = [int(row) for row in result.cells.nonzero()[0]]
    rows = [_facts(result, row) for row in predicted]
    write_rows(out, branch_rows(result), loaded, opened)
    if maps is not None:
        facts = network_facts(loaded.path, loaded.sha256, loaded.info)
        layer = branch_layer(opened, result, "leading_branch", facts)
        write_maps(maps, opened, [layer], {"chart": task}, command_line())
        print_message(f"wrote {maps}")
    print_result(rows, as_json, _table(result, predicted))
    if opened.notice:
        print_message(opened.notice)


def _means(
    others: "Catalogue", checkpoint: "Checkpoint", chart: "ChartName", any_polarisation: bool
) -> "BranchMeans":
    from seaice.commands.context import usable_scenes
    from seaice.experiment.context_predictors import network_predictor
    from seaice.explain.branch_means import SCENES, branch_means

    predictor = network_predictor(checkpoint)
    scenes, _ = usable_scenes(others, predictor, any_polarisation, SCENES, charted=False)
    return branch_means(scenes, checkpoint, chart)


def _facts(result: "BranchShares", row: int) -> dict[str, Any]:
    """A class with what it loses without each branch, as JSON values."""
    losses = zip(result.branches, result.loss[row], result.shares[row], strict=True)
    return {
        "chart": result.chart,
        "class": _name(result, row),
        "cells": int(result.cells[row]),
        "unit": "percentage points" if result.chart == "SIC" else "log-odds",
        "branches": [
            {"branch": branch, "loss": loss, "share": None if math.isnan(share) else share}
            for branch, loss, share in losses
        ],
    }


def _name(result: "BranchShares", row: int) -> str:
    from seaice.ai4arctic.charts import CHART

    return "all ice" if result.chart == "SIC" else CHART[result.chart].class_names[row]


def _table(result: "BranchShares", rows: list[int]) -> str:
    sic = result.chart == "SIC"
    unit, share = ("percentage points", "its share") if sic else ("log-odds", _SHARE)
    names = {row: _name(result, row) for row in rows}
    width = max(map(len, names.values()), default=0)
    heads = [f"{branch:>{max(len(branch), 14)}}" for branch in result.branches]
    lines = [
        f"{result.chart}, {unit} lost without a branch ({share})",
        f"{'':{width}}  {'cells':>7}  {'  '.join(heads)}",
    ]
    for row, name in names.items():
        cells = [
            f"{_cell(loss, percent):>{len(head)}}"
            for loss, percent, head in zip(
                result.loss[row], result.percents[row], heads, strict=True
            )
        ]
        lines.append(f"{name:{width}}  {result.cells[row]:7}  {'  '.join(cells)}")
    return "\n".join(lines)


def _cell(loss: float, percent: float) -> str:
    return f"{loss:z.2f}" if math.isnan(percent) else f"{loss:z.2f} ({percent:.0f}%)"
