"""How far atrous rates reach, in km. Needs no torch.

A rate counts feature cells, whose size differs between networks: the same rates reach further with
a larger output stride or pixel spacing.
"""

from seaice.network.rates import Rates, rates_name

ENCODER_ALONE = "encoder alone"
"""What stands in place of a reach where no branch looks beyond its own cell."""


def reach_km(rates: Rates, cell_m: float) -> tuple[float, float]:
    """Distance from the centre of a branch to its outer taps, to each side.

    >>> reach_km((6, 12, 18), 1600.0)
    (9.6, 28.8)

    Args:
        rates: Atrous rates.
        cell_m: Size of a feature cell, metres: output stride times pixel spacing.

    Returns:
        That of the smallest and that of the largest rate, km. Both are 0 if no branch looks
        beyond its own cell.
    """
    return min(rates, default=0) * cell_m / 1000, max(rates, default=0) * cell_m / 1000


def reach_text(rates: Rates, cell_m: float) -> str:
    """The reach in words.

    >>> reach_text((6, 12, 18), 1600.0), reach_text((1, 2, 3), 1600.0), reach_text((), 1600.0)
    ('10-29 km', '1.6-4.8 km', 'encoder alone')
    """
    smallest, largest = reach_km(rates, cell_m)
    if not largest:
        return ENCODER_ALONE
    # Two digits where whole kilometres would be too coarse.
    fine = smallest < 2
    texts = [f"{km:.2g}" if fine and km < 10 else f"{km:.0f}" for km in (smallest, largest)]
    return f"{'-'.join(dict.fromkeys(texts))} km"


def km_text(km: float) -> str:
    """A distance in two digits, or in whole kilometres.

    >>> km_text(1.6), km_text(19.2), km_text(115.2)
    ('1.6 km', '19 km', '115 km')
    """
    return f"{km:.2g} km" if km < 10 else f"{km:.0f} km"


def rates_label(rates: Rates, cell_m: float) -> str:
    """Rates as a person reads them, with their reach.

    >>> rates_label((6, 12, 18), 1600.0)
    '6-12-18 · 10-29 km'
    """
    return f"{rates_name(rates)} · {reach_text(rates, cell_m)}"


def reach_facts(rates: Rates, cell_m: float) -> dict[str, float]:
    """The reach for programs: `reach_min_km` and `reach_max_km`."""
    smallest, largest = reach_km(rates, cell_m)
    return {"reach_min_km": round(smallest, 6), "reach_max_km": round(largest, 6)}
