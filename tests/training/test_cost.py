import pytest
import torch
from lightning.pytorch.callbacks import Callback

from seaice.core.device import Device
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import padding_share
from seaice.training import cost as cost_module
from seaice.training import run as run_module
from seaice.training.config import TrainingConfig
from seaice.training.cost import cost_of
from seaice.training.devices import DeviceLayout
from seaice.training.losses import total_loss
from seaice.training.module import SeaIceModule


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
    assert (found.step_seconds, found.seconds) == (None, None)
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


@pytest.mark.parametrize(
    ("precision", "in_hardware", "reduced"),
    [
        ("auto", False, False),
        ("auto", True, True),
        ("float32", True, False),
        ("bfloat16", False, True),
        ("bfloat16", True, True),
    ],
)
def test_the_timed_steps_and_the_run_compute_in_the_same_precision(
    monkeypatch, precision: str, in_hardware: bool, reduced: bool
):
    """Also in bfloat16 on hardware without it, which is then slower than float32."""
    device = Device("cpu", "stand-in", in_hardware)
    monkeypatch.setattr(cost_module, "best_device", lambda: device)
    monkeypatch.setattr(run_module, "best_device", lambda: device)
    seen = []

    def watched(outputs, *rest):
        seen.append(torch.is_autocast_enabled("cpu"))
        return total_loss(outputs, *rest)

    monkeypatch.setattr(cost_module, "total_loss", watched)
    setting = config(precision=precision, batch=1)
    cost_module._step_seconds(setting)
    assert set(seen) == {reduced}
    layout, module = DeviceLayout("cpu", 1, 1), SeaIceModule(setting)
    trainer = run_module._trainer(setting, layout, Callback(), module)
    assert trainer.precision == ("bf16-mixed" if reduced else "32-true")


def test_time_is_that_of_the_steps(monkeypatch):
    monkeypatch.setattr(cost_module, "_step_seconds", lambda config: 0.25)
    found = cost_of(config(steps=120), timed=True)
    assert (found.step_seconds, found.seconds) == (0.25, 30.0)
    assert "0.5 min (0.25 s a step)" in found.text()


def test_a_few_steps_are_timed():
    found = cost_of(config(steps=10), timed=True)
    assert 0 < found.step_seconds < 60
    assert found.to_dict()["seconds"] == 10 * found.step_seconds
