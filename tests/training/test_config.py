import json

import pytest

from seaice.errors import ConfigError
from seaice.training.config import TrainingConfig


def config(**changes) -> TrainingConfig:
    return TrainingConfig(**{"data": "x", "rates": (6, 12, 18), "channel_set": "sar", **changes})


def test_json_round_trip():
    original = config(
        rates=(),
        seed=7,
        loss_weights={"SIC": 1, "SOD": 0, "FLOE": 2.5},
        train_list="train.json",
        validation_list="validation.json",
        sampling="balanced",
        augment=True,
    )
    assert TrainingConfig.from_json(original.to_json()) == original


def test_an_older_file_says_how_it_was_trained():
    """Before there were lists, sampling and augmentation."""
    values = json.loads(config(seed=7).to_json())
    for name in ("train_list", "validation_list", "sampling", "augment"):
        del values[name]
    older = TrainingConfig.from_json(json.dumps(values))
    assert older == config(seed=7, augment=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel_set": "radar"}, "No channel set"),
        ({"rates": (0,)}, "Atrous rates"),
        ({"patch": 100}, "multiple of 16"),
        ({"patch": 8}, "patch is between 16"),
        ({"patch": 128, "rates": (6, 16)}, "rate 16 would see nothing but padding"),
        ({"batch": 0}, "batch is between"),
        ({"steps": 0}, "steps is between"),
        ({"learning_rate": 2.0}, "learning_rate is between"),
        ({"learning_rate": float("nan")}, "learning_rate is between"),
        ({"spacing_m": 1}, "spacing_m is between"),
        ({"seed": -1}, "seed is between"),
        ({"validation_share": 1.0}, "validation_share is between"),
        ({"workers": -1}, "workers is between"),
        ({"precision": "float8"}, "Precision is"),
        ({"sampling": "random"}, "Sampling is uniform or balanced, not 'random'"),
        ({"sampling": []}, "Sampling is"),
        ({"augment": "no"}, "augment is true or false"),
        ({"train_list": 5}, "train_list is the text of a path"),
        ({"validation_list": None}, "validation_list is the text of a path"),
        ({"encoder": "vgg"}, "No encoder"),
        ({"output_stride": 32}, "output stride is 8 or 16"),
        ({"loss_weights": {"SIC": 1, "SOD": 1}}, "loss_weights give"),
        ({"loss_weights": {"SIC": 0, "SOD": 0, "FLOE": 0}}, "not all 0"),
        ({"loss_weights": {"SIC": -1, "SOD": 1, "FLOE": 1}}, "loss_weights give"),
    ],
)
def test_bounds(changes, words):
    with pytest.raises(ConfigError, match=words):
        config(**changes)


@pytest.mark.parametrize("text", ["", "[]", '{"data": "x"}', "{"])
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(ConfigError, match="Not a training configuration"):
        TrainingConfig.from_json(text)


def test_an_unknown_field_is_refused():
    values = json.loads(config().to_json()) | {"epochs": 3}
    with pytest.raises(ConfigError, match="epochs"):
        TrainingConfig.from_json(json.dumps(values))
