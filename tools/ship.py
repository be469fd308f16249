"""Make what ships with the project again: simulated scenes in data/, checkpoints in models/.

Every seed is declared here. Training and validation scenes come from other seeds than the shipped
ones and are not shipped; `data/README.md` and `models/README.md` give times.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seaice.network.checkpoint_files import checkpoint_name
from seaice.network.rates import CENTRE, Rates, rates_name

HOME = Path(__file__).resolve().parents[1]
DATA, MODELS, RUNS = HOME / "data", HOME / "models", HOME / "runs"
TRAINING, VALIDATION = DATA / "training", DATA / "validation"
TRUNKS = MODELS / "trunks"

TRAINING_SEED, TRAINING_SCENES = 1001, 320
VALIDATION_SEED, VALIDATION_SCENES = 2002, 24
CHANNEL_SETS = ("sar", "amsr2", "sar+amsr2-18-36", "sar+amsr2")
RATES = ((), CENTRE, (1, 2, 3), (3, 6, 9), (6, 12, 18), (12, 24, 36))
SINGLE = ("all",)
"""Channel sets with one set of rates and one seed only."""
SINGLE_RATES = (6, 12, 18)
SEEDS = (0, 1)
EVERYWHERE: dict[str, Any] = {"precision": "float32"}
"""Units for bfloat16, which some machines have, must not decide what ships."""
TRUNK: dict[str, Any] = {
    **EVERYWHERE,
    "patch": 96,
    "batch": 32,
    "steps": 1000,
    "validate_every": 250,
}
"""Without rates, on many small patches from many scenes: what all rates begin with."""
BRANCHES: dict[str, Any] = {
    **EVERYWHERE,
    "patch": 288,
    "batch": 12,
    "steps": 120,
    "learning_rate": 1e-3,
    "norms": "fixed",
    "freeze_encoder": True,
    "validate_every": 60,
}
"""All rates alike, on patches that the largest rate fits into."""
BASELINES: tuple[tuple[Literal["linear", "trees"], str, bool], ...] = (
    *(
        (kind, channel_set, False)
        for channel_set in (*CHANNEL_SETS, *SINGLE)
        for kind in ("linear", "trees")
    ),
    ("trees", "sar", True),
    ("trees", "sar+amsr2-18-36", True),
)
"""Shipped baselines: kind, channel set, and whether they see windows."""
JOBS = 2


@dataclass(frozen=True)
class PlainSweep:
    """A sweep without a trunk: from random weights, everything learning, all cells alike.

    Attributes:
        folder: Where its checkpoints, its table and its settings lie.
        batch: Patches of a step.
        channel_sets: Channel sets of its grid.
        rates: Rates of its grid.
        seeds: Seeds of its grid.
    """

    folder: Path
    batch: int
    channel_sets: tuple[str, ...]
    rates: tuple[Rates, ...]
    seeds: tuple[int, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """What all its cells are trained with."""
        steps = {"steps": 1120, "validate_every": 280}
        return {**EVERYWHERE, "patch": 160, "batch": self.batch, **steps}

    @property
    def values(self) -> dict[str, Any]:
        """Its configuration, as its `sweep.json` says and `--config` reads."""
        return _grid(self.rates, self.channel_sets, self.seeds, self.settings)


PLAIN_SWEEPS = {
    "alone": PlainSweep(MODELS / "alone", 12, ("sar",), RATES, (0, 1, 2)),
    "default": PlainSweep(MODELS / "default", 32, ("sar", "sar+amsr2"), ((), SINGLE_RATES), (0, 1)),
}


@dataclass(frozen=True)
class Shipped:
    """A shipped scene: what it is simulated for, and what it is there to show."""

    seed: int
    region: str
    month: int
    shows: str
    longitude: float | None = None


SHIPPED = (
    Shipped(14, "CentralEast", 2, "winter, a belt of old and first-year ice"),
    Shipped(19, "SGRDIEA", 4, "spring, first-year ice"),
    Shipped(18, "NorthWest", 6, "early summer, small to big floes"),
    Shipped(8, "CapeFarewell", 8, "summer, no ice"),
    Shipped(22, "NorthEast", 8, "summer, old ice"),
    Shipped(17, "SGRDIWA", 10, "autumn, new ice, across 180 degrees", longitude=180.0),
    Shipped(18, "CentralWest", 11, "autumn, stages that mix"),
    Shipped(13, "SGRDIFOXE", 1, "winter, no water"),
    Shipped(22, "CapeFarewell", 12, "winter, new to old ice"),
)


def make_scenes() -> None:
    """Write the shipped scenes."""
    from seaice.simulate import simulate_folder

    for scene in SHIPPED:
        simulate_folder(
            DATA,
            1,
            scene.seed,
            region=scene.region,
            month=scene.month,
            longitude=scene.longitude,
            on_scene=_say,
        )


def make_data() -> None:
    """Simulate the training and validation scenes that are not there."""
    from seaice.simulate import simulate_folder

    for folder, scenes, seed in (
        (TRAINING, TRAINING_SCENES, TRAINING_SEED),
        (VALIDATION, VALIDATION_SCENES, VALIDATION_SEED),
    ):
        if len(list(folder.glob("*.nc"))) < scenes:
            simulate_folder(folder, scenes, seed, compress=False, jobs=JOBS, on_scene=_say)


def make_trunks(seeds: Sequence[int], channel_sets: Sequence[str]) -> None:
    """Train the trunks that are not there; can be stopped and started again."""
    make_data()
    for seed in seeds:
        for channel_set in channel_sets:
            _train(TRUNKS, _trunk(channel_set, seed), (), channel_set, seed, TRUNK)


def make_checkpoints(seeds: Sequence[int], channel_sets: Sequence[str]) -> None:
    """Train the shipped checkpoints that are not there; can be stopped and started again."""
    from seaice.network.checkpoint_files import SUFFIX

    make_trunks(seeds, channel_sets)
    _write_sweep(MODELS / "sweep", shipped_sweep())
    arms = [(channel_set, rates) for channel_set in CHANNEL_SETS for rates in RATES]
    arms += [(channel_set, SINGLE_RATES) for channel_set in SINGLE]
    for seed in seeds:
        for channel_set, rates in arms:
            if channel_set in channel_sets and (seed == SEEDS[0] or channel_set not in SINGLE):
                name = checkpoint_name(rates, channel_set, seed)
                trunk = TRUNKS.relative_to(HOME) / f"{_trunk(channel_set, seed)}{SUFFIX}"
                start = {"start_from": str(trunk), **BRANCHES}
                _train(MODELS, name, rates, channel_set, seed, start)


def make_plain_sweep(sweep: PlainSweep) -> None:
    """Train the networks of a sweep that are not there; can be stopped and started again."""
    make_data()
    _write_sweep(sweep.folder, sweep.values)
    for seed in sweep.seeds:
        for channel_set in sweep.channel_sets:
            for rates in sweep.rates:
                name = checkpoint_name(rates, channel_set, seed)
                _train(sweep.folder, name, rates, channel_set, seed, sweep.settings)


def shipped_sweep() -> dict[str, Any]:
    """How the shipped sweep is trained, as `models/sweep/sweep.json` says and `--config` reads."""
    grid = _grid(RATES, CHANNEL_SETS, SEEDS, BRANCHES)
    return {**grid, "trunk": TRUNK}


def _grid(
    rates: Sequence[Rates],
    channel_sets: Sequence[str],
    seeds: Sequence[int],
    settings: dict[str, Any],
) -> dict[str, Any]:
    folders = {
        "data": str(TRAINING.relative_to(HOME)),
        "validation": str(VALIDATION.relative_to(HOME)),
    }
    return {
        "rates": [rates_name(each) for each in rates],
        "channels": list(channel_sets),
        "seeds": list(seeds),
        "settings": {**folders, **settings},
    }


def _write_sweep(folder: Path, values: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=2)
    (folder / "sweep.json").write_text(f"{text}\n", encoding="utf-8")


def _trunk(channel_set: str, seed: int) -> str:
    return f"{channel_set}_seed{seed}"


def _train(
    models: Path, name: str, rates: Rates, channel_set: str, seed: int, settings: dict[str, Any]
) -> None:
    """Train a checkpoint unless it is there; go on with its run if that was interrupted."""
    from seaice.commands.score_text import scores_text
    from seaice.network.checkpoint_files import SUFFIX
    from seaice.training.config import TrainingConfig
    from seaice.training.process import run_here
    from seaice.training.runs.folder import list_runs
    from seaice.training.start import new_run

    if (models / f"{name}{SUFFIX}").exists():
        return
    config = TrainingConfig(
        data=str(TRAINING.relative_to(HOME)),
        validation=str(VALIDATION.relative_to(HOME)),
        rates=rates,
        channel_set=channel_set,
        seed=seed,
        name=name,
        **settings,
    )
    text = config.to_json()
    begun = [run for run in list_runs(RUNS) if run.config_file.read_text() == text]
    result = run_here(begun[0] if begun else new_run(config, RUNS), models)
    if result.path is None:
        sys.exit("Stopped.")
    _say(f"{result.path.name}  {result.seconds:.0f} s")
    _say(scores_text(result.scores))


def make_baselines() -> None:
    """Fit the shipped baselines, all of them on the same pixels of the training scenes."""
    from seaice.baselines.files import baseline_path
    from seaice.baselines.make import describe_baseline, fit_baseline, make_baseline
    from seaice.baselines.sample import draw_sample
    from seaice.scenes.catalogue import read_catalogue

    data = TRAINING.relative_to(HOME)
    every = describe_baseline("trees", "all", windows=True)
    sample = draw_sample(read_catalogue(data).scenes, every, seed=0)
    for kind, channel_set, windows in BASELINES:
        info = describe_baseline(kind, channel_set, windows=windows)
        out = baseline_path(MODELS, kind, channel_set, windows=windows)
        fit_baseline(sample.seen_by(info), data, out, seed=0)
        _say(out.name)
    out = baseline_path(MODELS, "ceiling", "", windows=False)
    info, _ = make_baseline("ceiling", "", data, out)
    _say(f"{out.name}  {info.sigma_km:g} km")


def _say(message: object) -> None:
    print(message, file=sys.stderr, flush=True)


STEPS: dict[str, Callable[[argparse.Namespace], None]] = {
    "scenes": lambda asked: make_scenes(),
    "trunks": lambda asked: make_trunks(asked.seeds, asked.channels),
    "checkpoints": lambda asked: make_checkpoints(asked.seeds, asked.channels),
    "alone": lambda asked: make_plain_sweep(PLAIN_SWEEPS["alone"]),
    "default": lambda asked: make_plain_sweep(PLAIN_SWEEPS["default"]),
    "baselines": lambda asked: make_baselines(),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=list(STEPS))
    every = *CHANNEL_SETS, *SINGLE
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="with a trunk")
    parser.add_argument("--channels", nargs="+", choices=every, default=every)
    asked = parser.parse_args()
    STEPS[asked.what](asked)
