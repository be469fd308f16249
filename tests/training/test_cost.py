import pytest
import torch

from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import padding_share
from seaice.training.config import TrainingConfig
from seaice.training.cost import cost_of
from seaice.training.losses import total_loss


def config(**changes) -> TrainingConfig:
    settings = {"data": "x", "rates": (1, 2), "channel_set": "sar", "precision": "float32"}
    return TrainingConfig(**{**settings, "patch": 64, "batch": 2, **changes})


def test_size_and_reach():
    setting = config(rates=(3, 6), patch=128, spacing_m=200.0)
    found = cost_of(setting)
    network = SeaIceNet(setting.network())
    assert found.parameters == sum(each.numel() for each in network.parameters())
    assert found.padding == padding_share(6, (32, 32))
    assert found.receptive_field_km == cost_of(config(rates=(3, 6))).receptive_field_km / 2
    assert cost_of(config(rates=())).padding == 0


def kept_bytes(setting: TrainingConfig) -> int:
    """What a real computation keeps for its gradient: each storage once, weights left out."""
    network = SeaIceNet(setting.network()).to(memory_format=torch.channels_last)
    weights = {each.data_ptr() for each in network.parameters()}
    kept = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in weights:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    inputs = torch.randn(setting.batch, len(setting.channels), setting.patch, setting.patch)
    charts = torch.zeros(setting.batch, 3, setting.patch, setting.patch, dtype=torch.uint8)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss, _ = total_loss(network(inputs), charts, setting.loss_weights)
    assert loss.isfinite()
    return sum(each.untyped_storage().nbytes() for each in kept.values())


@pytest.mark.parametrize(
    "changes", [{}, {"rates": (1, 2, 3, 4)}, {"encoder": "resnet50"}, {"output_stride": 16}]
)
def test_the_memory_is_near_what_a_computation_keeps(changes: dict):
    setting = config(patch=128, **changes)
    found = cost_of(setting)
    expected = kept_bytes(setting) + 4 * 4 * found.parameters
    assert found.memory_gib * 2**30 == pytest.approx(expected, rel=0.35)


def test_memory_follows_batch_parts_and_precision(monkeypatch):
    whole = cost_of(config(batch=8, patch=256)).memory_gib
    assert cost_of(config(batch=8, patch=256, accumulate=4)).memory_gib < 0.5 * whole
    assert cost_of(config(batch=8, patch=256, devices=2)).memory_gib < 0.7 * whole
    assert cost_of(config(batch=8, patch=256, precision="bfloat16")).memory_gib < 0.8 * whole
