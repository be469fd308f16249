"""The figures of a sweep's results: what the page Context and the report draw."""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.names import region_name
from seaice.baselines.files import BELOW_LINEAR
from seaice.core.intervals import half_texts
from seaice.core.text import counted
from seaice.experiment.bootstrap import Estimate
from seaice.experiment.controls import control_of, is_control
from seaice.experiment.differences import Differences
from seaice.experiment.reach import rates_text
from seaice.experiment.results import SweepResults
from seaice.experiment.sentences import enough_text, interval_text, points
from seaice.experiment.tally import Cell, ReferenceName, TaskName
from seaice.figures.differences import DifferenceTable
from seaice.figures.fields import FieldLine, FieldPoint
from seaice.network.rates import CENTRE, CONTROLS, NONE, RATE_PRESETS, parse_rates, rates_name

GAIN_TITLE = "Gain over no context, points"
_OFFERED = ("sar", "amsr2", "sar+amsr2-18-36", "sar+amsr2")
"""Channel sets of the study, which the matrix shows whether trained or not."""


def field_lines(results: SweepResults, task: TaskName, reference: ReferenceName) -> list[FieldLine]:
    """A line of scores for each channel set, with intervals and seeds."""
    bootstrap = results.bootstrap(task, reference)
    seeds = {
        cell: {seed: bootstrap.score(cell, seed) for seed in bootstrap.seeds(cell)}
        for cell in bootstrap.cells()
    }
    return _lines(results, reference, results.scores(task, reference), seeds)


def gain_lines(results: SweepResults, task: TaskName, reference: ReferenceName) -> list[FieldLine]:
    """A line of differences from the control for each channel set that has one.

    Networks of the same seed and scenes are compared, so their intervals are narrower than those
    of the scores.
    """
    bootstrap = results.bootstrap(task, reference)
    gains, seeds = {}, {}
    for cell, gain in results.from_control(task, reference).items():
        control = control_of(bootstrap, cell.channel_set)
        if control is None or not is_control(control.rates):
            continue
        gains[cell] = gain
        seeds[cell] = {
            seed: bootstrap.score(cell, seed) - bootstrap.score(control, seed)
            for seed in bootstrap.seeds(cell)
            if seed in bootstrap.seeds(control)
        }
    return [line for line in _lines(results, reference, gains, seeds) if line.everything]


def enough_texts(results: SweepResults, task: TaskName, reference: ReferenceName) -> list[str]:
    """For each channel set in a sentence, from which field on its score is complete."""
    found = (results.enough(task, reference, name) for name in channel_sets(results, reference))
    return [enough_text(each, results.cell_m) for each in found if each is not None]


def _lines(
    results: SweepResults,
    reference: ReferenceName,
    estimates: Mapping[Cell, Estimate],
    seeds: Mapping[Cell, Mapping[int, float]],
) -> list[FieldLine]:
    fields = {source.cell: source.field_km for source in results.tally(reference)[0].sources}
    found = {
        cell: FieldPoint(
            cell.rates,
            fields[cell],
            estimate.effect,
            estimate.low,
            estimate.high,
            seeds[cell],
            rates_text(cell.rates, results.cell_m),
        )
        for cell, estimate in estimates.items()
        if not math.isnan(estimate.effect)
    }
    none, centre = rates_name(NONE), rates_name(CENTRE)
    return [
        FieldLine(
            name,
            tuple(
                point
                for cell, point in found.items()
                if cell.channel_set == name and not is_control(cell.rates)
            ),
            found.get(Cell(name, none)),
            found.get(Cell(name, centre)),
        )
        for name in channel_sets(results, reference)
    ]


def channel_sets(results: SweepResults, reference: ReferenceName) -> list[str]:
    """Channel sets of the networks, the known ones in their usual order."""
    cells = results.tally(reference)[0].sources
    names = dict.fromkeys(source.cell.channel_set for source in cells)
    known = [name for name in CHANNEL_SETS if name in names]
    return known + [name for name in names if name not in known]


def matrix_cells(
    results: SweepResults, reference: ReferenceName, planned: Iterable[Cell] = ()
) -> tuple[list[str], list[str]]:
    """Rates and channel sets of the matrix: those of the study, and all trained or planned ones."""
    cells = [source.cell for source in results.tally(reference)[0].sources] + list(planned)
    presets = [rates_name(rates) for rates in (*CONTROLS, *RATE_PRESETS)]
    names = dict.fromkeys([*presets, *(cell.rates for cell in cells)])
    rates = sorted(names, key=lambda each: (not is_control(each), sum(parse_rates(each))))
    sets = channel_sets(results, reference)
    others = dict.fromkeys([*(cell.channel_set for cell in cells), *_OFFERED])
    return rates, [*sets, *(name for name in others if name not in sets)]


