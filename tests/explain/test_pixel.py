"""One pixel's story, against the whole scene's prediction and taps counted by hand."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seaice.ai4arctic.channels import SAR
from seaice.core.errors import ConfigError
from seaice.explain.gradients import pixel_gradients
from seaice.explain.pixel import pixel_at, pixel_story
from seaice.network.checkpoint import load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(200, 240))


@pytest.fixture
def checkpoint(make_checkpoint, in_float32):
    return load_checkpoint(make_checkpoint((1, 4), stride=4))


PLACE = 61.5, 70.1


def test_the_prediction_is_that_of_the_whole_scene(scene, checkpoint):
    prediction = predict(scene, checkpoint)
    for chart in ("SOD", "FLOE"):
        story = pixel_story(scene, checkpoint, chart, PLACE)
        expected = prediction.probabilities[chart][:, 153, 175]
        np.testing.assert_allclose(story.probabilities, expected, atol=2e-3)
        assert story.target == prediction.classes(chart)[153, 175]
        assert story.place == pytest.approx((61.4, 70.2))
        assert np.isnan(story.sic)
    story = pixel_story(scene, checkpoint, "SIC", PLACE)
    assert story.sic == pytest.approx(10 * prediction.sic[153, 175], abs=0.02)
    assert story.says == f"{story.sic:.0f} %"
    assert not story.probabilities.size


def test_the_gradient_is_that_of_the_whole_scene(scene, checkpoint):
    inputs = read_inputs(scene, checkpoint.info.channels)
    (gradient,) = pixel_gradients(checkpoint, inputs, (153, 175), ("SOD",))
    story = pixel_story(scene, checkpoint, "SOD", PLACE)
    assert story.profile.sum() == pytest.approx(gradient.size.sum(), rel=1e-4)
    assert story.held[-1] == pytest.approx(1)
    km = story.radius_km(0.9)
    distance = round(km / 0.4)
    assert story.held[max(0, distance - 1)] <= 0.9 <= story.held[distance + 1]
    # Nothing beyond the corners of the field.
    far = np.flatnonzero(story.profile).max() * 0.4
    assert far < np.sqrt(2) * (story.field_km / 2 + 4)


def test_taps_lie_where_the_rates_say(scene, checkpoint):
    taps = pixel_story(scene, checkpoint, "SIC", PLACE).taps
    by_branch = {}
    for tap in taps:
        by_branch.setdefault(tap.branch, []).append(tap)
    assert {name: len(each) for name, each in by_branch.items()} == {
        "1 x 1": 1,
        "rate 1, 1.6 km": 9,
        "rate 4, 6.4 km": 9,
        "pooling of 2 x 2": 4,
    }
    # The pixel lies in cell (38, 43), whose middle is at 61.6 and 69.6 km.
    assert by_branch["1 x 1"][0].place == pytest.approx((61.6, 69.6))
    lines = sorted({round(tap.place[0], 3) for tap in by_branch["rate 4, 6.4 km"]})
    assert lines == pytest.approx([55.2, 61.6, 68.0])
    assert {tap.state for tap in taps} == {"data"}


def test_taps_without_data_are_marked(make_scene, checkpoint):
    def mask(arrays):
        for name in SAR:
            arrays[name][:, 40:100] = 0

    scene = Scene.open(make_scene(80, 120, change=mask))
    taps = pixel_story(scene, checkpoint, "SIC", (1.0, 14.0)).taps
    states = [tap.state for tap in taps if tap.branch.startswith("rate 4")]
    # Cell (0, 8): taps four lines above lie beyond the scene; those four cells to the right are
    # cells 12, of masked samples 48 to 51; those to the left hold data.
    assert states == [
        *["beyond the scene"] * 3,
        "data",
        "data",
        "no data",
        "data",
        "data",
        "no data",
    ]


def test_threads_tell_what_one_after_the_other_tells(scene, checkpoint):
    places = [(20.0 + 8 * i, 40.0) for i in range(4)]
    alone = [pixel_story(scene, checkpoint, "SOD", place).profile for place in places]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda place: pixel_story(scene, checkpoint, "SOD", place), places)
        for profile, story in zip(alone, together, strict=True):
            np.testing.assert_array_equal(profile, story.profile)


def test_bad_places_are_told_in_a_sentence(scene, checkpoint):
    with pytest.raises(
        ConfigError, match=r"99 km, 5 km lies beyond the scene, which measures 80 km"
    ):
        pixel_story(scene, checkpoint, "SOD", (99, 5))
    for place in ((-0.1, 5), (np.nan, 5), (5, np.inf)):
        with pytest.raises(ConfigError, match="beyond the scene"):
            pixel_at(scene.grid, place)
    # The left eighth is masked.
    with pytest.raises(ConfigError, match=r"no data at 5 km, 5 km\. Choose another pixel"):
        pixel_story(scene, checkpoint, "SOD", (5, 5))
