"""The authors' network, built here from torchvision's parts, against what its import computes."""

import os
import pickle
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet152
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import CheckpointError, ConfigError, OutputError
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import file_sha256, list_checkpoints
from seaice.network.checkpoint_info import read_info
from seaice.network.import_authors import (
    CONFIG,
    DEFAULT_NAME,
    import_weights,
    network_of,
    read_state,
)
from seaice.network.network import SeaIceNet

OUTPUTS = {"SIC": 1, "SOD": 7, "FLOE": 8}


class Theirs(nn.Module):
    """The published network, in the parts that its description names."""

    def __init__(self) -> None:
        super().__init__()
        encoder = resnet152()
        encoder.conv1 = nn.Conv2d(18, 64, 7, stride=2, padding=3, bias=False)
        self.encoder = IntermediateLayerGetter(encoder, {"layer3": "out"})
        for chart, outputs in OUTPUTS.items():
            aspp = ASPP(1024, [12, 24, 36], 32)
            aspp.convs[-1][0] = nn.AvgPool2d(2, 2)
            convolution = nn.Conv2d(32, 32, 3, padding=1, bias=False)
            decoder = nn.Sequential(
                aspp, convolution, nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, outputs, 1)
            )
            setattr(self, f"{chart.lower()}_decoder", decoder)

    def cells(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.encoder(images)["out"]
        return {chart: getattr(self, f"{chart.lower()}_decoder")(features) for chart in OUTPUTS}


def randomize(network: Theirs) -> None:
    """Weights and statistics that differ everywhere; blocks that add little, or 36 explode."""
    for name, module in network.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.3, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            if name.endswith("bn3"):
                nn.init.uniform_(module.weight, 0.1, 0.2)
            module.num_batches_tracked.fill_(7)


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    """38 feature cells wide: the outer taps of every rate fall on features somewhere."""
    return torch.randn(1, 18, 32, 608, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def theirs(images: torch.Tensor) -> Theirs:
    torch.manual_seed(0)
    network = Theirs()
    randomize(network)
    network.eval()
    with torch.no_grad():
        for chart, outputs in network.cells(images).items():
            # Outputs of order one.
            size = outputs.std()
            last = getattr(network, f"{chart.lower()}_decoder")[-1]
            last.weight /= size
            last.bias /= size
    return network


@pytest.fixture(scope="module")
def imported(theirs: Theirs, tmp_path_factory) -> tuple[Path, Path]:
    """The authors' file, and the checkpoint made of it."""
    folder = tmp_path_factory.mktemp("authors")
    weights = folder / "best_score_model.ckpt"
    state = theirs.state_dict()
    torch.save({"model_state_dict": state, "epoch": 3, "optimizer_state_dict": {}}, weights)
    return weights, import_weights(weights, folder / "models")


@pytest.fixture(scope="module")
def ours(imported) -> SeaIceNet:
    return load_checkpoint(imported[1]).network


@torch.no_grad()
def test_outputs_are_the_authors(ours: SeaIceNet, theirs: Theirs, images: torch.Tensor):
    full = ours(images)
    features = ours.features(images)
    for chart, cells in theirs.cells(images).items():
        expected = cells if chart == "SIC" else cells[:, :-1]
        assert expected.std() > 0.5
        torch.testing.assert_close(ours.head(chart, features), expected, rtol=0, atol=1e-5)
        size = images.shape[-2:]
        enlarged = F.interpolate(expected, size=size, mode="bilinear", align_corners=False)
        torch.testing.assert_close(full[chart], enlarged, rtol=0, atol=1e-5)


def test_every_weight_is_the_authors(ours: SeaIceNet, theirs: Theirs):
    found, state = ours.state_dict(), theirs.state_dict()
    assert len(found) == len(state)
    for name, value in state.items():
        for chart in CHARTS:
            name = name.replace(f"{chart.lower()}_decoder.", f"decoders.{chart}.")
        assert torch.equal(found[name], value[: len(found[name])] if value.dim() else value), name


def test_a_checkpoint_says_where_it_is_from(imported):
    weights, path = imported
    info = read_info(path)
    assert path.name == f"{DEFAULT_NAME}.safetensors"
    assert (info.channel_set, info.channels) == ("autoice18", CHANNEL_SETS["autoice18"])
    assert (info.spacing_m, info.rates, info.network) == (80, (12, 24, 36), CONFIG)
    assert info.training["source"] == "imported"
    assert info.training["file"] == weights.name
    assert info.training["file_sha256"] == file_sha256(weights)
    assert info.training["doi"] == "10.1016/j.rsase.2025.101538"
    assert info.scores == {}
    assert [file.path for file in list_checkpoints(path.parent)[0]] == [path]


# What can be wrong. A tensor of one stored value stands for a whole one: the files stay small.


@pytest.fixture(scope="module")
def light() -> dict[str, torch.Tensor]:
    """A state of the right names and shapes, zeros."""
    with torch.device("meta"):
        state = Theirs().state_dict()
    return {name: torch.zeros((), dtype=v.dtype).expand(v.shape) for name, v in state.items()}


def saved(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


def test_small_files_of_the_right_shapes_pass(light, tmp_path: Path):
    """The files below are refused for what was changed in them."""
    path = saved({"model_state_dict": light}, tmp_path / "x.ckpt")
    network = network_of(path, read_state(path))
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_a_wrapped_network_is_the_same(light, tmp_path: Path):
    """What DataParallel saved has `module.` before every key."""
    numbered = {name: torch.tensor(number) for number, name in enumerate(light)}
    wrapped = {f"module.{name}": value for name, value in numbered.items()}
    plain, same = (
        read_state(saved({"model_state_dict": state}, tmp_path / f"{len(state)}.ckpt"))
        for state in (numbered, wrapped)
    )
    assert len(plain) == len(light)
    assert same == plain


class Program:
    def __reduce__(self) -> tuple:
        return os.system, ("exit 1",)


BIAS = "encoder.bn1.bias"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sod_decoder.4.weight", torch.zeros(6, 32, 1, 1), "shape 6x32x1x1 instead of 7x32x1x1"),
        ("encoder.conv1.weight", torch.zeros(64, 3, 7, 7), "shape 64x3x7x7 instead of 64x18x7x7"),
        ("encoder.bn1.running_var", torch.full((64,), torch.nan), "that are not finite"),
        (BIAS, torch.full((64,), 1e300, dtype=torch.float64), "that are not finite"),
        (BIAS, torch.zeros(64, dtype=torch.int32), "as torch.int32, not as plain numbers"),
        (BIAS, torch.zeros(64, device="meta"), "as torch.float32, not as plain numbers"),
        (BIAS, torch.zeros(64).to_sparse(), "as torch.float32, not as plain numbers"),
        ("fc.\x1b[31mbias\n", torch.zeros(2), r"has unexpected weights: fc. \[31mbias\."),
    ],
)
def test_another_tensor_is_refused(light, tmp_path: Path, name, value, words):
    path = saved({"model_state_dict": light | {name: value}}, tmp_path / "x.ckpt")
    found = rf"{name} .*{words}" if name in light else words
    with pytest.raises(CheckpointError, match=found):
        import_weights(path, tmp_path / "out")
    assert os.listdir(tmp_path) == ["x.ckpt"]


def test_missing_tensors_are_named(light, tmp_path: Path):
    cell = "floe_decoder.0.convs.0.1"
    kept = {name: value for name, value in light.items() if not name.startswith(cell)}
    words = (
        f"lacks weights of the authors' network: {cell}.bias, {cell}.num_batches_tracked, "
        f"{cell}.running_mean and 2 more."
    )
    with pytest.raises(CheckpointError, match=words):
        import_weights(saved({"model_state_dict": kept}, tmp_path / "x.ckpt"), tmp_path / "out")


def text(path: Path) -> None:
    path.write_text("hello world " * 30)


def cut_short(path: Path) -> None:
    torch.save({"model_state_dict": {"a": torch.zeros(100_000)}}, path)
    path.write_bytes(path.read_bytes()[:9000])


def bare_program(path: Path) -> None:
    path.write_bytes(pickle.dumps(Program(), protocol=2))


def compressed(path: Path) -> None:
    torch.save({"model_state_dict": {"a": torch.zeros(100_000)}}, path)
    with zipfile.ZipFile(path) as stored:
        parts = {name: stored.read(name) for name in stored.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def huge(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(3 * 2**30)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "is not there"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is damaged or not a PyTorch checkpoint"),
        (Path.touch, "is empty"),
        (text, "is damaged or not a PyTorch checkpoint"),
        (cut_short, "is damaged or not a PyTorch checkpoint"),
        (partial(saved, {"x": Program()}), r"more than tensors \(posix.system\) and was not"),
        (bare_program, r"more than tensors \(posix.system\) and was not opened"),
        (partial(saved, nn.Linear(2, 2)), r"more than tensors \(torch.nn.modules.linear.Linear\)"),
        (compressed, "is compressed, unlike PyTorch files"),
        (huge, "too many for the authors' network"),
        (partial(saved, {"encoder.conv1.weight": torch.zeros(1)}), "has no entry model_state_dict"),
        (partial(saved, torch.zeros(3)), "has no entry model_state_dict"),
        (partial(saved, {"model_state_dict": {"a": 1.0}}), "has more than named tensors"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, make: Callable, words: str, recwarn):
    path = tmp_path / "x.ckpt"
    make(path)
    with pytest.raises(CheckpointError, match=words) as caught:
        import_weights(path, tmp_path / "out")
    assert str(path) in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not recwarn.list


def test_nothing_is_overwritten_and_names_are_checked(light, tmp_path: Path):
    weights = saved({"model_state_dict": light}, tmp_path / "x.ckpt")
    taken = tmp_path / f"{DEFAULT_NAME}.safetensors"
    taken.write_text("mine")
    for out in (tmp_path, taken):
        with pytest.raises(ConfigError, match="already exists"):
            import_weights(weights, out)
    assert taken.read_text() == "mine"
    with pytest.raises(ConfigError, match=r"does not end in .safetensors"):
        import_weights(weights, tmp_path / "out.pt")
    with pytest.raises(ConfigError, match=r"does not end in .safetensors"):
        import_weights(weights, weights)
    with pytest.raises(ConfigError, match="name can hold letters"):
        import_weights(weights, tmp_path / "a b.safetensors")
    with pytest.raises(OutputError, match="cannot be written"):
        import_weights(weights, taken / "below" / "x.safetensors")


def test_the_class_names_are_those_of_the_outputs_that_stay():
    """The mask class is the last one of theirs: the others keep their places."""
    with torch.device("meta"):
        network = SeaIceNet(CONFIG)
    outputs = {chart: network.decoders[chart][-1].out_channels for chart in CHARTS}
    assert outputs == {"SIC": 1, "SOD": OUTPUTS["SOD"] - 1, "FLOE": OUTPUTS["FLOE"] - 1}
