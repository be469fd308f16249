"""Where context helps, in a sweep's report: figures by group of scenes, tables by part of them."""

import html
from collections.abc import Iterator

import plotly.graph_objects as go

from seaice.experiment.differences import Differences
from seaice.experiment.drawn import channel_sets, groups_table, no_band_text
from seaice.experiment.report_tables import all_differences
from seaice.experiment.results import GROUPING, OF_PIXELS, SweepResults
from seaice.experiment.tally import ReferenceName, TaskName
from seaice.figures.differences import difference_figure
from seaice.figures.offline import CHART

_EXPLAINED = (
    "Differences from the control in points, with half of a 95 % band that holds for all rows of a "
    "column at once. * marks those whose band does not hold 0."
)


def difference_parts(
    results: SweepResults, task: TaskName, reference: ReferenceName
) -> Iterator[str]:
    """Differences of each channel set by group, as HTML.

    Groups of scenes and classes are figures. Parts of the scenes, such as pixels near land, are
    tables in a part of the page that a click opens: as figures they would double the page, and
    nobody could read it.
    """
    tables = []
    for channel_set in channel_sets(results, reference):
        for grouping, found in all_differences(results, task, reference, channel_set):
            if not found.groups:
                continue
            words = GROUPING.get(grouping, grouping)
            title = f"{html.escape(channel_set)}: differences by {html.escape(words.lower())}"
            if grouping in OF_PIXELS:
                tables.append(f"<h4>{title}</h4>\n{_table(found, results.cell_m)}")
            else:
                yield f"<h3>{title}</h3>"
                yield wide_div(difference_figure(groups_table(found, results.cell_m)))
                if caveat := no_band_text(found):
                    yield f"<p>{caveat}</p>"
    if tables:
        yield "<h3>Differences by parts of the scenes</h3>"
        names = ", ".join(GROUPING[name].lower() for name in OF_PIXELS)
        summary = f"<summary>By {html.escape(names)}</summary>"
        yield f"<details>{summary}\n<p>{_EXPLAINED}</p>\n{''.join(tables)}</details>"


def _table(differences: Differences, cell_m: float | None) -> str:
    """A row for each group, a column for each set of rates."""
    shown = groups_table(differences, cell_m)
    head = "".join(f"<th>{html.escape(column)}</th>" for column in shown.columns)
    rows = (
        f"<tr><th>{html.escape(name)}</th>"
        f"{''.join(f'<td>{html.escape(text)}</td>' for text in texts)}</tr>"
        for name, texts in zip(shown.rows, shown.texts, strict=True)
    )
    caveat = f"<p>{text}</p>" if (text := no_band_text(differences)) else ""
    return f"<table><tr><th></th>{head}</tr>\n{''.join(rows)}</table>{caveat}"


def wide_div(figure: go.Figure) -> str:
    """A figure that keeps its width in a narrow window, where it is moved sideways to be read."""
    return f'<div class="wide">{div(figure)}</div>'


def div(figure: go.Figure) -> str:
    """A figure as HTML; the page holds Plotly once."""
    figure.update_layout(template="plotly_white")
    config = {**CHART, "responsive": True}
    text: str = figure.to_html(full_html=False, include_plotlyjs=False, config=config)
    return text
