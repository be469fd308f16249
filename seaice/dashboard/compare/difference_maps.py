"""Maps of where a column differs from the ice chart, from another column, or columns at all."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.drawn_maps import NETWORK_MAPS, SCENE_MAPS, DrawnMap, masked_text
from seaice.dashboard.compare.results import ColumnResult
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import UNLABELLED, short_class
from seaice.figures.extent import at_cells
from seaice.figures.pair_colours import MOST_PAIRS, pair_colour, pair_palette
from seaice.figures.palettes import Palette, difference_palette
from seaice.figures.png import CRISP_PX
from seaice.results.maps import ChartMaps
from seaice.results.pairs import Pair, pair_counts, pair_shares, unequal_pairs

_CHART = "chart"
_LARGE_POINTS = 10
"""A difference of SIC of more than a class counts as large, percentage points."""


def error_maps(
    view: SceneView, chart: ChartName, results: Sequence[ColumnResult]
) -> list[DrawnMap]:
    """Each column against the ice chart."""
    maps = [each.maps for each in results]
    return _against(view, chart, maps, None, _CHART, "Error")


def difference_maps(
    view: SceneView, chart: ChartName, results: Sequence[ColumnResult], against: int
) -> tuple[DrawnMap, list[DrawnMap | None]]:
    """Each column against one of them.

    Args:
        view: What is drawn.
        chart: The task.
        results: At least two columns.
        against: Index of the column that the others are held against.

    Returns:
        A map of where any two columns differ, and one for each column; None for the one itself.
    """
    reference = results[against]
    others = [each.maps for each in results if each is not reference]
    title = f"Against column {against + 1}"
    drawn = iter(_against(view, chart, others, reference.maps, reference.label, title))
    maps = [None if each is reference else next(drawn) for each in results]
    palette = next(each.palette for each in maps if each)
    everywhere = _disagreement(view, chart, tuple(each.maps for each in results))
    return replace(everywhere, palette=palette), maps


def _against(
    view: SceneView,
    chart: ChartName,
    maps: Sequence[ChartMaps],
    reference: ChartMaps | None,
    name: str,
    title: str,
) -> list[DrawnMap]:
    """Maps against one other, in the same colours: those of the pairs that are most frequent."""
    if chart == "SIC":
        drawn = [_points_map(view, each, reference, name) for each in maps]
    else:
        counts = (_counts(view, chart, each, reference) for each in maps)
        pairs = unequal_pairs(counts, MOST_PAIRS, pair_colour)
        drawn = [_pair_map(view, chart, each, reference, name, pairs) for each in maps]
    return [replace(each, title=title) for each in drawn]


@cached(NETWORK_MAPS)
def _points_map(
    view: SceneView, maps: ChartMaps, reference: ChartMaps | None, name: str
) -> DrawnMap:
    """A difference of SIC."""
    palette = difference_palette("SIC error" if reference is None else "SIC difference")
    own, other = _percent(view, maps), _reference_percent(view, reference)
    difference = own - other
    known = np.isfinite(difference)
    image = view.image(np.nan_to_num(difference), palette, known, at_least_px=CRISP_PX)
    texts = np.char.mod("%.0f %%", at_cells(np.nan_to_num(own))).astype(object)
    beside = np.char.mod("%.0f %%", at_cells(np.nan_to_num(other))).astype(object)
    beside = np.where(at_cells(known), beside, UNLABELLED)
    note = ""
    if known.any():
        large = np.mean(np.abs(difference[known]) > _LARGE_POINTS)
        note = f"mean {difference[known].mean():+.1f}, {100 * large:.0f} % by > {_LARGE_POINTS}"
    text = masked_text(view, texts + f"<br>{name}: " + beside)
    return DrawnMap("", image, palette, text, unlabelled=reference is None, note=_minus(note))


def _percent(view: SceneView, maps: ChartMaps) -> np.ndarray:
    """SIC in percent, NaN where the scene has no data."""
    return np.where(view.valid, maps.on(view.grid, "SIC", view.window) * 10, np.nan)


def _reference_percent(view: SceneView, reference: ChartMaps | None) -> np.ndarray:
    """That of another column, or of the chart."""
    if reference is not None:
        return _percent(view, reference)
    classes = view.chart("SIC")
    return np.where(view.valid & (classes != FILL), classes * 10.0, np.nan)


def _classes(view: SceneView, chart: ChartName, maps: ChartMaps | None) -> np.ndarray:
    """Classes of a column or of the chart, `FILL` where there is none or the scene has no data."""
    classes = view.chart(chart) if maps is None else maps.on(view.grid, chart, view.window)
    return np.where(view.valid, classes, FILL)


@cached(max_entries=200)
def _counts(
    view: SceneView, chart: ChartName, maps: ChartMaps, reference: ChartMaps | None
) -> np.ndarray:
    return pair_counts(chart, _classes(view, chart, reference), _classes(view, chart, maps))


@cached(NETWORK_MAPS)
def _pair_map(
    view: SceneView,
    chart: ChartName,
    maps: ChartMaps,
    reference: ChartMaps | None,
    name: str,
    pairs: tuple[Pair, ...],
) -> DrawnMap:
    """Which class stands where the other has which."""
    first, second = _classes(view, chart, reference), _classes(view, chart, maps)
    palette = _pair_palette(chart, pairs, of_chart=reference is None)
    n_classes = CHART[chart].n_classes
    known = (first < n_classes) & (second < n_classes)
    codes = np.full((n_classes, n_classes), len(pairs) + 1)
    np.fill_diagonal(codes, 0)
    for index, pair in enumerate(pairs, 1):
        codes[pair] = index
    shown = np.zeros(first.shape, int)
    shown[known] = codes[first[known], second[known]]
    image = view.image(shown, palette, known, at_least_px=CRISP_PX)
    counts = _counts(view, chart, maps, reference)
    largest = unequal_pairs([counts], 1)
    note = "".join(
        f"{pair_words(chart, pair)}: {share:.1f} %"
        for pair, share in zip(largest, pair_shares(counts, largest), strict=True)
    )
    text = masked_text(view, _pair_texts(chart, first, second, counts, name))
    return DrawnMap("", image, palette, text, unlabelled=reference is None, note=note)


def _pair_palette(chart: ChartName, pairs: Sequence[Pair], *, of_chart: bool) -> Palette:
    words = [pair_words(chart, pair) for pair in pairs]
    name = f"{chart}: chart → column" if of_chart else f"{chart}: that → this column"
    return pair_palette(pairs, words, name, columns=not of_chart)


def pair_words(chart: ChartName, pair: Pair, joint: str = " → ") -> str:
    """A pair of classes in a few words.

    >>> pair_words("SOD", (5, 2)), pair_words("SOD", (5, 2), " taken for ")
    ('old → young', 'old taken for young')
    """
    return joint.join(short_class(chart, index) for index in pair)


def _pair_texts(
    chart: ChartName, first: np.ndarray, second: np.ndarray, counts: np.ndarray, name: str
) -> np.ndarray:
    """Both classes of each cell, and how frequent that pair is; each text is made once."""
    names = (*CHART[chart].class_names, UNLABELLED)
    unlabelled = len(names) - 1
    shares = np.zeros((len(names), len(names)))
    shares[:unlabelled, :unlabelled] = 100 * counts / max(int(counts.sum()), 1)
    np.fill_diagonal(shares, 0)
    joint = " taken for " if name == _CHART else " → "
    texts = np.empty(shares.shape, dtype=object)
    for (i, j), share in np.ndenumerate(shares):
        rare = f"<br>{pair_words(chart, (i, j), joint)}: {share:.1f} % of pixels" if share else ""
        texts[i, j] = f"{names[j]}<br>{name}: {names[i]}{rare}"
    at_first, at_second = (np.minimum(at_cells(each), unlabelled) for each in (first, second))
    found: np.ndarray = texts[at_first, at_second]
    return found


@cached(SCENE_MAPS)
def _disagreement(view: SceneView, chart: ChartName, maps: tuple[ChartMaps, ...]) -> DrawnMap:
    """Where any two columns differ, in the colours of the maps beside it."""
    if chart == "SIC":
        return _spread(view, maps)
    layers = np.stack([_classes(view, chart, each) for each in maps])
    differ = (layers != layers[0]).any(axis=0) & view.valid
    # The last colour stands for them, however many pairs the maps beside it show.
    palette = pair_palette((), (), "", columns=True)
    image = view.image(np.where(differ, 2, 0), palette, at_least_px=CRISP_PX)
    share = 100 * differ.sum() / max(int(view.valid.sum()), 1)
    text = masked_text(view, _texts_of_all(chart, np.stack([at_cells(each) for each in layers])))
    return DrawnMap("Where columns differ", image, palette, text, note=f"{share:.0f} % of pixels")


def _texts_of_all(chart: ChartName, layers: np.ndarray) -> np.ndarray:
    """The classes of all columns at each cell; each combination is written once.

    Args:
        chart: The task.
        layers: (columns, cells, cells) uint8.
    """
    names = (*CHART[chart].class_names, UNLABELLED)
    found, of_cell = np.unique(layers.reshape(len(layers), -1), axis=1, return_inverse=True)
    texts = np.array(
        [
            "<br>".join(f"{i}: {names[min(each, len(names) - 1)]}" for i, each in enumerate(row, 1))
            for row in found.T
        ],
        dtype=object,
    )
    cells: np.ndarray = texts[of_cell].reshape(layers.shape[1:])
    return cells


def _spread(view: SceneView, maps: Sequence[ChartMaps]) -> DrawnMap:
    """The largest difference in SIC of any two columns."""
    layers = [_percent(view, each) for each in maps]
    spread = np.maximum.reduce(layers) - np.minimum.reduce(layers)
    palette = difference_palette("SIC difference")
    image = view.image(spread, palette, at_least_px=CRISP_PX)
    cells = np.nan_to_num(at_cells(spread))
    text = masked_text(view, np.char.mod("%.0f points between columns", cells).astype(object))
    mean = np.nanmean(spread) if np.isfinite(spread).any() else 0.0
    note = f"{mean:.1f} points on average"
    return DrawnMap("Where columns differ", image, palette, text, note=note)


def _minus(text: str) -> str:
    """Text with a minus sign where a number has a hyphen."""
    return text.replace("-", "\u2212")
