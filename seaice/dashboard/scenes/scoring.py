"""Scoring the folder's scenes in the background, one after another, for all sessions."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from seaice.baselines.beside import Yardstick
from seaice.baselines.kept import ScoredScene, kept_scores, score_and_keep
from seaice.core.cache import Store
from seaice.core.device import best_device
from seaice.core.errors import SeaIceError
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.evaluation import SceneScores, score_prediction
from seaice.results.inference import predict
from seaice.results.kept import KeptScores
from seaice.results.kept_agreement import keep_disagreement, known_disagreement
from seaice.results.scoring import ScoreSums
from seaice.scenes.scene import Scene


@dataclass
class ScoringJob:
    """Scenes that one network and its linear model are scored on, in a thread of the server.

    Attributes:
        scenes: The scenes that are still to be scored when it begins.
        network: File of the checkpoint.
        other: File of one that it is compared with; None without.
        linear: The linear model of its channels; None without.
        done: How many scenes are through, scored or not.
        problems: A sentence for each scene, or checkpoint, that could not be read.
    """

    scenes: Sequence[Scene]
    network: Path
    other: Path | None = None
    linear: Yardstick | None = None
    done: int = 0
    problems: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def alive(self) -> bool:
        """Whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin in a thread of its own, which ends with the server."""
        self._thread = threading.Thread(target=self.work, name="scoring", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the scene that is being scored. What is scored stays known."""
        self._stopped.set()

    def work(self) -> None:
        """Score scene by scene. One that cannot be read is named and left out."""
        try:
            device = best_device().torch_name
            network = load_checkpoint(self.network, device)
            other = load_checkpoint(self.other, device) if self.other else None
        except SeaIceError as error:
            self.problems.append(str(error))
            return
        kept = KeptScores(network.sha256)
        # Identities are taken before the files are read.
        known = kept.known(self.scenes)
        beside = linear_beside(self.scenes, self.linear) if self.linear else {}
        apart = known_disagreement(self.scenes, network.sha256, other.sha256) if other else {}
        for scene in self.scenes:
            if self._stopped.is_set():
                return
            try:
                if scene not in known or (other is not None and scene not in apart):
                    _score(scene, network, other, kept)
                if self.linear and scene not in beside:
                    score_and_keep(self.linear, scene, _place(scene, self.linear), Store())
            except SeaIceError as error:
                self.problems.append(str(error))
            self.done += 1


def linear_beside(scenes: Sequence[Scene], linear: Yardstick) -> dict[Scene, ScoreSums]:
    """What is known of the linear model's scores on scenes; opens none."""
    places = {scene: _place(scene, linear) for scene in scenes}
    known = kept_scores(places.values(), Store())
    return {scene: known[place] for scene, place in places.items() if place in known}


def _place(scene: Scene, linear: Yardstick) -> ScoredScene:
    return ScoredScene(linear.key, scene.path.parent, scene.id)


def _score(scene: Scene, network: Checkpoint, other: Checkpoint | None, kept: KeptScores) -> None:
    prediction = predict(scene, network)
    kept.put(scene, SceneScores(scene, score_prediction(prediction), prediction.notice))
    if other is not None:
        keep_disagreement(prediction, predict(scene, other))


@st.cache_resource(show_spinner=False)
def _last() -> dict[str, ScoringJob]:
    """The last job of this server, under the name `job`."""
    return {}


def last_job() -> ScoringJob | None:
    """The job at work, or the one that was last; None before the first."""
    return _last().get("job")


def start_job(job: ScoringJob) -> bool:
    """Start a job unless another one is at work: together they would only be slower.

    Returns:
        Whether it was started.
    """
    at_work = last_job()
    if at_work is not None and at_work.alive:
        return False
    _last()["job"] = job
    job.start()
    return True
