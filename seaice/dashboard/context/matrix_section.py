"""The matrix of rates and channel sets: what is trained, what it gains, and training the rest."""

import streamlit as st

from seaice.dashboard.components.figure import figure
from seaice.dashboard.context.charts import chart
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.context.train_section import train_section
from seaice.experiment.drawn import matrix_table, untrained
from seaice.experiment.sweep.folder import read_sweep
from seaice.experiment.sweep.progress import cell_words, standings
from seaice.experiment.tally import Cell
from seaice.experiment.variants import fits
from seaice.figures.differences import difference_figure

REFRESH_S = 2
_HELP = (
    "Difference in score from the control of the same channel set, over the seeds of both, with "
    "half of a 95 % interval that holds for all fields of the channel set at once, and the number "
    "of seeds. * marks intervals that do not hold 0; the others have no colour. Hatched cells are "
    "not trained."
)


def matrix_section(scope: Scope) -> None:
    """Draw the matrix, and what trains its empty cells."""
    st.subheader("Rates and channel sets", help=_HELP)
    live = scope.training is not None and scope.training.folder.alive()
    # By itself, so that cells change in it while the rest of the page stays as it is.
    st.fragment(_draw, run_every=REFRESH_S if live else None)(scope)
    train_section(scope, untrained(scope.results, scope.reference, _planned(scope)))


def _draw(scope: Scope) -> None:
    table = matrix_table(scope.results, scope.task, scope.reference, _planned(scope), scope.cell_m)
    figure(
        chart(difference_figure, table, narrow=scope.narrow),
        key="context_matrix",
        config={"displayModeBar": False},
        alt="Differences in score from the control, by rates and channel set",
    )


def _planned(scope: Scope) -> dict[Cell, str]:
    """The cells of a sweep that fills, and how they stand."""
    if scope.training is None:
        return {}
    stand = [
        each
        for each in standings(read_sweep(scope.training.folder))
        if fits(each[0].varied, scope.results.variant)
    ]
    return {Cell(*key): word for key, word in cell_words(stand).items()}
