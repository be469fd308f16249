"""bfloat16 is taken where it was measured to pay on several scenes, and that is remembered."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import torch

from seaice.core.cache import Store
from seaice.core.device import Device
from seaice.experiment.context_predictors import network_predictor
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results import precision, tiled
from seaice.results.inference import predict
from seaice.results.precision import Measured
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

PAYS = Measured(4.0, 1.0, ("a", "b", "c"))


@pytest.fixture
def checkpoint(make_checkpoint, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """On a machine that is said to have bfloat16."""
    device = Device("cpu", "CPU", bfloat16=True)
    monkeypatch.setattr(tiled, "best_device", lambda: device)
    precision._kept.cache_clear()
    return load_checkpoint(make_checkpoint())


@dataclass
class Machine:
    """What measuring finds: set before a prediction.

    Attributes:
        gain: How much faster bfloat16 is.
        changed: Share of the pixels with data whose stage of development it changes, 0 to 1.
        timed: Whether each forward that was timed was in bfloat16.
    """

    gain: float = 4.0
    changed: float = 0.0
    timed: list[bool] = field(default_factory=list)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    found, whole = Machine(), precision._timed

    def timed(checkpoint: Checkpoint, square: torch.Tensor, *, bfloat16: bool):
        found.timed.append(bfloat16)
        # A network in float32 agrees with itself.
        classes, _ = whole(checkpoint, square, bfloat16=False)
        if bfloat16:
            lines, samples = (square != 0).any(dim=1)[0].nonzero().unbind(1)
            some = slice(round(found.changed * len(lines)))
            classes["SOD"][lines[some], samples[some]] += 1
        return classes, 1 / found.gain if bfloat16 else 1.0

    monkeypatch.setattr(precision, "_timed", timed)
    return found


@pytest.fixture
def scene(make_scene) -> Callable[[int], Scene]:
    """Different scenes, by number."""
    return lambda number: Scene.open(make_scene(64, 96, seed=number, name=f"{number}_prep.nc"))


def as_in_a_new_process(checkpoint: Checkpoint) -> Measured | None:
    """What the cache folder says."""
    precision._kept.cache_clear()
    return precision.known(checkpoint)


def is_taken(checkpoint: Checkpoint) -> bool:
    return tiled.mixed_precision(checkpoint)._enabled


@pytest.mark.parametrize(
    ("gain", "agreement", "squares", "pays", "is_settled"),
    [
        (1.5, 0.999, "abc", True, True),
        (1.1, 0.995, "abc", True, True),
        (1.5, 0.999, "ab", False, False),
        (1.05, 1.0, "a", False, True),
        (3.0, 0.99, "abc", False, True),
        (3.0, float("nan"), "a", False, True),
    ],
)
def test_it_pays_where_it_is_faster_and_agrees(
    gain: float, agreement: float, squares: str, pays: bool, is_settled: bool
):
    measured = Measured(gain, agreement, tuple(squares))
    assert (measured.pays, measured.is_settled) == (pays, is_settled)


def test_three_scenes_that_agree_admit_it_and_no_fourth_is_measured(checkpoint, machine, scene):
    for number, least in enumerate((4.0, 2.0, 3.0)):
        assert not is_taken(checkpoint)
        machine.gain, machine.changed = least, 0.001 * number
        predict(scene(number), checkpoint)
        assert len(machine.timed) == 2 * (number + 1)
    assert is_taken(checkpoint)
    known = as_in_a_new_process(checkpoint)
    assert known is not None
    assert known.gain == 2.0
    assert known.agreement == pytest.approx(0.998, abs=2e-4)
    assert len(known.squares) == 3
    predict(scene(3), checkpoint)
    assert len(machine.timed) == 6


def test_the_third_scene_is_computed_in_it(checkpoint, machine, scene, monkeypatch):
    enabled: list[bool] = []
    whole = tiled.StagedNetwork.take

    def take(*arguments: object) -> None:
        enabled.append(torch.is_autocast_enabled("cpu"))
        whole(*arguments)

    monkeypatch.setattr(tiled.StagedNetwork, "take", take)
    for number in range(3):
        predict(scene(number), checkpoint)
    assert enabled == [False, False, True]


def test_an_easy_scene_does_not_admit_it_for_a_hard_one(checkpoint, machine, scene):
    predict(scene(0), checkpoint)
    machine.changed = 0.006
    predict(scene(1), checkpoint)
    machine.changed = 0.0
    for number in (2, 3, 4):
        predict(scene(number), checkpoint)
    assert not is_taken(checkpoint)
    # One that fails refuses it for good, and nothing more is measured.
    assert len(machine.timed) == 4
    known = as_in_a_new_process(checkpoint)
    assert known is not None
    assert known.is_refused
    predict(scene(5), checkpoint)
    assert len(machine.timed) == 4
    assert not is_taken(checkpoint)


def test_a_slow_one_is_refused_at_once(checkpoint, machine, scene):
    machine.gain = 1.05
    for number in (0, 1):
        predict(scene(number), checkpoint)
    assert machine.timed == [False, True]


def test_a_scene_counts_once(checkpoint, machine, scene):
    for _ in range(4):
        predict(scene(0), checkpoint)
        known = as_in_a_new_process(checkpoint)
    assert machine.timed == [False, True]
    assert known is not None
    assert len(known.squares) == 1
    assert not is_taken(checkpoint)


def test_altered_inputs_of_a_scene_do_not_count(checkpoint, machine, scene):
    inputs = read_inputs(scene(0), checkpoint.info.channels)
    network_predictor(checkpoint).predict(inputs)
    assert machine.timed == []


def test_an_older_record_is_ignored(checkpoint, machine, scene):
    key, content = precision._key(checkpoint), json.dumps({"gain": 4.0, "agreement": 1.0}).encode()
    for kind in ("precision-1", precision._KIND):
        Store().put(kind, key, content)
        assert as_in_a_new_process(checkpoint) is None
    assert not is_taken(checkpoint)
    predict(scene(0), checkpoint)
    assert machine.timed == [False, True]


def test_what_another_process_found_counts(checkpoint, machine, scene):
    predict(scene(0), checkpoint)
    assert precision.known(checkpoint) is not None
    refused = precision._written(Measured(4.0, 0.9, ("another",)))
    Store().put(precision._KIND, precision._key(checkpoint), refused)
    predict(scene(1), checkpoint)
    assert len(machine.timed) == 2
    assert precision.known(checkpoint) == Measured(4.0, 0.9, ("another",))


def test_what_is_found_meanwhile_is_not_lost(checkpoint, machine, monkeypatch):
    """By another process, which measured at the same time."""
    compared = precision.compared

    def meanwhile(checkpoint: Checkpoint, inputs: torch.Tensor) -> Measured | None:
        refused = precision._written(Measured(2.0, 0.9, ("another",)))
        Store().put(precision._KIND, precision._key(checkpoint), refused)
        return compared(checkpoint, inputs)

    monkeypatch.setattr(precision, "compared", meanwhile)
    measured = precision.measure(checkpoint, torch.rand(1, 3, 64, 64))
    assert measured == as_in_a_new_process(checkpoint)
    assert measured is not None
    assert (measured.gain, measured.agreement, len(measured.squares)) == (2.0, 0.9, 2)


def test_a_prediction_keeps_its_precision_while_another_settles_it(
    checkpoint, machine, scene, monkeypatch
):
    """Tiles of one scene are all computed alike."""
    enabled: list[bool] = []
    take, outputs = tiled.StagedNetwork.take, tiled.StagedNetwork.outputs

    def settled(network: tiled.StagedNetwork, *arguments: object) -> None:
        enabled.append(torch.is_autocast_enabled("cpu"))
        take(network, *arguments)
        monkeypatch.setattr(precision, "known", lambda _: PAYS)

    def followed(network: tiled.StagedNetwork):
        enabled.append(torch.is_autocast_enabled("cpu"))
        return outputs(network)

    monkeypatch.setattr(tiled.StagedNetwork, "take", settled)
    monkeypatch.setattr(tiled.StagedNetwork, "outputs", followed)
    predict(scene(0), checkpoint)
    assert enabled == [False, False]


def test_threads_at_once_find_what_one_after_the_other_does(checkpoint, machine, scene):
    scenes = [scene(number) for number in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: predict(each, checkpoint), scenes * 2))
    known = as_in_a_new_process(checkpoint)
    assert known is not None
    assert known.pays
    assert len(known.squares) == 3
    assert len(machine.timed) == 6


def test_what_must_come_out_the_same_again_is_in_float32(checkpoint, scene, monkeypatch):
    monkeypatch.setattr(precision, "measure", lambda *_: pytest.fail("It was measured."))
    monkeypatch.setattr(precision, "known", lambda _: PAYS)
    with precision.in_float32():
        assert not is_taken(checkpoint)
        predict(scene(0), checkpoint)
    assert is_taken(checkpoint)


def test_the_classes_of_both_are_compared(checkpoint):
    inputs = torch.rand(1, 3, 64, 64)
    measured = precision.compared(checkpoint, inputs)
    assert measured is not None
    assert 0.5 < measured.agreement <= 1
    assert measured.gain > 0
    with torch.inference_mode():
        classes, _ = precision._timed(checkpoint, inputs, bfloat16=False)
        outputs = checkpoint.network(inputs)
    assert torch.equal(classes["SOD"], outputs["SOD"][0].argmax(0))
    assert torch.equal(classes["SIC"], outputs["SIC"][0, 0].clamp(0, 10).round())


def test_nothing_is_learnt_where_there_are_no_data(checkpoint, machine):
    assert precision.measure(checkpoint, torch.zeros(1, 3, 64, 64)) is None
    assert precision.known(checkpoint) is None
    before = precision.measure(checkpoint, torch.rand(1, 3, 64, 64))
    assert before is not None
    assert precision.measure(checkpoint, torch.zeros(1, 3, 64, 64)) == before
