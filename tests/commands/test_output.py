"""Messages of commands name the scene that they are about."""

from pathlib import Path

import pytest

from seaice.commands.output import about_scene, training_progress
from seaice.training.run_context import StepReport


@pytest.mark.parametrize(
    "text",
    [
        "data/1.nc is damaged.",
        "/far/data/1.nc: no memory.",
        "'data/1.nc' is damaged.",
        "Damaged is 1.nc.",
        "1.nc",
        "Scene 1 lacks sar_incidenceangle.",
    ],
)
def test_a_scene_that_is_named_is_not_named_again(text: str):
    assert about_scene(Path("data/1.nc"), ValueError(text)) == text


@pytest.mark.parametrize(
    "text", ["data/11.nc is damaged.", "1.nc.part", "1.ncx", "", "1-nc", "Scene 11 lacks it."]
)
def test_a_scene_that_is_not_named_is(text: str):
    assert about_scene(Path("data/1.nc"), ValueError(text)) == f"data/1.nc: {text}"


def test_a_step_says_what_follows_it():
    """A short run would else say nothing while its norms are estimated."""
    lines: list[str] = []
    log = training_progress(lines.append)
    log(StepReport(1, 2, 0.5, None, None))
    log(StepReport(2, 2, 0.25, 30.2, 71.26, "estimating norms and validating"))
    log(StepReport(3, 2, 0.25, 130.2, 71.26, left_out="validations"))
    assert lines == [
        "step 1/2  loss 0.500  estimating the time",
        "step 2/2  loss 0.250  30 s left  score 71.3  estimating norms and validating",
        "step 3/2  loss 0.250  2 min left without validations  score 71.3",
    ]
