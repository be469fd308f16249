"""Of a very large scene, a region and the field around it are explained, as of the whole."""

import numpy as np
import pytest
import torch

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.explain import field as fields
from seaice.explain import part
from seaice.explain.branches import NO_BRANCH, branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.gradients import pixel_gradients
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.receptive_field import reach_px
from seaice.scenes.read import Inputs
from seaice.scenes.scene import Scene

REGION = slice(250, 290), slice(200, 232)
CAM = CamConfig("SIC", 0, "projection", "HiResCAM")


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(420, 410))


@pytest.fixture
def checkpoint(make_checkpoint, in_float32) -> Checkpoint:
    """With outputs that differ from place to place."""
    loaded = load_checkpoint(make_checkpoint((1, 2), stride=4))
    assert reach_px(loaded.network) < 100
    torch.manual_seed(1)
    for name, values in loaded.network.named_parameters():
        if name.endswith("weight") and values.ndim == 4:
            torch.nn.init.kaiming_normal_(values)
    return loaded


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scene of the test counts as very large."""
    monkeypatch.setattr(part, "LARGEST_PX", 300 * 300)


def test_evidence_for_a_region_is_that_of_the_whole(scene, checkpoint, monkeypatch):
    whole = explain(scene, checkpoint, CAM, REGION)
    tried = try_map(scene, checkpoint, CAM, REGION)
    monkeypatch.setattr(part, "LARGEST_PX", 300 * 300)
    of_part = explain(scene, checkpoint, CAM, REGION)
    assert whole.window == scene.grid.whole
    lines, samples = of_part.window
    assert 0 < lines.start < REGION[0].start < REGION[0].stop < lines.stop < 420
    cells = tuple(
        slice(side.start // 4, side.start // 4 + size)
        for side, size in zip((lines, samples), of_part.raw.shape, strict=True)
    )
    assert whole.raw.any()
    near = 1e-4 * np.abs(whole.raw).max()
    np.testing.assert_allclose(of_part.raw, whole.raw[cells], atol=near)
    assert of_part.target_pixels == whole.target_pixels
    again = try_map(scene, checkpoint, CAM, REGION)
    np.testing.assert_allclose(again.deletion, tried.deletion, rtol=1e-3)


def test_branches_of_a_region_are_told_for_it_alone(scene, checkpoint, large):
    shares = branch_shares(scene, checkpoint, "SOD", REGION)
    # Of 4 x 4 pixels: as many cells as the padded scene has.
    assert shares.leading.shape == (106, 104)
    assert shares.cells.sum() == 11 * 8
    told = shares.leading != NO_BRANCH
    assert told[62:73, 50:58].any()
    told[62:73, 50:58] = False
    assert not told.any()
    with pytest.raises(ConfigError, match=r"explained whole\. Choose a region"):
        branch_shares(scene, checkpoint, "SOD")


def test_a_field_of_a_region_reads_what_lies_around_its_pixels(
    scene, checkpoint, large, monkeypatch
):
    drawn: list[tuple[int, int]] = []
    around = fields.inputs_around

    def reading(scene: Scene, checkpoint: Checkpoint, at: tuple[int, int]) -> tuple[Inputs, Window]:
        drawn.append(at)
        return around(scene, checkpoint, at)

    monkeypatch.setattr(fields, "inputs_around", reading)
    field = effective_field(checkpoint, [scene], "SIC", pixels=3, region=REGION)
    assert field.pixels.sum() == 3
    for at in drawn:
        assert all(side.start <= each < side.stop for each, side in zip(at, REGION, strict=True))
    sums = 0.0
    for at in drawn:
        inputs, own = around(scene, checkpoint, at)
        assert inputs.valid.size < 300 * 300
        (gradient,) = pixel_gradients(checkpoint, inputs, own, ["SIC"])
        sums += gradient.size.sum()
    assert field.mass.sum() == pytest.approx(sums, rel=1e-5)


def test_a_part_holds_the_field_of_its_region(checkpoint):
    grid = PixelGrid(5000, 5200, 80)
    network = checkpoint.network
    lines, samples = part.part_of(grid, (slice(2000, 3000), slice(4300, 5200)), network)
    reach, multiple = reach_px(network), network.config.size_multiple
    assert lines.start % multiple == samples.start % multiple == 0
    assert 2000 - reach - multiple < lines.start <= 2000 - reach
    assert (lines.stop, samples.stop) == (3000 + reach, 5200)
    with pytest.raises(ConfigError, match="too large to be explained whole"):
        part.part_of(grid, grid.whole, network)
