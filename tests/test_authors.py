"""The authors' network, built here from torchvision's parts, against what its import computes."""

import copy
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet152
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.authors import CONFIG, DEFAULT_NAME, import_weights, network_of, read_state
from seaice.checkpoint import file_sha256, list_checkpoints, load_checkpoint, read_info
from seaice.errors import CheckpointError, ConfigError, OutputError
from seaice.model import SeaIceNet
from seaice.vocabulary import CHANNEL_SETS, CHARTS

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
    """40 feature cells wide: the outer taps of every rate fall on features somewhere."""
    return torch.randn(1, 18, 32, 640, generator=torch.Generator().manual_seed(1))


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


@torch.no_grad()
def test_outputs_are_the_authors(imported, theirs: Theirs, images: torch.Tensor):
    ours = load_checkpoint(imported[1]).network
    full = ours(images)
    features = ours.features(images)
    for chart, cells in theirs.cells(images).items():
        expected = cells if chart == "SIC" else cells[:, :-1]
        assert expected.std() > 0.5
        torch.testing.assert_close(ours.head(chart, features), expected, rtol=0, atol=1e-5)
        enlarged = F.interpolate(expected, size=(32, 640), mode="bilinear", align_corners=False)
        torch.testing.assert_close(full[chart], enlarged, rtol=0, atol=1e-5)


def test_every_weight_is_the_authors(imported, theirs: Theirs):
    ours = load_checkpoint(imported[1]).network.state_dict()
    state = theirs.state_dict()
    assert len(ours) == len(state)
    for name, value in state.items():
        for chart in CHARTS:
            name = name.replace(f"{chart.lower()}_decoder.", f"decoders.{chart}.")
        assert torch.equal(ours[name], value[: len(ours[name])] if value.dim() else value), name


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


def test_a_wrapped_network_gives_the_same(imported, theirs: Theirs, tmp_path: Path):
    """What DataParallel saved has `module.` before every key."""
    state = {f"module.{name}": value for name, value in theirs.state_dict().items()}
    torch.save({"model_state_dict": state}, tmp_path / "x.ckpt")
    ours = network_of(tmp_path / "x.ckpt", read_state(tmp_path / "x.ckpt")).state_dict()
    stored = load_file(imported[1])
    assert ours.keys() == stored.keys()
    assert all(torch.equal(value, stored[name]) for name, value in ours.items())


# What can be wrong. A tensor of one stored value stands for a whole one: the files stay small.


@pytest.fixture(scope="module")
def light() -> dict[str, torch.Tensor]:
    """A state of the right names and shapes, zeros."""
    with torch.device("meta"):
        state = Theirs().state_dict()
    return {name: torch.zeros((), dtype=v.dtype).expand(v.shape) for name, v in state.items()}


def test_small_files_of_the_right_shapes_pass(light, tmp_path: Path):
    """The files below are refused for what was changed in them."""
    torch.save({"model_state_dict": light}, tmp_path / "x.ckpt")
    network = network_of(tmp_path / "x.ckpt", read_state(tmp_path / "x.ckpt"))
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


class Program:
    def __reduce__(self) -> tuple:
        return os.system, ("exit 1",)


def lacking(state: dict) -> None:
    for name in [name for name in state if name.startswith("floe_decoder.0.convs.0.1")]:
        del state[name]


def too_many(state: dict) -> None:
    state["fc.weight"] = torch.zeros(2)
    state["fc.\x1b[31mbias\n"] = torch.zeros(2)


def without_mask_class(state: dict) -> None:
    state["sod_decoder.4.weight"] = torch.zeros(6, 32, 1, 1)


def other_inputs(state: dict) -> None:
    state["encoder.conv1.weight"] = torch.zeros(64, 3, 7, 7)


def not_finite(state: dict) -> None:
    state["encoder.bn1.running_var"] = torch.full((64,), torch.nan)


def beyond_float32(state: dict) -> None:
    state["encoder.bn1.bias"] = torch.full((64,), 1e300, dtype=torch.float64)


def whole_numbers(state: dict) -> None:
    state["encoder.bn1.bias"] = torch.zeros(64, dtype=torch.int32)


def without_values(state: dict) -> None:
    state["encoder.bn1.bias"] = torch.zeros(64, device="meta")


