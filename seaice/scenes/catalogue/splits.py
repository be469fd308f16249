"""Which scenes train and which validate: by lists of names, or by a validation fraction."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seaice.ai4arctic.names import file_name_of, listed_id, scene_id
from seaice.core.errors import ConfigError, NoScenesError
from seaice.core.text import named
from seaice.scenes.catalogue.lists import brief, read_entries, shown_path
from seaice.scenes.catalogue.parts import Part
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Selected:
    """The scenes that a list selects.

    Attributes:
        scenes: The listed scenes that are in the folder, in the list's order.
        missing: Ids of those that are not.
        left_out: A sentence about entries of the list that do not count; empty without any.
    """

    scenes: tuple[Scene, ...]
    missing: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all listed scenes, missing ones included."""
        return frozenset((*(scene.id for scene in self.scenes), *self.missing))

    @property
    def notice(self) -> str:
        """Which entries do not count and which scenes are missing; empty where all are there."""
        if not self.missing:
            return self.left_out
        count = len(self.missing)
        return f"{self.left_out} ".lstrip() + (
            f"{count} of the {len(self.ids)} listed scenes {'is' if count == 1 else 'are'} "
            f"missing: {named(self.missing)}."
        )


def select(scenes: Sequence[Scene], list_file: Path, part: Part = "test") -> Selected:
    """The scenes that a split file lists.

    Args:
        scenes: The scenes of a folder.
        list_file: A list of names, in a form that `read_entries` reads; repeated names count once.
        part: What the scenes are for.

    Raises:
        ConfigError: The file cannot be read, is not a list of scene names, or has none for the
            part.
        NoScenesError: All listed scenes are missing.
    """
    known = {scene.id: scene for scene in scenes}
    listed = read_entries(list_file, part, partial(_id, known=known))
    ids = dict.fromkeys(
        _listed(entry, number, list_file, known)
        for number, entry in enumerate(listed.entries, start=1)
    )
    selected = Selected(
        tuple(known[each] for each in ids if each in known),
        tuple(each for each in ids if each not in known),
        listed.notice,
    )
    if not selected.scenes:
        raise NoScenesError(
            f"None of the {len(ids)} scenes in {shown_path(list_file)} is in the folder: "
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


def _listed(entry: object, number: int, list_file: Path, known: Mapping[str, Scene]) -> str:
    """Id of an entry: that of the scene of this name, else what the name says."""
    where = f"Entry {number} of {shown_path(list_file)}"
    if not isinstance(entry, str):
        raise ConfigError(f"{where} is not a name but {brief(entry)}.")
    known_id = _id(entry, known)
    if not known_id:
        raise ConfigError(
            f"{where}, {brief(entry)}, is not the name of a scene, such as "
            "20180325T194759_dmi_prep.nc."
        )
    return known_id


def _id(name: str, known: Mapping[str, Scene]) -> str:
    """Id of the scene that has a name, else what the name says; empty where it names none."""
    plain = scene_id(file_name_of(name))
    return plain if plain in known else listed_id(name)
