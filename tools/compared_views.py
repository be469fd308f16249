"""Views of Compare that a `streamlit_user.User` asks for, and whether an answer is about them."""

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.Alert_pb2 import Alert
from streamlit_user import Drawn

from seaice.ai4arctic.names import scene_id
from seaice.dashboard.link import HASH_DIGITS, Link
from seaice.network.checkpoint_files import CheckpointFile, file_sha256, list_checkpoints
from seaice.network.rates import rates_name
from seaice.scenes.catalogue import scene_files

_SETS = ("sar", "sar+amsr2", "sar+amsr2-18-36")
_PAIRS = (("1-2-3", "12-24-36"), ("3-6-9", "6-12-18"), ("none", "centre"))


@dataclass(frozen=True)
class View:
    """A scene and two networks on it.

    Attributes:
        scene: Id of the scene.
        channels: Channel set.
        rates: Two sets of rates, by their written form.
        files: For each of them, its checkpoint as the source of a figure names it.
    """

    scene: str
    channels: str
    rates: tuple[str, ...]
    files: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.scene} {self.channels} {' '.join(self.rates)}"

    def query(self) -> dict[str, str]:
        """The query of a link to it."""
        # Of several seeds, the page would choose one.
        hashes = tuple(each[-HASH_DIGITS - 1 : -1] for each in self.files)
        # A class that was explained before on the scene would stay.
        return Link(
            scene=self.scene,
            channels=self.channels,
            rates=self.rates,
            checkpoints=hashes,
            task="SOD",
            target=5,
        ).query()

    def is_switch_from(self, other: "View") -> bool:
        """Whether either the scene or the networks are others."""
        networks = (self.channels, self.rates) != (other.channels, other.rates)
        return (self.scene != other.scene) != networks


def all_views(data: Path, models: Path) -> list[View]:
    """Every scene with every channel set and pair of rates that has its networks, by scene."""
    scenes = [scene_id(path.name) for path in scene_files(data)]
    named = {
        (file.info.channel_set, rates_name(file.info.rates)): _as_source(file)
        for file in list_checkpoints(models)[0]
    }
    return [
        View(scene, channels, rates, tuple(named[channels, name] for name in rates))
        for scene, channels, rates in itertools.product(scenes, _SETS, _PAIRS)
        if all((channels, name) in named for name in rates)
    ]


def few_views(views: Sequence[View]) -> list[View]:
    """One view of each scene, which together take every checkpoint."""
    by_scene = [list(group) for _, group in itertools.groupby(views, lambda view: view.scene)]
    return [of_scene[i % len(of_scene)] for i, of_scene in enumerate(by_scene)]


def _as_source(file: CheckpointFile) -> str:
    return f"{file.info.rates_label} ({file_sha256(file.path)[:HASH_DIGITS]})"


def faults(drawn: Drawn, view: View) -> list[str]:
    """What says that an answer is not about the view that was asked for.

    Args:
        drawn: The page.
        view: What was asked for.

    Returns:
        A sentence for each fault; none if the address, the figure's alternative text and its source
        all name the view, and the page shows no error.
    """
    found = [
        f"The address has {drawn.query.get(name)!r} for {name}."
        for name, value in view.query().items()
        if drawn.query.get(name) != value
    ]
    maps = [each for each in _figures(drawn) if each.alt.startswith("Maps of")]
    if len(maps) != 1:
        found.append(f"There are {len(maps)} figures of maps.")
    for each in maps:
        if f"scene {view.scene}:" not in each.alt:
            found.append(f"The figure is called {each.alt!r}.")
        source = _source(each.spec)
        wanted = f"scene {view.scene} · {view.channels} · rates {', '.join(view.files)} · "
        if wanted not in source:
            found.append(f"The figure's source is {source!r}.")
    found += [each.exception.message for each in drawn.of_type("exception")]
    alerts = [each.alert for each in drawn.of_type("alert")]
    found += [each.body for each in alerts if each.format == Alert.ERROR]
    return found


@dataclass(frozen=True)
class _Figure:
    """A figure as a browser gets it: its alternative text, and its data and layout as JSON."""

    alt: str
    spec: bytes


def _figures(drawn: Drawn) -> list[_Figure]:
    """The figures that the browser changes in place; see `seaice.dashboard.components.figure`."""
    components = [each.bidi_component for each in drawn.of_type("bidi_component")]
    sent = [each.bytes for each in components if each.component_name.endswith("seaice_figure")]
    parts = [each.split(b"\n", 1) for each in sent]
    return [_Figure(json.loads(head)["alt"], spec) for head, spec in parts]


def _source(spec: bytes) -> str:
    """The annotation that says where a figure comes from, as one line; empty if there is none."""
    annotations = json.loads(spec)["layout"].get("annotations", [])
    texts = [each.get("text", "").replace("<br>", " ") for each in annotations]
    return next((text for text in texts if " · seaice " in text), "")


def fingerprint(drawn: Drawn) -> str:
    """A hash of all figures with their images, texts and numbers."""
    digest = hashlib.sha256()
    for figure in _figures(drawn):
        digest.update(figure.spec)
    return digest.hexdigest()