def sparse(state: dict) -> None:
    state["encoder.bn1.bias"] = torch.zeros(64).to_sparse()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lacking,
            r"lacks weights of the authors' network: floe_decoder.0.convs.0.1.bias, "
            r"floe_decoder.0.convs.0.1.num_batches_tracked, "
            r"floe_decoder.0.convs.0.1.running_mean and 2 more\.",
        ),
        (too_many, r"network has not: fc.\\x1b\[31mbias\\n, fc.weight\."),
        (
            without_mask_class,
            r"sod_decoder.4.weight of shape 6x32x1x1 instead of 7x32x1x1",
        ),
        (other_inputs, r"encoder.conv1.weight of shape 64x3x7x7 instead of 64x18x7x7"),
        (not_finite, r"values in encoder.bn1.running_var that are not finite"),
        (beyond_float32, r"values in encoder.bn1.bias that are not finite"),
        (whole_numbers, r"encoder.bn1.bias as torch.int32, not as plain numbers"),
        (without_values, r"encoder.bn1.bias as torch.float32, not as plain numbers"),
        (sparse, r"encoder.bn1.bias as torch.float32, not as plain numbers"),
    ],
)
def test_another_state_is_refused(light, tmp_path: Path, spoil: Callable, words: str):
    state = copy.copy(light)
    spoil(state)
    path = tmp_path / "x.ckpt"
    torch.save({"model_state_dict": state}, path)
    with pytest.raises(CheckpointError, match=words):
        import_weights(path, tmp_path / "out")
    assert os.listdir(tmp_path) == ["x.ckpt"]


def nothing(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("hello world " * 30)


def cut_short(path: Path) -> None:
    torch.save({"model_state_dict": {"a": torch.zeros(100_000)}}, path)
    path.write_bytes(path.read_bytes()[:9000])


def program(path: Path) -> None:
    torch.save({"model_state_dict": {"a": torch.zeros(1)}, "x": Program()}, path)


def bare_program(path: Path) -> None:
    path.write_bytes(pickle.dumps(Program(), protocol=2))


def whole_module(path: Path) -> None:
    torch.save(nn.Linear(2, 2), path)


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


def bare_state(path: Path) -> None:
    torch.save({"encoder.conv1.weight": torch.zeros(1)}, path)


def lone_tensor(path: Path) -> None:
    torch.save(torch.zeros(3), path)


def numbers_for_tensors(path: Path) -> None:
    torch.save({"model_state_dict": {"encoder.conv1.weight": 1.0}}, path)


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "is not there"),
        (folder, "is a folder"),
        (pipe, "no torch file of tensors"),
        (nothing, "no torch file of tensors, or is damaged"),
        (text, "no torch file of tensors, or is damaged"),
        (cut_short, "no torch file of tensors, or is damaged"),
        (program, r"more than tensors \(posix.system\) and was not opened"),
        (bare_program, r"more than tensors \(posix.system\) and was not opened"),
        (whole_module, r"more than tensors \(torch.nn.modules.linear.Linear\)"),
        (compressed, "is compressed, which no torch file is"),
        (huge, "too many for the authors' network"),
        (bare_state, "holds no model_state_dict"),
        (lone_tensor, "holds no model_state_dict"),
        (numbers_for_tensors, "holds more than named tensors"),
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
    weights = tmp_path / "x.ckpt"
    torch.save({"model_state_dict": light}, weights)
    taken = tmp_path / f"{DEFAULT_NAME}.safetensors"
    taken.write_text("mine")
    for out in (tmp_path, taken):
        with pytest.raises(ConfigError, match="exists already and is not overwritten"):
            import_weights(weights, out)
    assert taken.read_text() == "mine"
    with pytest.raises(ConfigError, match=r"does not end in .safetensors"):
        import_weights(weights, tmp_path / "out.pt")
    with pytest.raises(ConfigError, match=r"does not end in .safetensors"):
        import_weights(weights, weights)
    with pytest.raises(ConfigError, match="name holds letters"):
        import_weights(weights, tmp_path / "a b.safetensors")
    with pytest.raises(OutputError, match="cannot be written"):
        import_weights(weights, taken / "below" / "x.safetensors")


def test_the_class_names_are_those_of_the_outputs_that_stay():
    """The mask class is the last one of theirs: the others keep their places."""
    with torch.device("meta"):
        network = SeaIceNet(CONFIG)
    outputs = {chart: network.decoders[chart][-1].out_channels for chart in CHARTS}
    assert outputs == {"SIC": 1, "SOD": OUTPUTS["SOD"] - 1, "FLOE": OUTPUTS["FLOE"] - 1}
