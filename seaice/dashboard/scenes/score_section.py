"""What a network scores on each scene of the folder, and the button that finds out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.baselines.beside import linear_among
from seaice.core.folders import models_folder
from seaice.core.text import counted
from seaice.dashboard import cached
from seaice.dashboard.scenes.scoring import ScoringJob, last_job, linear_beside, start_job
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.kept import KeptScores
from seaice.results.kept_agreement import known_disagreement
from seaice.results.scoring import Scores
from seaice.scenes.scene import Scene

_COMBINED = "Combined"
_NONE = "no other network"
_REFRESH_S = 1.0
_MOST_NAMED = 3


@dataclass(frozen=True)
class Scored:
    """What the table shows of a network's scores.

    Attributes:
        scores: By scene id; None where the scene's chart gives none.
        disagreement: By scene id, percent of the valid pixels; empty without a second network.
        task: What is scored, in words.
        linear: Scores of the per-pixel linear model of the network's channels, by scene id.
    """

    scores: Mapping[str, float | None]
    disagreement: Mapping[str, float]
    task: str
    linear: Mapping[str, float | None] = field(default_factory=dict)


NOT_SCORED = Scored({}, {}, _COMBINED)


def score_section(selection: Selection, scenes: Sequence[Scene]) -> Scored:
    """Draw the pickers, and the button that scores the scenes in the background.

    Args:
        selection: What the sidebar says; its networks come first.
        scenes: The scenes to score.

    Returns:
        What is known of them.
    """
    files, _ = cached.checkpoints(models_folder())
    if not files:
        st.info("There is no checkpoint yet: train one in the sidebar.", icon=":material/info:")
        return NOT_SCORED
    with st.container(horizontal=True, vertical_alignment="bottom", key="score_pickers"):
        network, other = _pick_networks(selection, files)
        task = st.selectbox("Score", (_COMBINED, *CHARTS), key="score_task", width=150)
        button = st.container(width="content")
    usable = [scene for scene in scenes if not scene.missing(network.info.channel_set)]
    if other is not None:
        usable = [scene for scene in usable if not scene.missing(other.info.channel_set)]
    sha256 = cached.sha256(network)
    known = KeptScores(sha256).known(usable)
    apart = known_disagreement(usable, sha256, cached.sha256(other)) if other else {}
    linear = linear_among(cached.baselines(models_folder(), network.info.channel_set)[0])
    beside = linear_beside(usable, linear) if linear else {}
    left = [
        each
        for each in usable
        if each not in known or (other and each not in apart) or (linear and each not in beside)
    ]
    with button:
        _button(ScoringJob(left, network.path, other.path if other else None, linear))
    _state()
    return Scored(
        {scene.id: _value(kept.scores, task) for scene, kept in known.items()},
        {scene.id: 100 * _apart(shares, task) for scene, shares in apart.items()},
        task,
        {scene.id: _value(sums.scores(), task) for scene, sums in beside.items()},
    )


def _pick_networks(
    selection: Selection, files: Sequence[CheckpointFile]
) -> tuple[CheckpointFile, CheckpointFile | None]:
    """Which network is scored, and which one its maps are compared with."""
    by_name = {file.name: file for file in files}
    chosen = [file.name for file in selection.checkpoints if file.name in by_name]
    names = sorted(by_name, key=lambda name: name not in chosen)
    labels = {name: _label(file) for name, file in by_name.items()}
    for key in ("score_network", "score_other"):
        # A file that is gone, or another folder.
        if st.session_state.get(key) not in (None, _NONE, *names):
            del st.session_state[key]
    network = st.selectbox(
        "Network",
        names,
        format_func=labels.__getitem__,
        key="score_network",
        persist_state="session",
        width=330,
    )
    other = st.selectbox(
        "Compared with",
        (_NONE, *(name for name in names if name != network)),
        format_func=lambda name: labels.get(name, name),
        key="score_other",
        persist_state="session",
        help="Adds the share of pixels on which the two networks disagree.",
        width=330,
    )
    return by_name[network], by_name.get(other)


def _label(file: CheckpointFile) -> str:
    info = file.info
    seed = f" · seed {str(info.training['seed'])[:10]}" if "seed" in info.training else ""
    return f"{info.channel_set} · {info.rates_label}{seed}"


def _button(new: ScoringJob) -> None:
    job = last_job()
    if job is not None and job.alive:
        st.button(
            "Stop",
            icon=":material/stop:",
            on_click=job.stop,
            help="Ends after the scene that is being scored. What is scored stays.",
        )
    elif new.scenes:
        count = counted(len(new.scenes), "scene")

        def start() -> None:
            # If another window was quicker, the page shows its job.
            start_job(new)

        st.button(
            f"Score {count}",
            icon=":material/scoreboard:",
            on_click=start,
            help="In the background, for the scenes that pass the filter. Scores are kept.",
        )


def _state() -> None:
    """How far the job at work is, or what the last one could not read."""
    job = last_job()
    if job is None:
        return
    if job.alive:
        st.fragment(_bar, run_every=_REFRESH_S)(job)
    elif job.problems:
        named = job.problems[:_MOST_NAMED]
        if len(job.problems) > _MOST_NAMED:
            named.append(f"And {len(job.problems) - _MOST_NAMED} more.")
        st.warning("\n\n".join(plain(each) for each in named), icon=":material/warning:")


def _bar(job: ScoringJob) -> None:
    if not job.alive:
        st.rerun()
    total = len(job.scenes)
    st.progress(job.done / total, f"{job.done} of {total} scenes scored")


def _value(scores: Scores, task: str) -> float | None:
    return dict(scores.items())[_COMBINED.lower() if task == _COMBINED else task].value


def _apart(by_chart: Mapping[ChartName, float], task: str) -> float:
    """Disagreement on a chart; on the combined score, the mean over all charts."""
    if task == _COMBINED:
        return sum(by_chart.values()) / len(by_chart)
    return by_chart[cast(ChartName, task)]
