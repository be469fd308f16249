"""What commands take from their start to their end, imports included.

Run: python benchmarks/starts.py [FOLDER_WITH_A_FULL_SIZE_SCENE]

Medians of wall time and peak memory, each command in processes of its own, after one that is not
counted: the cache knows the scenes. Predictions compute in float32: they are of too few scenes to
find that bfloat16 pays.
"""

import argparse
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from command import HOME, SHIPPED, seaice
from machine import alone, describe


@dataclass(frozen=True)
class Work:
    """A command to measure.

    Attributes:
        label: What it is called in the table.
        arguments: What stands behind `seaice`.
        runs: How many are counted.
        status: Its exit status.
    """

    label: str
    arguments: tuple[str | Path, ...]
    runs: int = 5
    status: int = 0


def works(full_size: Path | None, out: Path) -> list[Work]:
    """The commands, in the order of the table."""
    shipped = _first_scene(HOME / "data")
    ends = "--out", out, "--again"
    predictions = [("a shipped scene", shipped)]
    if full_size is not None:
        predictions.append(("a full-size scene", _first_scene(full_size)))
    return [
        Work("--help", ("--help",)),
        Work("info of a shipped scene", ("info", shipped)),
        Work("checkpoints", ("checkpoints",)),
        Work("predict, no such file", ("predict", "missing", "missing.nc", *ends), status=2),
        *(Work(f"predict {of}", ("predict", SHIPPED, path, *ends), 3) for of, path in predictions),
    ]


def _first_scene(folder: Path) -> Path:
    paths = sorted(folder.resolve().glob("*_prep.nc"))
    if not paths:
        raise SystemExit(f"{folder} holds no scene.")
    return paths[0]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="its first scene is predicted, too")
    asked = parser.parse_args()
    print(alone(describe))
    with tempfile.TemporaryDirectory() as work:
        cache = {"SEAICE_CACHE": str(Path(work) / "cache")}
        for each in works(asked.folder, Path(work) / "out"):
            ran = [
                seaice(*each.arguments, environment=cache, status=each.status)
                for _ in range(each.runs + 1)
            ][1:]
            seconds = statistics.median(run.seconds for run in ran)
            gib = statistics.median(run.gib for run in ran)
            label = f"seaice {each.label}"
            print(f"{label:34} {seconds:6.2f} s {gib:5.2f} GiB  median of {each.runs}", flush=True)


if __name__ == "__main__":
    main()
