"""How far is far enough: the field from which a sweep's score is complete."""

import math
from dataclasses import dataclass

import numpy as np

from seaice.experiment.bootstrap import LEVEL, Bootstrap, Estimate
from seaice.experiment.context_radius import reached_km
from seaice.experiment.controls import atrous_cells, control_of, field_km
from seaice.experiment.gains import best_field, gains
from seaice.experiment.tally import Cell


@dataclass(frozen=True)
class Enough:
    """How far the networks of a channel set have to see.

    Attributes:
        channel_set: The channel set.
        best: The cell with atrous branches that gains most over the control.
        gain: Its gain, with an interval that holds for all fields at once.
        km: Theoretical receptive field at which 95 % of the gain is reached, km along one side,
            interpolated over its logarithm, of the seeds that all fields share; NaN if no field
            gains for certain, or if they share no seed.
        low: Lower end of its interval over scenes and seeds; NaN without one.
        high: Upper end; NaN without one.
        single: Whether there is but one field, so that nothing tells how far is enough.
    """

    channel_set: str
    best: Cell
    gain: Estimate
    km: float = math.nan
    low: float = math.nan
    high: float = math.nan
    single: bool = False


def far_enough(bootstrap: Bootstrap, channel_set: str) -> Enough | None:
    """From which field the score of a task is complete; None without a control and a field."""
    control = control_of(bootstrap, channel_set)
    fields = [
        cell
        for cell in atrous_cells(bootstrap)
        if cell.channel_set == channel_set
        and cell != control
        and not math.isnan(bootstrap.mean_score(cell))
    ]
    if control is None or not fields:
        return None
    gained = gains(bootstrap, channel_set)
    # Fields without a seed of the control gain nothing that is known.
    best = best_field(gained) or fields[0]
    enough = Enough(channel_set, best, gained[best], single=len(fields) == 1)
    # Without an interval, this comparison does not hold either.
    if enough.single or not enough.gain.low > 0:
        return enough
    km, low, high = _complete(bootstrap, [control, *fields])
    return Enough(channel_set, best, gained[best], km, low, high)


def _complete(bootstrap: Bootstrap, cells: list[Cell]) -> tuple[float, float, float]:
    """Field at which 95 % of the gain is reached, km, and the ends of its interval over draws."""
    cells = sorted(cells, key=lambda cell: field_km(bootstrap, cell))
    fields_km = np.array([field_km(bootstrap, cell) for cell in cells])
    # Only seeds that all fields share, so that these are compared and not their seeds.
    nothing = dict.fromkeys(cells, 0.0)
    found = [bootstrap.drawn({**nothing, cell: 1.0}) for cell in cells]
    seeds = len(found[0][0])
    if not seeds:
        return math.nan, math.nan, math.nan
    weights = bootstrap.seed_counts(seeds) / seeds
    drawn = np.stack([(weights * scores).sum(axis=1) for _, scores in found], axis=1)
    radii = [_reached(fields_km, scores) for scores in drawn if not np.isnan(scores).any()]
    outside = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(radii, (outside, 100 - outside)) if radii else (math.nan, math.nan)
    points = np.array([scores.mean() for scores, _ in found])
    return _reached(fields_km, points), float(low), float(high)


def _reached(fields_km: np.ndarray, scores: np.ndarray) -> float:
    """The field at which the score is complete; fields beyond the best one do not count."""
    upto = int(np.argmax(scores)) + 1
    return reached_km(fields_km[:upto], scores[:upto].max() - scores[:upto])
