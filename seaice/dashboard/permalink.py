"""Permalinks: the query of a page's address describes its view and restores it.

An address is untrusted text. Each value is checked against what is available, and other values are
ignored with a message. A link names a scene of the server's folder by its id, never by a path.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.explain.methods import METHODS
from seaice.network.rates import parse_rates, rates_name
from seaice.scenes.region import Region

MAX_COMPARED = 5
"""Most sets of rates that Compare shows at once."""
# Longer than any scene id, which comes from a file name, and than all channel names together.
_LONGEST = 400
_WRITTEN, _PROBLEMS, _SEEN = "_link_written", "_link_problems", "_link_seen"


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
    """

    scene: str | None = None
    rates: tuple[str, ...] | None = None
    channels: str | None = None
    task: str | None = None
    target: int | None = None
    region: Region | None = None
    layer: str | None = None
    method: str | None = None

    def query(self) -> dict[str, str]:
        """The query of an address; the inverse of `parse`."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["rates"] = " ".join(self.rates) if self.rates else None
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
            problems.append(_problem(name))
    if "target" in values:
        # Imports torch, which a page without networks need not wait for.
        from seaice.explain.gradcam import target_names

        task = values.get("task")
        if task is None or values["target"] >= len(target_names(task)):
            values.pop("target")
            # Without its task, a class has no meaning, and the task already has a message.
            problems += [_problem("target")] if task else []
    return Link(**values), problems


def _problem(name: str) -> str:
    # Without the value: a link must not put its own text on the page.
    return f"The link's {_NAMES[name]} not available. Showing the default."


def _rates(text: str) -> tuple[str, ...]:
    names = dict.fromkeys(rates_name(parse_rates(name)) for name in text.split())
    if not 0 < len(names) <= MAX_COMPARED:
        raise ConfigError(f"A link must name 1 to {MAX_COMPARED} sets of rates.")
    return tuple(names)


def _channels(text: str) -> str:
    channel_set(text)
    return text


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ConfigError(f"Unknown value {text!r}.")
        return text

    return read


def _target(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ConfigError("A class must be a whole number.")
    return int(text)


_READ: dict[str, Callable[[str], object]] = {
    "scene": str,
    "rates": _rates,
    "channels": _channels,
    "task": _one_of(CHARTS),
    "target": _target,
    "region": Region.parse,
    "layer": str,
    "method": _one_of(METHODS),
}


_NAMES = {
    "scene": "scene is",
    "rates": "atrous rates are",
    "channels": "channel set is",
    "task": "task is",
    "target": "class is",
    "region": "region is",
    "layer": "layer is",
    "method": "explanation method is",
}


def follow(scenes: Collection[str]) -> list[str]:
    """Copy the values of the address into the pages' state, once for each address.

    Call it before you draw the widgets. It also follows an address that the browser goes back to.

    Args:
        scenes: Ids of the available scenes.

    Returns:
        A message for each value of the last link that is not available.
    """
    query = dict(st.query_params)
    # A slow browser may send an older address along with a click. The click counts.
    if query and query != st.session_state.get(_WRITTEN) and not _acted():
        link, problems = parse(query)
        if link.scene is not None and link.scene not in scenes:
            problems.append("The scene in the link is not in this folder.")
            link = replace(link, scene=None, target=None, region=None)
        st.session_state[_PROBLEMS] = problems
        st.session_state[_WRITTEN] = None
        # A link without a scene applies to the scene on show.
        shown = st.session_state.get("scene", next(iter(scenes), None))
        for name, value in _state(link, link.scene or shown).items():
            st.session_state[name] = value
    shown_problems: list[str] = st.session_state.get(_PROBLEMS, [])
    return shown_problems


def _state(link: Link, scene: str | None) -> dict[str, Any]:
    """The pages' state that a link describes, if it applies to this scene."""
    named: dict[str, Any] = {
        "scene": link.scene,
        "rates": None if link.rates is None else list(link.rates),
        "channel_set": link.channels,
        "chart": link.task,
        "layer": link.layer,
        "method": link.method,
    }
    if link.target is not None:
        named[f"target_{link.task}_{scene}"] = link.target
    state = {name: value for name, value in named.items() if value is not None}
    if link.task is not None or link.region is not None:
        # A link to Compare that names no region shows the whole scene; Scenes has no regions.
        state[region_key(str(scene))] = link.region
    return state


def region_key(scene_id: str) -> str:
    """Key of a scene's region in the pages' state."""
    return f"region of {scene_id}"


def remember() -> None:
    """Store the pages' state at the end of a run. If it differs in the next run, the user acted."""
    st.session_state[_SEEN] = _choices()


def _acted() -> bool:
    seen, now = st.session_state.get(_SEEN, {}), _choices()
    return any(now[name] != value for name, value in seen.items() if name in now)


def _choices() -> dict[str, Any]:
    """Values of the pickers.

    Buttons and drawn boxes are not included, because they reset by themselves. Neither are the
    fields of the training form, because they change without a run of the page.
    """
    return {
        str(name): value
        for name, value in st.session_state.to_dict().items()
        if isinstance(value, str | int | float | list | tuple | Region)
        and not isinstance(value, bool)
        and not str(name).startswith(("_", "train_"))
    }


def write(link: Link) -> None:
    """Write the current view into the address."""
    query = link.query()
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    if st.session_state.get(_WRITTEN) not in (None, query):
        # The user has changed the view, so the problems of the link no longer matter.
        st.session_state[_PROBLEMS] = []
    st.session_state[_WRITTEN] = query
