"""The results of a sweep as files: a page that stands alone, and tidy tables."""

import html
import importlib.metadata
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from seaice.core.files import atomic_write
from seaice.core.text import counted
from seaice.experiment.differences import Differences
from seaice.experiment.drawn import (
    GAIN_TITLE,
    channel_sets,
    enough_texts,
    field_lines,
    gain_lines,
    groups_table,
    matrix_table,
)
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.report_tables import (
    difference_rows,
    score_table,
    verdict_rows,
    verdict_table,
)
from seaice.experiment.results import OF_SCENES, SweepResults
from seaice.experiment.sentences import score_title, stated_text, task_text
from seaice.experiment.sweep_settings import FROZEN_TEXT
from seaice.experiment.tally import TASKS, ReferenceName, TaskName
from seaice.experiment.variants import variant_text
from seaice.figures.differences import difference_figure
from seaice.figures.field_picture import field_picture
from seaice.figures.fields import field_figure, gain_figure
from seaice.figures.offline import OFFLINE
from seaice.network.checkpoint_files import file_sha256

_STYLE = """
body { font: 16px/1.5 sans-serif; color: #16232e; max-width: 1000px; margin: 2em auto;
       padding: 0 1em; }
table { border-collapse: collapse; font-size: 14px; }
th, td { border: 1px solid #c6d0d8; padding: 4px 8px; text-align: left; vertical-align: top; }
code { overflow-wrap: anywhere; }
"""
_SOFTWARE = ("seaice", "numpy", "pandas", "plotly", "scipy")


@dataclass(frozen=True)
class Origin:
    """Where a report comes from.

    Attributes:
        command: The command that wrote it.
        table: The evaluation table.
        sha256: Hash of the table.
        data: What the table was scored on.
        versions: Versions of the software.
        written: When, in UTC.
    """

    command: str
    table: str
    sha256: str
    data: str
    versions: str
    written: str


def write_report(sweep: EvaluatedSweep, out: Path, command: str) -> list[Path]:
    """Write the report of a sweep.

    Args:
        sweep: The sweep.
        out: Folder, which is created. Files of an earlier report are replaced.
        command: The command, for the report's origin.

    Returns:
        The files: `report.html`, a PNG for each task, reference and variant, `scores.csv`,
        `verdicts.csv`, `differences.csv`, `report.json`.

    Raises:
        TableError, ConfigError: The sweep cannot be read, or its networks not be told apart.
        OutputError: The folder is not writable, or the disk is full.
    """
    variants = SweepResults.read(sweep)
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
    written = [_write(out / "report.html", report_html(variants, origin))]
    written += [_write(out / f"{name}.csv", _csv(rows, origin)) for name, rows in tables.items()]
    written += [_picture(*each, out, origin) for each in shown]
    facts = {"origin": vars(origin), "verdicts": tables["verdicts"]}
    return [*written, _write(out / "report.json", _json(facts))]


def report_html(variants: list[SweepResults], origin: Origin) -> str:
    """The report as one HTML file that asks no other host.

    Args:
        variants: The results of each variant of a sweep, `SweepResults.read`.
        origin: Where it comes from.
    """
    results = variants[0]
    body = "\n".join(
        _section(each, task, reference)
        for each in variants
        for reference in each.references
        for task in TASKS
    )
    facts = "".join(
        f"<tr><th>{html.escape(name.capitalize())}</th><td><code>{html.escape(value)}</code></td></tr>"
        for name, value in vars(origin).items()
    )
    kind = "Simulated scenes: what is found here holds for them." if results.simulated else ""
    shared = f"<p>{FROZEN_TEXT}</p>" if results.shares_encoder else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>How far should the network look?</title>
