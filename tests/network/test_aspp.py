"""Decoders whose padding is renormalised by the taps with data."""

import numpy as np
import pytest
import torch
from torch import nn

from seaice.ai4arctic.charts import CHARTS
from seaice.network.aspp import RenormalisedConv2d, RenormalisedMean, aspp_decoder
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.rates import CENTRE
from seaice.network.receptive_field import receptive_field_px


def features_with_gaps() -> torch.Tensor:
    """(2, 5, 9, 12) with cells without data: a block, a single cell, a border."""
    features = torch.randn(2, 5, 9, 12, generator=torch.Generator().manual_seed(1))
    features[:, :, 2:6, 3:8] = 0
    features[0, :, 8, 11] = 0
    features[1, :, :, :2] = 0
    return features


def naive(features: np.ndarray, valid: np.ndarray, kernel: np.ndarray, rate: int) -> np.ndarray:
    """Tap by tap: sum over the taps with data, times 9 / their number."""
    batch, _, lines, samples = features.shape
    outputs = np.zeros((batch, len(kernel), lines, samples))
    for b, line, sample in np.ndindex(batch, lines, samples):
        total, taps = np.zeros(len(kernel)), 0
        for u, v in np.ndindex(3, 3):
            at = line + (u - 1) * rate, sample + (v - 1) * rate
            if 0 <= at[0] < lines and 0 <= at[1] < samples and valid[b, *at]:
                total += kernel[:, :, u, v] @ features[b, :, *at]
                taps += 1
        outputs[b, :, line, sample] = total * 9 / taps if taps else 0
    return outputs


@pytest.mark.parametrize("rate", [1, 2, 4, 20])
def test_a_convolution_leaves_out_taps_without_data(rate):
    torch.manual_seed(0)
    plain = nn.Conv2d(5, 4, 3, padding=rate, dilation=rate, bias=False)
    layer, features = RenormalisedConv2d.of(plain), features_with_gaps()
    valid = (features != 0).any(dim=1).numpy()
    expected = naive(features.numpy(), valid, plain.weight.detach().numpy(), rate)
    np.testing.assert_allclose(layer(features).detach(), expected, rtol=1e-4, atol=1e-5)
    # Where all taps have data, nothing changes.
    whole = torch.ones_like(features)
    inner = slice(rate, -rate or None)
    torch.testing.assert_close(layer(whole)[..., inner, inner], plain(whole)[..., inner, inner])


def test_a_mean_leaves_out_cells_without_data():
    cells = torch.tensor([[1.0, 3, 0, 0], [0, 5, 0, 0]])[None, None]
    assert RenormalisedMean(2)(cells).tolist() == [[[[3.0, 0.0]]]]


def test_the_second_convolution_knows_the_mask_too():
    torch.manual_seed(0)
    decoder, features = aspp_decoder(5, (1, 3), 6, 2, "renormalised").eval(), features_with_gaps()
    valid = (features != 0).any(dim=1).numpy()
    inside = decoder[0](features).detach().numpy()
    expected = naive(inside, valid, decoder[1].weight.detach().numpy(), 1)
    outputs = nn.Sequential(*list(decoder)[2:])(torch.from_numpy(expected).float())
    torch.testing.assert_close(decoder(features), outputs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rates", [(), CENTRE, (1, 2, 3)])
def test_networks_of_both_paddings_have_the_same_initial_weights(rates):
    def network(padding) -> SeaIceNet:
        torch.manual_seed(3)
        return SeaIceNet(NetworkConfig(3, rates, padding=padding, decoder_channels=8)).eval()

    zeros, renormalised = network("zeros"), network("renormalised")
    for (name, ours), (theirs, values) in zip(
        zeros.state_dict().items(), renormalised.state_dict().items(), strict=True
    ):
        assert name == theirs
        assert torch.equal(ours, values), name
    assert receptive_field_px(zeros) == receptive_field_px(renormalised)


def masked_image(size: int = 192) -> torch.Tensor:
    """(1, 3, size, size): two radar inputs that are masked in a block, and one that is not."""
    image = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(2))
    image[:, :2, 40:108, 24:80] = 0
    return image


def renormalised(**more: object) -> SeaIceNet:
    torch.manual_seed(0)
    settings = {"padding": "renormalised", "radar_inputs": (0, 1), "output_stride": 4, "width": 8}
    return SeaIceNet(NetworkConfig(3, (1, 4), decoder_channels=8, **settings, **more)).eval()


def test_a_cell_has_data_if_one_of_its_pixels_has_radar():
    network = renormalised()
    zero = (network.features(masked_image())[0] == 0).all(dim=0)
    expected = torch.zeros(48, 48, dtype=torch.bool)
    expected[10:27, 6:20] = True
    assert torch.equal(zero, expected)


def test_without_radar_inputs_a_cell_has_data_if_any_input_has():
    image = masked_image()
    image[:, 2, :64] = 0
    torch.manual_seed(0)
    config = NetworkConfig(3, (1, 4), padding="renormalised", decoder_channels=8)
    zero = (SeaIceNet(config).eval().features(image)[0] == 0).all(dim=0)
    expected = torch.zeros(24, 24, dtype=torch.bool)
    # Cells whose 8 x 8 pixels are all zero: lines 40 to 63.
    expected[5:8, 3:10] = True
    assert torch.equal(zero, expected)


def test_a_crop_gives_the_answer_of_the_whole_also_beside_masked_cells():
    network, whole = renormalised(), masked_image(320)
    reach = receptive_field_px(network) // 2 + 8
    with torch.no_grad():
        full = network(whole)
        crop = network(whole[..., 24:296, 24:296])
    inner = slice(reach, 272 - reach)
    around = slice(24 + reach, 296 - reach)
    assert 272 - 2 * reach > 80
    for name in CHARTS:
        torch.testing.assert_close(crop[name][..., inner, inner], full[name][..., around, around])


def test_padding_beyond_the_scene_changes_nothing():
    network, image = renormalised(), masked_image()
    with torch.no_grad():
        alone = network(image)
        padded = network(torch.nn.functional.pad(image, (0, 64, 0, 64)))
    for name in CHARTS:
        # But for the encoder's own padding and the pooling, at the very border.
        torch.testing.assert_close(
            padded[name][..., :150, :150], alone[name][..., :150, :150], rtol=1e-3, atol=1e-3
        )


def test_a_decoder_alone_knows_the_mask_from_the_features():
    """As Grad-CAM computes: the encoder once, then one decoder."""
    network, image = renormalised(), masked_image()
    with torch.no_grad():
        outputs = network(image)["SOD"]
        head = network.head("SOD", network.features(image))
    torch.testing.assert_close(network.upsample(head, image.shape[-2:]), outputs)
