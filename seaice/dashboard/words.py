"""Texts that every page writes in the same way: class names and delays."""

import re

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName

UNLABELLED = "unlabelled"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# One scene meets fewer AMSR2 swaths than this.
_MOST_DELAYS = 8


def class_texts(chart: ChartName, classes: np.ndarray) -> np.ndarray:
    """Class names of an array of classes, object array; "unlabelled" for what is not a class."""
    names = np.array([*CHART[chart].class_names, UNLABELLED], dtype=object)
    texts: np.ndarray = names[np.minimum(classes, CHART[chart].n_classes)]
    return texts


def short_class(chart: ChartName, index: int) -> str:
    """A class in one or two words, for legends.

    >>> short_class("SOD", 3), short_class("SOD", 0), short_class("FLOE", 5)
    ('thin FY', 'water', 'vast')
    """
    name = CHART[chart].class_names[index].lower()
    if chart == "SIC":
        return name
    for long, short in (("open water", "water"), (" first-year ice", " FY"), (" ice", "")):
        name = name.replace(long, short)
    return name.removesuffix(" floe")


def number_text(value: float, digits: int) -> str:
    """A number with so many decimals, a dash where it is not defined; zero has no sign.

    >>> number_text(-1.26, 1), number_text(-0.004, 2), number_text(float("nan"), 1)
    ('\u22121.3', '0.00', '\u2013')
    """
    return "\u2013" if np.isnan(value) else f"{value:z.{digits}f}".replace("-", "\u2212")


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
