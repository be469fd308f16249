"""Two maps of classes against each other: which class of one lies where in the other."""

from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName

Pair = tuple[int, int]
"""A class of the first map, and the class that the second one has there."""


def pair_counts(chart: ChartName, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Count pixels by the classes of two maps.

    Args:
        chart: Which chart they are of.
        first: (lines, samples) uint8 classes; 255 where there is none.
        second: The same of the other map.

    Returns:
        (classes, classes) int64: row the first map's class, column the second's. Pixels without a
        class in one of them are left out.
    """
    n_classes = CHART[chart].n_classes
    known = (first < n_classes) & (second < n_classes)
    pairs = first[known].astype(np.int64) * n_classes + second[known]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def unequal_pairs(
    counts: Iterable[np.ndarray], most: int, look: Callable[[Pair], Hashable] = lambda pair: pair
) -> tuple[Pair, ...]:
    """The pairs of different classes with the most pixels, the largest first.

    Args:
        counts: What `pair_counts` gave, of one or several maps, which are added up.
        most: How many pairs at most.
        look: What pairs are told apart by; of those that share it, the largest is named.

    >>> unequal_pairs([np.array([[9, 1], [3, 9]])], most=4)
    ((1, 0), (0, 1))
    """
    total = sum(counts, np.zeros((1, 1), np.int64))
    order = np.argsort(-total, axis=None, kind="stable")
    places = zip(*np.unravel_index(order, total.shape), strict=True)
    named: dict[Hashable, Pair] = {}
    for i, j in places:
        if i != j and total[i, j]:
            pair = int(i), int(j)
            named.setdefault(look(pair), pair)
    return tuple(named.values())[:most]


def pair_shares(counts: np.ndarray, pairs: Sequence[Pair]) -> list[float]:
    """The share of each pair among all pixels with two classes, percent; 0 without any."""
    pixels = max(int(counts.sum()), 1)
    return [100.0 * float(counts[pair]) / pixels for pair in pairs]
