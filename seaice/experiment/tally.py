"""Sums of an evaluation table as arrays: what every score of every subset of scenes follows from.

A confusion matrix enters by its diagonal, its row sums and its column sums, which are all that the
scores need (`seaice.results.scoring` has their formulas).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd

TaskName = Literal["SIC", "SOD", "FLOE", "combined"]
TASKS: tuple[TaskName, ...] = (*CHARTS, "combined")
ReferenceName = Literal["chart", "truth"]


class Cell(NamedTuple):
    """Networks that differ in their seeds alone.

    Attributes:
        channel_set: Their channel set.
        rates: Their atrous rates in their written form.
    """

    channel_set: str
    rates: str


class Source(NamedTuple):
    """What predicted: a network, or a baseline.

    Attributes:
        name: File name of a network, label of a baseline.
        cell: The cell of a network; the rates of a baseline are empty.
        seed: The seed of a network, -1 if its file does not say; None for a baseline.
        field_km: Receptive field of a network, km; 0 for a baseline.
        sha256: Hash of its file, hexadecimal; empty for a baseline.
    """

    name: str
    cell: Cell
    seed: int | None
    field_km: float
    sha256: str = ""


@dataclass(frozen=True)
class Tally:
    """Sums by source and scene.

    Attributes:
        sources: The sources.
        scenes: Ids of the scenes.
        sums: By chart: (sources, scenes, 1 + 3 classes) float64: the summed squared error of the
            class index, then the diagonal, the row sums and the column sums of the confusion
            matrix. All 0 if a source has no labelled pixel in a scene.
        known: (sources, scenes) bool, whether a source was scored on a scene at all.
    """

    sources: tuple[Source, ...]
    scenes: tuple[str, ...]
    sums: Mapping[ChartName, np.ndarray]
    known: np.ndarray

    def only(
        self, keep: Callable[[Source], bool] = lambda source: True, scenes: np.ndarray | None = None
    ) -> "Tally":
        """The sources that satisfy a condition, on scenes given by a mask of (scenes,) bool."""
        chosen = np.array([keep(source) for source in self.sources], bool)
        on = np.ones(len(self.scenes), bool) if scenes is None else scenes
        return Tally(
            tuple(source for source, kept in zip(self.sources, chosen, strict=True) if kept),
            tuple(scene for scene, kept in zip(self.scenes, on, strict=True) if kept),
            {name: sums[chosen][:, on] for name, sums in self.sums.items()},
            self.known[chosen][:, on],
        )

    def comparable(self) -> tuple["Tally", tuple[str, ...]]:
        """The part in which every source was scored on every scene.

        Returns:
            That part, and the names of the sources that are not in it, because they were scored on
            less than half as many scenes as the others.
        """
        counts = self.known.sum(axis=1)
        enough = 2 * counts >= counts.max(initial=0)
        left_out = [source for source, kept in zip(self.sources, enough, strict=True) if not kept]
        part = self.only(lambda source: source not in left_out)
        complete = np.asarray(part.known.all(axis=0))
        return part.only(scenes=complete), tuple(source.name for source in left_out)

    def pooled(self, weights: np.ndarray) -> dict[ChartName, np.ndarray]:
        """Sums over scenes, each as often as its weight says.

        Args:
            weights: (draws, scenes) float64.

        Returns:
            By chart: (draws, sources, 1 + 3 classes) float64.
        """
        return {
            name: np.tensordot(weights, sums, axes=([1], [1])) for name, sums in self.sums.items()
        }


def tally(
    table: "pd.DataFrame", reference: ReferenceName = "chart", like: Tally | None = None
) -> Tally:
    """The sums of all scenes and sources of an evaluation table.

    Args:
        table: Rows of an evaluation table. Rows of one source, scene and chart are added up, so
            leave rows of other strata out.
        reference: What the scores are taken against.
        like: Where the sources, the scenes and `known` come from, so that a stratum that some
            scenes do not have fits to the whole; the rows themselves if None.
    """
    rows = table[table["reference"] == reference]
    sources = like.sources if like else _sources(rows)
    scenes = like.scenes if like else tuple(sorted(rows["scene"].unique()))
    # Baselines of several channel sets share a label, networks trained anew a name.
    source_at = {
        (each.name, each.cell.channel_set, each.sha256): n for n, each in enumerate(sources)
    }
    scene_at = {scene: number for number, scene in enumerate(scenes)}
    hashes = rows["sha256"].where(rows["kind"] == "network", "")
    keys = zip(rows["source"], rows["channel_set"], hashes, strict=True)
    places = np.array([source_at.get(key, -1) for key in keys], int)
    wanted = (places >= 0) & rows["scene"].isin(scenes).to_numpy()
    rows = rows[wanted]
    at = places[wanted], rows["scene"].map(scene_at).to_numpy(int)
    known = np.zeros((len(sources), len(scenes)), bool)
    known[at] = True
    charts = rows["chart"].to_numpy()
    sums = {}
    for name in CHARTS:
        own = charts == name
        n_classes = CHART[name].n_classes
        sums[name] = np.zeros((len(sources), len(scenes), 1 + 3 * n_classes))
        if own.any():
            counts = np.stack(rows["confusion"].to_numpy()[own]).reshape(-1, n_classes, n_classes)
            np.add.at(sums[name], (at[0][own], at[1][own]), confusion_sums(counts))
    return Tally(sources, scenes, sums, like.known if like else known)


def _sources(rows: "pd.DataFrame") -> tuple[Source, ...]:
    """Networks by channel set, field, rates, seed and name, then baselines by set and name."""
    import pandas as pd

    columns = ["source", "kind", "channel_set", "rates", "field_km", "seed", "sha256"]
    found = [
        Source(
            name,
            Cell(channel_set, rates),
            -1 if pd.isna(seed) else int(seed),
            float(field_km),
            sha256,
        )
        if kind == "network"
        else Source(name, Cell(channel_set, ""), None, 0.0)
        for name, kind, channel_set, rates, field_km, seed, sha256 in (
            rows[columns]
            .assign(sha256=rows["sha256"].where(rows["kind"] == "network", ""))
            .drop_duplicates(["source", "channel_set", "sha256"])
            .itertuples(index=False)
        )
    ]
    networks = [source for source in found if source.seed is not None]
    networks.sort(key=_place)
    baselines = [source for source in found if source.seed is None]
    baselines.sort(key=lambda each: (each.cell.channel_set, each.name))
    return (*networks, *baselines)


def _place(network: Source) -> tuple[str | float, ...]:
    seed = -1 if network.seed is None else network.seed
    cell = network.cell
    return cell.channel_set, network.field_km, cell.rates, seed, network.name, network.sha256


def confusion_sums(counts: np.ndarray) -> np.ndarray:
    """(rows, classes, classes) -> (rows, 1 + 3 classes); see `Tally.sums`."""
    index = np.arange(counts.shape[1])
    squared = (counts * (index[:, None] - index) ** 2).sum(axis=(1, 2))
    diagonal = np.diagonal(counts, axis1=1, axis2=2)
    parts = (squared[:, None], diagonal, counts.sum(axis=2), counts.sum(axis=1))
    return np.concatenate(parts, axis=1).astype(np.float64)


def class_f1(sums: np.ndarray) -> np.ndarray:
    """F1 of each class, times 100.

    Args:
        sums: (..., 1 + 3 classes) float64.

    Returns:
        (..., classes) float64; NaN for a class that never occurs.
    """
    diagonal, rows, columns = _parts(sums)
    total = rows + columns
    f1: np.ndarray = np.full(total.shape, np.nan)
    np.divide(200 * diagonal, total, out=f1, where=total > 0)
    return f1


def chart_score(chart: ChartName, sums: np.ndarray) -> np.ndarray:
    """Score of a chart, times 100: R2 for SIC, weighted F1 for SOD and FLOE.

    Args:
        chart: Which chart.
        sums: (..., 1 + 3 classes) float64.

    Returns:
        (...) float64; NaN where the score is not defined.
    """
    _, rows, _ = _parts(sums)
    pixels = rows.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        if chart != "SIC":
            weighted: np.ndarray = np.nansum(class_f1(sums) * rows, axis=-1) / pixels
            return weighted
        index = np.arange(rows.shape[-1])
        mean = (rows * index).sum(axis=-1) / pixels
        spread = (rows * (index - mean[..., None]) ** 2).sum(axis=-1)
        r2 = 100 * (1 - sums[..., 0] / spread)
    defined: np.ndarray = np.where((rows > 0).sum(axis=-1) > 1, r2, np.nan)
    return defined


def task_score(task: TaskName, sums: Mapping[ChartName, np.ndarray]) -> np.ndarray:
    """Score of a task; the combined one is (2 SIC + 2 SOD + FLOE) / 5.

    Args:
        task: A chart, or "combined".
        sums: By chart: (..., 1 + 3 classes) float64.

    Returns:
        (...) float64; NaN where it is not defined.
    """
    if task != "combined":
        return chart_score(task, sums[task])
    weights = {name: CHART[name].weight for name in CHARTS}
    total: np.ndarray = np.sum(
        [weights[name] * chart_score(name, sums[name]) for name in CHARTS], axis=0
    )
    mean: np.ndarray = total / sum(weights.values())
    return mean


def labelled(sums: np.ndarray) -> np.ndarray:
    """Number of labelled pixels, (...) float64, of sums (..., 1 + 3 classes)."""
    pixels: np.ndarray = labelled_by_class(sums).sum(axis=-1)
    return pixels


def labelled_by_class(sums: np.ndarray) -> np.ndarray:
    """Number of labelled pixels of each class, (..., classes) float64."""
    return _parts(sums)[1]


def _parts(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Diagonal, row sums, column sums, (..., classes) each."""
    classes = (sums.shape[-1] - 1) // 3
    return sums[..., 1 : 1 + classes], sums[..., 1 + classes : -classes], sums[..., -classes:]
