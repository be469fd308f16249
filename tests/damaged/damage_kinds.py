"""Ways in which a scene file can be damaged as a file, and what must become of each."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REFUSED, ACCEPTED, CHANCE = "refused", "accepted", "chance"
"""What becomes of a file: the catalogue refuses it; or lists it, and what cannot be used is refused
where it is wanted; or one of both, as chance hits."""

_STRUCTURE = re.compile(
    rb"\x89HDF|OHDR|OCHK|TREE|HEAP|SNOD|GCOL|FRHP|FHDB|FHIB|BTHD|BTLF|BTIN|FADB|FAHD|EAHD"
)
_STRUCTURE_BYTES = 256
"""After each signature, taken as the part of a file that says where everything lies."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Kind:
    """A way of damaging.

    Attributes:
        make: Writes the damaged file, from a good one.
        verdicts: What must become of a ready-to-train and of a raw file; empty where there is none.
    """

    make: Callable[[Path, Path, Rng], None]
    verdicts: tuple[str, str]


KINDS: dict[str, Kind] = {}
"""All kinds; `damage_values` adds those that a good file is written with."""


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
