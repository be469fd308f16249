"""What a link to a page says, and how it is written as the query of an address.

An address is untrusted text: each value is checked, and others are left out with a message. A link
names scenes, folders and checkpoints, never paths.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from seaice.ai4arctic.channels import CHANNEL, channel_set
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.dashboard.compare.display import LAYOUTS, MOST_CHANNELS, PLACES, ROWS
from seaice.dashboard.explain.questions import (
    ACROSS,
    BY,
    OVER,
    PIXELS,
    QUESTIONS,
    WITHIN,
    parse_place,
)
from seaice.dashboard.link_folders import NAME
from seaice.dashboard.link_values import (
    each,
    matching,
    named,
    number,
    one_of,
    percent,
    percent_of_any,
    token,
)
from seaice.dashboard.orientation import DIRECTIONS
from seaice.explain.methods import METHODS
from seaice.figures.palettes import SCHEMES
from seaice.network.rates import parse_rates, rates_name
from seaice.scenes.region import Region

MAX_COMPARED = 5
"""Most sets of rates that Compare shows at once."""
MAX_COLUMNS = 5
"""Most columns that Compare shows beside them."""
# Longer than any scene id, which comes from a file name, and than all channel names together.
_LONGEST = 400
NO_CHECKPOINT = "-"
"""Stands for the hash of a checkpoint where there is none."""
_NONE = "-"
"""Stands for no channel at all."""
HASH_DIGITS = 8
"""First digits of a checkpoint's SHA-256 that a link holds."""
_HASH = re.compile(rf"[0-9a-f]{{{HASH_DIGITS}}}|{NO_CHECKPOINT}")
# A checkpoint's hash, or a word for a file of maps, the mean of a checkpoint's seeds, a baseline.
_COLUMN = re.compile(
    rf"((maps|seeds)-)?[0-9a-f]{{{HASH_DIGITS}}}|baseline-[a-z0-9.-]{{1,60}}",
)

_LAYER = re.compile("[a-z0-9-]{1,40}")


