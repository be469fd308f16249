"""Which scenes train and which validate: by lists of names, or by a validation fraction."""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seaice.ai4arctic.names import file_name_of, listed_id, scene_id
from seaice.core.errors import ConfigError, NoScenesError
from seaice.core.text import named
from seaice.scenes.scene import Scene

_MOST_BYTES = 10_000_000
"""Size of a list; the official one of all 513 scenes has 60 thousand bytes."""
_MOST_SHOWN = 80


@dataclass(frozen=True)
class Selected:
    """The scenes that a list selects.

    Attributes:
        scenes: The listed scenes that are in the folder, in the list's order.
        missing: Ids of those that are not.
    """

    scenes: tuple[Scene, ...]
    missing: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all listed scenes, missing ones included."""
        return frozenset((*(scene.id for scene in self.scenes), *self.missing))

    @property
    def notice(self) -> str:
        """A sentence that names missing scenes; empty where none is missing."""
        if not self.missing:
            return ""
        count = len(self.missing)
        return (
            f"{count} of the {len(self.ids)} listed scenes {'is' if count == 1 else 'are'} "
            f"missing: {named(self.missing)}."
        )


def select(scenes: Sequence[Scene], list_file: Path) -> Selected:
    """The scenes that a split file lists.

    Args:
        scenes: The scenes of a folder.
        list_file: A JSON list of names; repeated names count once.

    Raises:
        ConfigError: The file cannot be read, or is not a list of scene names.
        NoScenesError: All listed scenes are missing.
    """
    known = {scene.id: scene for scene in scenes}
    ids = dict.fromkeys(
        _listed(entry, number, list_file, known)
        for number, entry in enumerate(_entries(list_file), start=1)
    )
    selected = Selected(
        tuple(known[each] for each in ids if each in known),
        tuple(each for each in ids if each not in known),
    )
    if not selected.scenes:
        raise NoScenesError(
            f"None of the {len(ids)} scenes in {_shown(list_file)} is in the folder: "
            f"{named(selected.missing)}."
        )
    return selected


def hold_back(scenes: Iterable[Scene], share: float, seed: int) -> tuple[list[Scene], list[Scene]]:
    """Split scenes into training and validation, stratified by month and service.

    Each month of each service gives its fraction as exactly as whole numbers allow (largest
    remainders). Scenes without a time are a group of their own. Which scenes are drawn depends on
    the seed and their ids alone: neither their order nor an added scene reshuffles them.

    Args:
        scenes: The scenes, with unique ids.
        share: Fraction that validates, 0 to 1, rounded up; at least one scene is left for training.
        seed: Seed of the draw.

    Returns:
        Training and validation scenes, each ordered by id.
    """
    ordered = sorted(scenes, key=lambda scene: scene.id)
    groups = defaultdict(list)
    for scene in ordered:
        groups[_group(scene)].append(scene.id)
    # 0.07 * 100 is a little more than 7, but 7 scenes are meant.
    wanted = math.ceil(round(share * len(ordered), 9))
    held_back = max(min(wanted, len(ordered) - 1), 0)
    quotas = _quotas({group: len(ids) for group, ids in groups.items()}, held_back, seed)
    chosen = {
        each
        for group, ids in groups.items()
        for each in sorted(ids, key=lambda scene_id: _lot(seed, scene_id))[: quotas[group]]
    }
    return (
        [scene for scene in ordered if scene.id not in chosen],
        [scene for scene in ordered if scene.id in chosen],
    )


def _group(scene: Scene) -> str:
    """The stratum of a scene: its month and service."""
    return "" if scene.time is None else f"{scene.time.month:02d} {scene.service}"


def _quotas(sizes: dict[str, int], wanted: int, seed: int) -> dict[str, int]:
    """Number of scenes from each group, `wanted` in all, never more than the group has.

    Computed in integers, so that equal remainders are equal.
    """
    total = sum(sizes.values())
    quota = {group: wanted * size // total for group, size in sizes.items()}
    by_remainder = sorted(
        sizes, key=lambda group: (-(wanted * sizes[group] % total), _lot(seed, group))
    )
    for group in by_remainder[: wanted - sum(quota.values())]:
        quota[group] += 1
    return quota


def _lot(seed: int, text: str) -> bytes:
    """A random sort key; file names need not be valid Unicode."""
    return hashlib.sha256(f"{seed} {text}".encode(errors="surrogateescape")).digest()


def _entries(list_file: Path) -> list[Any]:
    """The entries of a list, unchecked."""
    shown = _shown(list_file)
    try:
        text = _read(list_file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"{shown} cannot be read as a list of scenes ({reason}). Name a JSON file."
        ) from error
    if len(text) > _MOST_BYTES:
        raise ConfigError(
            f"{shown} has more than {_MOST_BYTES / 1e6:g} MB, too much for a list of scenes."
        )
    try:
        entries = json.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{shown} is nested too deeply for a list of scenes.") from error
    except ValueError as error:
        raise ConfigError(f"{shown} is not JSON ({error}). Name a list of scene names.") from error
    if not isinstance(entries, list):
        raise ConfigError(f"{shown} is not a list of scene names but {_brief(entries)}.")
    if not entries:
        raise ConfigError(f"{shown} is an empty list.")
    return entries


def _read(list_file: Path) -> bytes:
    """The file's bytes, truncated where there are too many.

    Raises:
        OSError: It cannot be read. A pipe is not opened, as that would block for ever.
    """
    if list_file.exists() and not list_file.is_file():
        raise OSError("not a regular file")
    with list_file.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _listed(entry: object, number: int, list_file: Path, known: dict[str, Scene]) -> str:
    """Id of an entry: that of the scene of this name, else what the name says."""
    where = f"Entry {number} of {_shown(list_file)}"
    if not isinstance(entry, str):
        raise ConfigError(f"{where} is not a name but {_brief(entry)}.")
    plain = scene_id(file_name_of(entry))
    known_id = plain if plain in known else listed_id(entry)
    if not known_id:
        raise ConfigError(
            f"{where}, {_brief(entry)}, is not the name of a scene, such as "
            "20180325T194759_dmi_prep.nc."
        )
    return known_id


def _shown(list_file: Path) -> str:
    return str(list_file)[:200]


def _brief(value: object) -> str:
    """A JSON value within a sentence."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    shown = json.dumps(value)
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."
