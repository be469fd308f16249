"""The matrix of rates and channel sets: what is trained, what it gains, and training the rest."""

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.folders import data_folder, models_folder, runs_folder
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.navigation import link_to
from seaice.dashboard.text import plain
from seaice.experiment.drawn import matrix_table, untrained
from seaice.experiment.tally import Cell
from seaice.figures.differences import difference_figure

_HELP = (
    "Difference in score from the control of the same channel set, with half of its 95 % interval, "
    "and the number of seeds. * marks intervals that do not hold 0. Hatched cells are not trained."
)
_MOST_SEEDS = 5


def matrix_section(scope: Scope) -> None:
    """Draw the matrix, and what trains its empty cells."""
    st.subheader("Rates and channel sets", help=_HELP)
    table = matrix_table(scope.results, scope.task, scope.reference)
    st.plotly_chart(
        difference_figure(table),
        key="context_matrix",
        config={"displayModeBar": False},
        alt="Differences in score from the control, by rates and channel set",
    )
    cells = untrained(table)
    if cells:
        _train(cells)


def _train(cells: list[Cell]) -> None:
    """Draw the ticks of untrained cells and the button."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen: list[Cell] = st.pills(
            "Not trained yet: tick what to train",
            cells,
            selection_mode="multi",
            key="context_cells",
            format_func=lambda cell: f"{cell.channel_set} · {cell.rates}",
        )
        seeds = st.number_input(
            "Seeds", 1, _MOST_SEEDS, key="context_seeds", width=110, help="Networks for each cell."
        )
        count = len(chosen) * int(seeds)
        pressed = st.button(
            f"Train {count} network{'' if count == 1 else 's'}" if count else "Train",
            key="context_train",
            disabled=not count,
            icon=":material/model_training:",
        )
    if pressed:
        _start(chosen, int(seeds))


def _start(cells: list[Cell], seeds: int) -> None:
    """Put a run into the queue for each cell and seed, as far as it has room."""
    from seaice.network.rates import parse_rates
    from seaice.training.config import TrainingConfig
    from seaice.training.start import start

    started = 0
    try:
        for cell in cells:
            for seed in range(seeds):
                config = TrainingConfig(
                    data=str(data_folder()),
                    rates=parse_rates(cell.rates),
                    channel_set=cell.channel_set,
                    seed=seed,
                )
                start(config, runs_folder(), models_folder())
                started += 1
    except SeaIceError as error:
        st.error(plain(str(error)))
    if started:
        st.success(
            f"{started} run{'' if started == 1 else 's'} queued. Score the sweep again when they "
            "are finished."
        )
        link_to("training", "Watch them on Training", ":material/model_training:")
