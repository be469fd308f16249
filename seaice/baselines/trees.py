"""Gradient-boosted trees as plain arrays, and their outputs for millions of pixels.

The trees of a chart are stored one after the other, the nodes of each in preorder: the left child
of a test is the node after it. A pixel goes left where its input is at most the threshold.

They are computed as in QuickScorer (Lucchese et al. 2015, SIGIR): each test that fails rules out
the leaves of its left subtree, and of those that are left the first one is the pixel's. A table by
bin of an input holds what all tests of that input rule out: a tree costs one look-up an input.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName

MAX_LEAVES = 32
"""Of one tree: a bit of a 32-bit number each."""
_MAX_THRESHOLDS = 255
# Pixels at a time: bins and masks stay in the processor's cache.
_BLOCK = 32_768
_FIELDS = ("feature", "number", "right", "roots", "output", "start")


@dataclass(frozen=True, eq=False)
class Trees:
    """The boosted trees of one chart.

    Attributes:
        feature: (nodes,) uint8: which input a test compares.
        number: (nodes,) float32: threshold of a test, or value of a leaf.
        right: (nodes,) uint8: steps from a test to its right child; 0 for a leaf.
        roots: (trees,) int32: first node of each tree.
        output: (trees,) uint8: the output that the tree adds to.
        start: (outputs,) float32: what the trees add to.
    """

    feature: np.ndarray
    number: np.ndarray
    right: np.ndarray
    roots: np.ndarray
    output: np.ndarray
    start: np.ndarray

    def check(self, n_inputs: int, n_outputs: int) -> None:
        """Check that the arrays are trees.

        Raises:
            ValueError: They are not.
        """
        ends = np.append(self.roots[1:], len(self.feature))
        tests = np.flatnonzero(self.right)
        tree = np.searchsorted(self.roots, tests, side="right") - 1
        leaves = np.add.reduceat(self.right == 0, self.roots)
        sound = (
            len(self.feature) == len(self.number) == len(self.right)
            and len(self.roots) == len(self.output)
            and self.start.shape == (n_outputs,)
            and self.roots[0] == 0
            and (np.diff(ends) > 0).all()
            and (self.right[tests] > 1).all()
            and (tests + self.right[tests] < ends[tree]).all()
            and leaves.max() <= MAX_LEAVES
            and (self.feature[tests] < n_inputs).all()
            and self.output.max() < n_outputs
            and np.isfinite(self.number).all()
            and np.isfinite(self.start).all()
            and all(len(each) <= _MAX_THRESHOLDS for each in self._thresholds.values())
        )
        if not sound:
            raise ValueError("the nodes are not trees")

    @cached_property
    def _thresholds(self) -> dict[int, np.ndarray]:
        """By input: its thresholds in all trees, rising."""
        tests = self.right > 0
        return {
            int(each): np.unique(self.number[tests & (self.feature == each)])
            for each in np.unique(self.feature[tests])
        }

    @cached_property
    def _tables(self) -> list[tuple[list[tuple[int, np.ndarray]], np.ndarray]]:
        """By tree: for each input, which leaves are left by bin; and the values of the leaves."""
        ends = np.append(self.roots[1:], len(self.feature))
        return [self._table(*span) for span in zip(self.roots, ends, strict=True)]

    def _table(self, root: int, end: int) -> tuple[list[tuple[int, np.ndarray]], np.ndarray]:
        right, feature = self.right[root:end], self.feature[root:end]
        number = self.number[root:end]
        # Leaves before each node: in preorder, they are numbered from left to right.
        before = np.concatenate([[0], np.cumsum(right == 0)])
        tables: dict[int, np.ndarray] = {}
        for node in np.flatnonzero(right):
            thresholds = self._thresholds[int(feature[node])]
            table = tables.setdefault(
                int(feature[node]), np.full(len(thresholds) + 1, 0xFFFFFFFF, np.uint32)
            )
            first, last = int(before[node + 1]), int(before[node + right[node]])
            ruled_out = (1 << last) - (1 << first)
            failing = int(np.searchsorted(thresholds, number[node])) + 1
            table[failing:] &= np.uint32(0xFFFFFFFF ^ ruled_out)
        return list(tables.items()), number[right == 0]

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """Sum the trees.

        Args:
            inputs: (inputs, pixels) float32, finite.

        Returns:
            (outputs, pixels) float32.
        """
        total = np.repeat(self.start[:, None].astype(np.float64), inputs.shape[1], axis=1)
        for block in _blocks(inputs.shape[1]):
            bins = {
                each: np.searchsorted(known, inputs[each, block]).astype(np.intp)
                for each, known in self._thresholds.items()
            }
            for (tables, values), output in zip(self._tables, self.output, strict=True):
                total[output, block] += (
                    values.take(_first_leaf(tables, bins)) if tables else values[0]
                )
        return total.astype(np.float32)


def _first_leaf(tables: list[tuple[int, np.ndarray]], bins: dict[int, np.ndarray]) -> np.ndarray:
    """The first leaf that no test rules out, (pixels,) uint8."""
    (first, table), *others = tables
    # `take` is faster than an index.
    left = table.take(bins[first])
    for each, table in others:
        left &= table.take(bins[each])
    # Bits below the lowest one that is set.
    leaf: np.ndarray = np.bitwise_count((left & (~left + np.uint32(1))) - np.uint32(1))
    return leaf


def _blocks(pixels: int) -> Iterator[slice]:
    for begin in range(0, pixels, _BLOCK):
        yield slice(begin, begin + _BLOCK)


@dataclass(frozen=True, eq=False)
class TreeModel:
    """Boosted trees of all charts."""

    trees: Mapping[ChartName, Trees]

    def outputs(self, inputs: np.ndarray) -> dict[ChartName, np.ndarray]:
        """Compute what a network's heads would give; see `LinearModel.outputs`."""
        return {name: self.trees[name].outputs(inputs) for name in CHARTS}

    def arrays(self) -> dict[str, np.ndarray]:
        """As a file holds it; the inverse of `from_arrays`."""
        return {
            f"{name}.{field}": getattr(self.trees[name], field)
            for name in CHARTS
            for field in _FIELDS
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], n_inputs: int) -> Self:
        """Build it from the arrays of a file.

        Raises:
            KeyError, ValueError, IndexError: The arrays are not trees.
        """
        trees = {name: Trees(*(arrays[f"{name}.{field}"] for field in _FIELDS)) for name in CHARTS}
        for name in CHARTS:
            trees[name].check(n_inputs, CHART[name].n_outputs)
        return cls(trees)