@dataclass(frozen=True)
class Link:
    """The values in a link; None if the link has no such value.

    Attributes:
        scene: Id of the scene.
        rates: Sets of atrous rates in their written form.
        channels: Channel set, or names of channels joined by commas.
        task: Chart.
        target: Index of the explained class.
        region: Region of the scene.
        layer: Layer that is explained.
        method: Method that explains it.
        folder: Name of the data folder (`link_folders`).
        checkpoints: For each set of rates, how the SHA-256 of its checkpoint begins.
        columns: Further columns of Compare: how the SHA-256 of a checkpoint begins, or words for
            baselines and files of maps.
        versus: Number of the column that the others are held against.
        view: Layout of Compare.
        maps: Rows of maps.
        beside: Channels beside them; empty for none.
        shows: Whether the maps show the region close up or in the scene.
        colours: Colours of the charts.
        opacity: Of the networks' maps over the radar image, percent.
        orientation: How maps lie.
        question: What Explain answers.
        place: The pixel that Explain tells about, in its written form.
        limit: Where Explain masks what is not sure: percent, for SIC percentage points.
        across: What Explain compares the evidence of.
        by: Whether it does so by classes or by layers.
        within: Whose outputs that evidence explains.
        classes: Indices of the classes on Explain.
        layers: Layers on Explain.
        of: Number of the set of rates whose cells, channel sets or seeds Explain shows.
        over: What Explain measures the worth of channels over.
        pixels: Pixels that Explain takes an effective field of.
    """

    scene: str | None = None
    rates: tuple[str, ...] | None = None
    channels: str | None = None
    task: str | None = None
    target: int | None = None
    region: Region | None = None
    layer: str | None = None
    method: str | None = None
    folder: str | None = None
    checkpoints: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    versus: int | None = None
    view: str | None = None
    maps: tuple[str, ...] | None = None
    beside: tuple[str, ...] | None = None
    shows: str | None = None
    colours: str | None = None
    opacity: int | None = None
    orientation: str | None = None
    question: str | None = None
    place: str | None = None
    limit: int | None = None
    across: str | None = None
    by: str | None = None
    within: str | None = None
    classes: tuple[int, ...] | None = None
    layers: tuple[str, ...] | None = None
    of: int | None = None
    over: str | None = None
    pixels: int | None = None

    def query(self) -> dict[str, str]:
        """The query of an address; the inverse of `parse`."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= {name: values[name] and token(values[name]) for name in _WORDS}
        values["maps"] = self.maps and [token(name) for name in self.maps]
        values["layers"] = self.layers and [token(name) for name in self.layers]
        values |= {
            name: " ".join(map(str, values[name])) if values[name] else None for name in _LISTS
        }
        values["beside"] = None if self.beside is None else " ".join(self.beside) or _NONE
        return {name: str(value) for name, value in values.items() if value is not None}


def parse(query: Mapping[str, str]) -> tuple[Link, list[str]]:
    """Read a query.

    Args:
        query: Names and values in an address, untrusted.

    Returns:
        The valid values, and a message for each invalid one. Unknown names are ignored. Whether a
        layer exists depends on the networks, so the pages check it.
    """
    values: dict[str, Any] = {}
    problems = []
    for name, read in _READ.items():
        if not query.get(name):
            continue
        try:
            values[name] = read(query[name][:_LONGEST])
        except (ConfigError, ValueError):
            problems.append(not_available(_NAMES[name]))
    if "target" in values:
        # Imports torch, which a page without networks need not wait for.
        from seaice.explain.targets import target_names

        task = values.get("task")
        if task is None or values["target"] >= len(target_names(task)):
            # Without its task, a class has no meaning.
            values.pop("target")
            problems.append(not_available(_NAMES["target"]))
    if "classes" in values:
        from seaice.explain.targets import target_names

        known = range(len(target_names(values["task"])) if "task" in values else 0)
        if not set(values["classes"]) <= set(known):
            values.pop("classes")
            problems.append(not_available(_NAMES["classes"]))
    if len(values.get("checkpoints", ())) not in (0, len(values.get("rates", ()))):
        # It takes the rates to know whose they are.
        values.pop("checkpoints")
        problems.append(not_available(_NAMES["checkpoints"]))
    return Link(**values), problems


def not_available(what: str) -> str:
    """A message about a value of a link, without the value: a link must not put text on the page.

    Args:
        what: Name of the value, and its verb.
    """
    return f"The link's {what} not available. Showing the default."


def _rates(text: str) -> tuple[str, ...]:
    names = dict.fromkeys(rates_name(parse_rates(name)) for name in text.split())
    if not 0 < len(names) <= MAX_COMPARED:
        raise ConfigError(f"A link must name 1 to {MAX_COMPARED} sets of rates.")
    return tuple(names)


def _channels(text: str) -> str:
    channel_set(text)
    return text


def _ordinal(text: str) -> int:
    if not 1 <= number(text) <= MAX_COMPARED + MAX_COLUMNS:
        raise ConfigError("There is no such column.")
    return int(text)


def _pixels(text: str) -> int:
    return int(one_of(tuple(map(str, PIXELS)))(text))


def _maps(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each(named(ROWS))(text)))


def _beside(text: str) -> tuple[str, ...]:
    if text == _NONE:
        return ()
    return tuple(dict.fromkeys(each(one_of(tuple(CHANNEL)))(text)))[:MOST_CHANNELS]


def _classes(text: str) -> tuple[int, ...]:
    classes = tuple(dict.fromkeys(number(part) for part in text.split()))
    if not classes:
        raise ConfigError("A link must name at least one class.")
    return classes


def _layers(text: str) -> tuple[str, ...]:
    """Names of layers; whether the networks have them, the page finds out."""
    words = each(matching(_LAYER))(text)
    return tuple(dict.fromkeys(word.replace("-", " ") for word in words))


def _columns(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each(matching(_COLUMN))(text)))[:MAX_COLUMNS]


def _place(text: str) -> str:
    parse_place(text)
    return text


_READ: dict[str, Callable[[str], object]] = {
    "scene": str,
    "rates": _rates,
    "channels": _channels,
    "task": one_of(CHARTS),
    "target": number,
    "region": Region.parse,
    "layer": str,
    "method": one_of(METHODS),
    "folder": matching(NAME),
    "checkpoints": each(matching(_HASH)),
    "columns": _columns,
    "versus": _ordinal,
    "view": named(LAYOUTS),
    "maps": _maps,
    "beside": _beside,
    "shows": named(PLACES),
    "colours": named(SCHEMES),
    "opacity": percent,
    "orientation": named(DIRECTIONS),
    "question": named(QUESTIONS),
    "place": _place,
    "limit": percent_of_any,
    "across": named(ACROSS),
    "by": named(BY),
    "within": named(WITHIN),
    "classes": _classes,
    "layers": _layers,
    "of": _ordinal,
    "over": named(OVER),
    "pixels": _pixels,
}
_LISTS = ("rates", "checkpoints", "columns", "maps", "classes", "layers")
_WORDS = ("view", "shows", "colours", "orientation", "question", "across", "by", "within", "over")

_NAMES = {
    "scene": "scene is",
    "rates": "atrous rates are",
    "channels": "channel set is",
    "task": "task is",
    "target": "class is",
    "region": "region is",
    "layer": "layer is",
    "method": "explanation method is",
    "folder": "data folder is",
    "checkpoints": "checkpoints are",
    "columns": "further columns are",
    "versus": "number of a column is",
    "view": "view is",
    "maps": "choice of maps is",
    "beside": "choice of channels beside the maps is",
    "shows": "view of the region is",
    "colours": "choice of colours is",
    "opacity": "opacity is",
    "orientation": "orientation is",
    "question": "question is",
    "place": "pixel is",
    "limit": "limit is",
    "across": "comparison is",
    "by": "kind of rows is",
    "within": "part of the scene is",
    "classes": "choice of classes is",
    "layers": "choice of layers is",
    "of": "number of a set of rates is",
    "over": "choice of scenes is",
    "pixels": "number of pixels is",
}
