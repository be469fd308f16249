"""Differences between each cell and the control of its channel set, by class, region and season."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.experiment.bootstrap import DRAWS, Bootstrap
from seaice.experiment.contrasts import difference
from seaice.experiment.controls import control_of
from seaice.experiment.simultaneous import bands
from seaice.experiment.tally import (
    Cell,
    Source,
    Tally,
    TaskName,
    class_f1,
    labelled,
    labelled_by_class,
)


@dataclass(frozen=True)
class Differences:
    """A table of differences from the control.

    Attributes:
        control: What the others are compared with.
        cells: Columns of the table.
        groups: Rows of the table, such as regions.
        points: (groups, cells) float64 points of score; NaN where not defined.
        half_widths: (groups, cells) float64, of a band that holds for all groups of a cell at once;
            NaN where it is not known.
        pixels: (groups,) int64 labelled pixels.
        scenes: (groups,) int64 scenes with a labelled pixel.
    """

    control: Cell
    cells: tuple[Cell, ...]
    groups: tuple[str, ...]
    points: np.ndarray
    half_widths: np.ndarray
    pixels: np.ndarray
    scenes: np.ndarray


def by_group(
    whole: Tally,
    groups: Mapping[str, Tally],
    task: TaskName,
    channel_set: str,
    draws: int = DRAWS,
) -> Differences | None:
    """Differences in groups of scenes or of pixels.

    Args:
        whole: The sums over everything.
        groups: Their sums by group, with the sources of the whole.
        task: The task.
        channel_set: Which networks.
        draws: Number of draws for the bands.

    Returns:
        The table; None if the channel set has no two cells.
    """
    bootstrap = Bootstrap(whole, task, draws=1)
    columns = _columns(bootstrap, channel_set)
    if columns is None:
        return None
    boots = {
        name: Bootstrap(part.only(_of_set(channel_set)), task, draws)
        for name, part in groups.items()
    }
    chart = "SIC" if task == "combined" else task
    pixels = [labelled(part.sums[chart])[0] for part in groups.values()]
    return _differences(*columns, boots, pixels)


def by_class(
    whole: Tally, task: TaskName, channel_set: str, draws: int = DRAWS
) -> Differences | None:
    """Differences of the F1 of each class; None for the combined score or without two cells."""
    if task == "combined":
        return None
    networks = whole.only(_of_set(channel_set))
    columns = _columns(Bootstrap(networks, task, draws=1), channel_set)
    if columns is None:
        return None
    # The other charts need not be pooled once for each class.
    of_chart = replace(networks, sums={task: networks.sums[task]})
    boots = {
        name: Bootstrap(of_chart, task, draws, score=partial(_class_f1, task, number))
        for number, name in enumerate(CHART[task].class_names)
    }
    return _differences(*columns, boots, list(labelled_by_class(networks.sums[task])[0].T))


def _class_f1(chart: ChartName, number: int, sums: Mapping[ChartName, np.ndarray]) -> np.ndarray:
    f1: np.ndarray = class_f1(sums[chart])[..., number]
    return f1


def _differences(
    control: Cell,
    cells: tuple[Cell, ...],
    groups: Mapping[str, Bootstrap],
    pixels: Sequence[np.ndarray],
) -> Differences:
    """A row for each group, with the labelled pixels of each of its scenes, (scenes,)."""
    points = np.full((len(groups), len(cells)), np.nan)
    half_widths = points.copy()
    for column, cell in enumerate(cells):
        weights = difference([cell], [control])
        estimates = bands([(each, weights) for each in groups.values()], same_networks=True)
        points[:, column] = [each.effect for each in estimates]
        half_widths[:, column] = [each.half_band for each in estimates]
    return Differences(
        control,
        cells,
        tuple(groups),
        points,
        half_widths,
        np.array([each.sum() for each in pixels], np.int64),
        np.array([np.count_nonzero(each) for each in pixels], np.int64),
    )


def groups_of(tally: Tally, group_of: Mapping[str, str]) -> dict[str, Tally]:
    """The parts of a tally by group of scenes, such as their regions, the largest first."""
    names = np.array([group_of[scene] for scene in tally.scenes])
    found, counts = np.unique(names, return_counts=True)
    order = found[np.argsort(-counts, kind="stable")]
    return {str(name): tally.only(scenes=names == name) for name in order}


def _of_set(channel_set: str) -> Callable[[Source], bool]:
    return lambda source: source.cell.channel_set == channel_set


def _columns(bootstrap: Bootstrap, channel_set: str) -> tuple[Cell, tuple[Cell, ...]] | None:
    control = control_of(bootstrap, channel_set)
    cells = tuple(
        cell for cell in bootstrap.cells() if cell.channel_set == channel_set and cell != control
    )
    return (control, cells) if control and cells else None
