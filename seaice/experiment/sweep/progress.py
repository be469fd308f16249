"""How a sweep stands, from what its runs say: counts, time left, and the matrix of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from seaice.experiment.reach import rates_text
from seaice.experiment.sweep.folder import CellState, Sweep
from seaice.experiment.sweep.plan import SweepCell
from seaice.network.rates import rates_name
from seaice.training.runs.status import Status

Standing = tuple[SweepCell, CellState, Status | None]
"""A cell and how it stands."""


@dataclass(frozen=True)
class SweepProgress:
    """How a sweep stands.

    Attributes:
        cells: Number of its trainings, trunks included.
        finished: How many are finished.
        share: Share of all steps that are done, 0 to 1.
        seconds_left: Estimated; None if not known.
        running: Names of the cells that are being trained.
        failed: Names of the cells that failed, and why.
    """

    cells: int
    finished: int
    share: float
    seconds_left: float | None
    running: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]

    @property
    def done(self) -> bool:
        """Whether all cells are finished."""
        return self.finished == self.cells


def standings(sweep: Sweep) -> list[Standing]:
    """How each training of a sweep stands, trunks first."""
    return [(cell, *sweep.status_of(cell)) for cell in (*sweep.plan.trunks, *sweep.plan.cells)]


def sweep_progress(stand: Sequence[Standing]) -> SweepProgress:
    """Sum up how a sweep stands."""
    shares = [_share(state, status) for _, state, status in stand]
    return SweepProgress(
        cells=len(stand),
        finished=sum(state == "finished" for _, state, _ in stand),
        share=sum(shares) / max(1, len(shares)),
        seconds_left=_seconds_left(stand),
        running=tuple(cell.name for cell, state, _ in stand if state == "running"),
        failed=tuple(
            (cell.name, status.message if status else "")
            for cell, state, status in stand
            if state == "failed"
        ),
    )


def sweep_matrix(stand: Sequence[Standing], cell_m: float | None = None) -> pd.DataFrame:
    """Finished seeds of each channel set and rates, trunks left out.

    What else the grid varies counts as another seed does.

    Args:
        stand: How each training stands.
        cell_m: Size of the networks' feature cells, metres, `SweepPlan.cell_m`.

    Returns:
        Rates, with their reach if the cell size is given, down, channel sets across, "n of N" in
        the cells; nothing where the grid has no cell.
    """
    counts: dict[str, dict[str, list[int]]] = {}
    for cell, state, _ in stand:
        if not cell.trunk:
            of_rates = counts.setdefault(rates_text(rates_name(cell.rates), cell_m), {})
            count = of_rates.setdefault(cell.channel_set, [0, 0])
            count[0] += state == "finished"
            count[1] += 1
    texts = {
        rates: {channels: f"{n} of {total}" for channels, (n, total) in row.items()}
        for rates, row in counts.items()
    }
    frame = pd.DataFrame.from_dict(texts, orient="index").fillna("")
    return frame.rename_axis("rates")


def cell_words(stand: Sequence[Standing]) -> dict[tuple[str, str], str]:
    """How the cells of each channel set and rates stand that have no score yet, in a word or two.

    Returns:
        Words by channel set and written form of the rates; of several seeds, about the one that
        is nearest to a score.
    """
    words: dict[tuple[str, str], tuple[int, str]] = {}
    for cell, state, status in stand:
        if cell.trunk:
            continue
        share = f" {100 * status.share:.0f} %" if status and state == "running" else ""
        word = _ORDER.index(state), f"{_WORDS[state]}{share}"
        key = cell.channel_set, rates_name(cell.rates)
        words[key] = min(words.get(key, word), word)
    return {key: word for key, (_, word) in words.items()}


_WORDS: dict[CellState, str] = {
    "finished": "to be scored",
    "running": "training",
    "failed": "failed",
    "lost": "lost",
    "stopped": "stopped",
    "waiting": "waiting",
    "not started": "waiting",
}
_ORDER = list(_WORDS)


def _share(state: CellState, status: Status | None) -> float:
    if state == "finished":
        return 1.0
    return status.share if status and state != "lost" else 0.0


def _seconds_left(stand: Sequence[Standing]) -> float | None:
    """From what running cells expect, and how long a finished one took on average."""
    left = [s.seconds_left for _, state, s in stand if s and state == "running"]
    known = [each for each in left if each is not None]
    took = [s.heartbeat - s.begun for _, state, s in stand if s and state == "finished"]
    # Before the first one is finished, a whole one is expected to take what a running one will.
    took = took or [
        s.seconds_left / (1 - s.share)
        for _, state, s in stand
        if s and state == "running" and s.seconds_left is not None and s.share < 1
    ]
    if not took or len(known) < len(left):
        return None
    open_cells = sum(state not in ("finished", "running") for _, state, _ in stand)
    return (sum(known) + open_cells * sum(took) / len(took)) / max(1, len(known))
