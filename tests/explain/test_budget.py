"""Explanations within a budget of memory: the encoder runs over tiles, the maps are the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.core.errors import MemoryShortError
from seaice.explain.branch_means import branch_means
from seaice.explain.branches import branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.gradcam import CamConfig, explain
from seaice.network.checkpoint import Checkpoint
from seaice.network.staged import StagedNetwork
from seaice.results import tiled
from seaice.scenes.scene import Scene

MIB = 2**20
REGION = slice(101, 133), slice(57, 98)
CAM = CamConfig("SIC", 0)


@pytest.fixture
def scene(make_scene: Callable[..., Path]) -> Scene:
    """Lines and samples fit no stride."""
    return Scene.open(make_scene(203, 187))


@pytest.fixture(params=[4, 16])
def checkpoint(request: pytest.FixtureRequest, load_varied) -> Checkpoint:
    """A network of either stride."""
    return load_varied(request.param)


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], list[int]]:
    """Set the budget; the numbers of tiles that encoders run over from then on."""

    def allow(size: float) -> list[int]:
        tiles: list[int] = []

        def noted(*arguments: object, **options: object) -> StagedNetwork:
            staged = StagedNetwork(*arguments, **options)
            tiles.append(len(staged.tiles))
            return staged

        monkeypatch.setattr(tiled, "memory_budget", lambda device: size)
        monkeypatch.setattr(tiled, "StagedNetwork", noted)
        return tiles

    return allow


def near(found: np.ndarray, expected: np.ndarray) -> None:
    """Check that maps are the same but for rounding."""
    assert found.any()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.usefixtures("in_float32")
def test_evidence_tile_by_tile_is_that_in_one_piece(scene, checkpoint, budget):
    budget(2**40)
    whole = explain(scene, checkpoint, CAM, REGION)
    tried = try_map(scene, checkpoint, CAM, REGION)
    shares = branch_shares(scene, checkpoint, "SOD", REGION)
    means = branch_means([scene], checkpoint, "SOD")
    tiles = budget(6 * MIB)
    near(explain(scene, checkpoint, CAM, REGION).raw, whole.raw)
    again = try_map(scene, checkpoint, CAM, REGION)
    for found, expected in zip(again.maps, tried.maps, strict=True):
        near(found.raw, expected.raw)
    np.testing.assert_allclose(again.deletion, tried.deletion, rtol=1e-4)
    found = branch_shares(scene, checkpoint, "SOD", REGION)
    np.testing.assert_allclose(found.loss, shares.loss, rtol=1e-3, atol=1e-5)
    for mean, expected in zip(branch_means([scene], checkpoint, "SOD"), means, strict=True):
        torch.testing.assert_close(mean, expected, rtol=1e-4, atol=1e-5)
    # Of a map that is tested, the network of random weights is one more.
    assert len(tiles) == 5
    assert min(tiles) >= 4


def test_a_budget_too_small_for_the_encoder_is_told(scene, checkpoint, budget):
    budget(MIB / 10)
    for act in (
        lambda: explain(scene, checkpoint, CAM, REGION),
        lambda: try_map(scene, checkpoint, CAM, REGION),
        lambda: branch_shares(scene, checkpoint, "SOD", REGION),
    ):
        with pytest.raises(MemoryShortError, match=r"x \d+ pixels needs at least \d+ MiB of mem"):
            act()
