"""What each field of a channel set gains over its control, and which gains most."""

import math
from collections.abc import Mapping

from seaice.experiment.bootstrap import Bootstrap, Estimate
from seaice.experiment.contrasts import difference
from seaice.experiment.controls import control_of, is_control
from seaice.experiment.simultaneous import bands
from seaice.experiment.tally import Cell


def gains(bootstrap: Bootstrap, channel_set: str) -> dict[Cell, Estimate]:
    """The score of each cell of a channel set less that of the control, over the seeds of both.

    The intervals hold for all fields at once, so that the best one may be chosen. That of the
    control with centre taps alone is of the same kind.

    Returns:
        An estimate for each cell but the control; none without a control.
    """
    control = control_of(bootstrap, channel_set)
    if control is None:
        return {}
    cells = [
        cell for cell in bootstrap.cells() if cell.channel_set == channel_set and cell != control
    ]
    fields = [cell for cell in cells if not is_control(cell.rates)]
    others = [cell for cell in cells if cell not in fields]
    gain = {cell: (bootstrap, difference([cell], [control])) for cell in cells}
    estimates = bands([gain[cell] for cell in fields], [gain[cell] for cell in others])
    found = dict(zip((*fields, *others), estimates, strict=True))
    return {cell: found[cell] for cell in cells}


def all_gains(bootstrap: Bootstrap) -> dict[Cell, Estimate]:
    """The gains of all channel sets, in the order of the cells."""
    sets = dict.fromkeys(cell.channel_set for cell in bootstrap.cells())
    found = {cell: gain for name in sets for cell, gain in gains(bootstrap, name).items()}
    return {cell: found[cell] for cell in bootstrap.cells() if cell in found}


def best_field(gained: Mapping[Cell, Estimate]) -> Cell | None:
    """The field that gains most, controls aside; None if no gain is defined."""
    effects = {
        cell: gain.effect
        for cell, gain in gained.items()
        if not is_control(cell.rates) and not math.isnan(gain.effect)
    }
    return max(effects, key=lambda cell: effects[cell], default=None)
