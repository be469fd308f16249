"""Damage to a scene file as a file, and the verdict on each kind."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REFUSED, ACCEPTED, CHANCE = "refused", "accepted", "chance"
"""Verdicts: the catalogue refuses the file; it lists the file, and what cannot be used is refused
where it is needed; or either, because the damage is random."""

_STRUCTURE = re.compile(
    rb"\x89HDF|OHDR|OCHK|TREE|HEAP|SNOD|GCOL|FRHP|FHDB|FHIB|BTHD|BTLF|BTIN|FADB|FAHD|EAHD"
)
_STRUCTURE_BYTES = 256
"""Bytes after each signature that count as the structure of a file."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Kind:
    """A kind of damage.

    Attributes:
        make: Writes the damaged file, from a good one.
        verdicts: The verdicts on a ready-to-train and on a raw file; empty where there is none.
    """

    make: Callable[[Path, Path, Rng], None]
    verdicts: tuple[str, str]


KINDS: dict[str, Kind] = {}
"""All kinds; `damage_values` adds those with wrong content in an intact file."""


def _bytes(ready: str, raw: str) -> Callable:
    """Make a damage of a function that gives other bytes for a file's."""

    def register(change: Callable[[bytearray, Rng], bytes | bytearray]) -> Callable:
        def make(path: Path, good: Path, rng: Rng) -> None:
            path.write_bytes(change(bytearray(good.read_bytes()), rng))

        KINDS[change.__name__.replace("_", "-")] = Kind(make, (ready, raw))
        return change

    return register


def _path(make: Callable[[Path], object]) -> Kind:
    return Kind(lambda path, good, rng: make(path), (REFUSED, ""))


KINDS["pipe"] = _path(os.mkfifo)
KINDS["folder"] = _path(Path.mkdir)
KINDS["dangling-link"] = _path(lambda path: path.symlink_to("gone.nc"))
KINDS["looping-link"] = _path(lambda path: path.symlink_to(path.name))
KINDS["device"] = _path(lambda path: path.symlink_to("/dev/zero"))
KINDS["empty"] = _path(Path.touch)
KINDS["web-page"] = _path(lambda path: path.write_text("<html>404 Not Found</html>" * 99))


@_bytes(REFUSED, REFUSED)
def truncated(content: bytearray, rng: Rng) -> bytearray:
    return content[: rng.integers(len(content))]


def _flip(content: bytearray, rng: Rng, places: np.ndarray) -> bytearray:
    for at in rng.choice(places, int(2 ** rng.integers(7))):
        content[at] ^= 1 << int(rng.integers(8))
    return content


@_bytes(CHANCE, CHANCE)
def flipped(content: bytearray, rng: Rng) -> bytearray:
    return _flip(content, rng, np.arange(len(content)))


@_bytes(CHANCE, CHANCE)
def flipped_structure(content: bytearray, rng: Rng) -> bytearray:
    starts = [match.start() for match in _STRUCTURE.finditer(content)]
    places = np.add.outer(starts, np.arange(_STRUCTURE_BYTES)).ravel()
    return _flip(content, rng, places[places < len(content)])


@_bytes(CHANCE, CHANCE)
def overwritten(content: bytearray, rng: Rng) -> bytearray:
    size = int(rng.choice([16, 512, 4096]))
    at = int(rng.integers(len(content) - size))
    content[at : at + size] = rng.bytes(size) if rng.random() < 0.5 else bytes(size)
    return content


@_bytes(REFUSED, REFUSED)
def copied_as_text(content: bytearray, rng: Rng) -> bytes:
    return bytes(content).replace(b"\n", b"\r\n")


@_bytes(ACCEPTED, ACCEPTED)
def appended(content: bytearray, rng: Rng) -> bytes:
    return bytes(content) + rng.bytes(5000)
