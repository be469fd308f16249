import sqlite3

import numpy as np
import pytest

from seaice.cache import Store
from seaice.data import labelled
from seaice.data.grid import PixelGrid
from seaice.data.labelled import BLOCK_PX, Block, LabelledArea
from seaice.data.read import read_chart
from seaice.data.sampling import check_sampling, draw_block, draw_window, patch_offset
from seaice.data.scene import Scene
from seaice.errors import ConfigError, NoScenesError
from seaice.vocabulary import CHARTS, FILL


def test_every_offset_is_drawn_the_last_included():
    rng = np.random.default_rng(0)
    drawn = {patch_offset(at, 20, 16, rng) for at in range(20) for _ in range(100)}
    assert drawn == {0, 1, 2, 3, 4}
    assert all(patch_offset(at, 16, 16, rng) == 0 for at in range(16))
    assert all(patch_offset(at, 9, 16, rng) == 0 for at in range(9))


def test_windows_hold_a_pixel_of_the_block_and_lie_on_the_grid():
    grid, rng = PixelGrid(70, 200, 80), np.random.default_rng(0)
    # The last block along lines holds 6 pixels alone.
    for _ in range(300):
        lines, samples = draw_window(grid, Block(0, 64, 112), 32, rng)
        grid.check((lines, samples))
        assert (lines.stop - lines.start, samples.stop - samples.start) == (32, 32)
        assert lines.stop > 64
        assert samples.start < 128
        assert samples.stop > 112


@pytest.fixture
def scenes(make_scene) -> list[Scene]:
    """Two scenes: one all of SIC 3, one of SIC 7 but for a spot of SOD 4 and SIC 2."""

    def plain(arrays):
        for name in CHARTS:
            arrays[name][:] = FILL
        arrays["SIC"][:] = 3

    def spot(arrays):
        for name in CHARTS:
            arrays[name][:] = FILL
        arrays["SIC"][:, 32:] = 7
        arrays["SIC"][40, 70] = 2
        arrays["SOD"][41, 71] = 4

    return [
        Scene.open(make_scene(change=change, name=f"2018032{day}T000000_dmi_prep.nc"))
        for day, change in ((1, plain), (2, spot))
    ]


def test_the_area_knows_every_block_and_class(scenes):
    area = LabelledArea.of(scenes, 400)
    # 96 x 128 pixels are 6 x 8 blocks; in the second scene two columns of them have no label.
    assert area.labelled.tolist() == [48, 36]
    assert area.classes[:, 0, 3].tolist() == [48, 0]
    assert area.classes[:, 0, 7].tolist() == [0, 36]
    assert area.classes[:, 0, 2].tolist() == [0, 1]
    assert area.classes[:, 1, 4].tolist() == [0, 1]
    assert area.classes.sum() == 48 + 36 + 2


def test_coarser_blocks_are_those_of_the_coarser_chart(make_scene):
    scene = Scene.open(make_scene(97, 131, 80))
    area = LabelledArea.of([scene], 400)
    chart = read_chart(scene, "SOD", 400)
    blocks = {
        (line, sample)
        for line in range(0, chart.shape[0], BLOCK_PX)
        for sample in range(0, chart.shape[1], BLOCK_PX)
        if (chart[line : line + BLOCK_PX, sample : sample + BLOCK_PX] == 3).any()
    }
    rng = np.random.default_rng(0)
    drawn = [area.block_with(CHARTS.index("SOD"), 3, rng) for _ in range(100)]
    assert {(block.line, block.sample) for block in drawn} == blocks


def test_uniform_draws_every_labelled_block_alike(scenes):
    area, rng = LabelledArea.of(scenes, 400), np.random.default_rng(0)
    drawn = [draw_block(area, "uniform", rng) for _ in range(8400)]
    assert {block.sample for block in drawn if block.scene == 1} == set(range(32, 128, BLOCK_PX))
    counts = np.unique([hash(block) for block in drawn], return_counts=True)[1]
    assert counts.size == 84
    # 100 of each on average, 10 the deviation of one.
    assert 60 < counts.min() <= counts.max() < 140


def test_balanced_draws_charts_and_classes_alike(scenes):
    area, rng = LabelledArea.of(scenes, 400), np.random.default_rng(0)
    drawn = [draw_block(area, "balanced", rng) for _ in range(3000)]
    spot = Block(1, 32, 64)
    # SOD has one class, in the spot: a half; SIC has three, one of them in the spot alone: a sixth.
    # Of the third sixth, the 36 blocks of SIC 7 hold the spot too.
    expected = 1 / 2 + 1 / 6 + 1 / 6 / 36
    assert drawn.count(spot) / 3000 == pytest.approx(expected, abs=0.03)
    assert sum(block.scene == 0 for block in drawn) / 3000 == pytest.approx(1 / 6, abs=0.03)


def test_what_was_found_is_recalled(scenes, tmp_path, monkeypatch):
    store = Store(tmp_path / "kept")
    found = LabelledArea.of(scenes, 400, store)
    asked = []
    monkeypatch.setattr(labelled, "_blocks", lambda scene, spacing_m: asked.append(scene))
    recalled = LabelledArea.of(scenes, 400, store)
    assert asked == []
    np.testing.assert_array_equal(recalled.classes, found.classes)
    with pytest.raises(AttributeError):
        LabelledArea.of(scenes, 800, store)
    assert asked == scenes[:1]


def test_a_changed_scene_is_looked_at_again(make_scene, tmp_path):
    store = Store(tmp_path / "kept")
    before = LabelledArea.of([Scene.open(make_scene())], 400, store)

    def clear(arrays):
        arrays["SIC"][:] = FILL

    after = LabelledArea.of([Scene.open(make_scene(change=clear))], 400, store)
    assert before.classes[0, 0].any()
    assert not after.classes[0, 0].any()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: b"",
        lambda value: value[:-3],
        lambda value: value[:20] + bytes([value[20] ^ 255]) + value[21:],
        lambda value: b"\x01" + value[1:],
        # Sound in itself, but with classes that no chart has.
        lambda value: labelled._packed(labelled._unpacked(value) | np.uint16(1 << 15)),
    ],
)
def test_a_damaged_value_is_found_anew(scenes, tmp_path, spoil):
    store = Store(tmp_path / "kept")
    sound = LabelledArea.of(scenes, 400, store)
    with sqlite3.connect(next((tmp_path / "kept").iterdir())) as connection:
        rows = connection.execute("SELECT key, value FROM kept").fetchall()
        for key, value in rows:
            connection.execute("UPDATE kept SET value = ? WHERE key = ?", (spoil(value), key))
    assert len(rows) == 2
    np.testing.assert_array_equal(LabelledArea.of(scenes, 400, store).classes, sound.classes)


def test_scenes_without_any_label_are_refused(make_scene):
    with pytest.raises(NoScenesError, match="Not one pixel"):
        LabelledArea.of([Scene.open(make_scene(without=CHARTS))], 400)
    with pytest.raises(NoScenesError, match="Not one pixel"):
        LabelledArea.of([], 400)


def test_an_unknown_sampling_is_named():
    assert check_sampling("balanced") == "balanced"
    with pytest.raises(ConfigError, match="uniform or balanced, not 'even'"):
        check_sampling("even")
