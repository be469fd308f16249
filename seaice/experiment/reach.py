"""How far the networks of a sweep reach: beside their rates, for people and for programs.

The networks of a variant of a sweep have feature cells of one size, so rates tell the reach.
"""

import math
from typing import TYPE_CHECKING

from seaice.network.rates import parse_rates
from seaice.network.reach import rates_label, reach_facts

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd


def recorded_cell_m(table: "pd.DataFrame") -> float | None:
    """Size of a feature cell of the networks of a table.

    Args:
        table: Rows of an evaluation table, of one variant.

    Returns:
        Metres; None without networks, or where the table does not record it.
    """
    networks = table[table["kind"] == "network"]
    sizes = networks["output_stride"].astype("Float64") * networks["spacing_m"].astype("Float64")
    found: set[float] = set(sizes.to_numpy(float, na_value=math.nan).tolist())
    # Each NaN counts as another one.
    only = found.pop() if len(found) == 1 else math.nan
    return None if math.isnan(only) else only


def rates_text(rates: str, cell_m: float | None) -> str:
    """Rates in their written form as a person reads them, with their reach where it is known.

    >>> rates_text("6-12-18", 1600.0), rates_text("6-12-18", None)
    ('6-12-18 · 10-29 km', '6-12-18')

    Args:
        rates: The rates.
        cell_m: Size of a feature cell, metres; None if it is not known.
    """
    return rates if cell_m is None else rates_label(parse_rates(rates), cell_m)


def reach_columns(rates: str, cell_m: float | None) -> dict[str, float]:
    """The reach as columns of a table: `reach_facts`, NaN where it is not known."""
    facts = reach_facts(parse_rates(rates), cell_m or 0.0)
    return facts if cell_m else dict.fromkeys(facts, math.nan)
