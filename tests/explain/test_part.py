"""Of a very large scene, a region and the field around it are explained, as of the whole."""

import numpy as np
import pytest

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.explain import field as fields
from seaice.explain import part, region_classes
from seaice.explain.branches import NO_BRANCH, branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.gradients import pixel_gradients
from seaice.network.checkpoint import Checkpoint
from seaice.network.receptive_field import reach_px
from seaice.results import tiled
from seaice.results.inference import predict
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

REGION = slice(250, 290), slice(200, 232)
CAM = CamConfig("SIC", 0, "projection", "HiResCAM")


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(420, 410))


@pytest.fixture
def checkpoint(load_varied, in_float32) -> Checkpoint:
    """With a reach far smaller than the scene."""
    loaded = load_varied(4)
    assert reach_px(loaded.network) < 100
    return loaded


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scene of the test counts as very large."""
    monkeypatch.setattr(part, "LARGEST_PX", 300 * 300)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """The windows whose inputs are read for the classes of a region."""
    found: list[Window] = []

    def noted(scene: Scene, channels, spacing_m: float, window: Window) -> Inputs:
        found.append(window)
        return read_inputs(scene, channels, spacing_m, window)

    monkeypatch.setattr(region_classes, "read_inputs", noted)
    return found


def spanned_px(windows: list[Window]) -> int:
    """Pixels of the smallest window around some windows."""
    lines, samples = (
        max(side.stop for side in sides) - min(side.start for side in sides)
        for sides in zip(*windows, strict=True)
    )
    return lines * samples


@pytest.mark.parametrize(
    "region", [REGION, (slice(0, 9), slice(0, 410)), (slice(401, 420), slice(389, 410))]
)
@pytest.mark.parametrize("chart", ["SOD", "FLOE"])
def test_classes_of_a_region_are_those_of_the_whole(
    scene, checkpoint, read, monkeypatch, region, chart
):
    whole = predict(scene, checkpoint)
    # Several tiles, as of a large scene.
    monkeypatch.setattr(tiled, "memory_budget", lambda device: 8 * 2**20)
    classes, valid = region_classes.classes_in(scene, checkpoint, chart, region)
    assert len(np.unique(whole.classes(chart)[region])) > 1
    sure = np.sort(whole.probabilities[chart][:, *region].astype(np.float32), axis=0)
    clear = sure[-1] - sure[-2] > 1e-4
    assert clear.mean() > 0.99
    assert (classes == whole.classes(chart)[region])[clear].all()
    assert (valid == whole.valid[region]).all()
    assert spanned_px(read) < 0.6 * whole.valid.size


def test_pixels_of_a_class_in_a_region_are_drawn_without_the_scene(
    scene, checkpoint, read, monkeypatch
):
    target = int(np.bincount(predict(scene, checkpoint).classes("SOD")[REGION].ravel()).argmax())
    monkeypatch.setattr(fields, "predict", None)
    found = effective_field(checkpoint, [scene], "SOD", target, pixels=3, region=REGION)
    assert (found.pixels.sum(), found.pixels[0, target]) == (3, 3)
    assert spanned_px(read) < 0.6 * scene.grid.lines * scene.grid.samples


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
