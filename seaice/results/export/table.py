"""Scores as a table for other programs: a row a checkpoint, with where it came from."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from seaice.ai4arctic.charts import CHARTS
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.results.class_metrics import class_f1
from seaice.results.export.provenance import checkpoint_facts, provenance
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class ScoredNetwork:
    """What a row says of a network.

    Attributes:
        name: File name of its checkpoint.
        sha256: Hash of that file, hexadecimal.
        info: What the checkpoint says of itself.
        sums: What it scored.
    """

    name: str
    sha256: str
    info: CheckpointInfo
    sums: ScoreSums

    @classmethod
    def of(cls, prediction: Prediction, sums: ScoreSums) -> Self:
        """The network of a prediction."""
        return cls(prediction.checkpoint_name, prediction.sha256, prediction.info, sums)


def scores_csv(
    scene: Scene,
    networks: Sequence[ScoredNetwork],
    region: Region | None,
    command: str,
    baselines: Mapping[str, ScoreSums] | None = None,
) -> str:
    """Scores of one scene or region as comma-separated values.

    Args:
        scene: What they were scored on.
        networks: The networks, at least one.
        region: What they were scored over; the whole scene where None.
        command: What made the table.
        baselines: What baselines scored, by their names.

    Returns:
        A header and a line a prediction or baseline; an empty cell where a score is not defined.
    """
    place = str(region) if region else "whole scene"
    rows = [
        {
            **_cells(each.sums),
            "region_km": place,
            **provenance(scene, command),
            **checkpoint_facts(each.name, each.sha256, each.info),
        }
        for each in networks
    ]
    known = rows[0]
    for name, each in (baselines or {}).items():
        # A baseline has no checkpoint, whose cells stay empty.
        shared = provenance(scene, command)
        rows.append({**_cells(each), "region_km": place, **shared, "checkpoint": f"({name})"})
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(known), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cells(sums: ScoreSums) -> dict[str, str | int]:
    """Scores, errors and pixels."""
    return {
        **{f"score_{name}": _cell(score.value) for name, score in sums.scores().items()},
        **{
            f"sic_error_{name}_percent": _cell(value)
            for name, value in asdict(sums.sic_errors()).items()
            if name != "pixels"
        },
        **{f"pixels_{name}": int(sums.confusion[name].sum()) for name in CHARTS},
        **_by_class(sums),
    }


def _by_class(sums: ScoreSums) -> dict[str, str | int]:
    """F1 of each class, and the pixels that the chart gives it."""
    cells: dict[str, str | int] = {}
    for name in CHARTS:
        f1, support = class_f1(sums.confusion[name]), sums.confusion[name].sum(axis=1)
        for index, (score, pixels) in enumerate(zip(f1, support, strict=True)):
            cells[f"F1_{name}_{index}"] = "" if np.isnan(score) else f"{score:.4f}"
            cells[f"pixels_{name}_{index}"] = int(pixels)
    return cells


def inert(value: object) -> object:
    """Text that no spreadsheet takes for a formula: names of files are foreign."""
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
