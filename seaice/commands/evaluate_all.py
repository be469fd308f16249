"""The command `seaice evaluate-all`: scores of all checkpoints of a folder, as one table."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import AsJson, Data, Models, Runs
from seaice.commands.output import print_message, print_predictions, print_result
from seaice.commands.score_text import scores_table
from seaice.commands.yardsticks import not_found
from seaice.core.errors import ConfigError, NoScenesError, TableError
from seaice.core.files import files_in
from seaice.core.text import counted, shown

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    import pandas as pd

    from seaice.results.scoring import ScoreSums

_WHICH = ("quick", "all", "none")
_SUFFIX = ".parquet"


def evaluate_all(
    checkpoints: Annotated[
        Path,
        typer.Argument(metavar="CHECKPOINTS", help="Folder with checkpoints, or name of a sweep."),
    ],
    data: Data = Path("data"),
    list_file: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Scenes to score: JSON, text or table."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table", metavar="FILE", help="[default: scores.parquet in that folder or sweep]"
        ),
    ] = None,
    beside: Annotated[
        str,
        typer.Option(
            "--baselines",
            metavar="WHICH",
            help="Baselines to score too: quick (water, linear models), all (trees and the truth, "
            "up to a minute a scene) or none.",
        ),
    ] = "quick",
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, help="Processes; each takes a scene.")
    ] = 1,
    models: Models = Path("models"),
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Score all checkpoints of a folder, by strata.

    What the table holds already is not predicted again.
    """
    from seaice.core.memory import named_budget

    named_budget()
    if beside not in _WHICH:
        raise ConfigError(f"--baselines is quick, all or none, not {beside[:40]!r}.")
    if table is not None and table.suffix != _SUFFIX:
        raise ConfigError(
            f"--table is a Parquet file, so its name ends in {_SUFFIX}, unlike "
            f"{shown(table.name)}. `seaice report` writes the scores of a sweep as CSV."
        )
    home, paths, models = _checkpoints(checkpoints, models, runs)
    from seaice.experiment.table import TABLE_NAME, known_predictions, read_table

    path = table or home / TABLE_NAME
    # A table that cannot be read is reported at once: importing torch takes seconds.
    known_predictions(path)
    problems = _evaluate(paths, models, data, list_file, path, beside, jobs)
    for problem in problems:
        print_message(f"left out: {problem}")
    frame = read_table(path, stratum="all", reference="chart") if os.path.exists(path) else None
    if frame is None or frame.empty:
        raise NoScenesError(f"None of the scenes in {data} could be scored.")
    _say_alike(path, frame)
    facts, text = _summary(path, frame)
    print_result({**facts, "left_out": problems}, as_json, text)


def _say_alike(path: Path, frame: "pd.DataFrame") -> None:
    """Say of which networks or baselines the pages and reports cannot show both."""
    from seaice.experiment.variants import of_variant, require_distinct, variants_of

    try:
        for variant in variants_of(frame):
            require_distinct(of_variant(frame, variant), path)
    except TableError as error:
        print_message(str(error))


def _summary(path: Path, frame: "pd.DataFrame") -> tuple[dict[str, Any], str]:
    """Pooled scores of what a table holds, as JSON values and as text."""
    from seaice.baselines.files import BELOW_LINEAR
    from seaice.experiment.below_linear import networks_below_linear
    from seaice.experiment.table import pooled_sums

    pooled: dict[str, ScoreSums] = {}
    rates: dict[str, dict[str, Any]] = {}
    marks: dict[str, str] = {}
    below = networks_below_linear(frame)
    for (source, channel_set), rows in frame.groupby(["source", "channel_set"], sort=True):
        name = f"{source} ({channel_set})" if rows["kind"].iloc[0] == "baseline" else f"{source}"
        hashes = rows["sha256"].unique()
        for sha256 in hashes:
            # What was trained or fitted anew under the same name is another one.
            own = name if len(hashes) == 1 else f"{name} [{sha256[:8]}]"
            own, of_one = own.removesuffix(" ()"), rows[rows["sha256"] == sha256]
            pooled[own] = pooled_sums(of_one)
            if rows["kind"].iloc[0] == "network":
                rates[own], label = _rates(of_one)
                marks[own] = f"{label}  {BELOW_LINEAR}" if own in below else label
    facts: dict[str, Any] = {
        "table": str(path),
        "scenes": int(frame["scene"].nunique()),
        "pooled": {name: sums.scores().to_dict() for name, sums in pooled.items()},
        "below_linear": below,
        "rates": rates,
    }
    title = f"{path}: pooled over {counted(facts['scenes'], 'scene')}"
    text = [title, scores_table(pooled, marks)]
    return facts, "\n".join(text)


