"""Parts of a context curve: scenes of a region, season or service, and strata of the pixels."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from seaice.ai4arctic.names import region_name
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.results import GROUPING
from seaice.experiment.strata import VALUES

Part = tuple[str, str]
"""A column of scenes, such as `season`, or a stratum, and its value."""
WHOLE: Part = ("all", "")
"""All pixels of all scenes."""
_OF_SCENES = ("region", "season", "service")
_LABELS = {
    **GROUPING,
    "edge": "Distance to the edge of the data",
    # In kilometres for all networks, and by the receptive field of each.
    "interior": "Edge of the data, by receptive field",
}


def parts_of(curves: Sequence[ContextCurve]) -> list[Part]:
    """The parts that any of the curves holds, without the whole: of scenes, then of pixels."""
    found = {
        (column, value)
        for curve in curves
        for column in _OF_SCENES
        for value in curve.frame[column].unique()
    }
    for curve in curves:
        pairs = curve.frame[["stratum", "value"]].drop_duplicates()
        found |= set(pairs.itertuples(index=False, name=None))
    return sorted((each for each in found if each[0] != "all"), key=_order)


def measured_parts(
    curve: ContextCurve, names: Collection[str] | None = None
) -> dict[Part, ContextCurve]:
    """The parts of a curve that have pixels at each radius, in the order of `parts_of`.

    Args:
        curve: The curve.
        names: Columns and strata whose parts are wanted; None for all.
    """
    wanted = (each for each in parts_of([curve]) if names is None or each[0] in names)
    parts = {each: part_of(curve, each) for each in wanted}
    return {each: part for each, part in parts.items() if is_measured(curve, part)}


def part_words(part: Part) -> str:
    """A part in words.

    >>> part_words(("region", "CapeFarewell")), part_words(("edge", "< 25 km")), part_words(WHOLE)
    ('Region: Cape Farewell', 'Distance to the edge of the data: < 25 km', 'All pixels')
    """
    name, value = part
    shown = region_name(value) if name == "region" else value
    return "All pixels" if part == WHOLE else f"{_LABELS.get(name, name)}: {shown}"


def part_of(curve: ContextCurve, part: Part) -> ContextCurve:
    """A part of a curve; without the radius of its gradient, which is that of all scenes."""
    if part == WHOLE:
        return curve.part()
    name, value = part
    equal = {name: value} if name in _OF_SCENES else {"stratum": name, "value": value}
    return replace(curve.part(**equal), gradient_km={})


def is_measured(curve: ContextCurve, part: ContextCurve) -> bool:
    """Whether a part has pixels at each radius: where it has none, nothing is known to be lost."""
    return len(part.frame) > 0 and part.measured_km == curve.measured_km


def _order(part: Part) -> tuple[int, int, str]:
    name, value = part
    if name in _OF_SCENES:
        return _OF_SCENES.index(name), 0, value
    names, values = list(VALUES), VALUES.get(name, ())
    at = names.index(name) if name in names else len(names)
    return len(_OF_SCENES) + at, values.index(value) if value in values else len(values), value
