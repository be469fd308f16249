"""How the input gradient spreads, against the gradient of a whole scene."""

import numpy as np
import pytest
import torch

from seaice.ai4arctic.charts import CHARTS
from seaice.experiment.context_gradient import GradientSpread, gradient_spread
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.head import contrast
from seaice.network.checkpoint import load_checkpoint
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


def test_the_spread_is_that_of_a_whole_scene(make_scene, make_checkpoint, in_float32):
    checkpoint = load_checkpoint(make_checkpoint((1,), stride=4))
    scene = Scene.open(make_scene(96, 160))
    spread = gradient_spread(checkpoint, [scene], pixels=2, seed=4)
    assert spread.pixels == 2
    inputs = read_inputs(scene, checkpoint.info.channels)
    rng = np.random.default_rng([4, 1])
    chosen = rng.choice(np.argwhere(inputs.valid), 2, replace=False)
    tensor = torch.from_numpy(inputs.values)[None].requires_grad_(True)
    outputs = checkpoint.network(tensor)
    y, x = np.indices(inputs.valid.shape)
    reach_px = round(network_predictor(checkpoint).reach_km / 0.4)
    assert reach_px < 60
    for name in CHARTS:
        mass = np.zeros(200)
        for line, sample in chosen:
            logits = outputs[name][:, :, line : line + 1, sample : sample + 1]
            target = 0 if name == "SIC" else int(logits[0].argmax())
            value = contrast(logits, name, target).sum()
            (gradient,) = torch.autograd.grad(value, tensor, retain_graph=True)
            size = gradient[0].abs().sum(0).numpy()
            distance = np.maximum(np.abs(y - line), np.abs(x - sample))
            mass += np.bincount(distance[inputs.valid], size[inputs.valid], minlength=200)
        # The network sees nothing beyond its reach.
        assert mass[reach_px + 1 :].sum() == 0
        assert mass[6:].sum() > 0
        assert spread.mass[name] == pytest.approx(mass[: reach_px + 2], rel=1e-3)


def test_the_radius_holds_its_share():
    spread = GradientSpread({"SIC": np.array([1.0, 8, 0, 1]), "SOD": np.zeros(3)}, 400.0, 1)
    # A tenth at the centre, nine tenths within a pixel and a half.
    assert spread.radius_km("SIC") == pytest.approx(1.5 * 0.4)
    assert spread.radius_km("SIC", 0.5) == pytest.approx((0.5 + 4 / 8) * 0.4)
    assert spread.radius_km("SIC", 0.95) == pytest.approx(3 * 0.4)
    assert np.isnan(spread.radius_km("SOD"))
    assert spread.radii_km() == {"SIC": spread.radius_km("SIC")}
