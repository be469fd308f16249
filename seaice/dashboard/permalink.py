"""Permalinks: the query of a page's address describes its view and restores it.

Values are checked against what is available, and other values are ignored with a message.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from seaice.ai4arctic.names import listed_id
from seaice.core.text import named
from seaice.dashboard.explain.questions import TAPS_KEY, TESTED_LAYER_KEY, class_key, parse_place
from seaice.dashboard.link import Link, parse
from seaice.dashboard.link_folders import folder_words, link_name, opened_folder
from seaice.dashboard.text import plain
from seaice.scenes.region import Region

_WRITTEN, _PROBLEMS, _SEEN = "_link_written", "_link_problems", "_link_seen"
_NEW, _WAITING, _CHECKPOINTS = "_link_new", "_link_waiting", "_link_checkpoints"
_LONGEST_ID = 32
_COLUMNS, _HANDED = "_link_columns", "_link_handed"


def follow_folder() -> None:
    """Open the data folder that the address names, once for each address, if it is known.

    Call it before you draw the field of the folder.
    """
    # Asked for once in a run: a folder that is opened here is no act of the user.
    st.session_state[_NEW] = _is_new()
    folder = opened_folder(st.query_params.get("folder", "")) if st.session_state[_NEW] else None
    if folder:
        st.session_state["data_folder"] = str(folder)


def _is_new() -> bool:
    """Whether the address is not the one that this session wrote."""
    query = dict(st.query_params)
    # A slow browser may send an older address along with a click. The click counts.
    return bool(query) and query != st.session_state.get(_WRITTEN) and not _acted()


def hand_over(link: Link) -> None:
    """Let the next page that follows links show this one, see `navigation.switch_to`."""
    st.session_state[_HANDED] = link


def follow(scenes: Collection[str]) -> None:
    """Copy the values of the address into the pages' state, once for each address.

    Call it before you draw the widgets. It also follows an address that the browser goes back to.

    Args:
        scenes: Ids of the available scenes.
    """
    waiting: Link | None = st.session_state.get(_WAITING)
    handed: Link | None = st.session_state.pop(_HANDED, None)
    if handed is not None:
        st.session_state[_PROBLEMS] = []
        _apply(handed, scenes)
    elif st.session_state.get(_NEW):
        link, problems = parse(dict(st.query_params))
        if link.folder is not None and opened_folder(link.folder) is None:
            problems.append(_unopened(link.folder))
        st.session_state.pop(_WAITING, None)
        if link.scene is not None and link.scene not in scenes:
            problems.append(_not_here(link.scene, scenes))
            st.session_state[_WAITING] = link
            link = replace(link, scene=None, target=None, region=None)
        st.session_state[_PROBLEMS] = problems
        st.session_state[_WRITTEN] = None
        _apply(link, scenes)
    elif waiting and waiting.scene in scenes:
        # The folder that the link is about was opened by hand.
        del st.session_state[_WAITING]
        st.session_state[_PROBLEMS] = []
        _apply(waiting, scenes)
    elif _acted():
        st.session_state[_PROBLEMS] = []


def _unopened(folder: str) -> str:
    shown = Path(st.session_state["data_folder"]).name
    return (
        f"The link's data folder{folder_words(folder)} has not been opened on this server. Showing "
        f"{named([shown])}. To see the link's, type its path under Data folder."
    )


def _not_here(scene: str, scenes: Collection[str]) -> str:
    """That a scene is missing, and what is shown; no other text of a link than a scene's id."""
    before = st.session_state.get("scene")
    shown = before if before in scenes else next(iter(scenes), "")
    which = f" ({scene})" if len(scene) <= _LONGEST_ID and listed_id(scene) == scene else ""
    return f"The scene in the link{which} is not in this folder. Showing {named([shown])}."


def problems() -> list[str]:
    """A message for each value of the last link that is not available, or not the same."""
    found: list[str] = st.session_state.get(_PROBLEMS, [])
    return found


def tell(problems: Sequence[str]) -> None:
    """Draw messages about a link; nothing if there are none."""
    if problems:
        st.warning("\n\n".join(map(plain, problems)), icon=":material/warning:")


def _apply(link: Link, scenes: Collection[str]) -> None:
    # A link without a scene applies to the scene on show.
    shown = st.session_state.get("scene", next(iter(scenes), None))
    for name, value in _state(link, link.scene or shown).items():
        st.session_state[name] = value


