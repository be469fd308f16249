"""The results of a sweep as files: a page that stands alone, and tidy tables."""

import importlib.metadata
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seaice.core.files import atomic_write
from seaice.core.text import counted
from seaice.experiment.context_beside import curve_files, limit_text, read_curves, shown_first
from seaice.experiment.drawn import channel_sets
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.report_context import Beside, context_rows
from seaice.experiment.report_page import Origin, report_html
from seaice.experiment.report_pictures import write_context_pictures, write_field_picture
from seaice.experiment.report_tables import (
    all_differences,
    difference_rows,
    score_table,
    verdict_table,
)
from seaice.experiment.results import SweepResults
from seaice.experiment.tally import TASKS, ReferenceName, TaskName
from seaice.experiment.variants import variant_text
from seaice.network.checkpoint_files import file_sha256

_SOFTWARE = ("seaice", "numpy", "pandas", "plotly", "scipy")


def write_report(sweep: EvaluatedSweep, out: Path, command: str) -> list[Path]:
    """Write the report of a sweep.

    Args:
        sweep: The sweep.
        out: Folder, which is created. Files of an earlier report are replaced.
        command: The command, for the report's origin.

    Returns:
        The files: `report.html`, a PNG for each task, reference and variant, `scores.csv`,
        `verdicts.csv`, `differences.csv`, `report.json`, and if there are context curves,
        `context.csv` and a PNG for each task.

    Raises:
        TableError, ConfigError: The sweep cannot be read, or its networks not be told apart.
        OutputError: The folder is not writable, or the disk is full.
    """
    variants = SweepResults.read(sweep)
    beside = _beside(sweep)
    origin = Origin(
        command,
        str(sweep.table),
        file_sha256(sweep.table),
        _data_text(variants),
        ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _SOFTWARE),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )
    shown = [
        (results, task, reference)
        for results in variants
        for reference in results.references
        for task in TASKS
    ]
    makers = {"scores": score_table, "verdicts": verdict_table, "differences": _differences}
    tables = {
        name: [{**row, **_variant_column(each[0])} for each in shown for row in make(*each)]
        for name, make in makers.items()
    }
    if beside.curves:
        tables["context"] = context_rows(beside.curves)
    written = [_write(out / "report.html", report_html(variants, beside, origin))]
    written += [_write(out / f"{name}.csv", _csv(rows, origin)) for name, rows in tables.items()]
    written += [write_field_picture(*each, out, origin) for each in shown]
    written += write_context_pictures(beside, out, origin)
    facts = {"origin": vars(origin), "verdicts": tables["verdicts"]}
    return [*written, _write(out / "report.json", _json(facts))]


def _beside(sweep: EvaluatedSweep) -> Beside:
    files = curve_files(sweep)
    curves, problems = read_curves(shown_first(files))
    return Beside(curves, [*problems, *filter(None, [limit_text(files)])])


def _variant_column(results: SweepResults) -> dict[str, str]:
    """What tells the networks of a row from others; no column if all are alike."""
    return {"networks": variant_text(results.variant)} if results.variant else {}


def _differences(
    results: SweepResults, task: TaskName, reference: ReferenceName
) -> Iterator[dict[str, Any]]:
    for channel_set in channel_sets(results, reference):
        for grouping, found in all_differences(results, task, reference, channel_set):
            yield from difference_rows(found, task, reference, grouping, results.cell_m)


def _data_text(variants: list[SweepResults]) -> str:
    """Scenes, networks and baselines of a table, in words."""
    import pandas as pd

    table = pd.concat([results.table for results in variants])
    kinds = table.drop_duplicates(["source", "channel_set", "sha256"])["kind"].value_counts()
    scenes = table.drop_duplicates("scene")
    services = ", ".join(sorted(map(str, scenes["service"].unique())))
    return (
        f"{counted(len(scenes), 'scene')}, {int(scenes['simulated'].sum())} of them simulated, "
        f"of {services}; "
        f"{counted(kinds.get('network', 0), 'network')}, "
        f"{counted(kinds.get('baseline', 0), 'baseline')}"
    )


def _csv(rows: Iterable[dict[str, Any]], origin: Origin) -> str:
    """Rows as CSV, with their origin in comments."""
    import pandas as pd

    comments = "".join(f"# {name}: {value}\n" for name, value in vars(origin).items())
    return comments + pd.DataFrame(list(rows)).to_csv(index=False)


def _json(facts: dict[str, Any]) -> str:
    """JSON without NaN, which is not JSON."""

    def sound(value: object) -> object:
        if isinstance(value, dict):
            return {key: sound(each) for key, each in value.items()}
        if isinstance(value, list):
            return [sound(each) for each in value]
        return None if isinstance(value, float) and value != value else value

    return json.dumps(sound(facts), indent=1)


def _write(path: Path, text: str) -> Path:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
