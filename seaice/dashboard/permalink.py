"""What a page shows, as the query of its address: a link that brings back the same view.

An address is foreign text: each value is held against what there is, and what is not known is left
out with a word. A link names a scene of the server's folder by its id, never a path.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.dashboard.compare.region import region_key
from seaice.explain.gradcam import METHODS, target_names
from seaice.network.rates import parse_rates, rates_name
from seaice.scenes.region import Region

MOST_RATES = 5
# Longer than the name of a file can be, which a scene's id is made from, or than all channels.
_LONGEST = 400
_WRITTEN, _PROBLEMS, _SEEN = "_link_written", "_link_problems", "_link_seen"


@dataclass(frozen=True)
class Link:
    """What a link names; None where it does not say.

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
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said["rates"] = " ".join(self.rates) if self.rates else None
        return {name: str(value) for name, value in said.items() if value is not None}


def parse(query: Mapping[str, str]) -> tuple[Link, list[str]]:
    """Read a query.

    Args:
        query: Names and values of an address, as foreign as can be.

    Returns:
        What of it makes sense by itself, and a sentence for each value that makes none. Names that
        no link of ours has are passed over. Layers are the networks' own: the pages see to them.
    """
    said: dict[str, Any] = {}
    problems = []
    for name, read in _READ.items():
        if not query.get(name):
            continue
        try:
            said[name] = read(query[name][:_LONGEST])
        except (ConfigError, ValueError):
            problems.append(_vain(name))
    if "target" in said:
        task = said.get("task")
        if task is None or said["target"] >= len(target_names(task)):
            said.pop("target")
            # Without its task a class means nothing, and that has been said.
            problems += [_vain("target")] if task else []
    return Link(**said), problems


def _vain(name: str) -> str:
    return f"The link asks for {_NAMES[name]} that cannot be shown: the default is."


def _rates(text: str) -> tuple[str, ...]:
    names = dict.fromkeys(rates_name(parse_rates(name)) for name in text.split())
    if not 0 < len(names) <= MOST_RATES:
        raise ConfigError(f"Not one to {MOST_RATES} rates.")
    return tuple(names)


def _channels(text: str) -> str:
    channel_set(text)
    return text


def _one_of(known: tuple[str, ...]) -> Any:  # noqa: ANN401 - a function of a string
    def read(text: str) -> str:
        if text not in known:
            raise ConfigError(f"{text!r} is not known.")
        return text

    return read


def _target(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ConfigError("A class is a whole number.")
    return int(text)


_READ = {
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
    "scene": "a scene",
    "rates": "atrous rates",
    "channels": "a channel set",
    "task": "a task",
    "target": "a class",
    "region": "a region",
    "layer": "a layer",
    "method": "a method",
}


def follow(scenes: Collection[str]) -> list[str]:
    """Put what the address says into the pages' state, once for each address that is followed.

    To be called before the widgets are made. Going back in the browser's history is following.

    Args:
        scenes: Ids of the scenes that there are.

    Returns:
        Sentences on what the last link said in vain.
    """
    query = dict(st.query_params)
    # A browser that has not heard of the newest address yet sends an older one with a click: what
    # the person has just done counts for more.
    if query and query != st.session_state.get(_WRITTEN) and not _acted():
        link, problems = parse(query)
        if link.scene is not None and link.scene not in scenes:
            problems.append("The link asks for a scene that this folder does not hold.")
            link = replace(link, scene=None, target=None, region=None)
        st.session_state[_PROBLEMS] = problems
        st.session_state[_WRITTEN] = None
        # What a link without a scene says is said of the scene that is shown.
        shown = st.session_state.get("scene", next(iter(scenes), None))
        for name, value in _state(link, link.scene or shown).items():
            st.session_state[name] = value
    return st.session_state.get(_PROBLEMS, [])


def _state(link: Link, scene: str | None) -> dict[str, Any]:
    """The pages' state that a link stands for, on a scene."""
    state = {
        "scene": link.scene,
        "rates": None if link.rates is None else list(link.rates),
        "channel_set": link.channels,
        "chart": link.task,
        "layer": link.layer,
        "method": link.method,
    }
    if link.target is not None:
        state[f"target_{link.task}_{scene}"] = link.target
    state = {name: value for name, value in state.items() if value is not None}
    if link.task is not None or link.region is not None:
        # A link to Compare that names no region shows the whole scene; Scenes has no regions.
        state[region_key(str(scene))] = link.region
    return state


def remember() -> None:
    """Note the pages' state at the end of a run: what differs at the next, the person did."""
    st.session_state[_SEEN] = _choices()


def _acted() -> bool:
    seen, now = st.session_state.get(_SEEN, {}), _choices()
    return any(now[name] != value for name, value in seen.items() if name in now)


def _choices() -> dict[str, Any]:
    """What pickers hold; buttons and drawn boxes fall back by themselves and tell nothing.

    Nor does the form that trains, whose fields change without the page being run.
    """
    return {
        str(name): value
        for name, value in st.session_state.to_dict().items()
        if isinstance(value, str | int | float | list | tuple | Region)
        and not isinstance(value, bool)
        and not str(name).startswith(("_", "train_"))
    }


def write(link: Link) -> None:
    """Let the address say what the page shows."""
    query = link.query()
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    if st.session_state.get(_WRITTEN) not in (None, query):
        # The person has moved on from the link.
        st.session_state[_PROBLEMS] = []
    st.session_state[_WRITTEN] = query
