import base64
import io

import pytest
from PIL import Image

from seaice.dashboard.scenes import summaries
from seaice.dashboard.scenes.table import scene_columns, scene_table
from seaice.figures.palettes import WATER
from seaice.scenes.scene import Scene


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    """Begin without the summaries of other tests."""
    summaries._memory().clear()


def test_thumbnails_are_small_pictures_in_the_colours_of_the_maps(make_scene):
    """The left eighth is masked, then comes open water, old ice is at the right."""
    summary = summaries._read(Scene.open(make_scene(160, 320)))
    hh, chart = (
        Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        for uri in (summary.hh, summary.chart)
    )
    assert hh.size == chart.size == (80, 40)
    assert len(summary.hh) + len(summary.chart) < 4000
    assert hh.getpixel((5, 20))[3] == chart.getpixel((5, 20))[3] == 0
    assert chart.getpixel((12, 20)) == (*WATER, 255)
    assert chart.getpixel((78, 20)) == (180, 100, 50, 255)
    *grey, alpha = hh.getpixel((40, 20))
    assert alpha == 255
    assert max(grey) - min(grey) <= 3


def test_thumbnails_are_north_up(make_scene):
    def mirror(arrays):
        """Samples run west, so the masked eighth lies in the east."""
        for name in ("sar_grid2d_latitude", "sar_grid2d_longitude"):
            arrays[name] = arrays[name][:, ::-1].copy()

    summary = summaries._read(Scene.open(make_scene(160, 320, change=mirror)))
    for uri in (summary.hh, summary.chart):
        picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        assert picture.getpixel((74, 20))[3] == 0
        assert picture.getpixel((5, 20))[3] == 255


def test_summaries_are_read_once(make_scene, monkeypatch):
    scene = Scene.open(make_scene())
    counts: list[int] = []
    first = summaries.scene_summaries([scene], None, counts.append)
    monkeypatch.setattr(summaries, "summarize", lambda scene: pytest.fail("read again"))
    assert summaries.scene_summaries([scene], 0, counts.append) == first
    assert counts == [1]


def test_the_columns_are_those_of_the_table(make_scene):
    table = scene_table([Scene.open(make_scene())], {})
    assert list(table.columns) == list(scene_columns())
    assert table["HH"].isna().all()


def test_a_missing_file_is_named(make_scene):
    path = make_scene()
    scene = Scene.open(path)
    path.unlink()
    assert path.name in summaries.scene_summaries([scene])[scene.id].problem


def test_the_first_scene_is_read_first_and_the_rest_in_time(make_scene, monkeypatch):
    scenes = [Scene.open(make_scene(name=f"{each}.nc")) for each in "abc"]
    clock = iter(range(0, 100, 2))
    monkeypatch.setattr(summaries.time, "monotonic", lambda: next(clock))
    assert list(summaries.scene_summaries(scenes, 0)) == []
    assert list(summaries.scene_summaries(scenes, 3)) == ["a"]
    assert list(summaries.scene_summaries(scenes)) == ["a", "b", "c"]
