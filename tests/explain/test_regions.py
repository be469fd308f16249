"""What is explained of a region lies where the network can look from it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.explain import gradcam
from seaice.explain.gradcam import CamConfig, explain, layer_names
from seaice.explain.methods import METHOD, METHODS, field_warning
from seaice.explain.near import near_region
from seaice.network.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from seaice.network.checkpoint_info import describe
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import receptive_field_px
from seaice.scenes.scene import Scene

RATES = (), (0, 0, 0), (1, 2, 3), (2, 5)
REGION = slice(208, 232), slice(208, 232)
LOCAL = [name for name in METHODS if METHOD[name].local]


def checkpoint(
    folder: Path, rates: tuple[int, ...], output_stride: int, **settings: object
) -> Checkpoint:
    """A network with norms that do not leave zeros as they are."""
    channels = CHANNEL_SETS["sar"]
    torch.manual_seed(0)
    config = NetworkConfig(
        len(channels), rates, output_stride=output_stride, decoder_channels=4, width=8, **settings
    )
    network = SeaIceNet(config)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.bias, 0.3, 0.3)
            torch.nn.init.normal_(module.running_mean, 0, 0.3)
    info = describe(config, "sar", channels, 400, {}, {})
    path = folder / f"{output_stride}.safetensors"
    save_checkpoint(path, network, info)
    return load_checkpoint(path)


def beyond_share(heat: np.ndarray, network: SeaIceNet) -> float:
    """Share of the heat beyond half the receptive field around the region."""
    half = -(-receptive_field_px(network) // 2)
    near = np.zeros(heat.shape, bool)
    near[tuple(slice(max(0, side.start - half), side.stop + half) for side in REGION)] = True
    # Or there is nothing to assert.
    assert not near.all()
    return float(heat[~near].sum() / heat.sum()) if heat.any() else 0.0


@pytest.mark.parametrize("rates", RATES)
@pytest.mark.parametrize(("output_stride", "padding"), [(4, "renormalised"), (8, "zeros")])
def test_no_heat_lies_beyond_half_the_receptive_field(
    make_scene, tmp_path, rates, output_stride, padding
):
    scene = Scene.open(make_scene(440, 440))
    stored = checkpoint(tmp_path, rates, output_stride, padding=padding)
    seen = 0
    for layer in layer_names(stored.network):
        for method in LOCAL:
            heatmap = explain(scene, stored, CamConfig("SIC", 0, layer, method), REGION)
            # Heat for less ice too.
            heat = replace(heatmap, raw=np.abs(heatmap.raw)).on(scene.grid)
            assert beyond_share(heat, stored.network) == 0, (layer, method)
            seen += heat.any()
    assert seen > len(layer_names(stored.network))


@pytest.mark.parametrize(("output_stride", "padding"), [(4, "renormalised"), (8, "zeros")])
def test_the_field_on_a_layer_holds_its_evidence_and_is_no_larger(
    make_scene, tmp_path, output_stride, padding
):
    scene = Scene.open(make_scene(440, 440))
    stored = checkpoint(tmp_path, (1, 2, 3), output_stride, padding=padding)
    for layer in layer_names(stored.network):
        raw = explain(scene, stored, CamConfig("SIC", 0, layer), REGION).raw
        near = near_region(stored.network, REGION, raw.shape, layer)
        assert not raw[~near].any(), layer
        if layer not in ("encoder", "pooling branch"):
            for axis in (0, 1):
                np.testing.assert_array_equal(raw.any(axis=axis), near.any(axis=axis), layer)


@pytest.mark.parametrize("layer", ["encoder", "projection"])
def test_gradcam_is_rightly_called_unfit(make_scene, tmp_path, layer):
    """Its heat is the features everywhere: the test above would fail."""
    scene = Scene.open(make_scene(440, 440))
    stored = checkpoint(tmp_path, (1, 2, 3), 8)
    shares = [
        beyond_share(
            explain(scene, stored, CamConfig("SIC", target, layer, "GradCAM"), REGION).on(
                scene.grid
            ),
            stored.network,
        )
        for target in (0, 1)
    ]
    assert max(shares) > 0.3
    assert "cannot show evidence for a region" in field_warning("GradCAM")
    assert not any(field_warning(name) for name in LOCAL)


@pytest.mark.parametrize("output_stride", [4, 8])
def test_a_map_is_computed_where_the_region_depends_on_the_layer_alone(
    make_scene, tmp_path, monkeypatch, output_stride
):
    scene, stored = Scene.open(make_scene(448, 448)), checkpoint(tmp_path, (1, 2), output_stride)
    # Off the cells of either stride.
    region = slice(210, 231), slice(203, 330)
    configs = [
        CamConfig("SIC", 0, layer, method)
        for layer in layer_names(stored.network)
        for method in LOCAL
    ]
    configs += [CamConfig("SOD", target) for target in range(6)]
    parts = [explain(scene, stored, config, region) for config in configs]
    for name in ("box_of", "_cells_of"):
        monkeypatch.setattr(gradcam, name, lambda *arguments: (slice(0, 448 // output_stride),) * 2)
    seen = 0
    for config, part in zip(configs, parts, strict=True):
        whole = explain(scene, stored, config, region)
        assert whole.target_pixels == part.target_pixels
        strongest = np.abs(whole.raw).max()
        np.testing.assert_allclose(part.raw, whole.raw, rtol=0, atol=1e-5 * strongest)
        seen += strongest > 0
    assert seen > len(configs) / 2


def test_classes_of_a_region_are_explained_within_the_field_too(make_scene, tmp_path):
    scene = Scene.open(make_scene(440, 440))
    stored = checkpoint(tmp_path, (1, 2, 3), 4)
    found = [explain(scene, stored, CamConfig("SOD", target), REGION) for target in range(6)]
    assert any(each.target_pixels for each in found)
    for each in found:
        assert beyond_share(each.on(scene.grid), stored.network) == 0


def test_maps_of_different_strides_share_a_unit(make_scene, tmp_path):
    """Per area: the contributions of a region add up alike, however large the cells are."""
    scene = Scene.open(make_scene(440, 440))
    for stride in (4, 8):
        stored = checkpoint(tmp_path, (1, 2, 3), stride)
        heatmap = explain(scene, stored, CamConfig("SIC", 0), REGION)
        assert heatmap.unit == "percentage points"
        # 400 m pixels cover 0.16 km². Interpolation keeps sums away from the edges.
        total = float(heatmap.on(scene.grid).sum()) * 0.16
        expected = 10 * np.maximum(heatmap.raw, 0).sum()
        assert total == pytest.approx(expected, rel=1e-3)
    assert explain(scene, stored, CamConfig("SOD", 0), REGION).unit == "log-odds"
    layer_cam = CamConfig("SIC", 0, method="LayerCAM")
    assert explain(scene, stored, layer_cam, REGION).unit == ""
