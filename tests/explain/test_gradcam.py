from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from seaice.ai4arctic.channels import SAR
from seaice.core.errors import ConfigError, MissingChannelsError
from seaice.explain.faithful import try_map
from seaice.explain.gradcam import CamConfig, explain, layer_names
from seaice.explain.methods import METHODS
from seaice.explain.targets import target_names
from seaice.network.checkpoint import load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(96, 128))


@pytest.fixture
def checkpoint(make_checkpoint, in_float32):
    return load_checkpoint(make_checkpoint((1, 3)))


def predicted_class(scene, checkpoint) -> int:
    prediction = predict(scene, checkpoint)
    return int(np.bincount(prediction.classes("SOD")[prediction.valid]).argmax())


def by_hand(scene, checkpoint, layer_of, target: int, weigh) -> np.ndarray:
    """The map through the whole network, without the library and with another form of target."""
    network = checkpoint.network
    inputs = read_inputs(scene, checkpoint.info.channels)
    kept = {}

    def keep(module, arguments, output):
        output.retain_grad()
        kept["output"] = output

    handle = layer_of(network).register_forward_hook(keep)
    tensor = torch.from_numpy(inputs.values)[None].requires_grad_(True)
    logits = network(tensor)["SOD"][0]
    handle.remove()
    mask = torch.from_numpy(inputs.valid) & (logits.argmax(0) == target)
    # The log-odds of the class.
    torch.logit(logits.softmax(0)[target])[mask].mean().backward()
    return weigh(kept["output"].grad[0], kept["output"][0]).sum(0).detach().numpy()


