"""bfloat16 is taken where it was measured to pay, and the measurement is remembered."""

import pytest
import torch

from seaice.core.device import Device
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results import precision, tiled
from seaice.results.inference import predict
from seaice.results.precision import Measured
from seaice.scenes.scene import Scene


@pytest.fixture
def checkpoint(make_checkpoint, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """On a machine that is said to have bfloat16."""
    device = Device("cpu", "CPU", bfloat16=True)
    monkeypatch.setattr(tiled, "best_device", lambda: device)
    precision._kept.cache_clear()
    return load_checkpoint(make_checkpoint())


@pytest.mark.parametrize(
    ("gain", "agreement", "pays"),
    [(1.5, 0.999, True), (1.05, 1.0, False), (3.0, 0.99, False), (1.1, 0.995, True)],
)
def test_it_pays_where_it_is_faster_and_agrees(gain: float, agreement: float, pays: bool):
    assert Measured(gain, agreement).pays == pays


def test_it_is_measured_at_first_use_and_remembered(make_scene, checkpoint, monkeypatch):
    scene, whole = Scene.open(make_scene(64, 96)), precision._timed
    seconds = {False: 1.0, True: 0.25}
    measured: list[bool] = []

    def timed(checkpoint: Checkpoint, sample: torch.Tensor, *, bfloat16: bool):
        measured.append(bfloat16)
        # A network in float32 agrees with itself.
        return whole(checkpoint, sample, bfloat16=False)[0], seconds[bfloat16]

    monkeypatch.setattr(precision, "_timed", timed)
    assert not tiled.mixed_precision(checkpoint)._enabled
    predict(scene, checkpoint)
    assert measured == [False, True]
    assert precision.known(checkpoint) == Measured(4.0, 1.0)
    assert tiled.mixed_precision(checkpoint)._enabled
    predict(scene, checkpoint)
    # Another process reads it from the cache folder.
    precision._kept.cache_clear()
    predict(scene, checkpoint)
    assert measured == [False, True]


def test_what_must_come_out_the_same_again_is_in_float32(make_scene, checkpoint, monkeypatch):
    scene = Scene.open(make_scene(64, 96))
    monkeypatch.setattr(precision, "measure", lambda *_: pytest.fail("It was measured."))
    pays = Measured(4.0, 1.0)
    monkeypatch.setattr(precision, "known", lambda _: pays)
    with precision.in_float32():
        assert not tiled.mixed_precision(checkpoint)._enabled
        predict(scene, checkpoint)
    assert tiled.mixed_precision(checkpoint)._enabled


def test_the_classes_of_both_are_compared(checkpoint):
    inputs = torch.rand(1, 3, 64, 64)
    measured = precision.measure(checkpoint, inputs)
    assert measured is not None
    assert 0.5 < measured.agreement <= 1
    assert measured.gain > 0
    with torch.inference_mode():
        classes, _ = precision._timed(checkpoint, inputs, bfloat16=False)
        outputs = checkpoint.network(inputs)
    assert torch.equal(classes["SOD"], outputs["SOD"][0].argmax(0))
    assert torch.equal(classes["SIC"], outputs["SIC"][0, 0].clamp(0, 10).round())


def test_nothing_is_learnt_where_there_are_no_data(checkpoint):
    assert precision.measure(checkpoint, torch.zeros(1, 3, 64, 64)) is None
    assert precision.known(checkpoint) is None
