"""Mean and spread of scaled inputs against numpy's."""

from types import SimpleNamespace

import numpy as np
import pytest

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.layout import SCALING
from seaice.simulate.calibration.inputs import InputSums, section


def sample(rng: np.random.Generator) -> SimpleNamespace:
    values = {name: rng.normal(0.1, 0.9, (6, 5)).astype(np.float32) for name in SCALING}
    return SimpleNamespace(scaled=values.__getitem__, valid=rng.random((6, 5)) < 0.6, values=values)


def test_merged_scenes_are_the_whole():
    rng = np.random.default_rng(1)
    scenes = [sample(rng) for _ in range(3)]
    first, *others = (InputSums.of(scene) for scene in scenes)
    mean, std = sum(others, first).mean_and_std()
    for index, name in enumerate(SCALING):
        parts = [s.values[name][s.valid] if name in SAR else s.values[name].ravel() for s in scenes]
        values = np.concatenate(parts).astype(float)
        assert mean[index] == pytest.approx(values.mean(), abs=1e-12)
        assert std[index] == pytest.approx(values.std(), abs=1e-12)


@pytest.mark.parametrize(
    ("mean", "std", "holds"),
    [
        (0.34, 1.0, (True, True)),
        (0.36, 1.0, (False, True)),
        (-0.36, 1.0, (False, True)),
        (0.0, 0.76, (True, True)),
        (0.0, 0.74, (True, False)),
        (0.0, 1.26, (True, False)),
        (float("nan"), float("nan"), (False, False)),
    ],
)
def test_bounds(mean, std, holds):
    size = len(SCALING)
    count = np.full(size, 0.0 if np.isnan(mean) else 100.0)
    total = np.nan_to_num(count * mean)
    sums = InputSums(count, total, np.nan_to_num(count * (std**2 + mean**2)))
    checks = section(sums).checks
    assert len(checks) == 2 * size
    assert (checks[0].holds, checks[1].holds) == holds
