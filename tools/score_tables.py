"""Tables of docs/scores.md and models/README.md, as Markdown.

Run: python tools/score_tables.py [TABLE] [--models FOLDER]

First, for each channel set, the score of `none` and what the other rates score beyond it, combined
and by task; the verdicts; then each network on its own, below the linear model of its channels: all
this from an evaluation table. Last, the validation scores that the checkpoints hold.
"""

import argparse
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd
from dashboard import HOME

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.baselines.files import LINEAR
from seaice.experiment.bootstrap import Bootstrap, Estimate
from seaice.experiment.contrasts import difference
from seaice.experiment.controls import control_of
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.results import SweepResults
from seaice.experiment.statements import Verdict
from seaice.experiment.table import pooled_sums, read_table
from seaice.experiment.tally import TASKS, Cell, ReferenceName, TaskName
from seaice.experiment.variants import variant_text
from seaice.network.checkpoint_files import CheckpointFile, file_sha256, list_checkpoints
from seaice.network.rates import parse_rates, rates_name
from seaice.network.reach import ENCODER_ALONE
from seaice.results.class_metrics import class_f1

_CHART = "chart"
_AGAINST: dict[ReferenceName, str] = {"chart": "charts", "truth": "truth"}
_VALIDATION = {
    "combined": "Combined",
    "SIC": "SIC R2",
    "SIC_continuous": "SIC R2, continuous",
    "SOD": "SOD F1",
    "FLOE": "FLOE F1",
}
"""Scores that a checkpoint holds, and their heads."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    shipped = HOME / "models" / "sweep" / "evaluation.parquet"
    parser.add_argument("table", type=Path, nargs="?", default=shipped)
    parser.add_argument("--models", type=Path, default=HOME / "models")
    asked = parser.parse_args()
    files, _ = list_checkpoints(asked.models)
    files = sorted(files, key=_order)
    heads = {rates_name(file.info.rates): _head(file) for file in files}
    for results in SweepResults.read(EvaluatedSweep("table", asked.table.parent, asked.table)):
        for task in TASKS[::-1]:
            print(f"\n{' '.join(filter(None, (task, variant_text(results.variant))))}\n")
            print_gains(results, task, heads)
        print()
        print_verdicts(results)
    print()
    print_networks(asked.table, files)
    print()
    print_validation(files)


def print_gains(results: SweepResults, task: TaskName, heads: dict[str, str]) -> None:
    """A line for each channel set: the control's score, and differences from it.

    Args:
        results: Of one variant.
        task: The task.
        heads: What stands above a column, by its rates.
    """
    bootstrap = results.bootstrap(task, _CHART)
    cells = bootstrap.cells()
    rates = sorted({cell.rates for cell in cells}, key=parse_rates)
    head = ["Channel set", "linear model", *(heads.get(name, name) for name in rates)]
    print(_line(head), _line(["---"] * len(head)), sep="\n")
    for channel_set in sorted({cell.channel_set for cell in cells}, key=_channels):
        control = control_of(bootstrap, channel_set)
        if control is not None:
            own = [Cell(channel_set, name) for name in rates]
            texts = [_gain(bootstrap, cell, control) if cell in cells else "-" for cell in own]
            linear = results.linear(task, _CHART, channel_set)
            print(_line([f"`{channel_set}`", f"{linear:.1f}", *texts]))


def _gain(bootstrap: Bootstrap, cell: Cell, control: Cell) -> str:
    """A score with its interval, or the difference from the control with its own."""
    if cell == control:
        return f"{_interval(bootstrap.estimate({cell: 1.0}))}{_seeds(bootstrap, [cell])}"
    gain = bootstrap.estimate(difference([cell], [control]))
    return f"{_interval(gain, '+', 2)}{_seeds(bootstrap, [cell, control])}"


def _seeds(bootstrap: Bootstrap, cells: list[Cell]) -> str:
    """A note where one seed alone is compared."""
    shared = set.intersection(*(set(bootstrap.seeds(cell)) for cell in cells))
    return "" if len(shared) > 1 else ", one seed"


def _interval(estimate: Estimate, sign: str = "", digits: int = 1) -> str:
    values = (estimate.effect, estimate.low, estimate.high)
    effect, low, high = (
        f"{value:{sign}.{digits}f}".replace("-", "\N{MINUS SIGN}") for value in values
    )
    return f"{effect} ({low} to {high})"


def print_verdicts(results: SweepResults) -> None:
    """Lines for each statement, against charts and truth; a column for each task."""
    tasks = TASKS[-1:] + TASKS[:-1]
    head = [
        "Statement",
        "Against",
        *(task.capitalize() if task == "combined" else task for task in tasks),
    ]
    print(_line(head), _line(["---"] * len(head)), sep="\n")
    judged = {
        (task, reference): results.verdicts(task, reference)
        for task in tasks
        for reference in results.references
    }
    for number, first in enumerate(judged[tasks[0], results.references[0]]):
        for reference in results.references:
            own = [judged[task, reference][number] for task in tasks]
            text = first.statement.text if reference == results.references[0] else ""
            print(_line([text, _AGAINST[reference], *map(_verdict, own)]))


def _verdict(verdict: Verdict) -> str:
    """A verdict, and the contrast that decides it or keeps it from being decided."""
    found = verdict.estimate
    return verdict.verdict if found is None else f"{verdict.verdict}: {_interval(found, '+')}"


def print_networks(table: Path, files: Sequence[CheckpointFile]) -> None:
    """A line for each network, below the linear model of its channels."""
    rows = read_table(table, reference=_CHART, stratum="all")
    head = ["Channel set", "Rates", "Seed", "Combined", "SIC R2", "SOD F1", "FLOE F1", "SOD"]
    print(_line(head), _line(["---"] * len(head)), sep="\n")
    for channel_set, own in groupby(files, key=lambda file: file.info.channel_set):
        linear = rows[(rows["source"] == LINEAR) & (rows["channel_set"] == channel_set)]
        if len(linear):
            print(_line([f"`{channel_set}`", LINEAR, "", *_scores(linear)]))
        for file in own:
            scored = rows[rows["sha256"] == file_sha256(file.path)]
            if len(scored):
                print(_line([*_names(file), *_scores(scored)]))


def print_validation(files: Sequence[CheckpointFile]) -> None:
    """A line for each network: the scores on the validation scenes that it holds."""
    head = ["Channel set", "Rates", "Seed", *_VALIDATION.values()]
    print(_line(head), _line(["---"] * len(head)), sep="\n")
    for file in files:
        values = [file.info.scores[name]["value"] for name in _VALIDATION]
        print(_line([*_names(file), *(f"{value:.1f}" for value in values)]))


def _head(file: CheckpointFile) -> str:
    """Rates with their reach, where they have one."""
    return file.info.rates_label.removesuffix(f" · {ENCODER_ALONE}")


def _names(file: CheckpointFile) -> list[str]:
    return [f"`{file.info.channel_set}`", file.info.rates_label, str(_seed(file))]


def _seed(file: CheckpointFile) -> int:
    return int(file.info.training["seed"])


def _order(file: CheckpointFile) -> tuple[int, Sequence[int], int]:
    """Few channels first, then `none`, `centre` and growing rates, then seeds."""
    return _channels(file.info.channel_set), file.info.rates, _seed(file)


def _channels(channel_set: str) -> int:
    return len(CHANNEL_SETS[channel_set])


def _scores(rows: pd.DataFrame) -> list[str]:
    """Combined, SIC, SOD and FLOE, and the F1 of each class of SOD."""
    sums = pooled_sums(rows)
    scores = dict(sums.scores().items())
    values = [scores[name].value for name in ("combined", "SIC", "SOD", "FLOE")]
    by_class = ("-" if f1 != f1 else f"{f1:.0f}" for f1 in class_f1(sums.confusion["SOD"]))
    return [*("-" if value is None else f"{value:.1f}" for value in values), ", ".join(by_class)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
