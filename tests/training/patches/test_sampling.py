import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene
from seaice.training.patches.labelled import BLOCK_PX, Block, LabelledArea
from seaice.training.patches.sampling import check_sampling, draw_block, draw_window, patch_offset


@pytest.mark.parametrize(
    ("start", "stop", "offsets"),
    [
        # A patch of 16 in 20 pixels has 5 places.
        (0, 1, {0}),
        (0, 16, {0}),
        (2, 18, {2}),
        (8, 9, {0, 1, 2, 3, 4}),
        (4, 18, {2, 3, 4}),
        (16, 20, {4}),
        (19, 20, {4}),
    ],
)
def test_every_offset_that_holds_the_pixels_is_drawn_the_last_included(start, stop, offsets):
    rng = np.random.default_rng(0)
    assert {patch_offset(start, stop, 20, 16, rng) for _ in range(200)} == offsets


def test_a_scene_no_larger_than_a_patch_is_drawn_whole():
    rng = np.random.default_rng(0)
    for size in (9, 16):
        assert {patch_offset(at, at + 1, size, 16, rng) for at in range(size)} == {0}


@pytest.mark.parametrize("patch", [16, 17, 32, 64])
def test_windows_hold_the_whole_block_and_lie_on_the_grid(patch):
    grid, rng = PixelGrid(70, 200, 80), np.random.default_rng(0)
    first_lines, first_samples = set(), set()
    # The last block along lines holds 6 pixels alone.
    for _ in range(1000):
        lines, samples = draw_window(grid, Block(0, 64, 112), patch, rng)
        grid.check((lines, samples))
        assert (lines.stop - lines.start, samples.stop - samples.start) == (patch, patch)
        assert samples.start <= 112
        assert samples.stop >= 128
        first_lines.add(lines.start)
        first_samples.add(samples.start)
    assert first_lines == {70 - patch}
    assert first_samples == set(range(128 - patch, 113))


@pytest.fixture
def scenes(make_scene) -> list[Scene]:
    """Two scenes whose blocks are labelled to very different parts."""

    def empty(arrays):
        for name in CHARTS:
            arrays[name][:] = FILL

    def full(arrays):
        empty(arrays)
        arrays["SIC"][:] = 3

    def parts(arrays):
        empty(arrays)
        # Blocks of 256, 16 and 1 labelled pixels; of the next, half in one chart, half in another.
        arrays["SIC"][:16, 32:48] = 7
        arrays["SIC"][20, 48:64] = 7
        arrays["SOD"][47, 79] = 4
        arrays["SOD"][64:72, 96:112] = 0
        arrays["FLOE"][72:80, 96:112] = 2

    return [
        Scene.open(make_scene(change=change, name=f"2018032{day}T000000_dmi_prep.nc"))
        for day, change in ((1, full), (2, parts))
    ]


def labelled_pixels(scenes: list[Scene]) -> dict[Block, int]:
    """Counted here without the index."""
    found = {}
    for number, scene in enumerate(scenes):
        charts = np.stack([read_chart(scene, name) for name in CHARTS])
        anything = (charts != FILL).any(axis=0)
        for line in range(0, anything.shape[0], BLOCK_PX):
            for sample in range(0, anything.shape[1], BLOCK_PX):
                count = anything[line : line + BLOCK_PX, sample : sample + BLOCK_PX].sum()
                if count:
                    found[Block(number, line, sample)] = int(count)
    return found


def test_uniform_draws_every_labelled_pixel_alike(scenes):
    """Blocks come as often as they hold labelled pixels, within what chance allows."""
    weights = labelled_pixels(scenes)
    assert sorted(set(weights.values())) == [1, 16, 256]
    area, rng, count = LabelledArea.of(scenes, 400), np.random.default_rng(0), 20_000
    drawn = [draw_block(area, "uniform", rng) for _ in range(count)]
    assert set(drawn) <= set(weights)
    total = sum(weights.values())
    squares = [
        (drawn.count(block) - count * weight / total) ** 2 / (count * weight / total)
        for block, weight in weights.items()
    ]
    # Chi square of 51 degrees of freedom: above 87 once in a thousand seeds.
    assert len(squares) == 52
    assert sum(squares) < 87


def test_balanced_draws_charts_and_classes_alike(scenes):
    area, rng, count = LabelledArea.of(scenes, 400), np.random.default_rng(0), 6000
    drawn = [draw_block(area, "balanced", rng) for _ in range(count)]
    share = {block: drawn.count(block) / count for block in set(drawn)}
    # Of three charts SIC has two classes, SOD two, FLOE one.
    first = sum(part for block, part in share.items() if block.scene == 0)
    assert first == pytest.approx(1 / 6, abs=0.02)
    # SOD 0 and all of FLOE; SOD 4 is one pixel.
    assert share[Block(1, 64, 96)] == pytest.approx(1 / 6 + 1 / 3, abs=0.02)
    assert share[Block(1, 32, 64)] == pytest.approx(1 / 6, abs=0.02)
    # SIC 7 is in two blocks, drawn by their 256 and 16 labelled pixels.
    assert share[Block(1, 0, 32)] == pytest.approx(256 / 272 / 6, abs=0.02)
    assert share[Block(1, 16, 48)] == pytest.approx(16 / 272 / 6, abs=0.006)
    assert sum(share.values()) == pytest.approx(1)


def test_an_unknown_sampling_is_named():
    assert check_sampling("balanced") == "balanced"
    with pytest.raises(ConfigError, match=r"^sampling must be uniform or balanced, not 'even'\.$"):
        check_sampling("even")
