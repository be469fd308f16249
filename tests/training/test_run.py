import math
from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.core.cache import Store
from seaice.core.errors import ConfigError
from seaice.network.checkpoint import load_checkpoint, save_checkpoint
from seaice.network.checkpoint_info import read_info
from seaice.results.evaluation import pooled, score
from seaice.scenes.catalogue import read_catalogue
from seaice.training import run
from seaice.training.patches.dataset import PatchDataset
from seaice.training.run_context import RunContext
from seaice.training.runs.folder import list_runs
from seaice.training.runs.listing import best_scores, inspect_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.validation import Validation


def test_a_run_makes_a_checkpoint_with_the_scores_of_its_file(
    folder: Path, tmp_path: Path, config, train
):
    told = []
    result = train(config(folder), on_progress=told.append)
    info = read_info(result.path)
    assert result.path.name == "sar_1-2_seed0.safetensors"
    assert info.training["steps"] == 3
    assert len(info.training["scene_ids"]) == 3
    assert info.scores["simulated"] is False
    (held_back,) = info.scores["scenes"]
    assert held_back not in info.training["scene_ids"]
    scene = read_catalogue(folder)[held_back]
    again = pooled([score(load_checkpoint(result.path), scene)]).scores()
    assert info.scores["SOD"]["value"] == pytest.approx(again.SOD.value)
    assert [progress.step for progress in told] == [1, 2, 3]
    assert result.scores == info.scores
    assert set(info.statistics) == set(info.channels)
    assert info.statistics[info.channels[0]].scenes["all"][2] == 3
    assert math.isfinite(told[-1].loss)


def test_a_run_keeps_the_memory_that_its_steps_free(folder: Path, monkeypatch, config, train):
    kept = []
    monkeypatch.setattr(run, "keep_freed_memory", lambda: kept.append(True))
    train(config(folder), on_progress=lambda _: kept.append(False))
    assert kept == [True, False, False, False]


