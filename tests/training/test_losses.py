import numpy as np
import pytest
import torch

from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.training.losses import chart_loss, total_loss

WEIGHTS = {"SIC": 0.25, "SOD": 1.0, "FLOE": 2.0}


def random_batch(seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    outputs = {
        name: torch.randn(2, CHART[name].n_outputs, 8, 8, generator=generator).requires_grad_(True)
        for name in CHARTS
    }
    charts = torch.stack(
        [
            torch.randint(0, CHART[name].n_classes, (2, 8, 8), generator=generator)
            for name in CHARTS
        ],
        dim=1,
    ).to(torch.uint8)
    charts[torch.rand(charts.shape, generator=generator) < 0.3] = FILL
    return outputs, charts


def test_sic_is_the_mean_squared_error_of_labelled_pixels():
    outputs, charts = random_batch()
    labelled = charts[:, 0] != FILL
    predicted = outputs["SIC"][:, 0][labelled].detach().double().numpy()
    expected = np.mean((predicted - charts[:, 0][labelled].double().numpy()) ** 2)
    assert chart_loss("SIC", outputs["SIC"], charts[:, 0]).item() == pytest.approx(expected)


@pytest.mark.parametrize(("name", "index"), [("SOD", 1), ("FLOE", 2)])
def test_classes_take_the_cross_entropy_of_labelled_pixels(name, index):
    outputs, charts = random_batch()
    labelled = (charts[:, index] != FILL).numpy()
    logits = outputs[name].detach().double().numpy().transpose(0, 2, 3, 1)[labelled]
    target = charts[:, index].numpy()[labelled]
    likelihood = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = -likelihood[np.arange(len(target)), target].mean()
    assert chart_loss(name, outputs[name], charts[:, index]).item() == pytest.approx(expected)


def test_the_total_is_the_weighted_sum():
    outputs, charts = random_batch()
    total, parts = total_loss(outputs, charts, WEIGHTS)
    expected = sum(WEIGHTS[name] * parts[name].item() for name in CHARTS)
    assert total.item() == pytest.approx(expected)


@pytest.mark.parametrize("masked", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_chart_without_a_label_gives_zero_and_no_nan(masked):
    outputs, charts = random_batch()
    charts[:, list(masked)] = FILL
    total, parts = total_loss(outputs, charts, WEIGHTS)
    total.backward()
    for index, name in enumerate(CHARTS):
        assert torch.isfinite(outputs[name].grad).all()
        if index in masked:
            assert parts[name].item() == 0
            assert not outputs[name].grad.any()
        else:
            assert outputs[name].grad.any()


def test_unlabelled_pixels_do_not_count():
    outputs, charts = random_batch()
    before = total_loss(outputs, charts, WEIGHTS)[0].item()
    for index, name in enumerate(CHARTS):
        unlabelled = (charts[:, index] == FILL).unsqueeze(1).expand_as(outputs[name])
        outputs[name] = torch.where(unlabelled, torch.tensor(1e3), outputs[name])
    assert total_loss(outputs, charts, WEIGHTS)[0].item() == pytest.approx(before)
