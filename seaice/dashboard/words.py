"""Words that are the same on every page: under the pointer, of delays, of durations."""

import re

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName

UNLABELLED = "unlabelled"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# Swaths of AMSR2 that one scene can meet, and some more.
_MOST_DELAYS = 8


def class_texts(chart: ChartName, classes: np.ndarray) -> np.ndarray:
    """Class names of an array of classes, an object array; unlabelled pixels said as such."""
    names = np.array([*CHART[chart].class_names, UNLABELLED], dtype=object)
    return names[np.minimum(classes, CHART[chart].n_classes)]


def masked_texts(texts: np.ndarray, valid: np.ndarray, land: np.ndarray) -> np.ndarray:
    """Texts where there are data; elsewhere what there is instead. All of one shape."""
    return np.where(valid, texts, np.where(land, "Land", "No data").astype(object))


def in_percent(chart: ChartName, values: np.ndarray) -> np.ndarray:
    """Classes as a chart's palette takes them: SIC in percent, the others as they are."""
    return values.astype(np.float32) * 10 if chart == "SIC" else values


def delays_text(delays: str) -> str:
    """Times between AMSR2 and Sentinel-1, in minutes; as the file writes them where no number.

    >>> delays_text("-1942"), delays_text("[1234.0, 30]"), delays_text("unknown")
    ('-32 min', '+21 min, +0 min', 'unknown')
    """
    minutes = [float(each) / 60 for each in _NUMBER.findall(delays)[:_MOST_DELAYS]]
    return ", ".join(f"{each:+.0f} min" for each in minutes) or delays[:80]


def duration_text(seconds: float) -> str:
    """A duration, as precisely as anybody cares.

    >>> [duration_text(each) for each in (8.2, 95, 610, 7500)]
    ['8 s', '2 min', '10 min', '2 h 5 min']
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
