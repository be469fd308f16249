"""Which checkpoint of a channel set and rates, where several have both.

The same rates in feature cells of another size look another distance away, so the picker tells how
far, and lists checkpoints with cells of the same size one after the other.
"""

from collections import Counter
from collections.abc import Sequence
from statistics import mean

import streamlit as st

from seaice.dashboard import cached, permalink
from seaice.dashboard.link import HASH_DIGITS, NO_CHECKPOINT
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import Rates, parse_rates
from seaice.network.reach import reach_text

COLUMNS_KEY = "columns"
"""Key of the picker of Compare's further columns: names of checkpoints, words for others."""


def pick_checkpoint(
    files: Sequence[CheckpointFile], channel_set: str, rates: str
) -> CheckpointFile | None:
    """The checkpoint of a channel set and rates; a picker is drawn if there are several."""
    fitting = _fitting(files, channel_set, rates)
    if len(fitting) < 2:
        return next(iter(fitting), None)
    by_name = {file.name: file for file in fitting}
    labels = checkpoint_labels(fitting)
    key = checkpoint_key(channel_set, rates)
    if st.session_state.get(key) not in by_name:
        st.session_state[key] = fitting[0].name
    name = st.selectbox(
        f"Checkpoint of rates {rates}",
        list(by_name),
        key=key,
        persist_state="session",
        format_func=labels.__getitem__,
        help="Several checkpoints have this channel set and these rates: how far the rates reach, "
        "the combined score of the validation, and the seed. The seed that most rates have comes "
        "first, so that what you compare differs in its rates alone, and of one seed the best "
        "checkpoint; with it those whose feature cells have the same size.",
    )
    st.caption(f"{plain(name)}, cells of {by_name[name].info.cell_m / 1000:g} km")
    return by_name[name]


def chosen_checkpoint(
    files: Sequence[CheckpointFile], channel_set: str, rates: str
) -> CheckpointFile | None:
    """The checkpoint that `pick_checkpoint` gives, without drawing anything."""
    fitting = _fitting(files, channel_set, rates)
    name = st.session_state.get(checkpoint_key(channel_set, rates))
    return next((file for file in fitting if file.name == name), next(iter(fitting), None))


def of_one_seed(files: Sequence[CheckpointFile]) -> list[CheckpointFile]:
    """The checkpoints of the seed that most rates have, of those of a channel set."""
    first = _seeds(files)[:1]
    return [file for file in files if _seed(file) in first]


def follow_checkpoints(files: Sequence[CheckpointFile]) -> None:
    """Choose the checkpoints that a link shows, and report those that are not the same any more."""
    channel_set, changed = st.session_state["channel_set"], []
    for rates, wanted in permalink.linked_checkpoints().items():
        fitting = _fitting(files, channel_set, rates)
        same = next((file for file in fitting if link_hash(file) == wanted), None)
        if same:
            st.session_state[checkpoint_key(channel_set, rates)] = same.name
        elif fitting:
            chosen = chosen_checkpoint(files, channel_set, rates) or fitting[0]
            was = (
                "had no checkpoint"
                if wanted == NO_CHECKPOINT
                else f"were shown by another checkpoint ({wanted})"
            )
            changed.append(
                f"When the link was made, rates {rates} {was}. Showing {chosen.name} "
                f"({link_hash(chosen)})."
            )
    permalink.report(changed)


def follow_columns(files: Sequence[CheckpointFile]) -> None:
    """Choose the further columns that a link shows, and report checkpoints that are not there."""
    wanted = permalink.linked_columns()
    if wanted is None:
        return
    by_hash = {link_hash(file): file.name for file in files} if wanted else {}
    # Words, not hashes, stand for what is no checkpoint.
    lost = [each for each in wanted if each not in by_hash and len(each) == HASH_DIGITS]
    st.session_state[COLUMNS_KEY] = [by_hash.get(each, each) for each in wanted if each not in lost]
    permalink.report(
        [
            f"The link shows a checkpoint ({each}) that is not there any more. Its column is left "
            "out."
            for each in lost
        ]
    )


def link_hash(file: CheckpointFile) -> str:
    """How a checkpoint's SHA-256 begins, as in a link."""
    return cached.sha256(file)[:HASH_DIGITS]


def checkpoint_key(channel_set: str, rates: str) -> str:
    """Key of the picker among the checkpoints of a channel set and rates."""
    return f"checkpoint_{channel_set}_{rates}"


def _fitting(files: Sequence[CheckpointFile], channel_set: str, rates: str) -> list[CheckpointFile]:
    """Checkpoints of a channel set and rates: the seed that most rates have first, then the best.

    Networks of two seeds differ in more than their rates. Those with feature cells of the same size
    follow one another. Those without a score come last, by name: a file that comes later never
    takes the place of another one unseen.
    """
    wanted = parse_rates(rates)
    own = [file for file in files if file.info.channel_set == channel_set]
    seeds = _seeds(own)
    fitting = [file for file in own if file.info.rates == wanted]
    fitting.sort(key=lambda file: (file.info.score is None, seeds.index(_seed(file)), _order(file)))
    cells = list(dict.fromkeys(file.info.cell_m for file in fitting))
    return sorted(fitting, key=lambda file: cells.index(file.info.cell_m))


def _seeds(files: Sequence[CheckpointFile]) -> list[str]:
    """Seeds of a channel set's checkpoints: that of most rates first, then the best validated.

    Rates without a score do not count, unless no seed has others.
    """
    scores: dict[str, list[float]] = {}
    rates: dict[str, set[Rates]] = {}
    for file in files:
        scores.setdefault(_seed(file), []).append(file.info.score or 0.0)
        known = rates.setdefault(_seed(file), set())
        if file.info.score is not None:
            known.add(file.info.rates)
    return sorted(
        scores,
        key=lambda seed: (-len(rates[seed]), -mean(scores[seed]), -len(scores[seed]), seed),
    )


def _seed(file: CheckpointFile) -> str:
    return str(file.info.training.get("seed", ""))


def _order(file: CheckpointFile) -> tuple[float, str]:
    return -(file.info.score or 0.0), file.name


def checkpoint_labels(files: Sequence[CheckpointFile]) -> dict[str, str]:
    """By file name: what tells checkpoints of the same rates apart, in a few words."""
    labels = {file.name: _label(file) for file in files}
    count = Counter(labels.values())
    # The browser tells options apart by their labels alone.
    return {
        name: label if count[label] == 1 else f"{label} · {name}" for name, label in labels.items()
    }


def _label(file: CheckpointFile) -> str:
    info = file.info
    cell_km = info.cell_m / 1000
    far = reach_text(info.rates, info.cell_m) if any(info.rates) else f"cells of {cell_km:g} km"
    parts = [far, "not scored" if info.score is None else f"{info.score:.1f}"]
    if "seed" in info.training:
        parts.append(f"seed {str(info.training['seed'])[:10]}")
    return " · ".join(parts)