WEIGH = {
    "GradCAM": lambda grad, act: grad.mean((1, 2), keepdim=True) * act,
    "HiResCAM": lambda grad, act: grad * act,
    "LayerCAM": lambda grad, act: grad.clamp(min=0) * act,
}
LAYER = {
    "encoder": lambda network: network.encoder.layer2,
    "1 x 1 branch": lambda network: network.decoders["SOD"][0].convs[0],
    "atrous branch 2": lambda network: network.decoders["SOD"][0].convs[2],
    "projection": lambda network: network.decoders["SOD"][0].project,
    "last convolution": lambda network: network.decoders["SOD"][3],
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layer", LAYER)
def test_maps_equal_those_through_the_whole_network(scene, checkpoint, method, layer):
    target = predicted_class(scene, checkpoint)
    heatmap = explain(scene, checkpoint, CamConfig("SOD", target, layer, method))
    expected = by_hand(scene, checkpoint, LAYER[layer], target, WEIGH[method])
    assert heatmap.target_pixels > 0
    scale = np.abs(expected).max()
    np.testing.assert_allclose(heatmap.raw / scale, expected / scale, atol=1e-4)


def test_layers_run_from_the_encoder_to_the_output(checkpoint):
    assert layer_names(checkpoint.network) == [
        "encoder",
        "1 x 1 branch",
        "atrous branch 1",
        "atrous branch 2",
        "pooling branch",
        "projection",
        "last convolution",
    ]


@pytest.mark.parametrize("chart", ["SIC", "SOD", "FLOE"])
def test_every_chart_and_layer_gives_a_finite_map(scene, checkpoint, chart):
    for layer in layer_names(checkpoint.network):
        heatmap = explain(scene, checkpoint, CamConfig(chart, 0, layer))
        assert np.isfinite(heatmap.raw).all()
        assert heatmap.raw.shape == (12, 16)


def test_less_ice_is_the_opposite_of_more_ice(scene, checkpoint):
    more, less = (explain(scene, checkpoint, CamConfig("SIC", i)).raw for i in (0, 1))
    np.testing.assert_allclose(more, -less, atol=1e-9)


def test_the_target_does_not_depend_on_the_area(scene, checkpoint):
    """A mean, not a sum: logits of twice the pixels give no map of twice the strength."""
    small = explain(
        scene, checkpoint, CamConfig("SIC", 0, method="HiResCAM"), (slice(0, 96), slice(32, 64))
    )
    large = explain(
        scene, checkpoint, CamConfig("SIC", 0, method="HiResCAM"), (slice(0, 96), slice(32, 128))
    )
    assert (small.target_pixels, large.target_pixels) == (96 * 32, 96 * 96)
    ratio = large.raw.sum() / small.raw.sum()
    assert 0.5 < ratio < 2


def test_a_class_that_is_not_predicted_is_said_in_words(scene, checkpoint):
    prediction = predict(scene, checkpoint)
    present = np.unique(prediction.classes("SOD")[prediction.valid])
    absent = next(i for i in range(6) if i not in present)
    heatmap = explain(scene, checkpoint, CamConfig("SOD", absent))
    assert heatmap.target_pixels == 0
    assert heatmap.message == f"The network predicts no {target_names('SOD')[absent].lower()} here."


def test_a_scene_without_a_valid_pixel_is_said_in_words(make_scene, checkpoint):
    def mask(arrays):
        for name in SAR:
            arrays[name][:] = 0

    heatmap = explain(Scene.open(make_scene(change=mask)), checkpoint, CamConfig("SIC", 0))
    assert heatmap.message == "There is no valid pixel here."


def test_a_region_without_data_is_said_in_words(scene, checkpoint):
    """The left eighth of the scene is masked; elsewhere it has data."""
    lines, samples = scene.grid.shape
    region = slice(0, lines // 2), slice(0, samples // 16)
    for config in (CamConfig("SIC", 0), CamConfig("SOD", 4)):
        heatmap = explain(scene, checkpoint, config, region)
        assert heatmap.message == "There is no valid pixel here."
    with pytest.raises(ConfigError, match="no valid pixel here, so there is no map to test"):
        try_map(scene, checkpoint, CamConfig("SIC", 0), region)


def test_negative_evidence_alone_is_said_in_words(scene, checkpoint):
    maps = [explain(scene, checkpoint, CamConfig("SIC", i, "1 x 1 branch")) for i in (0, 1)]
    for heatmap in maps:
        heatmap.raw[:] = -np.abs(heatmap.raw)
        assert "No positive evidence" in heatmap.message
        assert np.nanmax(heatmap.on(heatmap.grid)) == 0


def test_pixels_that_are_not_finite_do_not_spread(make_scene, checkpoint):
    def spoil(arrays):
        arrays["nersc_sar_primary"][40:60, 60:90] = np.nan

    heatmap = explain(Scene.open(make_scene(change=spoil)), checkpoint, CamConfig("SIC", 0))
    assert np.isfinite(heatmap.raw).all()
    assert heatmap.message == "" or "No positive" in heatmap.message


def test_evidence_lies_by_true_position(scene, checkpoint):
    heatmap = explain(scene, checkpoint, CamConfig("SIC", 0))
    heatmap.raw[:] = 0
    heatmap.raw[3, 5] = 1
    evidence = heatmap.on(heatmap.grid)
    assert evidence.shape == (96, 128)
    # The middle of cell (3, 5) lies between pixels 27 and 28, 43 and 44.
    assert evidence[27:29, 43:45].min() == evidence.max()


def test_threads_get_their_own_maps(make_scene, checkpoint):
    scenes = [
        Scene.open(make_scene(64, 64, name=f"2018032{day}T000000_dmi_prep.nc", seed=day))
        for day in range(3)
    ]
    config = CamConfig("SIC", 0)
    alone = [explain(scene, checkpoint, config).raw for scene in scenes]
    with ThreadPoolExecutor(10) as pool:
        together = list(
            pool.map(lambda i: explain(scenes[i % 3], checkpoint, config).raw, range(30))
        )
    for index, raw in enumerate(together):
        np.testing.assert_array_equal(raw, alone[index % 3])


def test_the_network_is_left_as_it_was(scene, checkpoint):
    explain(scene, checkpoint, CamConfig("SIC", 0))
    for module in checkpoint.network.modules():
        assert not module._forward_hooks
        assert not module.training
    assert all(p.grad is None for p in checkpoint.network.parameters())


def test_what_cannot_be_explained_is_refused(scene, checkpoint, make_checkpoint, make_scene):
    with pytest.raises(ConfigError, match=r"SOD has no target 6\. There are: 0 Open water"):
        CamConfig("SOD", 6)
    with pytest.raises(ConfigError, match="No chart 'ICE'"):
        CamConfig("ICE", 0)
    with pytest.raises(ConfigError, match="No method 'EigenCAM'"):
        CamConfig("SOD", 0, method="EigenCAM")
    with pytest.raises(ConfigError, match="No layer 'rate 9'"):
        explain(scene, checkpoint, CamConfig("SOD", 0, "rate 9"))
    radiometer = load_checkpoint(make_checkpoint((1,), "amsr2"))
    lacking = Scene.open(make_scene(without=("btemp_6_9h",)))
    with pytest.raises(MissingChannelsError, match="btemp_6_9h"):
        explain(lacking, radiometer, CamConfig("SIC", 0))


def test_a_part_of_a_grid_equals_the_part_of_the_whole(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(240, 200, 80.0))
    heatmap = explain(scene, load_checkpoint(make_checkpoint()), CamConfig("SIC", 0))
    part = (slice(30, 90), slice(11, 140))
    for grid in (scene.grid, heatmap.grid.at(160)):
        inside = tuple(
            slice(side.start, min(side.stop, size))
            for side, size in zip(part, grid.shape, strict=True)
        )
        np.testing.assert_array_equal(heatmap.on(grid, inside), heatmap.on(grid)[inside])