<style>{_STYLE}</style>
<script>{get_plotlyjs()}</script>
</head>
<body>
<h1>How far should the network look?</h1>
<p>{kind}</p>
{shared}
{body}
<h2>Origin</h2>
<table>{facts}</table>
</body>
</html>
"""


def _section(results: SweepResults, task: TaskName, reference: ReferenceName) -> str:
    """Sentence, figure, verdicts and tables of one task."""
    name = task_text(task)
    against = "ice charts" if reference == "chart" else "the simulated truth"
    stated = results.stated(task, reference)
    lines = field_lines(results, task, reference)
    baselines = results.baselines(task, reference)
    gains = gain_lines(results, task, reference)
    title = score_title(task)
    verdicts = verdict_rows(results.verdicts(task, reference)).reset_index()
    parts = [
        f"<h2>{html.escape(name.capitalize())}, against {against}{_of_variant(results)}</h2>",
        f"<p><strong>{html.escape(results.finding(task, reference))}</strong></p>",
        _div(field_figure(lines, baselines, title, dark=False)) if lines else "",
        _div(gain_figure(gains, GAIN_TITLE, dark=False)) if gains else "",
        _list(enough_texts(results, task, reference)),
        f"<p>{html.escape(stated_text(stated, results.simulated))}</p>" if stated else "",
        verdicts.to_html(index=False, border=0),
        "<h3>Differences from the control, by rates and channel set</h3>",
        _div(difference_figure(matrix_table(results, task, reference))),
    ]
    for channel_set in channel_sets(results, reference):
        parts += _group_figures(results, task, reference, channel_set)
    return "\n".join(part for part in parts if part)


def _of_variant(results: SweepResults) -> str:
    """Which networks a section is about; empty if all are alike."""
    return html.escape(f": networks with {text}") if (text := variant_text(results.variant)) else ""


def _variant_column(results: SweepResults) -> dict[str, str]:
    """What tells the networks of a row from others; no column if all are alike."""
    return {"networks": variant_text(results.variant)} if results.variant else {}


def _list(sentences: list[str]) -> str:
    items = "".join(f"<li>{html.escape(each)}</li>" for each in sentences)
    return f"<h3>How far is far enough?</h3>\n<ul>{items}</ul>" if items else ""


def _group_figures(
    results: SweepResults, task: TaskName, reference: ReferenceName, channel_set: str
) -> Iterator[str]:
    of_group = results.differences("region", task, reference, channel_set)
    for name, found in (
        ("region", of_group),
        ("class", results.of_classes(task, reference, channel_set)),
    ):
        if found is not None and found.groups:
            yield f"<h3>{html.escape(channel_set)}: differences by {name}</h3>"
            yield _div(difference_figure(groups_table(found)))


def _differences(
    results: SweepResults, task: TaskName, reference: ReferenceName
) -> Iterator[dict[str, Any]]:
    for channel_set in channel_sets(results, reference):
        of_groups: list[tuple[str, Differences | None]] = [
            (name, results.differences(name, task, reference, channel_set)) for name in OF_SCENES
        ]
        of_groups.append(("class", results.of_classes(task, reference, channel_set)))
        for grouping, found in of_groups:
            if found is not None:
                yield from difference_rows(found, task, reference, grouping)


def _div(figure: go.Figure) -> str:
    figure.update_layout(template="plotly_white")
    config = {**OFFLINE, "responsive": True}
    text: str = figure.to_html(full_html=False, include_plotlyjs=False, config=config)
    return text


def _data_text(variants: list[SweepResults]) -> str:
    """Scenes, networks and baselines of a table, in words."""
    import pandas as pd

    table = pd.concat([results.table for results in variants])
    kinds = table.drop_duplicates(["source", "channel_set"])["kind"].value_counts()
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


def _picture(
    results: SweepResults, task: TaskName, reference: ReferenceName, out: Path, origin: Origin
) -> Path:
    """Write the main figures of a task as a picture, such as `SOD-chart.png`.

    Those of a variant say so: `SOD-chart-width32.png`.
    """
    variant = variant_text(results.variant)
    picture = field_picture(
        field_lines(results, task, reference),
        results.baselines(task, reference),
        matrix_table(results, task, reference),
        ", ".join(filter(None, (score_title(task), variant))),
        f"{origin.command} · table {origin.sha256[:16]} · {origin.versions} · {origin.written}",
    )
    # A name that every file system takes.
    named = variant.replace(", ", "-").replace(" ", "")
    path = out / f"{'-'.join(filter(None, (task, reference, named)))}.png"
    with atomic_write(path) as temporary:
        temporary.write_bytes(picture)
    return path


def _write(path: Path, text: str) -> Path:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
