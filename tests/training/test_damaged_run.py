"""Runs whose files were damaged: one sentence, or they go on; and their status says so."""

import pytest

from seaice.core.errors import ConfigError
from seaice.training.process import run_here
from seaice.training.runs.status import read_status
from seaice.training.start import cancel, new_run

CONFIGS = {
    "nothing": "",
    "half": '{"data": "scenes", "rates": [1, 2], "chan',
    "a list": "[]",
    "deep": "[" * 200_000,
    "no data": '{"rates": [1], "channel_set": "sar"}',
    "another field": '{"data": "d", "rates": [1], "channel_set": "sar", "mood": 3}',
    "a patch in words": '{"data": "d", "rates": [1], "channel_set": "sar", "patch": "wide"}',
    "rates that are none": '{"data": "d", "rates": {"a": 1}, "channel_set": "sar"}',
    "rates with a centre": '{"data": "d", "rates": [0, 6], "channel_set": "sar"}',
    "a set that is none": '{"data": "d", "rates": [1], "channel_set": ["sar"]}',
    "no text": None,
}


@pytest.mark.parametrize("content", CONFIGS.values(), ids=CONFIGS)
def test_a_damaged_configuration_is_one_sentence(run, models, untrained, seaice, content):
    if content is None:
        run.config_file.write_bytes(b"\xff\xfe{}")
    else:
        run.config_file.write_text(content)
    status, out, said = seaice("train", "--resume", run.path, "--models", models)
    assert (status, out, len(said)) == (2, "", 1)
    assert said[0].startswith(f"{run.config_file} cannot be used: ")
    assert len(said[0]) < 400
    told = read_status(run)
    assert told.state == "failed"
    assert " ".join(told.message.split()) == said[0]
    assert untrained == []


@pytest.mark.parametrize("content", ["", '{"state": "finis', '{"state": "finished", "step": []}'])
def test_a_run_goes_on_without_its_status(run, models, untrained, content):
    run.status_file.write_text(content)
    run_here(run, models)
    assert len(untrained) == 1
    status = read_status(run)
    assert (status.state, status.checkpoint) == ("finished", str(models / "a.safetensors"))


STATES = {"nothing": b"", "no tensor": b"\x08\0\0\0\0\0\0\0{}      ", "noise": b"\xff" * 100}


@pytest.mark.parametrize("content", STATES.values(), ids=STATES)
def test_a_damaged_state_is_one_sentence(run, models, seaice, content):
    run.state_file.write_bytes(content)
    status, out, said = seaice("train", "--resume", run.path, "--models", models)
    sentence = (
        f"{run.state_file} is damaged or not a training state. "
        "This run cannot be resumed. Train anew."
    )
    assert (status, out, said[-1]) == (2, "", sentence)
    assert (read_status(run).state, read_status(run).message) == ("failed", sentence)
    assert run.state_file.read_bytes() == content
    assert list(models.glob("*")) == []


def test_the_state_of_another_run_is_refused(run_config, runs, models):
    first, second = (new_run(run_config(seed=seed), runs) for seed in (1, 2))
    run_here(first, models, lambda _: cancel(first))
    first.state_file.rename(second.state_file)
    with pytest.raises(ConfigError, match="another configuration"):
        run_here(second, models)
    assert read_status(second).state == "failed"
