"""Controls of a sweep: networks without context of their own, as a line to compare with."""

from seaice.experiment.bootstrap import Bootstrap
from seaice.experiment.tally import Cell
from seaice.network.rates import CONTROLS, parse_rates

_REFERENCES = ("none", "centre")
"""Controls that fields are compared with, the first choice first."""


def is_control(rates: str) -> bool:
    """Whether rates in their written form are a control."""
    return parse_rates(rates) in CONTROLS


def atrous_cells(bootstrap: Bootstrap) -> list[Cell]:
    """The cells that are not controls."""
    return [cell for cell in bootstrap.cells() if not is_control(cell.rates)]


def field_km(bootstrap: Bootstrap, cell: Cell) -> float:
    """Receptive field of a cell's networks, km."""
    return max(source.field_km for source in bootstrap.tally.sources if source.cell == cell)


def control_of(bootstrap: Bootstrap, channel_set: str) -> Cell | None:
    """What a channel set is compared with: its control, or without one its smallest field."""
    cells = bootstrap.cells()
    for rates in _REFERENCES:
        if Cell(channel_set, rates) in cells:
            return Cell(channel_set, rates)
    others = [cell for cell in cells if cell.channel_set == channel_set]
    return min(others, key=lambda cell: field_km(bootstrap, cell), default=None)
