"""The pictures of a sweep's report: its main figures by task, and the context curves beside it."""

from collections.abc import Iterator
from pathlib import Path

from seaice.core.files import atomic_write
from seaice.experiment.context_beside import measured_groups, of_group
from seaice.experiment.context_settings import group_words
from seaice.experiment.drawn import field_lines, matrix_table
from seaice.experiment.report_context import Beside
from seaice.experiment.report_page import Origin
from seaice.experiment.results import SweepResults
from seaice.experiment.sentences import score_title
from seaice.experiment.tally import TASKS, ReferenceName, TaskName
from seaice.experiment.variants import variant_text
from seaice.figures.context_picture import ContextPanel, context_picture
from seaice.figures.field_picture import field_picture


def write_field_picture(
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
        _note(origin),
    )
    # A name that every file system takes.
    named = variant.replace(", ", "-").replace(" ", "")
    return _write(out / f"{'-'.join(filter(None, (task, reference, named)))}.png", picture)


def write_context_pictures(beside: Beside, out: Path, origin: Origin) -> Iterator[Path]:
    """Write the context curves of each task as a picture, such as `SOD-context.png`.

    No picture if there are no curves.
    """
    groups = measured_groups(beside.curves)
    for task in TASKS if groups else ():
        panels = [_panel(beside, group, task) for group in groups]
        picture = context_picture(panels, score_title(task), _note(origin))
        yield _write(out / f"{task}-context.png", picture)


def _panel(beside: Beside, group: str, task: TaskName) -> ContextPanel:
    numbers = {id(curve): number for number, curve in enumerate(beside.curves)}
    curves = zip(of_group(beside.curves, group), beside.drawn[group, task], strict=True)
    return ContextPanel(
        f"{group_words(group).capitalize()} farther away is foreign",
        {numbers[id(curve)]: drawn for curve, drawn in curves},
    )


def _note(origin: Origin) -> str:
    return f"{origin.command} · table {origin.sha256[:16]} · {origin.versions} · {origin.written}"


def _write(path: Path, picture: bytes) -> Path:
    with atomic_write(path) as temporary:
        temporary.write_bytes(picture)
    return path
