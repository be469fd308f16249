"""Texts that every page writes in the same way: class names, delays, durations."""

import re

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName

UNLABELLED = "unlabelled"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# One scene meets fewer AMSR2 swaths than this.
_MOST_DELAYS = 8
_MAX_SECONDS_LEFT = 1e9


def class_texts(chart: ChartName, classes: np.ndarray) -> np.ndarray:
    """Class names of an array of classes, object array; "unlabelled" for what is not a class."""
    names = np.array([*CHART[chart].class_names, UNLABELLED], dtype=object)
    texts: np.ndarray = names[np.minimum(classes, CHART[chart].n_classes)]
    return texts


def masked_texts(texts: np.ndarray, valid: np.ndarray, land: np.ndarray) -> np.ndarray:
    """Texts where there is data, else "Land" or "No data"; all arrays have one shape."""
    return np.where(valid, texts, np.where(land, "Land", "No data").astype(object))


def in_percent(chart: ChartName, values: np.ndarray) -> np.ndarray:
    """Classes as a chart's palette takes them: SIC in percent, the others unchanged."""
    return values.astype(np.float32) * 10 if chart == "SIC" else values


def delays_text(delays: str) -> str:
    """Times between AMSR2 and Sentinel-1 in minutes; the file's own text if it holds no number.

    >>> delays_text("-1942"), delays_text("[1234.0, 30]"), delays_text("unknown")
    ('-32 min', '+21 min, +0 min', 'unknown')
    """
    minutes = [float(each) / 60 for each in _NUMBER.findall(delays)[:_MOST_DELAYS]]
    return ", ".join(f"{each:+.0f} min" for each in minutes) or delays[:80]


def duration_text(seconds: float) -> str:
    """A duration in a readable precision.

    >>> [duration_text(each) for each in (8.2, 95, 610, 7500)]
    ['8 s', '2 min', '10 min', '2 h 5 min']
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def time_left_text(seconds: float | None) -> str:
    """The time that a run still takes; empty if it is unknown, or not a time that a run can take.

    >>> time_left_text(95), time_left_text(None), time_left_text(-1)
    ('2 min left', '', '')
    """
    if seconds is None or not 0 <= seconds < _MAX_SECONDS_LEFT:
        return ""
    return f"{duration_text(seconds)} left"
