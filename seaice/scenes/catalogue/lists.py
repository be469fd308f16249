"""Files that list scenes: JSON, text with one name a line, and tables with a column of names."""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seaice.core.errors import ConfigError
from seaice.core.file_kinds import disguise
from seaice.scenes.catalogue.parts import Part, part_named

_MOST_BYTES = 10_000_000
"""Size of a list; the official one of all 513 scenes has 60 thousand bytes."""
_MOST_SHOWN = 80
_DELIMITERS = "\t;,"
_COMMENT = "#"
_PART_COLUMNS = ("split", "set", "subset", "partition", "part")
"""Columns that say which part of the archive a row belongs to, as in the public metadata table."""


@dataclass(frozen=True)
class Entries:
    """What a list holds.

    Attributes:
        entries: Its entries in order, unchecked; of a table, each row's name of a scene, or the
            first cell where no cell is one.
        notice: A sentence about rows of other parts, which are left out; empty if there are none.
    """

    entries: list[Any]
    notice: str = ""


def read_entries(list_file: Path, part: Part, names_scene: Callable[[str], object]) -> Entries:
    """Read the entries of a list.

    Args:
        list_file: A JSON list, a JSON object with a list for each part, a text file with one name a
            line, or a table (commas, semicolons or tabs) in which a cell of each row is a name. If
            the table has a column such as `split`, it says which rows are of which part.
        part: What the list is for.
        names_scene: Whether a text is the name of a scene.

    Raises:
        ConfigError: The file cannot be read, is empty, or lists nothing for the part.
    """
    text = _text(list_file)
    if not text:
        raise ConfigError(f"{shown_path(list_file)} is an empty list.")
    if text[0] in "[{":
        return _of_json(text, list_file, part)
    return _of_table(text, list_file, part, names_scene)


def brief(value: object) -> str:
    """An entry within a sentence."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    shown = json.dumps(value)
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."


def shown_path(list_file: Path) -> str:
    """The path of a list within a sentence."""
    return str(list_file)[:200]


def _of_json(text: str, list_file: Path, part: Part) -> Entries:
    shown = shown_path(list_file)
    try:
        entries = json.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{shown} is nested too deeply for a list of scenes.") from error
    except ValueError as error:
        raise ConfigError(f"{shown} is not JSON ({error}). Name a list of scene names.") from error
    if isinstance(entries, dict):
        parts = {part_named(str(name)): value for name, value in entries.items()}
        counts = {str(name): len(v) for name, v in entries.items() if isinstance(v, list)}
        if None in parts or len(counts) < len(entries):
            raise ConfigError(f"{shown} is not a list of scene names but an object.")
        _require_part(parts, part, counts, list_file)
        entries = parts[part]
    if not isinstance(entries, list):
        raise ConfigError(f"{shown} is not a list of scene names but {brief(entries)}.")
    if not entries:
        raise ConfigError(f"{shown} is an empty list.")
    return Entries(entries)


def _of_table(
    text: str, list_file: Path, part: Part, names_scene: Callable[[str], object]
) -> Entries:
    rows = [line for line in text.splitlines() if line.strip() and line[0] != _COMMENT]
    if not rows:
        raise ConfigError(f"{shown_path(list_file)} is an empty list.")
    delimiter = max(_DELIMITERS, key=rows[0].count)
    try:
        table = [[cell.strip() for cell in row] for row in csv.reader(rows, delimiter=delimiter)]
    except csv.Error as error:
        raise ConfigError(f"{shown_path(list_file)} is not a table ({error}).") from error
    head = [cell.lower() for cell in table[0]]
    at = next((head.index(name) for name in _PART_COLUMNS if name in head), None)
    if len(table) > 1 and not any(map(names_scene, table[0])):
        # The names of columns; a list of names alone has none.
        table = table[1:] if at is not None or any(map(names_scene, table[1])) else table
    notice = ""
    if at is not None:
        counts = Counter(row[at] for row in table if len(row) > at)
        _require_part({part_named(name) for name in counts}, part, counts, list_file)
        kept = [row for row in table if len(row) > at and part_named(row[at]) == part]
        if len(kept) < len(table):
            notice = f"of {len(table)} rows, the {len(kept)} whose {head[at]} is {part} count."
        table = kept
    # Where no cell is a name, the first one is what the error shows.
    return Entries([next(filter(names_scene, row), row[0]) for row in table], notice)


def _require_part(
    parts: Collection[Part | None], part: Part, counts: Mapping[str, int], list_file: Path
) -> None:
    if part not in parts:
        there = ", ".join(f"{brief(name)} ({count})" for name, count in list(counts.items())[:5])
        raise ConfigError(
            f"{shown_path(list_file)} lists no scenes for {part}, but: {there}. Name another list."
        )


def _text(list_file: Path) -> str:
    """The file's text without white space around it and an editor's byte order mark."""
    shown = shown_path(list_file)
    try:
        content = _read(list_file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"{shown} cannot be read as a list of scenes ({reason}). Name a file with names."
        ) from error
    if len(content) > _MOST_BYTES:
        raise ConfigError(
            f"{shown} has more than {_MOST_BYTES / 1e6:g} MB, too much for a list of scenes."
        )
    problem, remedy = disguise(list_file) if content else ("", "")
    if problem:
        raise ConfigError(f"{shown} {problem}, not a list of scenes. {remedy}")
    # Spreadsheets save tables in either of the two.
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeError as error:
        raise ConfigError(f"{shown} is not text ({error}). Name a list of scene names.") from error
    return text.strip()


def _read(list_file: Path) -> bytes:
    """The file's bytes, truncated where there are too many.

    Raises:
        OSError: It cannot be read. A pipe is not opened, as that would block for ever.
    """
    if os.path.exists(list_file) and not os.path.isfile(list_file):
        raise OSError("not a regular file")
    with list_file.open("rb") as file:
        return file.read(_MOST_BYTES + 1)
