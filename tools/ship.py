"""Make what ships with the project again: simulated scenes in data/, checkpoints in models/.

Every seed is declared here. Training and validation scenes come from other seeds than the shipped
ones and are not shipped; `data/README.md` and `models/README.md` give times.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from shipped_scenes import SCENES

from seaice.network.checkpoint_files import checkpoint_name
from seaice.network.rates import CENTRE, Rates, rates_name

HOME = Path(__file__).resolve().parents[1]
DATA, MODELS, RUNS = HOME / "data", HOME / "models", HOME / "runs"
TRAINING, VALIDATION = DATA / "training", DATA / "validation"
FROZEN, TRUNKS = MODELS / "frozen", MODELS / "trunks"

TRAINING_SEED, TRAINING_SCENES = 1001, 320
VALIDATION_SEED, VALIDATION_SCENES = 2002, 24
CHANNEL_SETS = ("sar", "amsr2", "sar+amsr2-18-36", "sar+amsr2")
RATES = ((), CENTRE, (1, 2, 3), (3, 6, 9), (6, 12, 18), (12, 24, 36))
SINGLE = ("all",)
"""Channel sets with one set of rates only, beside the grid."""
SINGLE_RATES = (6, 12, 18)
SEEDS = (0, 1)
THIRD_SEEDS = (
    *((name, rates) for name in CHANNEL_SETS for rates in RATES[2:]),
    ("sar", ()),
    ("amsr2", ()),
)
"""Channel sets and rates that ship with seed 2, too."""
EVERYWHERE: dict[str, Any] = {"precision": "float32"}
"""Units for bfloat16, which some machines have, must not decide what ships."""
PLAIN: dict[str, Any] = {
    **EVERYWHERE,
    "patch": 160,
    "batch": 32,
    "steps": 1120,
    "validate_every": 280,
    "norm_patches": 400,
    "norm_patch": 512,
}
"""What ships: from random weights, everything learning, all cells alike."""
_FIRST_NORMS: dict[str, Any] = {"norm_patches": 200, "norm_patch": 0}
TRUNK: dict[str, Any] = {
    **EVERYWHERE,
    **_FIRST_NORMS,
    "patch": 96,
    "batch": 32,
    "steps": 1000,
    "validate_every": 250,
}
"""Without rates, on many small patches from many scenes: what all rates of the sweep with a frozen
encoder begin with."""
BRANCHES: dict[str, Any] = {
    **EVERYWHERE,
    **_FIRST_NORMS,
    "patch": 288,
    "batch": 12,
    "steps": 120,
    "learning_rate": 1e-3,
    "norms": "fixed",
    "freeze_encoder": True,
    "validate_every": 60,
}
"""All rates of that sweep alike, on patches that the largest rate fits into."""
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


def make_scenes() -> None:
    """Write the shipped scenes."""
    from seaice.simulate import simulate_folder

    for scene in SCENES:
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


def make_checkpoints(seeds: Sequence[int] | None, channel_sets: Sequence[str]) -> None:
    """Train checkpoints that are not there; can be stopped and started again.

    Args:
        seeds: Seeds of the grid; what ships where None.
        channel_sets: Channel sets.
    """
    make_data()
    _write_sweep(MODELS / "sweep", shipped_sweep())
    thirds = [] if seeds else [(*each, 2) for each in THIRD_SEEDS]
    for channel_set, rates, seed in (*_cells(seeds or SEEDS, of_single=SEEDS), *thirds):
        if channel_set in channel_sets:
            name = checkpoint_name(rates, channel_set, seed)
            _train(MODELS, name, rates, channel_set, seed, PLAIN)


def make_frozen(seeds: Sequence[int], channel_sets: Sequence[str]) -> None:
    """Train what is not there of the sweep whose rates share a frozen encoder."""
    from seaice.network.checkpoint_files import SUFFIX

    make_trunks(seeds, channel_sets)
    _write_sweep(FROZEN, frozen_sweep())
    for channel_set, rates, seed in _cells(seeds, of_single=SEEDS[:1]):
        if channel_set in channel_sets:
            name = checkpoint_name(rates, channel_set, seed)
            trunk = TRUNKS.relative_to(HOME) / f"{_trunk(channel_set, seed)}{SUFFIX}"
            start = {"start_from": str(trunk), **BRANCHES}
            _train(FROZEN, name, rates, channel_set, seed, start)


def _cells(seeds: Sequence[int], *, of_single: Sequence[int]) -> Iterator[tuple[str, Rates, int]]:
    """Channel set, rates and seed of each network, one seed after the other.

    Args:
        seeds: Seeds of the grid.
        of_single: Those of them that the channel sets `SINGLE` have, too.
    """
    for seed in seeds:
        for channel_set in CHANNEL_SETS:
            for rates in RATES:
                yield channel_set, rates, seed
        if seed in of_single:
            for channel_set in SINGLE:
                yield channel_set, SINGLE_RATES, seed


def shipped_sweep() -> dict[str, Any]:
    """How the shipped sweep is trained, as `models/sweep/sweep.json` says and `--config` reads."""
    return _grid(PLAIN)


def frozen_sweep() -> dict[str, Any]:
    """How the sweep with trunks is trained, as its `sweep.json` says and `--config` reads."""
    return {**_grid(BRANCHES), "trunk": TRUNK}


def _grid(settings: dict[str, Any]) -> dict[str, Any]:
    folders = {
        "data": str(TRAINING.relative_to(HOME)),
        "validation": str(VALIDATION.relative_to(HOME)),
    }
    return {
        "rates": [rates_name(each) for each in RATES],
        "channels": list(CHANNEL_SETS),
        "seeds": list(SEEDS),
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


def pack_tables() -> None:
    """Write the shipped evaluation tables as small as they get."""
    from seaice.experiment.table import pack_table

    for folder in (MODELS / "sweep", FROZEN):
        pack_table(folder / "evaluation.parquet")


def _say(message: object) -> None:
    print(message, file=sys.stderr, flush=True)


STEPS: dict[str, Callable[[argparse.Namespace], None]] = {
    "scenes": lambda asked: make_scenes(),
    "trunks": lambda asked: make_trunks(asked.seeds or SEEDS, asked.channels),
    "checkpoints": lambda asked: make_checkpoints(asked.seeds, asked.channels),
    "frozen": lambda asked: make_frozen(asked.seeds or SEEDS, asked.channels),
    "baselines": lambda asked: make_baselines(),
    "tables": lambda asked: pack_tables(),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=list(STEPS))
    every = *CHANNEL_SETS, *SINGLE
    parser.add_argument("--seeds", type=int, nargs="+", help="default: those that ship")
    parser.add_argument("--channels", nargs="+", choices=every, default=every)
    asked = parser.parse_args()
    STEPS[asked.what](asked)
