"""The report of a sweep as one page of HTML that stands alone."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from plotly.offline import get_plotlyjs

from seaice.experiment.drawn import (
    GAIN_TITLE,
    enough_texts,
    field_lines,
    gain_lines,
    matrix_table,
)
from seaice.experiment.report_context import Beside, context_parts
from seaice.experiment.report_differences import difference_parts, div, wide_div
from seaice.experiment.report_verdicts import verdict_parts
from seaice.experiment.results import SweepResults
from seaice.experiment.sentences import score_title, task_text
from seaice.experiment.sweep_settings import FROZEN_TEXT
from seaice.experiment.tally import TASKS, ReferenceName, TaskName
from seaice.experiment.variants import variant_text
from seaice.figures.differences import difference_figure
from seaice.figures.fields import field_figure, gain_figure

_STYLE = """
body { font: 16px/1.5 sans-serif; color: #16232e; max-width: 1000px; margin: 2em auto;
       padding: 0 1em; }
table { border-collapse: collapse; font-size: 14px; }
th, td { border: 1px solid #c6d0d8; padding: 4px 8px; text-align: left; vertical-align: top; }
div.js-plotly-plot { margin: 1em 0; }
div.wide { overflow-x: auto; }
div.wide > div { min-width: 760px; }
code { overflow-wrap: anywhere; }
"""


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


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        title: Its heading, as text.
        body: Its HTML.
    """

    title: str
    body: str


def report_html(variants: list[SweepResults], beside: Beside, origin: Origin) -> str:
    """The report as one HTML file that asks no other host.

    Args:
        variants: The results of each variant of a sweep, `SweepResults.read`.
        beside: Its context curves.
        origin: Where it comes from.
    """
    results = variants[0]
    sections = [
        _section(each, task, reference)
        for each in variants
        for reference in each.references
        for task in TASKS
    ]
    if beside.curves or beside.notes:
        sections.append(Section("Context measured directly", "\n".join(context_parts(beside))))
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
{_with_contents([*sections, Section("Origin", f"<table>{facts}</table>")])}
</body>
</html>
"""


def _with_contents(sections: Sequence[Section]) -> str:
    """The sections, and a list above them that leads to each."""
    entries = "".join(
        f'<li><a href="#section-{number}">{html.escape(section.title)}</a></li>'
        for number, section in enumerate(sections)
    )
    bodies = (
        f'<h2 id="section-{number}">{html.escape(section.title)}</h2>\n{section.body}'
        for number, section in enumerate(sections)
    )
    return "\n".join((f"<nav><ul>{entries}</ul></nav>", *bodies))


def _section(results: SweepResults, task: TaskName, reference: ReferenceName) -> Section:
    """Sentence, figure, verdicts and tables of one task."""
    name = task_text(task)
    against = "ice charts" if reference == "chart" else "the simulated truth"
    lines = field_lines(results, task, reference)
    baselines = results.baselines(task, reference)
    gains = gain_lines(results, task, reference)
    title = score_title(task)
    parts = [
        f"<p><strong>{html.escape(results.finding(task, reference))}</strong></p>",
        div(field_figure(lines, baselines, title, dark=False)) if lines else "",
        div(gain_figure(gains, GAIN_TITLE, dark=False)) if gains else "",
        _list(enough_texts(results, task, reference)),
        *verdict_parts(results, task, reference),
        "<h3>Differences from the control, by rates and channel set</h3>",
        wide_div(difference_figure(matrix_table(results, task, reference))),
        *difference_parts(results, task, reference),
    ]
    title = f"{name.capitalize()}, against {against}{_of_variant(results)}"
    return Section(title, "\n".join(part for part in parts if part))


def _of_variant(results: SweepResults) -> str:
    """Which networks a section is about; empty if all are alike."""
    return f": networks with {text}" if (text := variant_text(results.variant)) else ""


def _list(sentences: list[str]) -> str:
    items = "".join(f"<li>{html.escape(each)}</li>" for each in sentences)
    return f"<h3>How far is far enough?</h3>\n<ul>{items}</ul>" if items else ""
