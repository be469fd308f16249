"""Scores as a tidy table: one value a row."""

import csv
import io
from collections.abc import Iterator, Mapping

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.results.class_metrics import accuracy, class_f1, class_iou, macro
from seaice.results.export.table import inert
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region

_COLUMNS = (
    *("source", "sha256", "scene", "region_km"),
    *("chart", "metric", "class", "value", "pixels"),
)
_AUTOICE = {"combined": "combined", "SIC": "R2", "SOD": "weighted_F1", "FLOE": "weighted_F1"}


def tidy_csv(
    scored: Mapping[str, tuple[str, Mapping[str, ScoreSums]]], region: Region | None = None
) -> str:
    """Scores of several sources as comma-separated values, one value a row.

    Args:
        scored: For each source, by its name, the hash of its file (empty where it has none) and
            its sums by scene.
        region: What they were scored over; whole scenes where None.

    Returns:
        A header and the rows. `chart` is SIC, SOD, FLOE or combined, `class` a class's name where
        the metric is of one class, `pixels` what the value was taken over; values are times 100,
        those that are not defined empty.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for source, (sha256, by_scene) in scored.items():
        for scene, sums in by_scene.items():
            fixed = {
                "source": inert(source),
                "sha256": sha256,
                "scene": inert(scene),
                "region_km": str(region) if region else "whole scene",
            }
            writer.writerows(fixed | row for row in _rows(sums))
    return text.getvalue()


def _rows(sums: ScoreSums) -> Iterator[dict[str, object]]:
    scores = dict(sums.scores().items())
    for chart, metric in _AUTOICE.items():
        yield _row(chart, metric, "", scores[chart].value, scores[chart].pixels)
    continuous = scores["SIC_continuous"]
    yield _row("SIC", "R2_continuous", "", continuous.value, continuous.pixels)
    for name in CHARTS:
        confusion = sums.confusion[name]
        pixels, of_class = int(confusion.sum()), confusion.sum(axis=1)
        by_class = {"F1": class_f1(confusion), "IoU": class_iou(confusion)}
        yield _row(name, "accuracy", "", accuracy(confusion), pixels)
        yield _row(name, "macro_F1", "", macro(by_class["F1"]), pixels)
        yield _row(name, "mean_IoU", "", macro(by_class["IoU"]), pixels)
        for metric, values in by_class.items():
            for label, value, count in zip(CHART[name].class_names, values, of_class, strict=True):
                yield _row(name, metric, label, float(value), int(count))


def _row(
    chart: str, metric: str, label: str, value: float | None, pixels: int
) -> dict[str, object]:
    # NaN is the only number that differs from itself.
    written = "" if value is None or value != value else f"{value:.4f}"
    return {"chart": chart, "metric": metric, "class": label, "value": written, "pixels": pixels}
