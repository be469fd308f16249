import pytest
import torch
from torchvision.models import resnet18
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("rates", [(), (1,), (1, 2, 3), (2, 4, 6, 8, 10)])
@pytest.mark.parametrize("output_stride", [8, 16])
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
        ({"in_channels": 3, "encoder": "vgg"}, "encoder must be one of resnet18.*not 'vgg'"),
        ({"in_channels": 3, "output_stride": 4}, "output_stride must be 8 or 16"),
        ({"in_channels": 3, "decoder_channels": 0}, "decoder_channels must be 4 to 512"),
    ],
)
def test_bounds(settings, words):
    with pytest.raises(ConfigError, match=words):
        NetworkConfig(**settings)
