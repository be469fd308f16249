"""Effective fields of networks whose field is known."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import xarray as xr

from seaice.ai4arctic.channels import SAR
from seaice.core.errors import ConfigError, MissingChannelsError
from seaice.explain.branches import branches_of
from seaice.explain.field import SHARES, EffectiveField, effective_field
from seaice.explain.field_files import write_fields
from seaice.explain.gradients import pixel_gradients, radius_px
from seaice.network.checkpoint import load_checkpoint
from seaice.network.receptive_field import reach_px
from seaice.results.inference import predict
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


class OneConvolution(torch.nn.Module):
    """In place of an encoder: one channel, averaged over the pixels of a cell."""

    def __init__(self, channel: int, stride: int) -> None:
        super().__init__()
        self.channel, self.stride = channel, stride

    def forward(self, inputs):
        chosen = inputs[:, self.channel : self.channel + 1]
        return [torch.nn.functional.avg_pool2d(chosen, self.stride).expand(-1, 1, -1, -1)]


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(240, 240))


@pytest.fixture
def nine_taps(make_checkpoint, in_float32):
    """SIC of one dilated 3 x 3 convolution of rate 3 on cells of 8 pixels of HV alone."""
    checkpoint = load_checkpoint(make_checkpoint((3,)))
    network = checkpoint.network
    convolution = torch.nn.Conv2d(1, 1, 3, padding=3, dilation=3, bias=False)
    convolution.weight.data = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
    network.encoder = OneConvolution(1, 8)
    network.decoders["SIC"] = torch.nn.Sequential(convolution)
    for name in ("SOD", "FLOE"):
        network.decoders[name] = torch.nn.Conv2d(1, 6, 1)
    # Nearest instead of bilinear: a pixel has its own cell's output alone.
    network.upsample = lambda outputs, size: torch.nn.functional.interpolate(outputs, size)
    checkpoint.network.features = lambda inputs: network.encoder(inputs)[-1]
    return checkpoint


def test_the_field_of_one_dilated_convolution_is_its_nine_taps(scene, nine_taps, monkeypatch):
    for module in ("part", "field"):
        monkeypatch.setattr(f"seaice.explain.{module}.reach_px", lambda network: 48)
    monkeypatch.setattr("seaice.explain.field.receptive_field_px", lambda network: 56)
    inputs = read_inputs(scene, nine_taps.info.channels)
    (gradient,) = pixel_gradients(nine_taps, inputs, (123, 126), ["SIC"])
    assert gradient.target == 0
    assert not gradient.size[[0, 2]].any()
    cells = gradient.size[1, : gradient.size.shape[1] // 8 * 8, : gradient.size.shape[2] // 8 * 8]
    cells = cells.reshape(cells.shape[0] // 8, 8, -1, 8).sum(axis=(1, 3))
    line, sample = (at // 8 for at in gradient.at)
    expected = np.zeros_like(cells)
    expected[line - 3 : line + 4 : 3, sample - 3 : sample + 4 : 3] = np.arange(1, 10).reshape(3, 3)
    np.testing.assert_allclose(cells, expected, atol=1e-5)

    field = effective_field(nine_taps, [scene], "SIC", pixels=5, seed=3)
    assert field.groups == ("HH", "HV", "Incidence angle")
    assert field.theoretical_km == pytest.approx(22.4)
    np.testing.assert_allclose(field.group_shares, [0, 1, 0], atol=1e-6)
    # Nothing between the taps: not within a cell of the middle's, and not beyond four cells.
    assert (field.image == 0).mean() > 0.5
    profile = field.profile(group=1)
    assert profile[0] > 0
    assert profile[12:15].sum() < 1e-6
    assert profile[48:].sum() < 1e-6


def test_sums_by_scene_class_and_group_are_those_of_the_pixels(make_scene, make_checkpoint):
    checkpoint = load_checkpoint(make_checkpoint((1,), stride=4))
    scenes = [
        Scene.open(make_scene(96, 160, name=f"2018032{day}T000000_dmi_prep.nc", seed=day))
        for day in range(2)
    ]
    field = effective_field(checkpoint, scenes, "SOD", pixels=3, seed=5)
    assert (field.pixels.sum(axis=1) == 3).all()
    rng = np.random.default_rng([5, 1])
    total = np.zeros(field.mass.shape[:3])
    image = np.zeros_like(field.image)
    reach = reach_px(checkpoint.network)
    for number, scene in enumerate(scenes):
        inputs = read_inputs(scene, checkpoint.info.channels)
        for line, sample in rng.choice(np.argwhere(inputs.valid), 3, replace=False):
            (one,) = pixel_gradients(checkpoint, inputs, (int(line), int(sample)), ["SOD"])
            total[number, one.target] += one.size.sum(axis=(1, 2))
            for y, x in np.argwhere(one.size.sum(0) > 0):
                at = y - one.at[0] + reach, x - one.at[1] + reach
                image[at] += one.size[:, y, x].sum() / 6
    np.testing.assert_allclose(field.mass.sum(axis=3), total, rtol=1e-5)
    np.testing.assert_allclose(field.image, image, rtol=1e-4, atol=1e-12)
    assert field.profile(scene=0).sum() == pytest.approx(total[0].sum(), rel=1e-5)
    radii = field.radii_km(field.profile())
    assert list(radii) == list(SHARES)
    assert sorted(radii.values()) == list(radii.values())
    # No gradient lies beyond half the theoretical field and one period.
    assert radii[0.95] < np.sqrt(2) * reach * 0.4


def test_a_class_draws_its_own_pixels(make_scene, make_checkpoint):
    checkpoint = load_checkpoint(make_checkpoint((1,)))
    scene = Scene.open(make_scene())
    field = effective_field(checkpoint, [scene], "SOD", pixels=8)
    common = int(field.pixels.argmax())
    only = effective_field(checkpoint, [scene], "SOD", common, pixels=4)
    assert only.pixels[0].tolist() == [4 if index == common else 0 for index in range(6)]


def test_the_branch_that_is_listened_to_sets_the_field(make_scene, make_checkpoint, in_float32):
    checkpoint = load_checkpoint(make_checkpoint((6,), stride=4))
    scene = Scene.open(make_scene(360, 360))
    radii = []
    for number in range(2):
        projection = checkpoint.network.decoders["SIC"][0].project[0]
        whole = projection.weight.data.clone()
        channels = projection.in_channels // len(branches_of(checkpoint.network, "SIC"))
        projection.weight.data = torch.zeros_like(whole)
        own = slice(number * channels, (number + 1) * channels)
        projection.weight.data[:, own] = whole[:, own]
        field = effective_field(checkpoint, [scene], "SIC", pixels=4)
        radii.append(field.radii_km(field.profile())[0.9])
        projection.weight.data = whole
    # Its outer taps lie 9.6 km away, and 13.6 km in the corners.
    assert radii[1] > radii[0] + 5


def test_the_radius_holds_its_share():
    assert radius_px(np.array([1.0, 8, 0, 1]), 0.9) == pytest.approx(1.5)
    assert np.isnan(radius_px(np.zeros(3), 0.9))
    field = EffectiveField(
        "SIC", ("a",), ("all ice",), ("HH",), np.ones((3, 3)),
        np.array([1.0, 8, 0, 1]).reshape(1, 1, 1, 4), np.ones((1, 1), int), 400.0, 1.2
    )  # fmt: skip
    assert field.radii_km(field.profile())[0.95] == pytest.approx(3 * 0.4)


def test_images_are_written_in_km_around_the_pixel(make_scene, make_checkpoint, tmp_path):
    scene, checkpoint = Scene.open(make_scene()), load_checkpoint(make_checkpoint((1,)))
    field = effective_field(checkpoint, [scene], "SIC", pixels=2)
    path = tmp_path / "field.nc"
    pairs = [(field, {"checkpoint": "a"}), (field, {"checkpoint": "b"})]
    write_fields(path, scene, pairs, {"pixels": 2}, "seaice app")
    with xr.open_dataset(path) as file:
        np.testing.assert_array_equal(file["field_2"], field.image)
        # The output pixel lies in the middle.
        nearest = file["field_1"].sel(line_offset_1=0, sample_offset_1=0.4, method="nearest")
        reach = field.image.shape[0] // 2
        assert float(nearest) == field.image[reach, reach + 1]
        assert file["line_offset_1"].attrs["units"] == "km"
        facts = file["field_2"].attrs
        assert (facts["checkpoint"], facts["output_pixels"]) == ("b", 2)
        assert facts["radius_of_90_percent_km"] == field.radii_km(field.profile())[0.9]
        assert json.loads(file.attrs["settings"]) == {"pixels": 2}


def test_threads_measure_what_one_after_the_other_measures(make_scene, make_checkpoint):
    scene, checkpoint = Scene.open(make_scene()), load_checkpoint(make_checkpoint((1,)))
    charts = ["SIC", "SOD"]
    alone = [effective_field(checkpoint, [scene], each, pixels=2).mass for each in charts]
    with ThreadPoolExecutor(2) as pool:
        together = pool.map(
            lambda each: effective_field(checkpoint, [scene], each, pixels=2).mass, charts
        )
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one, other)


def test_bad_input_is_told_in_a_sentence(make_scene, make_checkpoint):
    def mask(arrays):
        for name in SAR:
            arrays[name][:] = 0

    checkpoint = load_checkpoint(make_checkpoint((1,)))
    scene = Scene.open(make_scene())
    with pytest.raises(ConfigError, match=r"SOD has no class 6\. There are: 0 Open water"):
        effective_field(checkpoint, [scene], "SOD", 6)
    with pytest.raises(ConfigError, match="at least 1 pixel"):
        effective_field(checkpoint, [scene], "SOD", pixels=0)
    prediction = predict(scene, checkpoint)
    present = np.unique(prediction.classes("SOD")[prediction.valid])
    absent = next(index for index in range(6) if index not in present)
    with pytest.raises(ConfigError, match=r"The network predicts no .* here, so it has no field"):
        effective_field(checkpoint, [scene], "SOD", absent)
    masked = Scene.open(make_scene(change=mask, name="20200101T000000_dmi_prep.nc"))
    with pytest.raises(ConfigError, match="There is no valid pixel here"):
        effective_field(checkpoint, [masked], "SOD")
    lacking = Scene.open(make_scene(without=("btemp_6_9h",), name="20200102T000000_dmi_prep.nc"))
    with pytest.raises(MissingChannelsError, match="btemp_6_9h"):
        effective_field(load_checkpoint(make_checkpoint((1,), "amsr2")), [lacking], "SIC")
