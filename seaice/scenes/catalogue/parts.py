"""Where the scenes of an archive lie: in one folder, or in folders called train, test and the like.

The public copies of the AI4Arctic sea ice challenge dataset come as such folders, and the charts of
the test scenes as a folder of their own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from seaice.ai4arctic.names import is_reference
from seaice.core.text import counted, named

Part = Literal["train", "validation", "test"]

_PARTS: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validate", "validation"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Names of parts, in lower case, as folders and tables have them."""
_DEPTH, _MOST_FOLDERS = 3, 1000
"""How far below a folder, and in how many folders, NetCDF files are looked for."""


def part_named(name: str) -> Part | None:
    """The part that a folder or an entry of a table names; None if it is none."""
    return _PARTS.get(name.strip().lower())


def part_folders(folder: Path) -> list[Path]:
    """Folders of an archive's parts directly in a folder, ordered by name.

    Raises:
        OSError, ValueError: The folder cannot be opened.
    """
    names = sorted(name for name in os.listdir(folder) if part_named(name))
    return [folder / name for name in names if os.path.isdir(folder / name)]


def names_scene(name: str) -> bool:
    """Whether a file of this name may be a scene."""
    return name.endswith(".nc") and not name.startswith(".") and not is_reference(name)


def elsewhere(folder: Path) -> str:
    """A sentence that names folders below a folder that may hold scenes; empty without any."""
    found = [
        f"{path.relative_to(folder)} ({counted(count, 'file')})"
        for path, count in _folders_below(folder)
    ]
    return f"Folders in it may hold scenes: {named(found)}. Name one of them." if found else ""


def _folders_below(folder: Path) -> Iterator[tuple[Path, int]]:
    """Folders with files that may be scenes, and how many, those nearest to the folder first."""
    level = [folder]
    looked = 0
    for _ in range(_DEPTH):
        below: list[Path] = []
        for parent in level:
            looked += 1
            if looked > _MOST_FOLDERS:
                return
            below.extend(_subfolders(parent))
        for path in below:
            if count := sum(names_scene(each.name) for each in _entries(path)):
                yield path, count
        level = below


def _subfolders(folder: Path) -> list[Path]:
    entries = _entries(folder)
    return [folder / each.name for each in entries if not each.name.startswith(".") and _is(each)]


def _is(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a folder; links are not followed, so that no loop is."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda each: each.name)
    except OSError:
        return []