def _rates(rows: "pd.DataFrame") -> tuple[dict[str, Any], str]:
    """Rates of a network and their reach, where its rows record it, as JSON values and as text."""
    from seaice.experiment.reach import rates_text, recorded_cell_m
    from seaice.network.rates import parse_rates
    from seaice.network.reach import reach_facts

    written, cell_m = str(rows["rates"].iloc[0]), recorded_cell_m(rows)
    rates = parse_rates(written)
    reach = {} if cell_m is None else reach_facts(rates, cell_m)
    return {"rates": list(rates), **reach}, rates_text(written, cell_m)


def _checkpoints(given: Path, models: Path, runs: Path) -> tuple[Path, list[Path], Path]:
    """Folder of the table, checkpoints to score, and the folder with their baselines."""
    from seaice.network.checkpoint_files import SUFFIX

    paths = files_in(given, f"*{SUFFIX}") if os.path.isdir(given) else []
    if paths:
        return given, paths, given
    from seaice.experiment.evaluated import SWEEPS
    from seaice.experiment.sweep.folder import SweepFolder, read_sweep

    # A folder without checkpoints does not hide the sweep of its name.
    folder = SweepFolder(runs / SWEEPS / given.name)
    is_sweep = str(given) == given.name or given.resolve() == folder.path.resolve()
    if not is_sweep or not os.path.exists(folder.file):
        if os.path.isdir(given):
            raise ConfigError(f"There are no checkpoints in {given}.")
        raise ConfigError(
            f"{given} is neither a folder with checkpoints nor a sweep in {runs / SWEEPS}."
        )
    paths = read_sweep(folder).checkpoints()
    if not paths:
        raise ConfigError(f"No cell of the sweep {given.name} is finished yet.")
    return folder.path, paths, models


def _evaluate(
    paths: list[Path],
    models: Path,
    data: Path,
    list_file: Path | None,
    table: Path,
    beside: str,
    jobs: int,
) -> list[str]:
    """Fill the table; a sentence for each file that is left out."""
    from seaice.scenes.catalogue import read_catalogue
    from seaice.scenes.catalogue.splits import Selected, select

    catalogue = read_catalogue(data)
    selected = select(catalogue.scenes, list_file) if list_file else Selected(catalogue.scenes)
    if notice := selected.notice if list_file else catalogue.parts_notice:
        print_message(notice)
    from seaice.experiment.evaluate import evaluate_predictors
    from seaice.experiment.predictors import baseline_predictors, network_predictors
    from seaice.experiment.sweep.scoring import NOTICE

    networks, problems = network_predictors(paths)
    which: Any = beside
    channel_sets = {each.channel_set for each in networks}
    baselines, unusable = baseline_predictors(models, channel_sets, which)
    found = {
        channel_set: [each.source for each in baselines if each.channel_set == channel_set]
        for channel_set in sorted(channel_sets)
    }
    if beside != "none" and (missing := not_found(found, beside, [models])):
        print_message(missing)
    left_out = [*catalogue.left_out, *problems, *unusable]
    predictors = [*networks, *baselines]
    return left_out + evaluate_predictors(
        predictors,
        selected.scenes,
        table,
        jobs=jobs,
        on_progress=print_predictions,
        on_notice=lambda notice: print_message(f"{NOTICE}{notice}"),
    )
