"""Full-size scenes: converting a raw one, and opening a ready-to-train one for browsing.

Run: python benchmarks/opening.py

Each work runs in processes of its own, whose peak memory is told; 3 GB of disk.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from full_size import write_raw
from machine import alone, describe, peak_gib

HOME = Path(__file__).resolve().parents[1]
RUNS = 3


def main() -> None:
    """Print the figures."""
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        raw = write_raw(Path(folder))
        out = Path(folder) / "out"
        for compress in (True, False):
            label = f"converting it, {'' if compress else 'un'}compressed"
            _print(label, convert, raw, out, compress)
        (path,) = out.iterdir()
        _print("opening it for browsing", browse, path)


def _print(label: str, work: Callable[..., None], *arguments: object) -> None:
    # Imports are not timed.
    taken = [alone(_timed, work, *arguments) for _ in range(RUNS + 1)][1:]
    seconds, gib = (statistics.median(values) for values in zip(*taken, strict=True))
    print(f"{label:36} {seconds:6.2f} s {gib:6.2f} GiB")


def _timed(work: Callable[..., None], *arguments: object) -> tuple[float, float]:
    """Seconds of some work, and the peak memory of its process in GiB."""
    from seaice.scenes.catalogue.sandbox import SANDBOX

    # The process that opens files is there already in a dashboard; the index is empty.
    SANDBOX.inspect(next(iter(sorted((HOME / "data").glob("*_prep.nc")))))
    with tempfile.TemporaryDirectory() as cache:
        os.environ["SEAICE_CACHE"] = cache
        begun = time.perf_counter()
        work(*arguments)
        return time.perf_counter() - begun, peak_gib()


def convert(raw: Path, out: Path, compress: bool) -> None:
    """Make the raw scene ready-to-train."""
    from seaice.scenes.convert import convert_scene

    convert_scene(raw, out, compress=compress)


def browse(path: Path) -> None:
    """What the dashboard reads of a scene before it is chosen: metadata, validity, thumbnail."""
    from seaice.scenes.catalogue import inspect_scene
    from seaice.scenes.footprint import read_footprint
    from seaice.scenes.summary import summarize

    scene = inspect_scene(path)
    summarize(scene)
    read_footprint(scene)


if __name__ == "__main__":
    main()