def matrix_table(
    results: SweepResults,
    task: TaskName,
    reference: ReferenceName,
    planned: Mapping[Cell, str] = MappingProxyType({}),
    cell_m: float | None = None,
) -> DifferenceTable:
    """Differences from the control by rates and channel set; hatched where nothing is trained.

    Args:
        results: The results.
        task: The task.
        reference: What the scores are taken against.
        planned: Cells of a sweep that fills, and what to say of them until they have a score.
        cell_m: Size of a feature cell of planned networks, metres, until the first score tells.
    """
    cell_m = cell_m if results.cell_m is None else results.cell_m
    bootstrap = results.bootstrap(task, reference)
    estimates = results.from_control(task, reference)
    rates, sets = matrix_cells(results, reference, planned)
    trained = set(bootstrap.cells())
    labels = [rates_text(name, cell_m) for name in rates]
    below = set(results.below_linear(task, reference))
    values = np.full((len(rates), len(sets)), np.nan)
    texts = [["" for _ in sets] for _ in rates]
    hovers = [["" for _ in sets] for _ in rates]
    hatched, undecided = np.zeros(values.shape, bool), np.zeros(values.shape, bool)
    for row, name in enumerate(rates):
        for column, channel_set in enumerate(sets):
            cell = Cell(channel_set, name)
            if cell not in trained:
                texts[row][column] = hovers[row][column] = planned.get(cell, "")
                hatched[row, column] = cell not in planned
                continue
            seeds = len(bootstrap.seeds(cell))
            score = points(bootstrap.mean_score(cell))
            where = f"{channel_set}, rates {labels[row]}: {score}, {counted(seeds, 'seed')}"
            where += f", {BELOW_LINEAR}" if cell in below else ""
            if cell == control_of(bootstrap, channel_set):
                values[row, column] = 0.0
                # Without a control, the others are held against the smallest field.
                word = "control" if is_control(name) else "compared with"
                texts[row][column] = f"{word} {score}"
                hovers[row][column] = where
                continue
            estimate = estimates[cell]
            values[row, column] = estimate.effect
            undecided[row, column] = not abs(estimate.effect) > estimate.half_width
            difference = _with_half(estimate.effect, estimate.half_width)
            # Those of both: a cell may have more than its control.
            texts[row][column] = f"{difference} · {estimate.seeds}"
            hovers[row][column] = f"{where}; against the control {interval_text(estimate)}"
    return DifferenceTable(labels, sets, values, texts, hovers, hatched, undecided)


def groups_table(differences: Differences, cell_m: float | None = None) -> DifferenceTable:
    """Differences by class, region or season; the row names say how many pixels they stand on.

    Args:
        differences: The differences.
        cell_m: Size of the networks' feature cells, metres; None if it is not known.
    """
    # Regions have codes in a table's file; nothing else is called like one of them.
    groups = [region_name(name) for name in differences.groups]
    rows = [
        f"{name} · {_pixels(pixels)}, {counted(scenes, 'scene')}"
        for name, pixels, scenes in zip(groups, differences.pixels, differences.scenes, strict=True)
    ]
    columns = [rates_text(cell.rates, cell_m) for cell in differences.cells]
    pairs = [
        list(zip(of_row, halves, strict=True))
        for of_row, halves in zip(differences.points, differences.half_widths, strict=True)
    ]
    texts = [[_with_half(value, half) for value, half in row] for row in pairs]
    hovers = [
        [f"{name}, rates {column}: {text}" for column, text in zip(columns, row, strict=True)]
        for name, row in zip(groups, texts, strict=True)
    ]
    halves = differences.half_widths
    # A group without a band has too few scenes.
    undecided = ~(np.abs(differences.points) > halves)
    hatched = np.zeros_like(undecided)
    return DifferenceTable(rows, columns, differences.points, texts, hovers, hatched, undecided)


def no_band_text(differences: Differences) -> str:
    """What is to be said of groups without a band; empty if all have one."""
    alone = np.isnan(differences.half_widths) & ~np.isnan(differences.points)
    if not alone.any():
        return ""
    return "Differences without ± have too few scenes for a band: large ones may be chance alone."


def untrained(
    results: SweepResults, reference: ReferenceName, planned: Iterable[Cell] = ()
) -> list[Cell]:
    """The hatched cells of a matrix, row by row."""
    known = {source.cell for source in results.tally(reference)[0].sources} | set(planned)
    rates, sets = matrix_cells(results, reference, planned)
    cells = (Cell(channel_set, name) for name in rates for channel_set in sets)
    return [cell for cell in cells if cell not in known]


def _with_half(value: float, half_width: float) -> str:
    """A difference with half of its interval; marked if the interval does not hold 0."""
    if math.isnan(value):
        return "-"
    if math.isnan(half_width):
        return points(value, signed=True)
    mark = "*" if abs(value) > half_width else ""
    middle, half = half_texts(value, half_width)
    return f"{middle}{mark} ± {half}"


def _pixels(count: int) -> str:
    """A number of pixels in a readable precision.

    >>> _pixels(1234567), _pixels(12345), _pixels(99)
    ('1.2 Mpx', '12.3 kpx', '99 px')
    """
    if count >= 1e6:
        return f"{count / 1e6:.1f} Mpx"
    return f"{count / 1e3:.1f} kpx" if count >= 1e3 else f"{count} px"
