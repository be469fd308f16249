"""Pairs of classes, on maps that can be counted by eye."""

import numpy as np
import pytest

from seaice.results.pairs import pair_counts, pair_shares, unequal_pairs

CHART = np.array([[0, 0, 2, 2], [5, 5, 5, 255]], np.uint8)
OTHER = np.array([[0, 2, 2, 5], [2, 2, 255, 4]], np.uint8)


def test_pairs_are_counted_where_both_maps_have_a_class():
    counts = pair_counts("SOD", CHART, OTHER)
    assert counts.sum() == 6
    assert {(i, j): int(counts[i, j]) for i, j in np.argwhere(counts)} == {
        (0, 0): 1,
        (0, 2): 1,
        (2, 2): 1,
        (2, 5): 1,
        (5, 2): 2,
    }


def test_the_largest_pairs_of_several_maps_come_first():
    counts = pair_counts("SOD", CHART, OTHER)
    assert unequal_pairs([counts], 2) == ((5, 2), (0, 2))
    reverse = pair_counts("SOD", OTHER, CHART)
    assert unequal_pairs([counts, reverse, reverse], 1) == ((2, 5),)
    assert unequal_pairs([], 3) == ()
    # Of pairs that look alike, here those with one second class, the largest.
    assert unequal_pairs([counts], 2, lambda pair: pair[1])[0] == (5, 2)
    assert (0, 2) not in unequal_pairs([counts], 9, lambda pair: pair[1])


def test_shares_are_of_all_pixels_with_two_classes():
    counts = pair_counts("SOD", CHART, OTHER)
    assert pair_shares(counts, [(5, 2), (2, 2)]) == pytest.approx([100 / 3, 100 / 6])
    assert pair_shares(np.zeros((6, 6), int), [(5, 2)]) == [0]
