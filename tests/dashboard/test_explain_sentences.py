"""Sentences of the page Explain about channels and temperatures."""

from dataclasses import replace

import pytest

from seaice.dashboard.explain.channel_section import loss_sentence
from seaice.dashboard.explain.sure_section import _temperature
from seaice.experiment.channel_loss import Loss
from seaice.network.checkpoint import write_calibration
from seaice.network.checkpoint_files import list_checkpoints


def loss(group: str, points: float) -> Loss:
    return Loss(group, "SOD", 80.0, points, float("nan"), float("nan"))


def test_losses_are_counted_and_small_ones_named_last():
    found = [loss("HH", 1.2), loss("HV", 12.4), loss("Incidence angle", 0.2)]
    assert loss_sentence(found) == (
        "It misses HV (12 points), then HH (1 point). "
        "Without Incidence angle alone it loses less than a point."
    )


@pytest.mark.parametrize(
    ("temperatures", "said"),
    [
        (None, "No temperature is kept in its checkpoints"),
        ({"SOD": 1.25}, "Temperature 1.25."),
        ({}, "so none is kept"),
        ({"FLOE": 2.0}, "so none is kept"),
    ],
)
def test_a_temperature_is_told_with_its_reason_where_none_is_kept(
    make_checkpoint, temperatures, said
):
    path = make_checkpoint()
    if temperatures is not None:
        write_calibration(path, {"temperatures": temperatures, "scenes": ["one"]})
    files, _ = list_checkpoints(path.parent)
    assert said in _temperature(tuple(files), "SOD")


def test_a_calibration_of_another_version_lacks_temperatures(make_checkpoint):
    (file,), _ = list_checkpoints(make_checkpoint().parent)
    other = replace(file, info=replace(file.info, calibration={"scenes": ["one"]}))
    assert "so none is kept" in _temperature((other,), "SOD")
