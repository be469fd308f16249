"""One optimizer step: in parts, out of memory, with numbers that are not finite."""

import logging
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from seaice.core.errors import DivergedError, MemoryShortError
from seaice.network.network import SeaIceNet
from seaice.training import module as training_module
from seaice.training.loader import patches
from seaice.training.losses import total_loss
from seaice.training.module import SeaIceModule
from seaice.training.runs.folder import RunFolder, create_run, list_runs
from seaice.training.runs.metrics import read_metrics
from seaice.training.split import split_scenes
from seaice.training.state import load_state

BY_ITSELF = {"norms": "fixed", "dropout": 0.0}
"""Settings with which each patch is computed by itself."""


def final_weights(into: RunFolder) -> dict[str, torch.Tensor]:
    tensors = load_file(into.state_file)
    return {name: each for name, each in tensors.items() if name.startswith("weight.")}


def test_parts_of_a_batch_add_up_to_the_whole(folder: Path, config, train, tmp_path: Path):
    """Also where the parts hold different numbers of labels, as they do here."""
    found = []
    for parts in (1, 2, 4):
        setting = config(folder, batch=4, accumulate=parts, steps=2, **BY_ITSELF)
        into = create_run(tmp_path / "runs", setting.to_json(), f"parts{parts}")
        train(setting, into=into)
        found.append((final_weights(into), [each["loss"] for each in read_metrics(into).steps]))
    for weights, losses in found[1:]:
        assert losses == pytest.approx(found[0][1], rel=1e-5)
        for name, each in weights.items():
            # AdamW's first steps are near the sign of the gradient, however small that is.
            torch.testing.assert_close(each, found[0][0][name], rtol=0, atol=2e-4)


def test_the_gradient_is_that_of_a_plain_computation(folder: Path, config, train, monkeypatch):
    """Against autograd on the whole batch, in float64."""
    setting = config(folder, batch=4, accumulate=2, steps=1, learning_rate=1e-8, **BY_ITSELF)
    seen = {}
    step = SeaIceModule._require_finite

    def look(self: SeaIceModule, losses) -> None:
        seen.update({name: each.grad.clone() for name, each in self.network.named_parameters()})
        seen["network"] = {k: v.clone() for k, v in self.network.state_dict().items()}
        step(self, losses)

    monkeypatch.setattr(SeaIceModule, "_require_finite", look)
    train(setting)
    network = SeaIceNet(setting.network())
    network.load_state_dict(seen["network"])
    network.double().eval()
    scenes, _ = split_scenes(setting)
    dataset = patches(setting, scenes)
    batch = [dataset[index] for index in range(4)]
    inputs = torch.stack([each["inputs"] for each in batch]).double()
    charts = torch.stack([each["charts"] for each in batch])
    monkeypatch.setattr(torch.Tensor, "float", lambda self: self.double())
    loss, _ = total_loss(network(inputs), charts, setting.loss_weights)
    loss.backward()
    for name, each in network.named_parameters():
        scale = each.grad.abs().max().item()
        torch.testing.assert_close(seen[name].double(), each.grad, rtol=1e-3, atol=1e-4 * scale)


def out_of_memory_over(most: int, monkeypatch) -> list[int]:
    """A device with room for so many patches; what sizes were tried."""
    computed, tried = SeaIceNet.forward, []

    def forward(self: SeaIceNet, inputs: torch.Tensor) -> dict:
        if self.training:
            tried.append(len(inputs))
            if len(inputs) > most:
                raise torch.OutOfMemoryError("CUDA out of memory.")
        return computed(self, inputs)

    monkeypatch.setattr(SeaIceNet, "forward", forward)
    return tried


def test_out_of_memory_halves_what_is_computed_at_once(
    folder: Path, config, train, tmp_path: Path, monkeypatch, caplog
):
    caplog.set_level(logging.INFO)
    setting = config(folder, batch=4, steps=2, **BY_ITSELF)
    roomy = create_run(tmp_path / "runs", setting.to_json(), "roomy")
    train(setting, into=roomy)
    tried = out_of_memory_over(1, monkeypatch)
    tight = create_run(tmp_path / "runs", setting.to_json(), "tight")
    train(setting, into=tight)
    # The first step finds what fits, the second knows.
    assert tried == [4, 2, *[1] * 4, *[1] * 4]
    assert "out of memory at step 1: batches are computed in 4 parts from here on" in caplog.text
    first, second = ([each["loss"] for each in read_metrics(into).steps] for into in (roomy, tight))
    assert first == pytest.approx(second, rel=1e-5)
    # Also after a stop.
    assert load_state(tight.state_file, SeaIceModule(setting)).parts == 4


def test_no_room_for_one_patch_is_said(folder: Path, config, train, monkeypatch):
    out_of_memory_over(0, monkeypatch)
    with pytest.raises(MemoryShortError, match=r"One patch.*smaller patch"):
        train(config(folder, batch=2))


@pytest.mark.parametrize(
    ("charts", "words"),
    [
        (("SOD",), "The loss of SOD is not finite at step 4"),
        (("SIC", "FLOE"), "The loss of SIC and FLOE is not finite at step 4"),
    ],
)
def test_a_loss_that_is_no_number_ends_the_run_at_its_last_good_state(
    folder: Path, config, train, tmp_path: Path, monkeypatch, charts, words: str
):
    def broken(outputs, *rest):
        loss, parts = total_loss(outputs, *rest)
        steps.append(None)
        if len(steps) == 4:
            parts |= {name: parts[name] * float("nan") for name in charts}
            loss = loss * float("nan")
        return loss, parts

    steps = []
    monkeypatch.setattr(training_module, "total_loss", broken)
    setting = config(folder, steps=6, validate_every=3)
    with pytest.raises(DivergedError) as caught:
        train(setting)
    assert words in str(caught.value)
    (into,) = list_runs(tmp_path / "runs")
    assert load_state(into.state_file, SeaIceModule(setting)).step == 3
    assert all(each.isfinite().all() for each in final_weights(into).values())
    assert [each["step"] for each in read_metrics(into).steps] == [1, 2, 3]
    assert not (tmp_path / "models").exists() or not list((tmp_path / "models").iterdir())


def test_a_gradient_that_is_no_number_is_told_by_its_chart(
    folder: Path, config, train, monkeypatch
):
    class Breaks(torch.autograd.Function):
        @staticmethod
        def forward(context, values):
            return values.clone()

        @staticmethod
        def backward(context, gradient):
            return gradient * float("inf")

    monkeypatch.setattr(
        training_module,
        "total_loss",
        lambda outputs, *rest: total_loss(
            {**outputs, "FLOE": Breaks.apply(outputs["FLOE"])}, *rest
        ),
    )
    with pytest.raises(DivergedError, match="The gradient of FLOE is not finite at step 1"):
        train(config(folder))


def test_weights_that_are_not_finite_are_not_stored(folder: Path, config, train, monkeypatch):
    def spoil(self: SeaIceModule, batch, index):
        losses = trained(self, batch, index)
        if self.steps_done == 2:
            self.network.encoder.conv1.weight.data[0] = float("nan")
        return losses

    trained = SeaIceModule.training_step
    monkeypatch.setattr(SeaIceModule, "training_step", spoil)
    monkeypatch.setattr("seaice.training.callback._SAVE_S", 0)
    with pytest.raises(DivergedError, match="weights are not finite after step 2"):
        train(config(folder, validate_every=10))
