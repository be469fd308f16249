"""Every tool on a network whose decision is known: one channel, one branch, one place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from seaice.ai4arctic.channels import HV
from seaice.core.errors import ConfigError
from seaice.experiment.channel_loss import channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.branches import NO_BRANCH, branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.methods import METHODS, MethodName
from seaice.explain.pixel import pixel_story
from seaice.explain.verdicts import verdicts
from seaice.network.checkpoint import load_checkpoint
from seaice.results.tiled import padded_tensor
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

STRIDE, RATE, REACH = 8, 3, 40


class Cells(torch.nn.Module):
    """In place of an encoder: the inputs, averaged over the pixels of a cell."""

    def forward(self, inputs):
        return [torch.nn.functional.avg_pool2d(inputs, STRIDE)]


class OneTap(torch.nn.Module):
    """In place of an ASPP: of four branches, the third reads HV three cells up and to the left."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (1, 1), (3, 1), (3, RATE), (1, 1)
        self.convs = torch.nn.ModuleList(
            torch.nn.Conv2d(3, 1, size, padding=rate * (size // 2), dilation=rate, bias=False)
            for size, rate in sizes
        )
        for convolution in self.convs:
            torch.nn.init.zeros_(convolution.weight)
        with torch.no_grad():
            self.convs[2].weight[0, 1, 0, 0] = 2
        self.project = torch.nn.Conv2d(4, 1, 1, bias=False)
        torch.nn.init.ones_(self.project.weight)

    def forward(self, features):
        return self.project(torch.cat([convolution(features) for convolution in self.convs], 1))


@pytest.fixture
def network(make_checkpoint, in_float32, in_one_piece, monkeypatch):
    checkpoint = load_checkpoint(make_checkpoint((1, RATE)))
    network = checkpoint.network
    network.encoder = Cells()
    rest = [torch.nn.Identity() for _ in range(4)]
    network.decoders["SIC"] = torch.nn.Sequential(OneTap(), *rest)
    for name in ("SOD", "FLOE"):
        network.decoders[name] = torch.nn.Conv2d(3, 6 if name == "SOD" else 7, 1)
    # Nearest instead of bilinear: a pixel has its own cell's output alone.
    monkeypatch.setattr(
        type(network),
        "upsample",
        staticmethod(lambda outputs, size: torch.nn.functional.interpolate(outputs, size)),
    )
    for module in ("part.reach_px", "field.reach_px"):
        monkeypatch.setattr(f"seaice.explain.{module}", lambda network: REACH)
    for module in ("near", "field", "pixel"):
        name = f"seaice.explain.{module}.receptive_field_px"
        monkeypatch.setattr(name, lambda network: 2 * REACH)
    monkeypatch.setattr("seaice.network.receptive_field.reach_px", lambda network: REACH)
    return checkpoint


@pytest.fixture
def scenes(make_scene) -> list[Scene]:
    names = "20180325T194759_dmi_prep.nc", "20180326T194759_dmi_prep.nc"
    return [Scene.open(make_scene(144, 160, name=name, seed=i)) for i, name in enumerate(names)]


@pytest.fixture
def cell(scenes) -> tuple[int, int]:
    """The cell of the output; three cells up and left lies the highest HV."""
    values = read_inputs(scenes[0], (HV,)).values[0].reshape(18, STRIDE, 20, STRIDE)
    means = values.mean(axis=(1, 3))[3:12, 5:14]
    line, sample = np.unravel_index(means.argmax(), means.shape)
    return int(line) + 3 + RATE, int(sample) + 5 + RATE


def test_a_pixels_story_points_at_the_place(scenes, network, cell):
    place = tuple((index + 0.5) * STRIDE * 0.4 for index in cell)
    story = pixel_story(scenes[0], network, "SIC", place)
    away = np.arange(len(story.profile))
    inside = np.abs(away - RATE * STRIDE * 2**0.5) < STRIDE
    assert story.profile[inside].sum() == pytest.approx(story.profile.sum())
    assert story.profile.sum() == pytest.approx(2)


def test_the_effective_field_points_at_the_place_and_the_channel(scenes, network):
    field = effective_field(network, scenes[:1], "SIC", pixels=4)
    np.testing.assert_allclose(field.group_shares, [0, 1, 0], atol=1e-6)
    # Up and to the left of the pixel in the middle.
    assert field.image[:REACH, :REACH].sum() == pytest.approx(field.image.sum())


def test_the_branch_decides_alone(scenes, network):
    result = branch_shares(scenes[0], network, "SIC")
    np.testing.assert_allclose(result.shares, [[0, 0, 1, 0]], atol=1e-6)
    assert set(np.unique(result.leading)) <= {2, NO_BRANCH}


def test_the_channel_alone_is_missed(scenes, network):
    def predict(inputs):
        # In one piece: pieces are cut along a ResNet's stages, which this network has not.
        with torch.no_grad():
            outputs = network.network(padded_tensor(network, inputs.values))
        lines, samples = inputs.valid.shape
        maps = {name: each[0, :, :lines, :samples].numpy() for name, each in outputs.items()}
        return {
            "SIC": maps["SIC"][0],
            **{name: maps[name].argmax(0).astype(np.uint8) for name in ("SOD", "FLOE")},
        }

    predictor = replace(network_predictor(network), predict=predict)
    losses = channel_losses(predictor, scenes).losses()
    found = {each.group: each.loss for each in losses if each.task == "SIC"}
    assert found["HH"] == found["Incidence angle"] == 0
    assert abs(found["HV"]) > 1e-3


@pytest.mark.parametrize("layer", ["encoder", "atrous branch 2"])
def test_evidence_lies_at_the_place(scenes, network, cell, layer: str):
    region = tuple(slice(index * STRIDE, (index + 1) * STRIDE) for index in cell)
    raw = explain(scenes[0], network, CamConfig("SIC", 0, layer), region).raw
    # Behind the branch, its output stands where the pixel is.
    at = tuple(index - RATE for index in cell) if layer == "encoder" else cell
    assert raw[at] > 0.1
    assert np.abs(raw).sum() == pytest.approx(raw[at])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layer", ["encoder", "atrous branch 2"])
def test_the_map_passes_its_tests(scenes, network, cell, layer: str, method: MethodName):
    region = tuple(slice(index * STRIDE, (index + 1) * STRIDE) for index in cell)
    trial = try_map(scenes[0], network, CamConfig("SIC", 0, layer, method), region)
    outcomes = {each.test: each.outcome for each in verdicts(trial)}
    assert outcomes.pop("True ice") == "not known"
    assert outcomes.pop("Random weights") in ("passed", "not known")
    if method == "GradCAM":
        # Its heat is what the features are, everywhere: it must not pass.
        assert outcomes["Field"] == "failed"
        return
    assert set(outcomes.values()) == {"passed"}
    evidence, _, blocks = (each.raw for each in trial.maps)
    # Behind the branch, its output stands where the pixel is.
    place = tuple(index - RATE for index in cell) if layer == "encoder" else cell
    assert evidence[place] == evidence.max() > 0
    # One block holds the place, and no other costs anything.
    assert blocks[place] == blocks.max() > 0
    assert blocks.sum() == pytest.approx(evidence[place], rel=1e-4)


def test_cells_are_replaced_on_the_layer_that_the_map_lies_on(scenes, network, cell):
    region = tuple(slice(index * STRIDE, (index + 1) * STRIDE) for index in cell)
    values = read_inputs(scenes[0], network.info.channels).values
    with torch.no_grad():
        features = network.network.features(padded_tensor(network, values))
        branch = network.network.decoders["SIC"][0].convs[2](features)[0, 0].numpy()
    trial = try_map(scenes[0], network, CamConfig("SIC", 0, "atrous branch 2"), region)
    assert trial.deletion[0] == pytest.approx(branch[cell], rel=1e-5)
    # Outputs of the branch within two cells of the pixel's own: their mean is left of it.
    field = branch[tuple(slice(index - 2, index + 3) for index in cell)]
    np.testing.assert_allclose(trial.deletion[1:], field.mean(), rtol=1e-5)


def test_a_layer_that_carries_nothing_fails_its_tests(scenes, network, cell):
    region = tuple(slice(index * STRIDE, (index + 1) * STRIDE) for index in cell)
    trial = try_map(scenes[0], network, CamConfig("SIC", 0, "1 x 1 branch"), region)
    outcomes = {each.test: each.outcome for each in verdicts(trial)}
    assert (outcomes["Deletion"], outcomes["Insertion"]) == ("failed", "failed")


def test_a_layer_that_is_not_there_is_refused(scenes, network):
    config = CamConfig("SIC", 0, "atrous branch 9")
    with pytest.raises(
        ConfigError, match=r"No layer 'atrous branch 9'\. There are: encoder, 1 x 1"
    ):
        try_map(scenes[0], network, config, (slice(40, 56), slice(56, 72)))