def test_training_learns(folder: Path, tmp_path: Path, config, train):
    result = train(config(folder, steps=60, learning_rate=1e-2))
    assert result.scores["SOD"]["value"] > 80


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path: Path, config, train):
    first, second, other = (
        train(config(folder, seed=seed), tmp_path / str(number)).path
        for number, seed in enumerate((5, 5, 6))
    )
    states = [load_checkpoint(path).network.state_dict() for path in (first, second, other)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize(
    ("norm_patches", "follows"), [(0, "validating"), (2, "estimating norms and validating")]
)
def test_it_says_what_follows_a_step(
    folder: Path, config, train, monkeypatch, norm_patches, follows
):
    told, chosen = [], config(folder, steps=4, validate_every=2, norm_patches=norm_patches)
    said: list[str] = []
    monkeypatch.setattr(RunContext, "tell", lambda self, message: said.append(message))
    train(chosen, on_progress=told.append)
    assert [progress.follows for progress in told] == ["", follows, "", follows]
    assert " and ".join(said) == f"{follows} and {follows}"


@pytest.mark.usefixtures("small_network")
def test_norms_alone_follow_where_nothing_is_validated(make_scene, tmp_path, config, train):
    make_scene(folder=tmp_path / "one")
    told, chosen = [], config(tmp_path / "one", steps=2, validate_every=1, norm_patches=2)
    train(chosen, on_progress=told.append)
    assert [progress.follows for progress in told] == ["", "estimating norms"]


@pytest.mark.usefixtures("small_network")
def test_the_patches_are_drawn_as_the_settings_say(
    folder: Path, tmp_path: Path, monkeypatch, config, train
):
    made = []

    class Watched(PatchDataset):
        def __init__(self, *arguments: object, **settings: object) -> None:
            made.append(settings)
            super().__init__(*arguments, **settings)

    monkeypatch.setattr("seaice.training.loader.PatchDataset", Watched)
    train(config(folder, steps=1, sampling="balanced", augment=False))
    (settings,) = made
    assert (settings["sampling"], settings["augment"]) == ("balanced", False)
    # What labels there are is found once for all runs.
    assert isinstance(settings["store"], Store)


def test_a_checkpoint_never_goes_over_another(folder: Path, tmp_path: Path, config, train):
    names = [train(config(folder, steps=1, name="mine")).path.name for _ in range(2)]
    assert names == ["mine.safetensors", "mine-2.safetensors"]


def test_one_scene_alone_is_trained_on_and_not_scored(make_scene, tmp_path: Path, config, train):
    make_scene(folder=tmp_path / "one")
    result = train(config(tmp_path / "one", steps=1))
    assert result.scores == {}
    assert read_info(result.path).scores == {}


@pytest.mark.usefixtures("small_network")
def test_the_best_validation_is_what_is_kept(folder: Path, config, train, monkeypatch):
    """Scores by step as if training harmed it after the second validation."""
    ranks = iter([50.0, 70.0, 60.0, 65.0])
    monkeypatch.setattr(Validation, "rank", property(lambda self: next(ranks)))
    weights = []
    monkeypatch.setattr(
        "seaice.training.validation.save_checkpoint",
        lambda path, network, info: (
            weights.append(network.state_dict()["encoder.conv1.weight"].half().float().clone()),
            save_checkpoint(path, network, info),
        ),
    )
    result = train(config(folder, steps=8, validate_every=2))
    stored = load_checkpoint(result.path).network.state_dict()["encoder.conv1.weight"]
    assert [torch.equal(stored, each) for each in weights] == [False, True, False, False]


@pytest.mark.parametrize(("patience", "steps"), [(0, 12), (1, 6), (2, 8)])
@pytest.mark.usefixtures("small_network")
def test_patience_ends_a_run_that_gets_no_better(
    folder: Path, config, train, monkeypatch, patience: int, steps: int
):
    ranks = iter([50.0, 70.0, 60.0, 65.0, 80.0, 90.0])
    monkeypatch.setattr(Validation, "rank", property(lambda self: next(ranks)))
    result = train(config(folder, steps=12, validate_every=2, patience=patience))
    assert result.step == steps
    assert result.path is not None


@pytest.mark.usefixtures("small_network")
def test_what_a_run_measures(folder: Path, config, train, tmp_path: Path):
    train(config(folder, steps=5, validate_every=2, weight_sic=0.5, weight_floe=2.0))
    (into,) = list_runs(tmp_path / "runs")
    metrics = read_metrics(into)
    assert [each["step"] for each in metrics.steps] == [1, 2, 3, 4, 5]
    assert [each["step"] for each in metrics.validations] == [2, 4, 5]
    for each in metrics.steps:
        parts = 0.5 * each["loss_SIC"] + each["loss_SOD"] + 2 * each["loss_FLOE"]
        assert each["loss"] == pytest.approx(parts, rel=1e-5)
    best = max(each["combined"] for each in metrics.validations)
    assert best_scores(inspect_run(into))["combined"] == best


@pytest.mark.parametrize("schedule", ["one-cycle", "cosine", "constant"])
@pytest.mark.usefixtures("small_network")
def test_the_learning_rate_follows_the_schedule(
    folder: Path, config, train, tmp_path: Path, schedule: str
):
    train(config(folder, steps=20, schedule=schedule, validate_every=20))
    rates = [each["learning_rate"] for each in read_metrics(list_runs(tmp_path / "runs")[0]).steps]
    expected = {
        # Peaks after 15 per cent of the steps, from a 25th.
        "one-cycle": (3e-3 / 25, 2, 3e-3),
        "cosine": (3e-3, 0, 3e-3),
        "constant": (3e-3, 0, 3e-3),
    }
    first, peak_at, peak = expected[schedule]
    assert rates[0] == pytest.approx(first)
    assert (int(np.argmax(rates)), max(rates)) == (peak_at, pytest.approx(peak))
    if schedule == "cosine":
        halves = [3e-3 * (1 + math.cos(math.pi * step / 20)) / 2 for step in range(20)]
        assert rates == pytest.approx(halves)


def test_a_patch_larger_than_every_scene_is_refused(folder: Path, config, train):
    with pytest.raises(ConfigError, match=r"patch of 144 pixels is larger than every scene.*128"):
        train(config(folder, patch=144))


def test_channels_named_one_by_one(folder: Path, config, train):
    names = "btemp_18_7h,nersc_sar_primary"
    result = train(config(folder, channel_set=names, steps=1))
    info = read_info(result.path)
    assert info.channels == ("btemp_18_7h", "nersc_sar_primary")
    assert info.channel_set == names
    assert result.path.name.startswith("2channels-")
