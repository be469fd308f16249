"""Split the scenes of a run into training and validation scenes."""

import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

from seaice.core.errors import ConfigError, MissingChannelsError, NoScenesError
from seaice.core.text import counted, named
from seaice.scenes.catalogue import Catalogue, checked, read_catalogue
from seaice.scenes.catalogue.parts import Part
from seaice.scenes.catalogue.splits import Selected, hold_back, select
from seaice.scenes.scene import Scene
from seaice.training.config import TrainingConfig
from seaice.training.patches.sampling import longest_px

log = logging.getLogger(__name__)

_FEW_SCENES = 3
"""Scores of fewer validation scenes than this are unreliable."""
_MOST_NOTICES = 5


def split_scenes(config: TrainingConfig) -> tuple[list[Scene], list[Scene]]:
    """Training and validation scenes of a run. No scene is both.

    The validation scenes are the listed ones. Without a list, they are all scenes of the validation
    folder, or of a folder in the training scenes' folder that is called validation. Without such a
    folder either, they are a fraction of the training scenes. Scenes in a folder called test or
    validation are not trained on unless a list names them. Scenes that the run cannot use are
    skipped, and the log names them.

    Raises:
        NoScenesError: A folder has no usable scene, or all its scenes are validation scenes.
        MissingChannelsError: No scene of a folder has all channels of the channel set.
        ConfigError: A list file is not a list of scene names.
    """
    folder, other = Path(config.data), Path(config.validation or config.data)
    catalogue = _read_scenes(folder)
    training = _for_training(catalogue, config.train_list)
    held = () if config.train_list else catalogue.of_parts("validation")
    if config.validation or config.validation_list or held:
        candidates = _read_scenes(other).scenes if config.validation else held or catalogue.scenes
        chosen = _select(candidates, config.validation_list, "validation")
        # Before unusable scenes are skipped: even those are meant to stay unseen.
        training = _without(training, chosen, folder)
        training = _usable(training, folder, config.channel_set, "train on")
        validation = _usable(chosen.scenes, other, config.channel_set, "validate with")
    else:
        usable = _usable(training, folder, config.channel_set, "train on")
        training, validation = hold_back(usable, config.validation_share, config.seed)
    if len(validation) < _FEW_SCENES:
        log.warning(_few_scenes_warning(len(validation)))
    return training, validation


def require_patches(config: TrainingConfig, scenes: Sequence[Scene]) -> None:
    """Check that scenes are large enough for the patches of a run.

    Raises:
        ConfigError: A patch is larger than every scene, along both sides.
    """
    longest = longest_px(scenes, config.spacing_m)
    if config.patch > longest:
        raise ConfigError(
            f"A patch of {config.patch} pixels is larger than every scene: the longest side is "
            f"{longest} pixels of {config.spacing_m:g} m. Use a smaller patch."
        )


def warn_of_implausible(scenes: Sequence[Scene]) -> None:
    """Log what is implausible about scenes, a sentence for each of the first and a count.

    Reading their values takes some tenths of a second each, the first time only.
    """
    notices = [notice for scene in scenes if (notice := checked(scene).notice)]
    for notice in notices[:_MOST_NOTICES]:
        log.warning("%s", notice)
    if len(notices) > _MOST_NOTICES:
        log.warning(
            "%d more scenes have notices. `seaice info` shows them.", len(notices) - _MOST_NOTICES
        )


def _read_scenes(folder: Path) -> Catalogue:
    """Scenes of a folder. Logs which files are not scenes."""
    catalogue = read_catalogue(folder)
    for problem in catalogue.left_out:
        log.warning("skipped: %s", problem)
    return catalogue


def _for_training(catalogue: Catalogue, list_file: str) -> list[Scene]:
    """The scenes that may train. Logs which ones of an archive may not."""
    if list_file:
        listed = _select(catalogue.scenes, list_file, "train").ids
        # In the order of the folder, not of the list, so that the same scenes make the same run.
        return [scene for scene in catalogue.scenes if scene.id in listed]
    training = list(catalogue.trainable)
    if not training:
        raise NoScenesError(
            f"All scenes in {catalogue.folder} are in folders for validation or test. "
            "Name one of these folders, or a list of the scenes to train with."
        )
    if kept := len(catalogue.scenes) - len(training):
        log.info("%d scenes in folders for validation or test are not trained on", kept)
    return training


def _select(scenes: tuple[Scene, ...], list_file: str, part: Part) -> Selected:
    """The listed scenes, or all scenes if there is no list. Logs which ones are missing."""
    if not list_file:
        return Selected(scenes)
    selected = select(scenes, Path(list_file), part)
    if selected.notice:
        log.warning("%s: %s", list_file, selected.notice)
    return selected


def _without(scenes: Sequence[Scene], chosen: Selected, folder: Path) -> list[Scene]:
    """The scenes without the validation scenes."""
    rest = [scene for scene in scenes if scene.id not in chosen.ids]
    if not rest:
        raise NoScenesError(
            f"All training scenes in {folder} are also validation scenes. "
            "Add training scenes or choose fewer validation scenes."
        )
    if removed := len(scenes) - len(rest):
        verb = "is" if removed == 1 else "are"
        log.info(
            "%d of %d scenes %s used for validation, not for training", removed, len(scenes), verb
        )
    return rest


def _usable(scenes: Sequence[Scene], folder: Path, set_name: str, purpose: str) -> list[Scene]:
    """Prepared scenes that have all channels and an ice chart. Logs which ones are skipped.

    Args:
        scenes: The scenes.
        folder: Their folder.
        set_name: The channel set.
        purpose: Use of the charts, such as "train on" in "no ice chart to train on".
    """
    prepared = _prepared(scenes, folder)
    complete = [scene for scene in prepared if not scene.missing(set_name)]
    if not complete:
        first = prepared[0]
        raise MissingChannelsError(
            first.id, set_name, first.missing(set_name), first.usable_channel_sets()
        )
    usable = [scene for scene in complete if scene.charts]
    if not usable:
        raise NoScenesError(
            f"No scene in {folder} has an ice chart to {purpose}. Choose scenes with ice charts."
        )
    incomplete = [scene.id for scene in prepared if scene.missing(set_name)]
    if incomplete:
        log.warning("skipped %s: channels of %s are missing", named(incomplete), set_name)
    uncharted = [scene.id for scene in complete if not scene.charts]
    if uncharted:
        log.warning("skipped %s: no ice chart to %s", named(uncharted), purpose)
    return usable


def _prepared(scenes: Sequence[Scene], folder: Path) -> list[Scene]:
    """The scenes without the raw ones, which every run would have to convert again."""
    prepared = [scene for scene in scenes if scene.raw is None]
    command = f"`seaice prepare {shlex.quote(str(folder))} OUT`"
    if not prepared:
        raise NoScenesError(
            f"All selected scenes in {folder} are raw. Prepare them with {command}."
        )
    if len(prepared) < len(scenes):
        raw = [scene.id for scene in scenes if scene.raw is not None]
        log.warning("skipped raw scenes: %s. Prepare them with %s.", named(raw), command)
    return prepared


def _few_scenes_warning(count: int) -> str:
    if not count:
        return "no validation scenes: the checkpoint will have no scores"
    return f"only {counted(count, 'validation scene')}: scores are unreliable"
