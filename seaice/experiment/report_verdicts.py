"""The verdicts of a sweep in its report: the sentences of the page Context, as HTML."""

import html
from collections.abc import Iterator

from seaice.experiment.report_tables import verdict_rows
from seaice.experiment.results import SweepResults
from seaice.experiment.sentences import one_seed_text, verdict_text
from seaice.experiment.stated import stated_text
from seaice.experiment.tally import ReferenceName, TaskName


def verdict_parts(results: SweepResults, task: TaskName, reference: ReferenceName) -> Iterator[str]:
    """The contrast and the statements of a task with their verdicts, then both as a table."""
    simulated = results.simulated
    stated = results.stated(task, reference)
    verdicts = results.verdicts(task, reference)
    yield "<h3>What the study found, and what this sweep says</h3>"
    if stated:
        yield f"<p>{html.escape(stated_text(stated, simulated))}</p>"
    if caveat := one_seed_text(each.estimate for each in (stated, *verdicts) if each):
        yield f"<p>{html.escape(caveat)}</p>"
    items = (
        f"<li><strong>{html.escape(each.statement.text)}</strong>: "
        f"{html.escape(verdict_text(each, simulated))}</li>"
        for each in verdicts
    )
    yield f"<ul>{''.join(items)}</ul>"
    table = verdict_rows(verdicts, simulated).reset_index().to_html(index=False, border=0)
    yield f"<details><summary>Verdicts as a table</summary>{table}</details>"
