"""The scenes of a run: which it learns from, which score it."""

import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

from seaice.core.errors import MissingChannelsError, NoScenesError
from seaice.core.text import named
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.catalogue.splits import Selected, hold_back, select
from seaice.scenes.scene import Scene
from seaice.training.config import TrainingConfig

log = logging.getLogger(__name__)

_FEW_SCENES = 3
"""Fewer validation scenes than this say little."""


def split_scenes(config: TrainingConfig) -> tuple[list[Scene], list[Scene]]:
    """Training and validation scenes of a run; no scene is both.

    Those that validate are the listed ones, else those of the validation folder, else a share of
    the scenes to train with. What cannot be used is left out, with a word.

    Raises:
        NoScenesError: A folder holds no scene that can be used, or all of them validate.
        MissingChannelsError: No scene of a folder can feed the channel set.
        ConfigError: A list is no list of names of scenes.
    """
    folder, other = Path(config.data), Path(config.validation or config.data)
    found = _found(folder)
    listed = _listed(found, config.train_list).ids
    # In the folder's order, whatever the list's: the same scenes make the same run.
    training = [scene for scene in found if scene.id in listed]
    if config.validation or config.validation_list:
        there = _found(other) if config.validation else found
        chosen = _listed(there, config.validation_list)
        # Also a scene that cannot validate after all: it is meant to be unknown to the network.
        training = _without(training, chosen, folder)
        training = _usable(training, folder, config.channel_set, "learn from")
        validation = _usable(chosen.scenes, other, config.channel_set, "be scored with")
    else:
        usable = _usable(training, folder, config.channel_set, "learn from")
        training, validation = hold_back(usable, config.validation_share, config.seed)
    if len(validation) < _FEW_SCENES:
        log.warning(_few(len(validation)))
    return training, validation


def _found(folder: Path) -> tuple[Scene, ...]:
    """Scenes of a folder; says which files are none."""
    catalogue = read_catalogue(folder)
    for problem in catalogue.problems:
        log.warning("left out: %s", problem)
    return catalogue.scenes


def _listed(scenes: tuple[Scene, ...], list_file: str) -> Selected:
    """The listed ones, or all where there is no list; says which are missing."""
    if not list_file:
        return Selected(scenes)
    selected = select(scenes, Path(list_file))
    if selected.notice:
        log.warning("%s: %s", list_file, selected.notice)
    return selected


def _without(scenes: Sequence[Scene], chosen: Selected, folder: Path) -> list[Scene]:
    """The scenes but those chosen to validate."""
    rest = [scene for scene in scenes if scene.id not in chosen.ids]
    if not rest:
        raise NoScenesError(
            f"Every scene of {folder} to train with is one to validate with: none is left."
        )
    if len(rest) < len(scenes):
        log.info(
            "taken out of the training scenes, as they validate: %d of %d",
            len(scenes) - len(rest),
            len(scenes),
        )
    return rest


def _usable(scenes: Sequence[Scene], folder: Path, set_name: str, purpose: str) -> list[Scene]:
    """Scenes that are ready and have the channels and a chart; says which are left out.

    Args:
        scenes: The scenes.
        folder: Where they are from.
        set_name: The channel set.
        purpose: What the charts are for, as in "a chart to learn from".
    """
    ready = _ready(scenes, folder)
    fed = [scene for scene in ready if not scene.missing(set_name)]
    if not fed:
        first = ready[0]
        raise MissingChannelsError(
            first.id, set_name, first.missing(set_name), first.usable_channel_sets()
        )
    usable = [scene for scene in fed if scene.charts]
    if not usable:
        raise NoScenesError(f"No scene of {folder} has a chart to {purpose}.")
    unfed = [scene.id for scene in ready if scene.missing(set_name)]
    if unfed:
        log.warning("left out, lacking a channel of %s: %s", set_name, named(unfed))
    uncharted = [scene.id for scene in fed if not scene.charts]
    if uncharted:
        log.warning("left out, having no chart to %s: %s", purpose, named(uncharted))
    return usable


def _ready(scenes: Sequence[Scene], folder: Path) -> list[Scene]:
    """Scenes but the raw ones, which would have to be converted again for every run."""
    ready = [scene for scene in scenes if scene.raw is None]
    remedy = f"Make them ready with `seaice prepare {shlex.quote(str(folder))} OUT`."
    if not ready:
        raise NoScenesError(f"Every scene of {folder} to take is raw. {remedy}")
    if len(ready) < len(scenes):
        raw = [scene.id for scene in scenes if scene.raw is not None]
        log.warning("left out, being raw scenes: %s. %s", named(raw), remedy)
    return ready


def _few(count: int) -> str:
    if not count:
        return "no scene validates: the checkpoint will have no scores"
    scenes = "1 scene validates" if count == 1 else f"{count} scenes validate"
    return f"only {scenes}: a score of so few says little"
