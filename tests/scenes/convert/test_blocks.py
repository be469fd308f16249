"""Blocks of 2 x 2 pixels."""

import numpy as np
import pytest

from seaice.scenes.convert.blocks import block_any_nan, block_maxima, block_means


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(4, 6), (5, 6), (4, 7), (5, 7), (2, 3)])
def test_shapes(shape, kind) -> None:
    """Against a loop; a last line or sample without a partner counts nowhere."""
    rng = np.random.default_rng(2)
    values = rng.normal(size=shape).astype(kind)
    values[rng.random(shape) < 0.1] = np.nan
    classes = rng.integers(0, 11, shape).astype(np.uint8)
    classes[rng.random(shape) < 0.1] = 255
    means, maxima, nan = block_means(values), block_maxima(classes), block_any_nan(values)
    assert means.dtype == kind
    assert maxima.dtype == np.uint8
    assert means.shape == maxima.shape == nan.shape == (shape[0] // 2, shape[1] // 2)
    for line, sample in np.ndindex(means.shape):
        block = np.s_[2 * line : 2 * line + 2, 2 * sample : 2 * sample + 2]
        np.testing.assert_allclose(means[line, sample], values[block].mean(), rtol=1e-6)
        assert nan[line, sample] == np.isnan(values[block]).any()
        assert maxima[line, sample] == classes[block].max()


@pytest.mark.parametrize("values", [[-np.inf, 1, 1, 1], [np.inf, -np.inf, 1, 1], [3e38] * 4])
@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_is_no_mean(values) -> None:
    assert np.isnan(block_means(np.array(values, np.float32).reshape(2, 2)))
