"""Losses by channel, of predictors that are known to look at one channel alone."""

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import FILL
from seaice.core.errors import MissingChannelsError, NoScenesError
from seaice.experiment.channel_loss import channel_losses
from seaice.experiment.context_predictors import Predictor
from seaice.scenes.scene import Scene

CHANNELS = CHANNEL_SETS["sar+amsr2-18-36"]


def listening_to(*names: str) -> Predictor:
    """Predicts classes from the sum of some scaled channels, and nothing else."""

    def predict(inputs):
        heard = sum(inputs.values[CHANNELS.index(name)] for name in names)
        classes = np.clip(np.rint(heard * 2 + 3), 0, 5).astype(np.uint8)
        return {"SIC": heard + 5, "SOD": classes, "FLOE": classes}

    return Predictor("one", "", "sar+amsr2-18-36", CHANNELS, 400.0, 0.0, predict)


@pytest.fixture
def scenes(make_scene) -> list[Scene]:
    return [
        Scene.open(make_scene(48, 64, name=f"2018032{day}T000000_dmi_prep.nc", seed=day))
        for day in range(6)
    ]


@pytest.fixture
def true_to(make_scene):
    """A scene whose chart is what the predictor says."""

    def make(predictor: Predictor, day: int) -> Scene:
        def change(arrays):
            values = [arrays.get(name) for name in CHANNELS]
            heard = values[CHANNELS.index("nersc_sar_secondary")]
            classes = np.clip(np.rint(heard * 2 + 3), 0, 5)
            arrays["SOD"][:] = np.where(arrays["SOD"] == FILL, FILL, classes)

        name = f"2018040{day}T000000_dmi_prep.nc"
        return Scene.open(make_scene(48, 64, name=name, seed=day, change=change))

    return make


def by_group(result, task: str) -> dict[str, float]:
    return {each.group: each.loss for each in result.losses() if each.task == task}


def test_only_the_channel_that_is_heard_is_missed(true_to):
    predictor = listening_to("nersc_sar_secondary")
    scenes = [true_to(predictor, day) for day in range(3)]
    result = channel_losses(predictor, scenes)
    assert result.groups == ("HH", "HV", "Incidence angle", "18.7 GHz", "36.5 GHz")
    lost = by_group(result, "SOD")
    assert lost.pop("HV") > 20
    assert set(lost.values()) == {0.0}
    untouched = [each.untouched for each in result.losses() if each.task == "SOD"]
    assert untouched == pytest.approx([100] * 5)
    # With three scenes there is no interval.
    assert all(np.isnan(each.low) for each in result.losses())


def test_both_channels_of_a_frequency_are_replaced_together(scenes):
    result = channel_losses(listening_to("btemp_18_7v"), scenes[:2])
    lost = by_group(result, "SIC")
    assert [group for group, loss in lost.items() if loss != 0] == ["18.7 GHz"]


def test_the_angle_is_moved_by_half_a_swath(scenes):
    result = channel_losses(listening_to("sar_incidenceangle"), scenes[:2])
    assert [group for group, loss in by_group(result, "SIC").items() if loss != 0] == [
        "Incidence angle"
    ]


def test_intervals_are_those_of_scenes_and_losses_of_the_pooled_scores(scenes):
    result = channel_losses(listening_to("nersc_sar_primary"), scenes)
    for each in result.losses():
        assert each.low <= each.loss + 1e-9
        assert each.loss <= each.high + 1e-9
        assert (each.low < each.high) == (each.group == "HH")
    total = sum(sums.confusion["SOD"].sum() for sums in result.untouched)
    assert total == sum(sums.confusion["SOD"].sum() for sums in result.replaced["HV"])


def test_other_scenes_can_be_given(scenes):
    predictor = listening_to("nersc_sar_primary")
    result = channel_losses(predictor, scenes[:1], scenes)
    assert result.scenes == (scenes[0].id,)
    assert by_group(result, "SIC")["HH"] != 0


def test_bad_input_is_told_in_a_sentence(make_scene, scenes):
    predictor = listening_to("nersc_sar_primary")
    with pytest.raises(NoScenesError, match="at least two scenes"):
        channel_losses(predictor, scenes[:1])
    bare = Scene.open(
        make_scene(without=("SIC", "SOD", "FLOE"), name="20200101T000000_dmi_prep.nc")
    )
    with pytest.raises(NoScenesError, match="no charts to score against"):
        channel_losses(predictor, [bare, *scenes])
    lacking = Scene.open(make_scene(without=("btemp_18_7h",), name="20200102T000000_dmi_prep.nc"))
    with pytest.raises(MissingChannelsError, match="btemp_18_7h"):
        channel_losses(predictor, scenes[:1], [lacking])
