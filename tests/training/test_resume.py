"""A run that is stopped and goes on ends like one that was not."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from seaice.core.device import Device
from seaice.core.errors import CheckpointError, ConfigError, OutputError
from seaice.network.checkpoint import load_checkpoint
from seaice.results import precision, tiled
from seaice.training.module import SeaIceModule
from seaice.training.runs.folder import RunFolder, create_run, list_runs
from seaice.training.runs.metrics import read_metrics
from seaice.training.state import load_state
from seaice.training.validation import Validation

# The size of the network does not matter here.
pytestmark = pytest.mark.usefixtures("small_network")

STEPS = 8


def settings(**changes) -> dict:
    return {"steps": STEPS, "validate_every": 3, "augment": True, **changes}


@pytest.fixture
def fresh(tmp_path: Path):
    """A run folder of a configuration that is known by its path."""
    return lambda config, name: create_run(tmp_path / "runs" / name, config.to_json(), name)


def weights(into: RunFolder) -> dict[str, torch.Tensor]:
    return load_file(into.state_file)


def losses(into: RunFolder) -> list[float]:
    return [each["loss"] for each in read_metrics(into).steps]


def same_end(one: RunFolder, other: RunFolder) -> None:
    """Weights, moments of the optimizer, losses, scores and the best checkpoint are equal."""
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert losses(one) == losses(other)
    scores = [
        [
            {k: v for k, v in each.items() if k != "seconds"}
            for each in read_metrics(into).validations
        ]
        for into in (one, other)
    ]
    assert scores[0] == scores[1]
    best = [load_checkpoint(into.best_file).network.state_dict() for into in (one, other)]
    assert all(torch.equal(best[0][name], best[1][name]) for name in best[0])


@pytest.mark.parametrize(("schedule", "stops"), [("one-cycle", [1, 3, STEPS]), ("cosine", [5])])
def test_stopped_after_any_step_it_ends_like_an_undisturbed_run(
    folder: Path, config, train, fresh, schedule: str, stops: Iterable[int]
):
    setting = config(folder, **settings(schedule=schedule))
    whole = fresh(setting, "whole")
    train(setting, into=whole)
    for step in stops:
        cut = fresh(setting, f"cut{step}")
        stopped = train(setting, into=cut, stop_after=step)
        assert (stopped.path, stopped.step) == (None, step)
        assert train(setting, into=cut).path is not None
        same_end(whole, cut)


EVERYTHING = {
    "sampling": "balanced",
    "dropout": 0.2,
    "clip_norm": 0.5,
    "gain_jitter_db": 1.5,
    "noise_jitter_db": 2.0,
    "class_balance": 0.5,
    "averaging": 0.5,
    "norm_patches": 5,
}


def test_stopped_with_everything_on(folder: Path, config, train, fresh):
    setting = config(folder, **settings(**EVERYTHING))
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    for step in (2, 3, 5):
        train(setting, into=cut, stop_after=step)
    train(setting, into=cut)
    same_end(whole, cut)
    tensors = weights(cut)
    moved = {
        name
        for name in tensors
        if name.startswith("average.")
        and name.endswith("0.weight")
        and not torch.equal(tensors[name], tensors[name.replace("average.", "weight.")])
    }
    assert moved


def test_fixed_norms_stay_as_they_were_at_the_start(folder: Path, config, train, fresh):
    """Also over stops. The stored network has them, its weights have moved."""
    setting = config(folder, **settings(norms="fixed", norm_patches=5, averaging=0.5))
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=cut, stop_after=1)
    start = weights(cut)
    train(setting, into=cut)
    train(setting, into=whole)
    same_end(whole, cut)
    end, stored = weights(cut), load_checkpoint(cut.best_file).network.state_dict()
    norms = [name for name in start if name.endswith(("running_mean", "running_var"))]
    assert norms
    for name in norms:
        assert torch.equal(start[name], end[name])
        half = end[name].half().float()  # as checkpoints store it
        assert torch.equal(stored[name.partition(".")[2]], half)
        # Neither zero nor one, as those of a new layer: they are estimated.
        assert not torch.equal(end[name], end[name].round())
    assert not torch.equal(start["weight.encoder.conv1.weight"], end["weight.encoder.conv1.weight"])


def test_patience_counts_on_over_a_stop(folder: Path, config, train, fresh, monkeypatch):
    ranks = iter([50.0, 70.0, 60.0, 65.0, 80.0])
    monkeypatch.setattr(Validation, "rank", property(lambda self: next(ranks)))
    setting = config(folder, **settings(steps=12, validate_every=2, patience=2))
    into = fresh(setting, "run")
    # After one validation that is no better.
    assert train(setting, into=into, stop_after=7).step == 7
    assert train(setting, into=into).step == 8


def test_stopped_at_every_step(folder: Path, config, train, fresh):
    setting = config(folder, **settings(accumulate=2))
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    for step in range(1, STEPS):
        train(setting, into=cut, stop_after=step)
    train(setting, into=cut)
    same_end(whole, cut)


def test_validations_do_not_depend_on_what_a_machine_measures(
    folder: Path, config, train, fresh, monkeypatch
):
    """Whether bfloat16 pays may come out differently on a busy machine."""
    device = Device("cpu", "CPU", bfloat16=True)
    monkeypatch.setattr(tiled, "best_device", lambda: device)
    monkeypatch.setattr(precision, "measure", lambda *_: pytest.fail("It was measured."))
    setting = config(folder, **settings())
    train(setting, into=fresh(setting, "whole"))


@pytest.mark.parametrize("saved", [3, 4])
def test_what_was_done_after_the_last_save_is_done_again(folder: Path, config, train, fresh, saved):
    """As after a kill: the state is older than the metrics, which hold the validation of step 3.

    The state of step 3 was saved before that validation, the one of step 4 after it.
    """
    setting = config(folder, **settings())
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    train(setting, into=cut, stop_after=saved)
    early = cut.state_file.read_bytes()
    train(setting, into=cut, stop_after=7)
    cut.state_file.write_bytes(early)
    with open(cut.metrics_file, "a") as file:
        file.write('{"kind": "step", "ste')
    train(setting, into=cut)
    same_end(whole, cut)
    assert [each["step"] for each in read_metrics(cut).steps] == list(range(1, STEPS + 1))


def test_a_run_that_never_saved_begins_anew(folder: Path, config, train, fresh):
    setting = config(folder, **settings())
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    train(setting, into=cut, stop_after=2)
    cut.state_file.unlink()
    train(setting, into=cut)
    same_end(whole, cut)


def test_a_finished_training_is_not_trained_on(folder: Path, config, train, fresh, monkeypatch):
    """Killed between its last step and its end: only the checkpoint is missing."""
    setting = config(folder, **settings())
    into = fresh(setting, "run")
    first = train(setting, into=into)
    monkeypatch.setattr(SeaIceModule, "training_step", None)
    assert train(setting, into=into).path == first.path
    # Stopped by patience it is finished too.
    early = config(folder, **settings(validate_every=1, patience=1))
    into = fresh(early, "early")
    monkeypatch.undo()
    monkeypatch.setattr(Validation, "rank", 50.0)
    assert train(early, into=into).step == 2
    monkeypatch.setattr(SeaIceModule, "training_step", None)
    assert train(early, into=into).step == 2


def test_a_validation_that_was_given_up_is_made_up_for(folder: Path, config, train, fresh):
    """Asked to stop while it validates step 3, the run validates it when it goes on."""
    setting = config(folder, **settings(validation_share=0.5))
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    asked = []

    def stop() -> bool:
        # After steps 1, 2 and 3, then before each scene.
        asked.append(None)
        return len(asked) == 5

    assert train(setting, into=cut, stop_requested=stop).step == 3
    assert read_metrics(cut).validations == []
    # Given up a second time, before any other step.
    assert train(setting, into=cut, stop_requested=lambda: True).step == 3
    assert read_metrics(cut).validations == []
    train(setting, into=cut)
    same_end(whole, cut)


@pytest.mark.parametrize("saved_every", [0, 60])
def test_a_state_is_saved_every_so_often(
    folder: Path, config, train, fresh, monkeypatch, saved_every: int
):
    monkeypatch.setattr("seaice.training.callback._SAVE_S", saved_every)
    saved = []
    monkeypatch.setattr(
        "seaice.training.callback.save_state",
        lambda path, module, progress: saved.append(progress.step),
    )
    train(config(folder, **settings()))
    # Around every validation, and at the latest after that time.
    around = [3, 3, 6, 6, 8, 8]
    assert saved == (sorted([1, 2, 4, 5, 7, *around]) if saved_every == 0 else around)


@pytest.mark.parametrize("lost", ["emptied", "gone"])
def test_a_best_checkpoint_that_the_disk_has_lost_is_not_passed_on(
    folder: Path, config, train, fresh, lost: str, caplog
):
    setting = config(folder, **settings())
    into = fresh(setting, "run")
    train(setting, into=into).path.unlink()
    into.best_file.write_bytes(b"") if lost == "emptied" else into.best_file.unlink()
    result = train(setting, into=into)
    assert "The last weights are used instead." in caplog.text
    stored = load_checkpoint(result.path).network.state_dict()
    prefix = "weight."
    last = {k[len(prefix) :]: v for k, v in weights(into).items() if k.startswith(prefix)}
    for name, each in last.items():
        assert torch.equal(stored[name], each.half().float() if each.is_floating_point() else each)
    assert result.scores["SOD"]["value"] is not None


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def scrambled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8:200] = bytes(192)
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [truncated, scrambled, emptied, a_folder])
def test_a_damaged_state_is_one_sentence(folder: Path, config, train, fresh, damage):
    setting = config(folder, **settings())
    into = fresh(setting, "run")
    train(setting, into=into, stop_after=2)
    damage(into.state_file)
    with pytest.raises(CheckpointError, match=r"state\.safetensors is damaged.*cannot be resumed"):
        train(setting, into=into)


def test_a_state_of_another_configuration_is_refused(folder: Path, config, train, fresh):
    setting = config(folder, **settings())
    into = fresh(setting, "run")
    train(setting, into=into, stop_after=2)
    with pytest.raises(ConfigError, match="another configuration"):
        train(config(folder, **settings(seed=1)), into=into)


def test_a_checkpoint_is_no_state(folder: Path, config, train, fresh):
    setting = config(folder, **settings())
    into = fresh(setting, "run")
    train(setting, into=into)
    with pytest.raises(CheckpointError, match="not a training state"):
        load_state(into.best_file, SeaIceModule(setting))


def test_a_full_disk_leaves_the_state_before(
    folder: Path, config, train, fresh, monkeypatch, tmp_path: Path
):
    setting = config(folder, **settings())
    whole, cut = fresh(setting, "whole"), fresh(setting, "cut")
    train(setting, into=whole)
    train(setting, into=cut, stop_after=2)
    before = cut.state_file.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("seaice.training.state.save_file", full)
        with pytest.raises(OutputError, match="No space left on device"):
            train(setting, into=cut)
    assert cut.state_file.read_bytes() == before
    assert not list(cut.path.glob(".*.part"))
    train(setting, into=cut)
    same_end(whole, cut)


def test_a_configuration_is_what_the_folder_says(folder: Path, config, train, tmp_path: Path):
    setting = config(folder, steps=1)
    train(setting)
    (into,) = list_runs(tmp_path / "runs")
    assert json.loads(into.config_file.read_text())["rates"] == [1, 2]
