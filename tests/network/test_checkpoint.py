import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from seaice.ai4arctic.charts import CHART
from seaice.ai4arctic.layout import SCALING
from seaice.core.errors import CheckpointError, ConfigError, OutputError
from seaice.network.checkpoint import load_checkpoint, save_checkpoint, write_scores
from seaice.network.checkpoint_info import CheckpointInfo, read_info


def test_a_file_says_all_that_is_needed(make_checkpoint):
    info = read_info(make_checkpoint((3, 6, 9), "sar+amsr2-18-36"))
    assert info.rates == (3, 6, 9)
    assert info.network.in_channels == len(info.channels) == 7
    assert info.spacing_m == 400
    assert tuple(info.scaling["nersc_sar_primary"]) == SCALING["nersc_sar_primary"]
    assert tuple(info.classes["SOD"]) == CHART["SOD"].class_names
    assert CheckpointInfo.from_json(info.to_json()).network == info.network


def test_weights_come_back_as_their_float16(make_checkpoint):
    path = make_checkpoint()
    stored = load_file(path)
    assert {t.dtype for t in stored.values() if t.is_floating_point()} == {torch.float16}
    checkpoint = load_checkpoint(path)
    for name, tensor in checkpoint.network.state_dict().items():
        assert torch.equal(tensor.cpu(), stored[name].to(tensor.dtype)), name
    assert not any(p.requires_grad for p in checkpoint.network.parameters())
    assert not checkpoint.network.training


def test_a_weight_that_float16_cannot_hold_stays_float32(make_checkpoint, tmp_path: Path):
    checkpoint = load_checkpoint(make_checkpoint())
    state = checkpoint.network.state_dict()
    state["encoder.bn1.running_var"][0] = 1e6
    path = tmp_path / "large.safetensors"
    save_checkpoint(path, checkpoint.network, checkpoint.info)
    assert load_checkpoint(path).network.encoder.bn1.running_var[0] == 1e6


def test_scores_are_added_without_touching_weights(make_checkpoint):
    path = make_checkpoint()
    before = load_file(path)
    write_scores(path, {"combined": {"value": 1.5}})
    assert read_info(path).scores == {"combined": {"value": 1.5}}
    after = load_file(path)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_an_exact_file_keeps_float32_also_with_scores(make_checkpoint, tmp_path: Path):
    network = load_checkpoint(make_checkpoint()).network
    # A third has no end in binary: float16 would change it.
    torch.nn.init.constant_(network.decoders["SIC"][-1].bias, 1 / 3)
    path = tmp_path / "exact.safetensors"
    save_checkpoint(path, network, read_info(make_checkpoint()), exact=True)
    for _ in range(2):
        stored = load_file(path)
        assert {t.dtype for t in stored.values() if t.is_floating_point()} == {torch.float32}
        loaded = load_checkpoint(path).network.state_dict()
        for name, tensor in network.state_dict().items():
            assert torch.equal(tensor, stored[name]), name
            assert torch.equal(tensor, loaded[name]), name
        write_scores(path, {"combined": {"value": 1.5}})
    assert read_info(path).scores == {"combined": {"value": 1.5}}


def test_nothing_half_written_stays_behind(make_checkpoint, tmp_path: Path, monkeypatch):
    path = make_checkpoint()
    whole = path.read_bytes()
    checkpoint = load_checkpoint(path)

    def full_disk(*_: object, **__: object) -> None:
        # What the library makes of a full disk.
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("seaice.network.checkpoint.save_file", full_disk)
    with pytest.raises(OutputError, match="No space left on device"):
        save_checkpoint(path, checkpoint.network, checkpoint.info)
    assert path.read_bytes() == whole
    assert os.listdir(tmp_path) == [path.name]


def test_files_are_as_readable_as_others(make_checkpoint, tmp_path: Path):
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (make_checkpoint(), tmp_path / "other")}
    assert len(modes) == 1


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def foreign(path: Path) -> None:
    save_file({"x": torch.zeros(1)}, path)


def newer(path: Path) -> None:
    values = json.loads(read_info(path).to_json()) | {"format_version": 99}
    save_file(load_file(path), path, metadata={"seaice": json.dumps(values)})


def unreadable(path: Path) -> None:
    save_file(load_file(path), path, metadata={"seaice": '{"format_version": 1, "rates": []}'})


def pickle(path: Path) -> None:
    torch.save({"x": 1}, path)


def other_weights(path: Path) -> None:
    info = read_info(path)
    values = json.loads(info.to_json())
    values["network"]["rates"] = [9]
    save_file(load_file(path), path, metadata={"seaice": json.dumps(values)})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "is damaged"),
        (foreign, "was not written by seaice"),
        (newer, r"has format version 99, and this version of seaice reads up to 3. Update seaice."),
        (unreadable, "metadata that cannot be read"),
        (pickle, "is damaged or not a safetensors file"),
        (other_weights, "weights that do not fit"),
    ],
)
def test_what_cannot_be_used_says_why(make_checkpoint, spoil, words):
    path = make_checkpoint()
    spoil(path)
    with pytest.raises(CheckpointError, match=words):
        load_checkpoint(path)


def test_channels_must_go_with_the_network(make_checkpoint):
    info = read_info(make_checkpoint())
    with pytest.raises(ConfigError, match="2 channels do not fit a network with 3 inputs"):
        replace(info, channels=info.channels[:2])
    with pytest.raises(ConfigError, match="Unknown channels: x"):
        replace(info, channels=("x", *info.channels[1:]))
