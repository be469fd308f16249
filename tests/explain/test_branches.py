from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from seaice.ai4arctic.channels import SAR
from seaice.core.errors import ConfigError, MissingChannelsError
from seaice.explain.branch_means import branch_means, branches_of
from seaice.explain.branches import NO_BRANCH, branch_names, branch_shares
from seaice.network.checkpoint import load_checkpoint
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.rates import CENTRE
from seaice.results.tiled import padded_tensor
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(96, 128))


@pytest.fixture
def checkpoint(make_checkpoint, in_float32):
    return load_checkpoint(make_checkpoint((1, 3)))


def listen_to(checkpoint, chart: str, number: int) -> None:
    """Let the projection take nothing but one branch, and that a thousandfold."""
    projection = checkpoint.network.decoders[chart][0].project[0]
    channels = projection.in_channels // len(branches_of(checkpoint.network, chart))
    kept = torch.zeros_like(projection.weight)
    own = slice(number * channels, (number + 1) * channels)
    kept[:, own] = 1000 * projection.weight[:, own]
    projection.weight.data = kept


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("chart", ["SIC", "SOD"])
def test_the_only_branch_that_counts_decides(scene, checkpoint, chart: str, number: int):
    listen_to(checkpoint, chart, number)
    result = branch_shares(scene, checkpoint, chart)
    others = np.delete(result.loss, number, axis=1)[result.cells > 0]
    np.testing.assert_allclose(others, 0, atol=1e-6)
    assert set(np.unique(result.leading)) <= {number, NO_BRANCH}
    assert (result.leading == number).any()
    assert np.nanmax(np.abs(result.loss[:, number])) > 1e-2
    supported = result.loss[:, number] > 1e-2
    np.testing.assert_allclose(result.shares[supported, number], 1, atol=1e-3)


def test_the_loss_is_that_of_the_log_odds(scene, checkpoint):
    """By hand: the ASPP put together branch by branch, and probabilities in place of contrasts."""
    network, decoder = checkpoint.network, checkpoint.network.decoders["SOD"]
    inputs = read_inputs(scene, checkpoint.info.channels)
    valid = torch.from_numpy(inputs.valid.reshape(12, 8, 16, 8).any(axis=(1, 3)))
    with torch.no_grad():
        features = network.features(padded_tensor(checkpoint, inputs.values))
        parts = [branch(features) for branch in branches_of(network, "SOD")]

        def probabilities(parts):
            mixed = decoder[0].project(torch.cat(parts, 1))
            return decoder[1:](mixed)[0].double().softmax(0)

        whole = probabilities(parts)
        chosen = whole.argmax(0)
        parts[2] = parts[2][..., valid].mean(-1)[..., None, None].expand_as(parts[2])
        ablated = probabilities(parts)
    result = branch_shares(scene, checkpoint, "SOD")
    for target in np.flatnonzero(result.cells):
        there = valid & (chosen == target)
        assert result.cells[target] == there.sum()
        lost = torch.logit(whole[target][there]) - torch.logit(ablated[target][there])
        np.testing.assert_allclose(result.loss[target, 2], lost.mean(), rtol=1e-3, atol=1e-4)


def test_means_are_taken_over_the_cells_of_all_scenes(make_scene, checkpoint):
    """By hand: the outputs of both scenes put one behind the other."""

    def mask(arrays):
        for name in SAR:
            arrays[name][:, :64] = 0

    scenes = [
        Scene.open(make_scene(96, 128)),
        Scene.open(make_scene(64, 96, name="20180326T194759_dmi_prep.nc", seed=3, change=mask)),
    ]
    outputs = [[], [], [], []]
    for scene in scenes:
        inputs = read_inputs(scene, checkpoint.info.channels)
        lines, samples = (size // 8 for size in inputs.valid.shape)
        valid = torch.from_numpy(inputs.valid.reshape(lines, 8, samples, 8).any(axis=(1, 3)))
        with torch.no_grad():
            features = checkpoint.network.features(padded_tensor(checkpoint, inputs.values))
            for branch, kept in zip(branches_of(checkpoint.network, "SOD"), outputs, strict=True):
                kept.append(branch(features)[0][:, valid])
    means = branch_means(scenes, checkpoint, "SOD")
    for mean, kept in zip(means, outputs, strict=True):
        expected = torch.cat(kept, dim=1).double().mean(dim=1)
        np.testing.assert_allclose(mean, expected, rtol=1e-4, atol=1e-6)
    own = branch_means(scenes[:1], checkpoint, "SOD")
    alone = branch_shares(scenes[0], checkpoint, "SOD")
    np.testing.assert_allclose(
        branch_shares(scenes[0], checkpoint, "SOD", means=own).loss, alone.loss, atol=1e-5
    )
    other = branch_means(scenes[1:], checkpoint, "SOD")
    foreign = branch_shares(scenes[0], checkpoint, "SOD", means=other)
    assert np.nanmax(np.abs(foreign.loss - alone.loss)) > 1e-3


def test_cells_without_data_have_no_branch(make_scene, checkpoint):
    def mask(arrays):
        for name in SAR:
            arrays[name][:, :64] = 0

    result = branch_shares(Scene.open(make_scene(96, 128, change=mask)), checkpoint, "SOD")
    assert (result.leading[:, :8] == NO_BRANCH).all()
    assert result.cells.sum() == 12 * 8


def test_the_network_is_left_as_it_was(scene, checkpoint):
    before = branch_shares(scene, checkpoint, "SOD").loss
    np.testing.assert_array_equal(branch_shares(scene, checkpoint, "SOD").loss, before)


def test_threads_do_not_meet(scene, checkpoint):
    alone = {chart: branch_shares(scene, checkpoint, chart).loss for chart in ("SIC", "SOD")}
    with ThreadPoolExecutor(4) as pool:
        charts = ["SIC", "SOD"] * 4
        together = pool.map(lambda chart: branch_shares(scene, checkpoint, chart).loss, charts)
        for chart, loss in zip(charts, together, strict=True):
            np.testing.assert_array_equal(loss, alone[chart])


def test_names_say_how_far_a_rate_reaches():
    network = SeaIceNet(NetworkConfig(3, (6, 12), output_stride=4))
    names = "1 x 1", "rate 6, 9.6 km", "rate 12, 19 km", "pooling of 2 x 2"
    assert branch_names(network, 400) == names
    # 24 cells of 4.8 km: three digits are no power of ten.
    assert branch_names(SeaIceNet(NetworkConfig(3, (24,))), 600)[1] == "rate 24, 115 km"
    assert branch_names(SeaIceNet(NetworkConfig(3, CENTRE)), 400)[1] == "centre tap 1"
    assert branch_names(SeaIceNet(NetworkConfig(3, ())), 400) == ("1 x 1", "pooling of 2 x 2")


def test_bad_input_is_told_in_a_sentence(make_scene, make_checkpoint, checkpoint):
    def mask(arrays):
        for name in (*SAR, "sar_incidenceangle"):
            arrays[name][:] = 0

    with pytest.raises(ConfigError, match="no valid pixel"):
        branch_shares(Scene.open(make_scene(32, 32, change=mask)), checkpoint, "SOD")
    other = load_checkpoint(make_checkpoint((1,), "sar+amsr2"))
    with pytest.raises(MissingChannelsError, match="btemp_89_0v"):
        branch_shares(Scene.open(make_scene(32, 32, without=("btemp_89_0v",))), other, "SOD")
