"""Histograms of brightness temperatures over charted water and charted ice."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import AMSR2, CHANNEL
from seaice.simulate.calibration.checks import Table, fixed
from seaice.simulate.calibration.compared import ICE, WATER, ComparedScene
from seaice.simulate.calibration.sums import Mergeable, ratio

EDGES_K = np.arange(50.0, 331.0)
BIN_K = 10
"""Width of the bins that are printed."""

PRINTED = tuple(
    name for name in AMSR2 if name.startswith(("btemp_6_9", "btemp_18_7", "btemp_36_5", "btemp_89"))
)
"""Channels whose histograms are printed, from the widest footprint to the narrowest."""

NOTABLE_K = 5.0
"""Differences of medians from here on get a sentence."""

_SURFACES = (WATER, ICE)


@dataclass(frozen=True)
class Histograms(Mergeable):
    """Counts of pixels.

    Attributes:
        counts: float64 (2, 14, bins): water and ice, channels in the order of `AMSR2`, 1 K each;
            what lies beyond the bins counts in the last one of its side.
    """

    counts: np.ndarray

    @classmethod
    def of(cls, scene: ComparedScene) -> "Histograms":
        """Count one scene."""
        bins = len(EDGES_K) - 1
        counts = np.zeros((len(_SURFACES), len(AMSR2), bins))
        for s, where in enumerate(scene.surfaces().values()):
            for c, name in enumerate(AMSR2):
                if name in scene.tb_k:
                    index = np.clip((scene.tb_k[name][where] - EDGES_K[0]).astype(int), 0, bins - 1)
                    counts[s, c] = np.bincount(index, minlength=bins)
        return cls(counts)

    def quantiles(self, surface: int, channel: int, shares: tuple[float, ...]) -> np.ndarray:
        """Quantiles in K, float64, not a number where nothing was counted."""
        counts = self.counts[surface, channel]
        if not counts.sum():
            return np.full(len(shares), np.nan)
        below = np.concatenate([[0.0], counts.cumsum()]) / counts.sum()
        quantiles: np.ndarray = np.interp(shares, below, EDGES_K)
        return quantiles

    def printed(self, surface: int) -> np.ndarray:
        """Shares of the pixels in bins of 10 K, float64 (channels of `PRINTED`, 28).

        Not a number where nothing was counted.
        """
        channels = [AMSR2.index(name) for name in PRINTED]
        counts = self.counts[surface, channels].reshape(len(PRINTED), -1, BIN_K).sum(2)
        return ratio(counts, np.broadcast_to(counts.sum(1, keepdims=True), counts.shape))


def _middle(histograms: Histograms, surface: int, channel: int) -> tuple[float, float]:
    """Median, and width of the middle half."""
    low, median, high = histograms.quantiles(surface, channel, (0.25, 0.5, 0.75))
    return float(median), float(high - low)


def compare(real: Histograms, simulated: Histograms) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    """Sentences and tables on how real and simulated brightness temperatures differ."""
    sentences, tables = [], []
    for s, surface in enumerate(_SURFACES):
        rows, said, seen = [], [], 0
        for c, name in enumerate(AMSR2):
            label, (r, s_) = CHANNEL[name].label, (_middle(h, s, c) for h in (real, simulated))
            rows.append((label, *(fixed(value, 0) for value in (r[0], s_[0], r[1], s_[1]))))
            seen += not np.isnan(r[0] - s_[0])
            if abs(r[0] - s_[0]) >= NOTABLE_K:
                said.append(_sentence(surface, label, r, s_))
        sentences += said
        if seen > len(said):
            rest = "all" if not said else "the other"
            sentences.append(
                f"Over {surface}, the medians of {rest} {seen - len(said)} channels differ by "
                f"less than {NOTABLE_K:.0f} K."
            )
        if not seen:
            sentences.append(f"Over {surface} there is nothing to compare.")
        columns = ("channel", "median, real", "simulated", "middle half, real", "simulated")
        tables.append(Table(f"Brightness temperatures over {surface}, K", columns, tuple(rows)))
        tables += _bins(surface, real.printed(s), simulated.printed(s))
    return tuple(sentences), tuple(tables)


def _bins(surface: str, real: np.ndarray, simulated: np.ndarray) -> list[Table]:
    """A table of the channels that both have, from the first bin to the last that holds any."""
    filled = np.flatnonzero(np.nan_to_num(real + simulated).any(0))
    if not filled.size:
        return []
    shown = slice(filled[0], filled[-1] + 1)
    rows = [
        (CHANNEL[name].label, whose, *map(_share, shares[shown]))
        for name, pair in zip(PRINTED, zip(real, simulated, strict=True), strict=True)
        for whose, shares in zip(("real", "simulated"), pair, strict=True)
        if not np.isnan(pair).any()
    ]
    columns = ("channel", "", *(f"{edge:.0f}" for edge in EDGES_K[:-1:BIN_K][shown]))
    caption = (
        f"Histograms of brightness temperatures over {surface}, % of the pixels in bins of "
        f"{BIN_K} K from the temperature (K) at the head of each column"
    )
    return [Table(caption, columns, tuple(rows))]


def _share(share: float) -> str:
    """A share in whole percent; nothing where there is nothing."""
    if share == 0:
        return ""
    return "<1" if share < 0.005 else f"{100 * share:.0f}"


def _sentence(
    surface: str, label: str, real: tuple[float, float], simulated: tuple[float, float]
) -> str:
    word = "higher" if real[0] > simulated[0] else "lower"
    return (
        f"Over {surface}, real brightness temperatures at {label} are "
        f"{abs(real[0] - simulated[0]):.0f} K {word} (median) and their middle half is "
        f"{real[1]:.0f} K wide against {simulated[1]:.0f} K."
    )
