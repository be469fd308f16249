import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from seaice.explain.head import contrast


def reference(logits: np.ndarray, target: int) -> np.ndarray:
    """The log-odds in float64, by scipy."""
    others = np.delete(logits, target, axis=1)
    return logits[:, target] - logsumexp(others, axis=1)


@pytest.mark.parametrize("size", [1, 30, 300])
def test_the_contrast_is_the_log_odds_in_float64(size):
    """With logits of 300 a probability is 0 or 1 in float32, and so has no log-odds."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, size, (2, 6, 7, 5))
    for target in range(6):
        found = contrast(torch.from_numpy(logits.astype(np.float32)), "SOD", target)
        assert found.dtype == torch.float32
        np.testing.assert_allclose(found, reference(logits, target), rtol=1e-5, atol=1e-5 * size)


def test_gradients_stay_finite_where_probabilities_round_to_one():
    logits = torch.zeros(1, 6, 1, 1)
    logits[0, 2] = 500
    for target in (2, 3):
        leaf = logits.clone().requires_grad_(True)
        contrast(leaf, "SOD", target).sum().backward()
        assert torch.isfinite(leaf.grad).all()
        assert leaf.grad[0, target].item() == 1
        # A function added to the logits of all classes changes nothing.
        assert leaf.grad.sum().item() == pytest.approx(0, abs=1e-6)


def test_sic_is_explained_both_ways():
    outputs = torch.tensor([3.5]).reshape(1, 1, 1, 1)
    assert contrast(outputs, "SIC", 0).item() == 3.5
    assert contrast(outputs, "SIC", 1).item() == -3.5