def linked_checkpoints() -> dict[str, str]:
    """By rates, how the hashes of a followed link's checkpoints begin; given out once."""
    wanted: dict[str, str] = st.session_state.pop(_CHECKPOINTS, {})
    return wanted


def linked_columns() -> tuple[str, ...] | None:
    """The further columns of a followed link, None if none was followed; given out once."""
    wanted: tuple[str, ...] | None = st.session_state.pop(_COLUMNS, None)
    return wanted


def report(problems: Sequence[str]) -> None:
    """Add messages about the link that was followed."""
    st.session_state[_PROBLEMS] = [*st.session_state.get(_PROBLEMS, []), *problems]


def unwritten() -> bool:
    """Whether the page has not written its own address yet, as just after a link was followed."""
    return st.session_state.get(_WRITTEN) is None


def _state(link: Link, scene: str | None) -> dict[str, Any]:
    """The pages' state that a link describes, if it applies to this scene."""
    named: dict[str, Any] = {
        "scene": link.scene,
        "rates": None if link.rates is None else list(link.rates),
        "channel_set": link.channels,
        "chart": link.task,
        "layer": link.layer,
        "method": link.method,
        "view": link.view,
        "rows": None if link.maps is None else list(link.maps),
        "channels": None if link.beside is None else list(link.beside),
        "region_place": link.shows,
        "scheme": link.colours,
        "opacity": link.opacity,
        "orientation": link.orientation,
        "against": None if link.versus is None else link.versus - 1,
        "question": link.question,
        "evidence_across": link.across,
        "evidence_by": link.by,
        "evidence_within": link.within,
        "channels_over": link.over,
        "field_pixels": link.pixels,
        "evidence_layers": None if link.layers is None else list(link.layers),
        _CHECKPOINTS: dict(zip(link.rates or (), link.checkpoints or (), strict=False)) or None,
    }
    if link.of is not None:
        of_pixel = link.question == "One pixel"
        named[TAPS_KEY if of_pixel else "evidence_of"] = link.of - 1 if of_pixel else link.of
    if link.question == "Is it true?" and link.layers:
        named[TESTED_LAYER_KEY] = link.layers[0]
    if link.target is not None:
        named[f"target_{link.task}_{scene}"] = link.target
    if link.limit is not None and link.task is not None:
        named[limit_key(link.task)] = link.limit
    if link.classes is not None:
        if link.question in ("Branches", "Field"):
            named[class_key(link.question, str(link.task))] = link.classes[0]
        else:
            named[classes_key(str(link.task))] = list(link.classes)
            # Where rows are layers, they are those of one class.
            named[class_key("Evidence", str(link.task))] = link.classes[-1]
    if link.place is not None:
        named[place_key(str(scene))] = parse_place(link.place)
    state = {name: value for name, value in named.items() if value is not None}
    if any(each is not None for each in (link.task, link.region, link.shows)):
        # Compare and Scenes show the whole scene if their link names no region.
        state[region_key(str(scene))] = link.region
    if link.task is not None or link.columns is not None:
        state[_COLUMNS] = link.columns or ()
    return state


def region_key(scene_id: str) -> str:
    """Key of a scene's region in the pages' state."""
    return f"region of {scene_id}"


def place_key(scene_id: str) -> str:
    """Key of a scene's pixel on Explain in the pages' state."""
    return f"place of {scene_id}"


def limit_key(chart: str) -> str:
    """Key of the limit of a chart's mask on Explain in the pages' state."""
    return f"sure_limit_{chart}"


def classes_key(chart: str) -> str:
    """Key of the classes of the grid of evidence on Explain in the pages' state."""
    return f"evidence_classes_{chart}"


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
    """Write the current view into the address, with the data folder."""
    folder = Path(st.session_state.get("data_folder", ""))
    query = replace(link, folder=link_name(folder)).query()
    if query != dict(st.query_params):
        st.query_params.from_dict(query)
    if st.session_state.get(_WRITTEN) not in (None, query):
        # The user has changed the view, so the problems of the link no longer matter.
        st.session_state[_PROBLEMS] = []
        st.session_state.pop(_WAITING, None)
    st.session_state[_WRITTEN] = query
