"""What a page shows, as the query of its address: a link that brings back the same view.

An address is untrusted text. Each value is checked against what is available, and unknown values
are left out with a message. A link names a scene of the server's folder by its id, never by a path.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.explain.gradcam import METHODS, target_names
from seaice.network.rates import parse_rates, rates_name
from seaice.scenes.region import Region

MOST_RATES = 5
# Longer than any scene id, which comes from a file name, and than all channel names together.
_LONGEST = 400
_WRITTEN, _PROBLEMS, _SEEN = "_link_written", "_link_problems", "_link_seen"


@dataclass(frozen=True)
class Link:
    """What a link names; None for what it leaves out.

    Attributes:
        scene: Id of the scene.
        rates: Atrous rates, by their written names.
        channels: Channel set, or names of channels joined by commas.
        task: Chart.
        target: Index of the explained class.
        region: Region of the scene.
        layer: Layer that Grad-CAM is taken at.
        method: Method of Grad-CAM.
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
        """As the query of an address; inverse of `parse`."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["rates"] = " ".join(self.rates) if self.rates else None
        return {name: str(value) for name, value in values.items() if value is not None}


def parse(query: Mapping[str, str]) -> tuple[Link, list[str]]:
    """Read a query.

    Args:
        query: Names and values of an address, untrusted.

    Returns:
        The values that are valid by themselves, and a sentence for each one that is not. Unknown
        names are ignored. Layers depend on the networks: the pages check them.
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
        task = values.get("task")
        if task is None or values["target"] >= len(target_names(task)):
            values.pop("target")
            # A class means nothing without its task, which has its own message.
            problems += [_problem("target")] if task else []
    return Link(**values), problems


def _problem(name: str) -> str:
    # Without the value: a link must not put its words on the page.
    return f"The link asks for {_NAMES[name]} not available here. Showing the default."


def _rates(text: str) -> tuple[str, ...]:
    names = dict.fromkeys(rates_name(parse_rates(name)) for name in text.split())
    if not 0 < len(names) <= MOST_RATES:
        raise ConfigError(f"A link names one to {MOST_RATES} rates.")
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
        raise ConfigError("A class is a whole number.")
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
    "scene": "a scene that is",
    "rates": "atrous rates that are",
    "channels": "a channel set that is",
    "task": "a task that is",
    "target": "a class that is",
    "region": "a region that is",
    "layer": "a layer that is",
    "method": "a method that is",
}


def follow(scenes: Collection[str]) -> list[str]:
    """Copy what the address names into the pages' state, once for each address.

    Call it before the widgets are made. Going back in the browser's history follows an address too.

    Args:
        scenes: Ids of the available scenes.

    Returns:
        Sentences about what the last link asks for but is not available.
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
        # A link without a scene is about the scene that is shown.
        shown = st.session_state.get("scene", next(iter(scenes), None))
        for name, value in _state(link, link.scene or shown).items():
            st.session_state[name] = value
    shown_problems: list[str] = st.session_state.get(_PROBLEMS, [])
    return shown_problems


def _state(link: Link, scene: str | None) -> dict[str, Any]:
    """The pages' state that a link describes, for a scene."""
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
    """Where the pages' state keeps the region of a scene."""
    return f"region of {scene_id}"


def remember() -> None:
    """Note the pages' state at the end of a run: what differs in the next run, the person chose."""
    st.session_state[_SEEN] = _choices()


def _acted() -> bool:
    seen, now = st.session_state.get(_SEEN, {}), _choices()
    return any(now[name] != value for name, value in seen.items() if name in now)


def _choices() -> dict[str, Any]:
    """What the pickers hold.

    Buttons and drawn boxes reset by themselves, and the fields of the training form change without
    a run of the page, so neither counts.
    """
    return {
        str(name): value
        for name, value in st.session_state.to_dict().items()
        if isinstance(value, str | int | float | list | tuple | Region)
        and not isinstance(value, bool)
        and not str(name).startswith(("_", "train_"))
    }


def write(link: Link) -> None:
    """Write what the page shows into the address."""
    query = link.query()
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    if st.session_state.get(_WRITTEN) not in (None, query):
        # The person has moved on from the link, so its problems no longer matter.
        st.session_state[_PROBLEMS] = []
    st.session_state[_WRITTEN] = query
