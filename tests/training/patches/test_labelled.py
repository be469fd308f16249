"""The index of labelled blocks: what it counts, what it draws, and how it is kept."""

import logging
import sqlite3

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.core.cache import Store
from seaice.core.errors import NoScenesError
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene
from seaice.training.patches import labelled
from seaice.training.patches.labelled import BLOCK_PX, Block, LabelledArea


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
        # From sample 35 on: the first column of labelled blocks holds 13 of its 16 columns.
        arrays["SIC"][:, 35:] = 7
        arrays["SIC"][40, 70] = 2
        arrays["SOD"][41, 71] = 4

    return [
        Scene.open(make_scene(change=change, name=f"2018032{day}T000000_dmi_prep.nc"))
        for day, change in ((1, plain), (2, spot))
    ]


def test_the_area_knows_every_pixel_and_class(scenes):
    area = LabelledArea.of(scenes, 400)
    # 96 x 128 pixels; in the second scene 35 columns of them have no label.
    assert area.labelled.tolist() == [96 * 128, 96 * 93]
    assert area.classes[:, 0, 3].tolist() == [96 * 128, 0]
    assert area.classes[:, 0, 7].tolist() == [0, 96 * 93]
    assert area.pixels[0, [2, 3, 7]].tolist() == [1, 96 * 128, 96 * 93 - 1]
    assert area.pixels[1:].sum() == area.pixels[1, 4] == 1
    # A pixel of the class makes its block count, with all its labelled pixels.
    assert area.classes[:, 0, 2].tolist() == [0, 256]
    assert area.classes[:, 1, 4].tolist() == [0, 256]
    assert area.classes.sum() == area.labelled.sum() + 2 * 256


def test_a_pixel_with_labels_in_several_charts_counts_once(make_scene):
    def overlapping(arrays):
        for name in CHARTS:
            arrays[name][:] = FILL
        arrays["SIC"][:3, 50:60] = 4
        arrays["SOD"][2:5, 50:60] = 1
        # No class: unlabelled.
        arrays["FLOE"][90, 120] = 46

    area = LabelledArea.of([Scene.open(make_scene(change=overlapping))], 400)
    assert area.labelled.tolist() == [50]


def test_coarser_blocks_are_those_of_the_coarser_chart(make_scene):
    scene = Scene.open(make_scene(97, 131, 80))
    area = LabelledArea.of([scene], 400)
    charts = np.stack([read_chart(scene, name, 400) for name in CHARTS])
    assert area.labelled.tolist() == [np.count_nonzero((charts != FILL).any(axis=0))]
    sod = charts[CHARTS.index("SOD")]
    blocks = {
        (line, sample)
        for line in range(0, sod.shape[0], BLOCK_PX)
        for sample in range(0, sod.shape[1], BLOCK_PX)
        if (sod[line : line + BLOCK_PX, sample : sample + BLOCK_PX] == 3).any()
    }
    rng = np.random.default_rng(0)
    drawn = [area.block_with(CHARTS.index("SOD"), 3, rng) for _ in range(100)]
    assert {(block.line, block.sample) for block in drawn} == blocks


def test_what_was_found_is_recalled(scenes, tmp_path, monkeypatch):
    store = Store(tmp_path / "kept")
    found = LabelledArea.of(scenes, 400, store)
    asked, look = [], labelled._blocks

    def watched(scene: Scene, spacing_m: float) -> np.ndarray:
        asked.append((scene.id, spacing_m))
        return look(scene, spacing_m)

    monkeypatch.setattr(labelled, "_blocks", watched)
    recalled = LabelledArea.of(scenes, 400, store)
    assert asked == []
    np.testing.assert_array_equal(recalled.labelled, found.labelled)
    np.testing.assert_array_equal(recalled.classes, found.classes)
    blocks = [area.any_block(np.random.default_rng(3)) for area in (found, recalled)]
    assert blocks[0] == blocks[1]
    LabelledArea.of(scenes, 800, store)
    assert asked == [(scene.id, 800) for scene in scenes]


def test_a_scene_that_changes_during_the_search_is_no_fault(make_scene, monkeypatch, tmp_path):
    """Its identity is asked for once; the next run finds it changed."""
    scene, look = Scene.open(make_scene()), labelled._blocks

    def touched(of: Scene, spacing_m: float) -> tuple[np.ndarray, np.ndarray]:
        of.path.touch()
        return look(of, spacing_m)

    monkeypatch.setattr(labelled, "_blocks", touched)
    assert LabelledArea.of([scene], 400, Store(tmp_path / "kept")).labelled.any()


def test_a_changed_scene_is_looked_at_again(make_scene, tmp_path):
    store = Store(tmp_path / "kept")
    before = LabelledArea.of([Scene.open(make_scene())], 400, store)

    def clear(arrays):
        arrays["SIC"][:] = FILL

    after = LabelledArea.of([Scene.open(make_scene(change=clear))], 400, store)
    assert before.classes[0, 0].any()
    assert not after.classes[0, 0].any()


def repacked(change):
    """Sound in form, changed in what it says."""

    def spoil(value: bytes) -> bytes:
        blocks = labelled._unpacked(value).copy()
        change(blocks)
        return labelled._packed(blocks, labelled._unpacked_counts(value))

    return spoil


def recounted(change):
    """Sound in form, with other numbers of pixels by class."""

    def spoil(value: bytes) -> bytes:
        counts = labelled._unpacked_counts(value).copy()
        change(counts)
        return labelled._packed(labelled._unpacked(value), counts)

    return spoil


