"""Networks that a linear model of the same pixels beats, in words."""

from collections.abc import Sequence

from seaice.experiment.tally import Cell


def below_linear_text(cells: Sequence[Cell]) -> str:
    """Which networks a linear model of the same pixels beats; empty if none.

    >>> below_linear_text([Cell("sar", "none"), Cell("sar", "1-2-3"), Cell("amsr2", "none")])
    'Below the per-pixel linear model of their channels: sar none, 1-2-3; amsr2 none.'
    """
    sets = dict.fromkeys(cell.channel_set for cell in cells)
    words = (
        f"{name} {', '.join(cell.rates for cell in cells if cell.channel_set == name)}"
        for name in sets
    )
    return (
        f"Below the per-pixel linear model of their channels: {'; '.join(words)}." if cells else ""
    )
