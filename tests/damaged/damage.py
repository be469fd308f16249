"""Writes damaged scene files, made from good ones, for the tests and for inspection.

    python tests/damaged/damage.py OUT --files 200 --seed 1

writes one good scene and so many damaged ones, ready-to-train and raw, the same for the same seed,
and prints what each is: a line of JSON with its name, its damage and what must become of it.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from seaice.ai4arctic.names import PREP_SUFFIX
from seaice.simulate import simulate_folder

# As a script the folder is on the path, as a module of the tests it is not.
sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_values import KINDS

GOOD = f"20180325T194759_dmi{PREP_SUFFIX}"
_LINES, _SAMPLES = 60, 64


def write_damaged(out: Path, files: int, seed: int) -> Iterator[dict[str, str]]:
    """Write a good scene and damaged ones.

    Every kind comes once before one comes again, first of one layout and then of the other.

    Args:
        out: Folder; made where it is missing.
        files: How many damaged files.
        seed: Of everything that is left to chance.

    Yields:
        Of each damaged file its name, the kind of its damage and the verdict that it must get.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        goods = []
        simulate_folder(
            *(Path(folder), 1, seed),
            lines=_LINES,
            samples=_SAMPLES,
            raw=True,
            on_scene=goods.append,
        )
        raw, ready = goods
        (out / GOOD).write_bytes(ready.read_bytes())
        for number, (name, is_raw) in zip(range(files), _order(), strict=False):
            path = out / _file_name(number, name, is_raw=is_raw)
            rng = np.random.default_rng((seed, number))
            KINDS[name].make(path, raw if is_raw else ready, rng)
            verdict = KINDS[name].verdicts[is_raw]
            yield {"file": path.name, "kind": name, "verdict": verdict}


def _order() -> Iterator[tuple[str, bool]]:
    """An endless cycle of kinds and layouts: the kind, and whether the file is raw."""
    for turn in count():
        for place, (name, kind) in enumerate(KINDS.items()):
            is_raw = bool((place + turn) % 2)
            yield name, is_raw if kind.verdicts[is_raw] else not is_raw


def _file_name(number: int, kind: str, *, is_raw: bool) -> str:
    """A name that says what the file is, with a unique time."""
    time = f"2021{1 + number // 1000:02d}01T{number % 1000 // 60:02d}{number % 60:02d}00"
    if is_raw:
        return f"S1A_EW_GRDM_1SDH_{time}_x_{kind}_icechart_dmi_202101010000_SouthEast_RIC.nc"
    return f"{time}_dmi_{kind}{PREP_SUFFIX}"


def main() -> None:
    """Write the files that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder to write into")
    parser.add_argument("--files", type=int, default=40, help="number of damaged files")
    parser.add_argument("--seed", type=int, default=1, help="of everything left to chance")
    given = parser.parse_args()
    for damaged in write_damaged(given.out, given.files, given.seed):
        print(json.dumps(damaged))


if __name__ == "__main__":
    main()