def pixels_below_zero(counts):
    counts[counts > 0] *= -1


def pixels_of_a_class_that_no_block_has(counts):
    counts[counts == 0] = 1


def no_class_of_ours(blocks):
    blocks[:-1] |= np.uint16(1 << 15)


def more_than_a_block_holds(blocks):
    blocks[-1][blocks[-1] > 0] = BLOCK_PX**2 + 1


def labels_of_no_class(blocks):
    blocks[:-1] = 0


def classes_of_no_pixel(blocks):
    blocks[-1] = 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: b"",
        lambda value: value[:-3],
        lambda value: value[:20] + bytes([value[20] ^ 255]) + value[21:],
        lambda value: b"\x01" + value[1:],
        repacked(no_class_of_ours),
        repacked(more_than_a_block_holds),
        repacked(labels_of_no_class),
        repacked(classes_of_no_pixel),
        recounted(pixels_below_zero),
        recounted(pixels_of_a_class_that_no_block_has),
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
    again = LabelledArea.of(scenes, 400, store)
    np.testing.assert_array_equal(again.classes, sound.classes)
    np.testing.assert_array_equal(again.labelled, sound.labelled)
    np.testing.assert_array_equal(again.pixels, sound.pixels)


def test_the_search_is_told_where_there_is_one(scenes, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    store = Store(tmp_path / "kept")
    LabelledArea.of(scenes[:1], 400, store)
    LabelledArea.of(scenes, 800, store)
    LabelledArea.of(scenes, 800, store)
    LabelledArea.of(scenes, 400)
    assert caplog.messages == [
        "indexing the labels of 1 scene (first use only)",
        "indexing the labels of 2 scenes (first use only)",
        "indexing the labels of 2 scenes",
    ]


def test_a_long_search_tells_how_far_it_is(make_scene, caplog, monkeypatch):
    first = make_scene()
    paths = [first.with_name(f"20180325T{number:06}_dmi_prep.nc") for number in range(53)]
    for path in paths:
        path.hardlink_to(first)
    blocks = np.ones((len(CHARTS) + 1, 6, 8), np.uint16)
    counts = np.zeros((len(CHARTS), labelled._MOST_CLASSES), np.int64)
    monkeypatch.setattr(labelled, "_blocks", lambda scene, spacing_m: (blocks, counts))
    caplog.set_level(logging.INFO)
    assert LabelledArea.of([Scene.open(path) for path in paths], 400).labelled.tolist() == [48] * 53
    progress = [f"indexed {done} of 53 scenes" for done in range(6, 53, 6)]
    assert caplog.messages == ["indexing the labels of 53 scenes", *progress]


def test_no_file_stays_open_where_one_cannot_be_read(make_scene, monkeypatch):
    made = []

    class Watched(labelled.OpenFiles):
        def close(self) -> None:
            made.append(len(self._open))
            super().close()

    def fails(*_: object) -> np.ndarray:
        raise MemoryError

    monkeypatch.setattr(labelled, "OpenFiles", Watched)
    monkeypatch.setattr(labelled, "_any_of_block", fails)
    with pytest.raises(MemoryError):
        LabelledArea.of([Scene.open(make_scene())], 400)
    # Open while it was read, and closed on the way out, not by the garbage collection.
    assert made[0] == 1


def test_scenes_without_any_label_are_refused(make_scene):
    with pytest.raises(NoScenesError, match="no labelled pixels"):
        LabelledArea.of([Scene.open(make_scene(without=CHARTS))], 400)
    with pytest.raises(NoScenesError, match="no labelled pixels"):
        LabelledArea.of([], 400)


def test_the_last_labelled_pixel_is_drawn(make_scene):
    """Of a last, partial block too: the scene's last pixel alone holds a label."""

    def last(arrays):
        for name in CHARTS:
            arrays[name][:] = FILL
        arrays["FLOE"][-1, -1] = 1

    area = LabelledArea.of([Scene.open(make_scene(70, 90, change=last))], 400)
    assert area.labelled.tolist() == [1]
    assert area.any_block(np.random.default_rng(0)) == Block(0, 64, 80)


def test_pixels_of_each_class_are_counted(make_scene):
    scenes = [
        Scene.open(make_scene(seed=seed, name=f"20180325T00000{seed}_dmi_prep.nc"))
        for seed in (1, 2)
    ]
    counts = LabelledArea.of(scenes, 400).pixels
    for index, name in enumerate(CHARTS):
        charts = np.concatenate([read_chart(scene, name, 400).ravel() for scene in scenes])
        expected = np.bincount(charts[charts != FILL], minlength=counts.shape[1])
        np.testing.assert_array_equal(counts[index], expected)


def test_a_block_is_found_by_the_share_of_pixels_before_it(scenes):
    area = LabelledArea.of(scenes, 400)
    total = 96 * (128 + 93)
    assert area.block_at(0) == Block(0, 0, 0)
    assert area.block_at(256 / total) == Block(0, 0, BLOCK_PX)
    assert area.block_at((96 * 128 - 1) / total) == Block(0, 80, 112)
    # The second scene's first column of blocks has no label, its next one 13 of 16 columns.
    assert area.block_at(96 * 128 / total) == Block(1, 0, 2 * BLOCK_PX)
    assert area.block_at(1 - 1e-12) == Block(1, 80, 112)
