"""Sums of a scene as the cache keeps them. Needs no torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.errors import SceneError
from seaice.results.scoring import ScoreSums
from seaice.scenes.netcdf import file_identity
from seaice.scenes.scene import SceneKey


def to_entry(key: SceneKey, sums: ScoreSums, notice: str = "") -> bytes:
    """The sums of a scene as the cache keeps them.

    Args:
        key: Identity of the scene's files, taken before they were read.
        sums: The sums.
        notice: What to know about them.
    """
    values = {
        "files": list(key),
        "notice": notice,
        "confusion": {name: sums.confusion[name].tolist() for name in CHARTS},
        "errors": [sums.sic_squared_error, sums.sic_absolute_error, sums.sic_error],
    }
    return json.dumps(values).encode()


def from_entry(entry: bytes) -> ScoreSums | None:
    """The sums of an entry; None if it is damaged or a file is another one by now."""
    try:
        values = json.loads(entry)
        if not _unchanged(values["files"]):
            return None
        squared, absolute, error = map(float, values["errors"])
        sums = ScoreSums(sic_squared_error=squared, sic_absolute_error=absolute, sic_error=error)
        for name in CHARTS:
            counts = np.array(values["confusion"][name], np.int64)
            if counts.shape != (CHART[name].n_classes,) * 2 or (counts < 0).any():
                return None
            sums.confusion[name][...] = counts
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, SceneError):
        return None
    return sums


def _unchanged(files: list[Any]) -> bool:
    """Whether the files of `Scene.key` are still the same."""
    identities = [tuple(files[start : start + 3]) for start in range(0, len(files), 3)]
    return bool(files) and all(file_identity(Path(each[0])) == each for each in identities)
