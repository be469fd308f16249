"""Networks that a linear model of the same pixels beats."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seaice.baselines.beside import is_below_linear
from seaice.baselines.files import LINEAR
from seaice.experiment.reach import rates_text
from seaice.experiment.table import pooled_sums
from seaice.experiment.tally import Cell

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd


def networks_below_linear(table: "pd.DataFrame") -> list[str]:
    """File names of the networks that the linear model of their channels beats.

    Args:
        table: Rows of an evaluation table against one reference, of all pixels.

    Returns:
        Those whose scenes the linear model was all scored on, too.
    """
    lines = table[table["source"] == LINEAR]
    below = []
    for (source, channel_set), rows in table[table["kind"] == "network"].groupby(
        ["source", "channel_set"]
    ):
        alike = lines["scene"].isin(rows["scene"]) & (lines["channel_set"] == channel_set)
        line = lines[alike]
        if line["scene"].nunique() < rows["scene"].nunique():
            continue
        if is_below_linear(pooled_sums(rows).scores(), {LINEAR: pooled_sums(line)}):
            below.append(str(source))
    return below


def below_linear_text(cells: Sequence[Cell], cell_m: float | None = None) -> str:
    """Which networks a linear model of the same pixels beats; empty if none.

    >>> below_linear_text([Cell("sar", "none"), Cell("sar", "1-2-3"), Cell("amsr2", "none")])
    'Below the per-pixel linear model of the same channels: sar none, sar 1-2-3, amsr2 none.'

    Args:
        cells: The networks.
        cell_m: Size of their feature cells, metres; None if it is not known.
    """
    names = ", ".join(f"{cell.channel_set} {rates_text(cell.rates, cell_m)}" for cell in cells)
    return f"Below the per-pixel linear model of the same channels: {names}." if names else ""
