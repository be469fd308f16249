"""Sentences of the page Explain about channels and temperatures."""

from dataclasses import replace

import numpy as np
import pytest

from seaice.dashboard.explain.channel_section import loss_sentence
from seaice.dashboard.explain.sure_words import Sureness, answer, temperature_text
from seaice.experiment.channel_loss import Loss
from seaice.network.checkpoint import write_calibration
from seaice.network.checkpoint_files import list_checkpoints
from seaice.results.confidence.reliability import Reliability, reliability
from seaice.results.confidence.trust import Trust


def loss(group: str, points: float) -> Loss:
    return Loss(group, "SOD", 80.0, points, float("nan"), float("nan"))


def trusted(quality: float, of_all: float, share: float = 0.6) -> Sureness:
    return Sureness("1-2-3", (), Trust(np.zeros((1, 1), bool), share, 5, quality, of_all))


def measured(sure: float, labels: list[int]) -> Reliability:
    """Of four pixels that are given the first class."""
    probabilities = np.array([[sure] * len(labels), [1 - sure] * len(labels)])
    return reliability(probabilities, np.array(labels, np.uint8))


@pytest.mark.parametrize(
    ("sure", "said"),
    [
        (
            0.55,
            "Right more often than it is sure: it is right on 75 % of the labelled pixels, and ",
        ),
        (0.75, "As sure as it is right: it is right on 75 % of the labelled pixels, and "),
        (0.95, "Too sure: it is right on 75 % of the labelled pixels, and "),
    ],
)
def test_how_sure_is_answered_in_two_sentences(sure, said):
    assert answer(trusted(0.9, 0.75), "SOD", measured(sure, [0, 0, 0, 1]), 0.7) == (
        f"{said}sure by {100 * sure:.0f} %. Where it is sure by at least 70 % (40 % of the "
        "pixels), it is right on 90 %."
    )


def test_how_sure_is_answered_without_labels_pixels_and_for_concentration():
    nan, unknown = float("nan"), measured(0.5, [])
    assert answer(trusted(nan, nan), "SOD", unknown, 0.7) == (
        "Whether it is right is not known, because no pixel has a label. On 40 % of the pixels, it "
        "is sure by at least 70 %."
    )
    assert answer(trusted(nan, nan, nan), "SOD", unknown, 0.7) == "The scene has no valid pixel."
    assert answer(trusted(nan, 4.0, 1.0), "SIC", None, 5) == (
        "There is no labelled pixel where its seeds spread by at most 5 points."
    )
    assert answer(trusted(3.12, 4.0), "SIC", None, 5) == (
        "Where its seeds spread by at most 5 points (40 % of the pixels), its mean absolute error "
        "is 3.1 points (4.0 of all)."
    )


def test_losses_are_counted_and_small_ones_named_last():
    found = [loss("HH", 1.2), loss("HV", 12.4), loss("Incidence angle", 0.2)]
    assert loss_sentence(found) == (
        "It misses HV (12 points), then HH (1 point). "
        "Without Incidence angle alone it loses less than a point."
    )


@pytest.mark.parametrize(
    ("temperatures", "said"),
    [
        (None, "none fitted"),
        ({"SOD": 1.25}, "1.25"),
        ({}, "none: it did not help"),
        ({"FLOE": 2.0}, "none: it did not help"),
    ],
)
def test_a_temperature_is_told_with_its_reason_where_none_is_kept(
    make_checkpoint, temperatures, said
):
    path = make_checkpoint()
    if temperatures is not None:
        write_calibration(path, {"temperatures": temperatures, "scenes": ["one"]})
    files, _ = list_checkpoints(path.parent)
    assert temperature_text(tuple(files), "SOD") == said


def test_a_calibration_of_another_version_lacks_temperatures(make_checkpoint):
    (file,), _ = list_checkpoints(make_checkpoint().parent)
    other = replace(file, info=replace(file.info, calibration={"scenes": ["one"]}))
    assert temperature_text((other,), "SOD") == "none: it did not help"
