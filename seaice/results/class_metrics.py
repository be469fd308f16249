"""Metrics of classes from a confusion matrix: F1, and beside those of AutoICE accuracy and IoU.

Each confusion matrix is (classes, classes) pixel counts, rows the chart's classes, columns the
predicted ones. All metrics are times 100.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import ChartName


def class_f1(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class, 2 TP / (2 TP + FP + FN), times 100; NaN for one that never occurs."""
    return _percent(2 * _right(confusion), _either(confusion) + _right(confusion))


def class_iou(confusion: np.ndarray) -> np.ndarray:
    """Intersection over union of each class, TP / (TP + FP + FN); NaN for one that never occurs."""
    return _percent(_right(confusion), _either(confusion))


def accuracy(confusion: np.ndarray) -> float:
    """Share of pixels with the right class; NaN without a pixel."""
    return float(_percent(_right(confusion).sum(), confusion.sum()))


def macro(by_class: np.ndarray) -> float:
    """Mean of a metric over the classes that occur, each class alike; NaN where none does."""
    return float(np.nanmean(by_class)) if np.isfinite(by_class).any() else float("nan")


def class_facts(confusion: Mapping[ChartName, np.ndarray]) -> dict[str, dict[str, Any]]:
    """All metrics of this module by name and chart, as JSON values; None where not defined."""
    f1 = {name: class_f1(each) for name, each in confusion.items()}
    iou = {name: class_iou(each) for name, each in confusion.items()}
    return {
        "accuracy": {name: _json(accuracy(each)) for name, each in confusion.items()},
        "macro_F1": {name: _json(macro(each)) for name, each in f1.items()},
        "mean_IoU": {name: _json(macro(each)) for name, each in iou.items()},
        "F1_by_class": {name: list(map(_json, each)) for name, each in f1.items()},
        "IoU_by_class": {name: list(map(_json, each)) for name, each in iou.items()},
    }


def _right(confusion: np.ndarray) -> np.ndarray:
    right: np.ndarray = np.diag(confusion).astype(np.float64)
    return right


def _either(confusion: np.ndarray) -> np.ndarray:
    """Pixels that the chart, the prediction or both give a class."""
    either: np.ndarray = confusion.sum(axis=0) + confusion.sum(axis=1) - _right(confusion)
    return either


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    share: np.ndarray = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return 100 * share


def _json(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
