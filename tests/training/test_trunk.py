"""Runs that begin as a trunk, a checkpoint without rates."""

from pathlib import Path

import pytest
import torch

from seaice.core.errors import CheckpointError, ConfigError
from seaice.network.checkpoint import load_checkpoint
from seaice.training.runs.folder import create_run


@pytest.fixture
def trunk(folder: Path, config, train) -> Path:
    """The checkpoint of a run without rates, of a few steps."""
    return train(config(folder, rates=(), steps=4, learning_rate=1e-2, name="trunk")).path


def test_a_run_begins_with_its_trunk(folder, config, train, trunk):
    """With a vanishing learning rate it ends with the trunk's weights and the trunk's maps."""
    settings = {"start_from": str(trunk), "steps": 1, "learning_rate": 1e-8, "averaging": 0.5}
    result = train(config(folder, **settings))
    ours, theirs = (load_checkpoint(path).network for path in (result.path, trunk))
    for name, weight in theirs.encoder.named_parameters():
        torch.testing.assert_close(ours.encoder.get_parameter(name), weight, rtol=0.01, atol=1e-3)


def test_two_rates_begin_with_the_same_loss(folder, config, train, trunk):
    losses = []
    for rates in ((1, 2), (3, 6), (0, 0, 0)):
        seen = []
        setting = config(folder, rates=rates, start_from=str(trunk), steps=1)
        train(setting, on_progress=seen.append)
        losses.append(seen[0].loss)
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)


def test_a_frozen_encoder_stays_that_of_the_trunk(folder, config, train, trunk, tmp_path):
    """Over a stop as well, with norms estimated anew for the decoders; the decoders do move."""
    settings = {"start_from": str(trunk), "freeze_encoder": True, "averaging": 0.5}
    setting = config(folder, **settings, norm_patches=4, steps=3, learning_rate=1e-2)
    run = create_run(tmp_path / "runs" / "cut", setting.to_json(), "cut")
    train(setting, into=run, stop_after=2)
    result = train(setting, into=run)
    ours, theirs = (load_checkpoint(path).network for path in (result.path, trunk))
    kept = ours.encoder.state_dict()
    for name, value in theirs.encoder.state_dict().items():
        assert torch.equal(kept[name], value)
    moved = "SOD.0.convs.0.0.weight"
    assert not torch.equal(ours.decoders.get_parameter(moved), theirs.decoders.get_parameter(moved))


def test_a_resumed_run_needs_its_trunk_no_more(folder, config, train, trunk, tmp_path):
    setting = config(folder, start_from=str(trunk), steps=3)
    run = create_run(tmp_path / "runs" / "cut", setting.to_json(), "cut")
    train(setting, into=run, stop_after=2)
    trunk.unlink()
    assert train(setting, into=run).step == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel_set": "amsr2"}, "its channels: .*; those of the run: .*same channels"),
        ({"spacing_m": 800.0}, "its pixel spacing: 400 m; those of the run: 800 m"),
        ({"width": 8}, "The trunk's width is 64, that of the network is 8"),
        ({"output_stride": 4}, "The trunk's output_stride is 8"),
    ],
)
def test_a_trunk_of_another_kind_is_refused(folder, config, train, trunk, changes, words):
    with pytest.raises(ConfigError, match=words):
        train(config(folder, start_from=str(trunk), **changes))


def test_a_frozen_encoder_needs_a_trunk(folder, config):
    with pytest.raises(ConfigError, match="freeze_encoder keeps the encoder of the checkpoint"):
        config(folder, freeze_encoder=True)


def test_a_checkpoint_with_rates_is_not_a_trunk(folder, config, train):
    path = train(config(folder, steps=1, name="other")).path
    with pytest.raises(ConfigError, match="A trunk is a network with the rates 'none'"):
        train(config(folder, start_from=str(path)))


def test_a_trunk_that_is_not_there_is_named(folder, config, train, tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        train(config(folder, start_from=str(tmp_path / "nowhere.safetensors")))
