"""The columns of Compare beside those of the sidebar's rates: any other source of maps."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from seaice.core.errors import SceneError
from seaice.core.folders import models_folder
from seaice.dashboard import cached, permalink
from seaice.dashboard.compare.results import ColumnResult
from seaice.dashboard.compare.sources import (
    Sources,
    baseline_word,
    maps_word,
    offered_baselines,
    offered_seeds,
    open_for_all,
    opened_maps,
    seeds_heading,
)
from seaice.dashboard.link import MAX_COLUMNS
from seaice.dashboard.sidebar.checkpoint_picker import COLUMNS_KEY, link_hash
from seaice.dashboard.sidebar.labels import channel_set_label
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.text import plain, typed_path
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.reach import reach_km

_PATH, _PROBLEM = "columns_path", "_columns_problem"


def pick_columns(selection: Selection) -> Sources:
    """Draw the picker of further columns, and return what predicts all columns, in order.

    Args:
        selection: What is selected in the sidebar; its checkpoints come first.
    """
    files, _ = cached.checkpoints(models_folder())
    own = {file.name for file in selection.checkpoints}
    others = {file.name: file for file in files if file.name not in own}
    baselines = offered_baselines(selection.scene, selection.channel_set)
    seeds, maps = offered_seeds(selection.checkpoints), opened_maps()
    labels = {
        **{name: _option(others[name]) for name in sorted(others, key=lambda n: _order(others[n]))},
        **{word: " · ".join(seeds_heading(group)) for word, group in seeds.items()},
        **{word: f"Baseline: {label}" for word, label in baselines.items()},
    }
    wanted = st.session_state.get(COLUMNS_KEY, [])
    # Files of others who use this server are not offered, but a link may name one.
    labels |= {word: f"Maps: {maps[word].path.name}" for word in wanted if word in maps}
    # The scene may not allow what was chosen, a file may be gone, or the sidebar may show it now.
    st.session_state[COLUMNS_KEY] = [each for each in wanted if each in labels]
    _tell_left_out([each for each in wanted if each not in labels and each not in own], selection)
    chosen = st.multiselect(
        "Further columns",
        list(labels),
        max_selections=MAX_COLUMNS,
        format_func=lambda each: labels.get(each, each),
        key=COLUMNS_KEY,
        persist_state="session",
        placeholder="Any checkpoint or baseline",
        help="They stand beside those of the rates in the sidebar, so that you can compare two "
        "channel sets, two seeds, a network with the mean of its seeds, or with a baseline of the "
        "sidebar's channel set.",
    )
    _suggestions(selection, others)
    _add_maps()
    return Sources(
        (*selection.checkpoints, *(others[each] for each in chosen if each in others)),
        tuple((each, seeds[each]) for each in chosen if each in seeds),
        tuple(baselines[each] for each in chosen if each in baselines),
        tuple(maps[each] for each in chosen if each in maps),
    )


def _tell_left_out(columns: Sequence[str], selection: Selection) -> None:
    """Say which columns are left out: of a link, where the page does so of all that it lacks."""
    sentences = [f"Column left out, because it is not available here: {each}" for each in columns]
    if permalink.unwritten():
        permalink.report(sentences)
        with selection.notice:
            permalink.tell(sentences)
        return
    for sentence in sentences:
        st.toast(plain(sentence))


def _add_maps() -> None:
    """Draw the field that opens maps of another system."""
    st.text_input(
        "Maps of another system",
        key=_PATH,
        on_change=_open_maps,
        placeholder="/path/of/package.nc",
        help="An AutoICE package, or a prediction of `seaice predict`: path of a file on the "
        "server that holds maps of this scene.",
    )
    if problem := st.session_state.get(_PROBLEM):
        st.error(plain(problem))


def _open_maps() -> None:
    """Open the file that was typed, and show it."""
    typed = typed_path(st.session_state[_PATH])
    st.session_state[_PROBLEM] = ""
    if not typed:
        return
    try:
        word = open_for_all(Path(typed))
    except SceneError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    others = [each for each in st.session_state.get(COLUMNS_KEY, []) if each != word]
    st.session_state[COLUMNS_KEY] = [*others[: MAX_COLUMNS - 1], word]
    st.session_state[_PATH] = ""


def further_columns(selection: Selection, sources: Sources) -> tuple[str, ...] | None:
    """How a link writes the columns beside those of the sidebar; None if there are none."""
    words = [link_hash(file) for file in sources.files[len(selection.checkpoints) :]]
    words += [
        *(word for word, _ in sources.seeds),
        *map(baseline_word, sources.baselines),
        *map(maps_word, sources.maps),
    ]
    return tuple(words) or None


def pick_against(results: Sequence[ColumnResult]) -> int:
    """Draw the picker of the column that the others are held against; returns its index."""
    if len(results) < 2:
        return 0
    if st.session_state.get("against", 0) not in range(len(results)):
        st.session_state["against"] = 0
    # Streamlit keeps what formats options as long as a session lasts: not the results, therefore.
    labels = [f"{number}: {each.label}" for number, each in enumerate(results, 1)]
    chosen: int = st.selectbox(
        "Differences from",
        range(len(results)),
        format_func=labels.__getitem__,
        key="against",
        persist_state="session",
        help="The row Differences holds every other column against this one: which class stands "
        "where this one has another, and where any two columns differ.",
    )
    return chosen


def _suggestions(selection: Selection, others: dict[str, CheckpointFile]) -> None:
    """Draw buttons that add what a person most often wants to see."""
    rates = {file.info.rates for file in selection.checkpoints}
    same_rates = [each for each in others.values() if each.info.rates in rates]
    seeds = [each for each in same_rates if each.info.channel_set == selection.channel_set]
    sets: dict[tuple[object, ...], CheckpointFile] = {}
    for file in sorted(same_rates, key=lambda each: -(each.info.score or 0.0)):
        if file.info.channel_set != selection.channel_set:
            sets.setdefault((file.info.channel_set, file.info.rates), file)
    with st.container(horizontal=True):
        _suggestion("Other channel sets", sorted(sets.values(), key=_order))
        _suggestion("Other seeds", seeds)
        st.button("None", key="columns_none", on_click=_choose, args=([],))


def _suggestion(label: str, files: Sequence[CheckpointFile]) -> None:
    names = [file.name for file in files[:MAX_COLUMNS]]
    st.button(
        label,
        key=f"columns_{label.split()[-1]}",
        on_click=_choose,
        args=(names,),
        disabled=not names,
        help=None if names else "There is no such checkpoint of the rates in the sidebar.",
    )


def _choose(names: list[str]) -> None:
    st.session_state[COLUMNS_KEY] = names


def _order(file: CheckpointFile) -> tuple[object, ...]:
    nearest, farthest = reach_km(file.info.rates, file.info.cell_m)
    return file.info.channel_set, farthest, nearest, len(file.info.rates), file.name


def _option(file: CheckpointFile) -> str:
    info = file.info
    parts = [channel_set_label(info.channel_set), info.rates_label]
    if "seed" in info.training:
        parts.append(f"seed {str(info.training['seed'])[:10]}")
    # The browser tells options apart by their labels alone.
    return " · ".join([*parts, file.name])
