"""Positive control: is the context found that a simulated cue from afar needs?

Run: python benchmarks/positive_control.py [--work DIR] [--rates "none 4-8-12"] [--curves none]

Scenes are simulated in which only a mark some kilometres away tells the stage of some of the ice,
and small networks that differ in their rates alone are trained on them. Two ways have to find the
distance of the cue within a factor of 1.5, on other scenes of the kind: the sweep, as the reach
from which the score of SOD grows no more, and the context curve of a network that reaches the mark,
as the radius at which its score is complete. What is there already in DIR is not made again.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import torch
from machine import describe, peak_gib

from seaice.ai4arctic.charts import THIN, YOUNG
from seaice.core.device import best_device
from seaice.core.intervals import end_text
from seaice.experiment.bootstrap import Bootstrap
from seaice.experiment.context_curve import context_curve
from seaice.experiment.context_predictors import read_predictor
from seaice.experiment.context_settings import ContextSettings
from seaice.experiment.contrasts import difference
from seaice.experiment.controls import field_km
from seaice.experiment.enough import far_enough
from seaice.experiment.evaluate import evaluate_predictors
from seaice.experiment.predictors import network_predictors
from seaice.experiment.sentences import enough_text
from seaice.experiment.table import read_table
from seaice.experiment.tally import tally
from seaice.network.checkpoint_files import SUFFIX, checkpoint_name
from seaice.network.rates import parse_rates
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder
from seaice.training.config import TrainingConfig
from seaice.training.run import train
from seaice.training.run_context import RunContext
from seaice.training.runs.folder import create_run
from seaice.training.runs.status import Status, StatusWriter

RADII_KM = (3.0, 5.0, 8.0, 11.0, 14.0, 16.0, 18.0, 20.0, 22.0, 24.0, 26.0, 29.0)
RATES = "none 2-4-6 4-8-12 6-12-18"
CURVES = "none 4-8-12"
FACTOR = 1.5
CELL_KM = 1.6
"""Side of a cell that branches read: 4 pixels of 400 m."""
_SIDE_PX, _TRAIN, _TEST = 320, 30, 10
_JOBS = 2
_TRAINING = {
    "channel_set": "sar",
    "width": 16,
    "patch": 160,
    "batch": 4,
    "norms": "batch",
    "norm_patches": 40,
    "norm_patch": 0,
    "workers": 0,
    "validation_share": 0.0,
    "weight_sic": 0.0,
    "weight_floe": 0.0,
    "class_balance": 1.0,
    "sampling": "balanced",
}
"""Only the stage of development is learned; the encoder learns with the decoders."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="Folder for scenes and checkpoints, kept.")
    parser.add_argument("--distance-km", type=float, default=20.0)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rates", default=RATES, help="Networks of the sweep.")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--curves", default=CURVES, help="Networks whose curve is measured.")
    parser.add_argument("--shuffles", type=int, default=16)
    asked = parser.parse_args()
    if missing := set(asked.curves.split()) - set(asked.rates.split()):
        parser.error(f"--curves {' '.join(missing)}: not among --rates")
    print(describe(), flush=True)
    with _folder(asked.work) as work:
        for number, name in enumerate(("train", "test"), 1):
            _scenes(work / name, _TRAIN if name == "train" else _TEST, number, asked.distance_km)
        networks = {
            (rates, seed): _trained(work, rates, int(seed), asked.steps)
            for seed in asked.seeds.split()
            for rates in asked.rates.split()
        }
        _sweep(list(networks.values()), work, asked.distance_km)
        for rates in asked.curves.split():
            _curve(rates, networks[rates, asked.seeds.split()[0]], work, asked)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


def _scenes(folder: Path, count: int, seed: int, distance_km: float) -> None:
    """Simulate twice as many scenes as needed; keep those with most ice of the rings' stages."""
    if folder.is_dir():
        return
    draft = folder.with_name(f"{folder.name}-draft")
    side = {"lines": _SIDE_PX, "samples": _SIDE_PX, "region": "North", "month": 3}
    paths = simulate_folder(draft, 2 * count, seed, far_cue_km=distance_km, jobs=_JOBS, **side)
    shares = {path: _share(path) for path in paths}
    for path in sorted(paths, key=lambda path: -shares[path])[count:]:
        path.unlink()
    kept = np.mean(sorted(shares.values())[count:])
    print(f"{folder.name}: {count} scenes, {100 * kept:.0f} % of the charted ice is young or thin")
    shutil.move(draft, folder)


