import json

import pytest

from seaice.ai4arctic.channels import DISTANCE_MAP, HH, HV
from seaice.core.errors import ConfigError
from seaice.training.config import TrainingConfig


def config(**changes) -> TrainingConfig:
    return TrainingConfig(**{"data": "x", "rates": (6, 12, 18), "channel_set": "sar", **changes})


def test_json_round_trip():
    original = config(
        rates=(),
        seed=7,
        weight_sic=1,
        weight_sod=0.0,
        weight_floe=2.5,
        train_list="train.json",
        validation_list="validation.json",
        sampling="balanced",
        augment=True,
    )
    assert TrainingConfig.from_json(original.to_json()) == original


def test_a_file_without_a_field_has_its_default():
    values = json.loads(config(seed=7, schedule="cosine").to_json())
    del values["schedule"]
    assert TrainingConfig.from_json(json.dumps(values)) == config(seed=7)


@pytest.mark.parametrize(("width", "decoder"), [(64, 32), (32, 16), (4, 4)])
def test_decoders_are_half_as_wide_as_the_encoder(width: int, decoder: int):
    assert config(width=width).network().decoder_channels == decoder


def test_a_separable_stem_tells_the_network_which_inputs_are_smooth():
    assert config(channel_set="sar+amsr2", stem="full").network().smooth_inputs == ()
    separable = config(channel_set="sar+amsr2", stem="separable").network()
    assert separable.smooth_inputs == tuple(range(2, 17))
    assert config(channel_set="amsr2", stem="separable").network().smooth_inputs == tuple(range(14))
    fine = config(channel_set=f"{HH},{DISTANCE_MAP},{HV}", stem="separable").network()
    assert fine.smooth_inputs == ()


def test_renormalised_padding_tells_the_network_which_inputs_show_the_mask():
    assert config(channel_set="sar+amsr2").network().radar_inputs == ()
    channels = f"t2m,{HV},sar_incidenceangle"
    assert config(channel_set=channels, padding="renormalised").network().radar_inputs == (1, 2)
    assert config(channel_set="amsr2", padding="renormalised").network().radar_inputs == ()


def test_a_patch_that_is_too_small_says_how_large_it_must_be():
    with pytest.raises(ConfigError) as caught:
        config(rates=(72,), patch=256)
    (least,) = (
        int(word) for word in str(caught.value).split() if word.isdecimal() and int(word) > 256
    )
    config(rates=(72,), patch=least)
    with pytest.raises(ConfigError):
        config(rates=(72,), patch=least - 8)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel_set": "radar"}, "No channel set"),
        ({"rates": (0,)}, "atrous rates"),
        ({"patch": 100}, "multiple of 8"),
        ({"patch": 8}, "patch must be between 16"),
        ({"patch": 128, "rates": (6, 32)}, "rate 32 would see nothing but padding"),
        ({"batch": 0}, "batch must be between"),
        ({"steps": 0}, "steps must be between"),
        ({"learning_rate": 2.0}, "learning_rate must be between"),
        ({"learning_rate": float("nan")}, "learning_rate must be between"),
        ({"spacing_m": 1}, "spacing_m must be between"),
        ({"seed": -1}, "seed must be between"),
        ({"validation_share": 1.0}, "validation_share must be between"),
        ({"workers": -1}, "workers must be between"),
        ({"precision": "float8"}, "precision must be one of auto, float32, bfloat16"),
        ({"sampling": "random"}, "sampling must be one of uniform, balanced, not 'random'"),
        ({"sampling": []}, "sampling must be one of"),
        ({"augment": "no"}, "augment must be true or false"),
        ({"augment": 1}, "augment must be true or false"),
        ({"train_list": 5}, "train_list must be text"),
        ({"validation_list": None}, "validation_list must be text"),
        ({"data": ""}, "data is empty"),
        ({"encoder": "vgg"}, "encoder must be one of"),
        ({"output_stride": 32}, "output_stride must be one of 4, 8, 16"),
        ({"width": 0}, "width must be between 4 and 256, not 0"),
        ({"width": 32.0}, "width must be a whole number"),
        ({"padding": "mirror"}, "padding must be one of zeros, renormalised, not 'mirror'"),
        ({"stem": "deep"}, "stem must be one of full, separable, not 'deep'"),
        ({"output_stride": True}, "output_stride must be one of"),
        ({"steps": 2.5}, "steps must be a whole number"),
        ({"steps": True}, "steps must be a whole number"),
        ({"learning_rate": "fast"}, "learning_rate must be a number"),
        ({"learning_rate": -0.001}, "learning_rate must be between"),
        ({"rates": tuple(range(1, 11))}, "atrous rates"),
        ({"rates": "6-12"}, "Atrous rates"),
        ({"rates": (1.5,)}, "Atrous rates"),
        ({"channel_set": "t2m,moon"}, "No channel 'moon'"),
        ({"channel_set": "t2m,t2m"}, "is named twice"),
        ({"weight_sic": 0, "weight_sod": 0, "weight_floe": 0}, "must not all be 0"),
        ({"weight_sic": -1}, "weight_sic must be between"),
        ({"batch": 4, "devices": 3}, "cannot be split evenly among 3"),
        ({"batch": 4, "devices": 2, "accumulate": 4}, "with 4 gradient accumulation"),
        ({"validate_every": 0}, "validate_every must be between"),
        ({"schedule": "up"}, "schedule must be one of"),
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
