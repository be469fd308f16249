"""Maps with and without gradients, and networks whose decision lies at a known distance."""

import numpy as np
import pytest
import torch
from torch import nn

from seaice.ai4arctic.charts import CHART
from seaice.explain.agreement import (
    blocks_of,
    in_blocks,
    occlusion,
    rank_correlation,
    share_in_ring,
)
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.pixel import pixel_story
from seaice.network.checkpoint import load_checkpoint
from seaice.scenes.scene import Scene

RATE, STRIDE = 3, 8
CELL_KM = STRIDE * 0.4


def test_occlusion_of_a_sum_is_each_blocks_part():
    rng = np.random.default_rng(0)
    values, field = rng.normal(size=(20, 33)), np.zeros((20, 33), bool)
    field[2:15, 3:31] = rng.random((13, 28)) < 0.9

    def output(kept: np.ndarray, within: np.ndarray) -> float:
        assert (kept <= within).all()
        return float(values[kept].sum())

    blocks = blocks_of(field)
    assert len(blocks) <= 64
    covered = np.zeros(field.shape, int)
    for window in blocks:
        covered[window] += 1
    assert (covered[field] == 1).all()
    losses = occlusion(output, field)
    np.testing.assert_allclose(losses, in_blocks(values, field), atol=1e-9)
    assert rank_correlation(losses, in_blocks(values, field)) == pytest.approx(1)
    assert rank_correlation(losses, -losses) == pytest.approx(-1)
    assert np.isnan(rank_correlation(losses, np.zeros_like(losses)))


def test_a_ring_holds_what_lies_in_it():
    values = np.zeros((9, 9))
    values[4, 7], values[4, 4], values[0, 0] = 3, 1, -5
    share, cells = share_in_ring(values, (4, 4), 2.0, (5, 7))
    assert share == 3 / 4
    away = np.hypot(*np.meshgrid(np.arange(9) - 4, np.arange(9) - 4)) * 2
    assert cells == ((away >= 5) & (away <= 7)).mean()
    assert np.isnan(share_in_ring(values[:1], (0, 4), 2.0, (0, 1))[0])


class Ring(nn.Module):
    """In place of an ASPP: the sum of what lies a rate away to all eight sides."""

    def __init__(self) -> None:
        super().__init__()
        ring = nn.Conv2d(1, 1, 3, padding=RATE, dilation=RATE, bias=False)
        ring.weight.data = torch.ones(1, 1, 3, 3)
        ring.weight.data[..., 1, 1] = 0
        self.convs, self.project = nn.ModuleList([nn.Identity(), ring, nn.Identity()]), ring

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.project(features)


@pytest.fixture
def looks_afar(make_checkpoint, in_float32, in_one_piece):
    """Its features are blocks of HV, and SIC is what lies three cells away to all eight sides."""
    checkpoint = load_checkpoint(make_checkpoint((RATE,)))
    network = checkpoint.network
    rest = [nn.Identity() for _ in range(4)]
    network.decoders["SIC"] = nn.Sequential(Ring(), *rest)
    for name in ("SOD", "FLOE"):
        network.decoders[name] = nn.Sequential(nn.Conv2d(1, CHART[name].n_classes, 1))
    network.features = lambda inputs: nn.functional.avg_pool2d(inputs[:, 1:2], STRIDE)
    return checkpoint


def test_every_tool_points_at_the_radius_that_decides(make_scene, looks_afar):
    """From 3 cells, 9.6 km, along a side to 3 times the root of 2 at a corner."""

    def bright(arrays: dict) -> None:
        arrays["nersc_sar_secondary"] = np.abs(arrays["nersc_sar_secondary"]) + 1

    scene = Scene.open(make_scene(160, 160, change=bright))
    # The middle of the cell 10, 10. Interpolation between cells and their width blur by a cell.
    at = 10 * STRIDE + STRIDE // 2
    ring_km = (RATE - 1.2) * CELL_KM, (RATE * 2**0.5 + 1.2) * CELL_KM
    story = pixel_story(scene, looks_afar, "SIC", ((at + 0.5) * 0.4, (at + 0.5) * 0.4))
    distances = np.arange(len(story.profile)) * 0.4
    inside = (distances >= ring_km[0]) & (distances <= ring_km[1])
    assert story.profile[inside].sum() / story.profile.sum() > 0.99
    field = effective_field(looks_afar, [scene], "SIC", pixels=4)
    assert field.group_shares[field.groups.index("HV")] == pytest.approx(1)
    middle = field.image.shape[0] // 2
    assert share_in_ring(field.image, (middle, middle), 0.4, ring_km)[0] > 0.95
    pixel = slice(at, at + 1), slice(at, at + 1)
    heatmap = explain(scene, looks_afar, CamConfig("SIC", 0), pixel)
    share, cells = share_in_ring(heatmap.raw, (10, 10), CELL_KM, ring_km)
    assert share > 0.99
    assert cells < 0.25
