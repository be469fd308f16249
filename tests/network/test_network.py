import pytest
import torch
from torch.nn import functional as F
from torchvision.models import resnet18
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.rates import CENTRE
from seaice.network.stem import SeparableStem


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("rates", [(), (1,), (1, 2, 3), (2, 4, 6, 8, 10)])
@pytest.mark.parametrize("output_stride", [4, 8, 16])
def test_outputs_lie_on_the_input_grid(rates, output_stride, images):
    network = SeaIceNet(NetworkConfig(3, rates, output_stride=output_stride)).eval()
    outputs = network(images)
    assert {name: tuple(values.shape) for name, values in outputs.items()} == {
        "SIC": (1, 1, 64, 96),
        "SOD": (1, 6, 64, 96),
        "FLOE": (1, 7, 64, 96),
    }
    assert len(network.decoders["SIC"][0].convs) == len(rates) + 2
    assert network.features(images).shape[-2:] == (64 // output_stride, 96 // output_stride)


def test_the_decoder_has_torchvisions_keys():
    """The authors' network is built from torchvision's parts: its states must fit ours."""
    ours = SeaIceNet(NetworkConfig(3, (12, 24, 36))).decoders["SOD"][0].state_dict()
    reference = ASPP(128, [12, 24, 36], 32).state_dict()
    assert {key: value.shape for key, value in ours.items()} == {
        key: value.shape for key, value in reference.items()
    }


def test_the_encoder_computes_what_torchvisions_resnet_computes(images):
    network = SeaIceNet(NetworkConfig(3)).eval()
    reference = resnet18().eval()
    state = {key: value for key, value in network.encoder.state_dict().items()}
    missing = reference.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys
    x = reference.maxpool(reference.relu(reference.bn1(reference.conv1(images))))
    expected = reference.layer2(reference.layer1(x))
    torch.testing.assert_close(network.features(images), expected)


@pytest.mark.parametrize("encoder", ["resnet18", "resnet50"])
@pytest.mark.parametrize(("stride", "stages"), [(4, 1), (8, 2), (16, 3)])
def test_the_encoder_ends_at_its_stride_and_is_as_wide_as_asked(encoder, stride, stages):
    network = SeaIceNet(NetworkConfig(3, encoder=encoder, output_stride=stride, width=8))
    children = [name for name, _ in network.encoder.named_children() if "layer" in name]
    assert children == [f"layer{number}" for number in range(1, stages + 1)]
    expansion = 1 if encoder == "resnet18" else 4
    features = network.eval().features(torch.randn(1, 3, 64, 96))
    assert features.shape == (1, 8 * 2 ** (stages - 1) * expansion, 64 // stride, 96 // stride)
    assert network.encoder.conv1.out_channels == 64


def test_the_first_stage_has_timms_own_width_by_default():
    ours = SeaIceNet(NetworkConfig(3, output_stride=16)).encoder.state_dict()
    reference = resnet18().state_dict()
    assert all(values.shape == reference[name].shape for name, values in ours.items())


@pytest.mark.parametrize("smooth", [(), (1, 3), (3, 1, 2), (0, 1, 2, 3)])
def test_a_separable_stem_is_a_full_one_with_these_kernels(smooth):
    torch.manual_seed(0)
    stem = SeparableStem(4, smooth, 6)
    if smooth:
        torch.nn.init.normal_(stem.depthwise.weight)
    kernels = torch.zeros(6, 4, 7, 7)
    fine = [index for index in range(4) if index not in smooth]
    for number, index in enumerate(fine):
        kernels[:, index] = stem.fine.weight[:, number]
    for number, index in enumerate(sorted(smooth)):
        mixed = stem.pointwise.weight[:, number, 0, 0]
        kernels[:, index] = mixed[:, None, None] * stem.depthwise.weight[number, 0]
    inputs = torch.randn(2, 4, 18, 25)
    expected = F.conv2d(inputs, kernels, stride=2, padding=3)
    torch.testing.assert_close(stem(inputs), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("encoder", ["resnet18", "resnet50"])
@pytest.mark.parametrize(("stem", "width", "outputs"), [("separable", 9, 8), ("full", 9, 64)])
def test_a_separable_stem_is_as_wide_as_the_first_stage(encoder, stem, width, outputs):
    config = NetworkConfig(3, encoder=encoder, output_stride=4, width=width, stem=stem)
    network = SeaIceNet(config)
    assert network.encoder.bn1.num_features == outputs
    assert network(torch.zeros(1, 3, 32, 32))["SOD"].shape == (1, 6, 32, 32)


def test_a_new_separable_stem_answers_smooth_inputs_like_a_full_one():
    torch.manual_seed(0)
    full = SeparableStem(14, (), 64)(torch.ones(1, 14, 32, 32))
    separable = SeparableStem(14, range(14), 64)(torch.ones(1, 14, 32, 32))
    assert 0.7 < separable[..., 8, 8].std() / full[..., 8, 8].std() < 1.4


def test_centre_has_the_centre_taps_of_any_three_rates():
    def network(rates) -> SeaIceNet:
        torch.manual_seed(3)
        return SeaIceNet(NetworkConfig(2, rates, decoder_channels=8)).eval()

    centre, atrous = network(CENTRE), network((6, 12, 18))
    with torch.no_grad():
        for decoder in atrous.decoders.values():
            for branch in decoder[0].convs[1:-1]:
                kernel = branch[0].weight
                kernel[:] = F.pad(kernel[..., 1:2, 1:2].clone(), (1, 1, 1, 1))
        inputs = torch.randn(1, 2, 64, 64)
        for name, values in atrous(inputs).items():
            torch.testing.assert_close(centre(inputs)[name], values, rtol=1e-4, atol=1e-4)
    assert atrous.decoders["SOD"][0].convs[1][0].weight.numel() == 9 * (
        centre.decoders["SOD"][0].convs[1][0].weight.numel()
    )


def test_every_branch_is_heard(images):
    network = SeaIceNet(NetworkConfig(3, (1, 2)))
    sum(values.sum() for values in network(images.repeat(2, 1, 1, 1)).values()).backward()
    for name in CHARTS:
        for branch in network.decoders[name][0].convs:
            weight = next(branch.parameters())
            assert weight.grad is not None
            assert weight.grad.abs().sum() > 0


def test_a_size_that_does_not_fit_names_the_one_to_pad_to():
    network = SeaIceNet(NetworkConfig(3))
    with pytest.raises(ConfigError, match="must be padded to 112 x 64"):
        network(torch.zeros(1, 3, 100, 56))


def test_a_crop_gives_the_answer_of_the_whole_away_from_its_borders():
    network = SeaIceNet(NetworkConfig(2, (1, 2))).eval()
    whole = torch.randn(1, 2, 448, 448, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        full = network(whole)
        # The receptive field is 163 pixels: 96 from the border nothing is cut off.
        for offset in (16, 112):
            crop = network(whole[..., offset : offset + 304, offset : offset + 304])
            for name in CHARTS:
                inner = full[name][..., offset + 96 : offset + 208, offset + 96 : offset + 208]
                torch.testing.assert_close(crop[name][..., 96:208, 96:208], inner)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"in_channels": 0}, "in_channels must be 1 to 64"),
        ({"in_channels": 3, "rates": (1, 2, 3, 4, 5, 6)}, "1 to 5 whole numbers"),
        ({"in_channels": 3, "rates": (0,)}, "numbers from 1 to 96"),
        ({"in_channels": 3, "rates": (0, 0)}, "numbers from 1 to 96.*not '0-0'"),
        ({"in_channels": 3, "rates": (0, 0, 6)}, "numbers from 1 to 96.*not '0-0-6'"),
        ({"in_channels": 3, "encoder": "vgg"}, "encoder must be one of resnet18.*not 'vgg'"),
        ({"in_channels": 3, "output_stride": 2}, "output_stride must be 4, 8 or 16, not 2"),
        ({"in_channels": 3, "width": 0}, "width must be 4 to 256, not 0"),
        ({"in_channels": 3, "width": 257}, "width must be 4 to 256, not 257"),
        ({"in_channels": 3, "stem": "wide"}, "stem must be one of full, separable, not 'wide'"),
        (
            {"in_channels": 3, "smooth_inputs": (1,)},
            "smooth_inputs has no meaning with the stem 'full'",
        ),
        ({"in_channels": 3, "stem": "separable", "smooth_inputs": (3,)}, "from 0 to 2, not 3"),
        ({"in_channels": 3, "stem": "separable", "smooth_inputs": (1, 1)}, "different numbers"),
        ({"in_channels": 3, "padding": "mirror"}, "padding must be one of zeros, renormalised"),
        ({"in_channels": 3, "radar_inputs": (0,)}, "no meaning with the padding 'zeros'"),
        ({"in_channels": 3, "padding": "renormalised", "radar_inputs": (-1,)}, "0 to 2, not -1"),
        ({"in_channels": 3, "decoder_channels": 0}, "decoder_channels must be 4 to 512"),
    ],
)
def test_bounds(settings, words):
    with pytest.raises(ConfigError, match=words):
        NetworkConfig(**settings)