def _share(path: Path) -> float:
    """Share of young and thin first-year ice of the charted pixels."""
    chart = read_chart(Scene.open(path), "SOD")
    return float(np.isin(chart, (YOUNG, THIN)).mean())


def _trained(work: Path, written: str, seed: int, steps: int) -> Path:
    """Train a network, if it is not there."""
    rates = parse_rates(written)
    name = checkpoint_name(rates, "sar", seed)
    path = work / f"{name}{SUFFIX}"
    if not path.exists():
        begun, cpu = time.perf_counter(), time.process_time()
        config = TrainingConfig(
            str(work / "train"),
            rates,
            name=name,
            seed=seed,
            steps=steps,
            validate_every=steps,
            **_TRAINING,
        )
        folder = create_run(work / "runs", config.to_json(), name)
        writer = StatusWriter(folder, Status(state="running"))
        # In this process: `seaice train` yields to all others, which a busy machine makes long.
        train(config, RunContext(folder, work, [best_device().torch_name], writer))
        print(
            f"{name}: trained {steps} steps in {time.perf_counter() - begun:.0f} s "
            f"({time.process_time() - cpu:.0f} s of processor time)",
            flush=True,
        )
    return path


def _sweep(networks: list[Path], work: Path, distance_km: float) -> None:
    """Print what each field scores beyond the smallest, and from which the score is complete."""
    predictors, problems = network_predictors(networks)
    scenes = [Scene.open(each) for each in sorted((work / "test").glob("*.nc"))]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "scores.parquet"
        problems += evaluate_predictors(predictors, scenes, table)
        whole, _ = tally(read_table(table, stratum="all"), "chart").comparable()
    for problem in problems:
        print(problem)
    bootstrap = Bootstrap(whole, "SOD")
    cells = sorted(bootstrap.cells(), key=partial(field_km, bootstrap))
    taps_km = [max(parse_rates(cell.rates), default=0) * CELL_KM for cell in cells]
    fields_km = [field_km(bootstrap, cell) for cell in cells]
    print(f"sweep: SOD on {len(scenes)} scenes")
    print("  rates     farthest tap km   field km    SOD   beyond the first")
    for cell, tap, field in zip(cells, taps_km, fields_km, strict=True):
        gain = bootstrap.estimate(difference([cell], [cells[0]]))
        print(
            f"  {cell.rates:8}  {tap:15.1f}   {field:8.1f}   {bootstrap.mean_score(cell):4.1f}"
            f"   {gain.effect:5.1f}  ({end_text(gain.low)} to {end_text(gain.high)})"
        )
    enough = far_enough(bootstrap, "sar")
    if enough is not None:
        print(f"  {enough_text(enough)}")
    if enough is not None and enough.gain.low > 0:
        km, low, high = np.interp((enough.km, enough.low, enough.high), fields_km, taps_km)
        print(f"  its taps are {km:.1f} km away [{low:.1f}, {high:.1f}]. {_found(km, distance_km)}")


def _found(km: float, distance_km: float) -> str:
    found = distance_km / FACTOR <= km <= distance_km * FACTOR
    return f"The cue at {distance_km:g} km is {'found' if found else 'not found'}."


def _curve(name: str, path: Path, work: Path, asked: argparse.Namespace) -> None:
    predictor, _ = read_predictor(path)
    scenes = [Scene.open(each) for each in sorted((work / "test").glob("*.nc"))]
    begun, cpu = time.perf_counter(), time.process_time()
    settings = ContextSettings(RADII_KM, ("all",), asked.shuffles)
    curve = context_curve(predictor, scenes, settings).part()
    print(
        f"{name}: {predictor.description}, looks up to {predictor.reach_km:.1f} km; measured in "
        f"{time.perf_counter() - begun:.0f} s ({time.process_time() - cpu:.0f} s of processor "
        f"time, {torch.get_num_threads()} threads), peak {peak_gib():.2f} GiB"
    )
    print("  r km   SOD    95 % interval   loss")
    for point in curve.points(task="SOD"):
        print(
            f"  {point.r_km:4g}  {point.score:5.1f}  {point.low:5.1f} to {point.high:5.1f}"
            f"   {point.loss:5.1f}  ({point.pixels} pixels)"
        )
    used = curve.used(task="SOD")
    print(
        f"  used to benefit {used.km:.1f} km [{used.low:.1f}, {used.high:.1f}], gain "
        f"{used.gain:.1f}. {_found(used.km, asked.distance_km)} {used.reason}",
        flush=True,
    )


if __name__ == "__main__":
    main()
