import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.region import Region

ends = st.floats(0, 415.9).map(lambda value: round(value, 1))


@given(st.tuples(ends, ends, ends, ends), st.sampled_from([80.0, 400.0, 800.0]))
def test_a_window_lies_on_the_grid_and_covers_the_ground(spans, spacing_m):
    top, bottom, left, right = spans
    if top >= bottom or left >= right:
        with pytest.raises(ConfigError):
            Region((top, bottom), (left, right))
        return
    region = Region((top, bottom), (left, right))
    assert Region.parse(str(region)) == region
    grid = PixelGrid(5200, 5200, 80.0).at(spacing_m)
    lines, samples = grid.check(region.window(grid))
    km = spacing_m / 1000
    assert lines.start * km == pytest.approx(top, abs=km)
    assert lines.stop * km == pytest.approx(bottom, abs=km)
    assert samples.start * km == pytest.approx(left, abs=km)
    assert samples.stop * km == pytest.approx(right, abs=km)


def test_a_region_runs_no_further_than_the_scene():
    grid = PixelGrid(100, 100, 400)
    assert Region((30, 300), (0, 0.01)).window(grid) == (slice(75, 100), slice(0, 1))
    with pytest.raises(ConfigError, match="begins at 40 km; the scene ends at 40 km"):
        Region((40, 50), (0, 1)).window(grid)


def test_the_last_sliver_is_found_on_every_grid():
    fine = PixelGrid(1200, 1200, 80)
    region = Region((0, 96), (95.93, 96))
    for spacing_m in (80, 400, 800):
        grid = fine.at(spacing_m)
        assert region.window(grid)[1].stop == grid.samples


def test_what_overhangs_is_cut_off():
    grid = PixelGrid(96, 128, 400)
    assert Region((10, 900), (0, 900)).on(grid) == Region((10, 38.4), (0, 51.2))
    with pytest.raises(ConfigError):
        Region((40, 900), (0, 900)).on(grid)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1-2", "1-2_3", "1-2_3-4_5-6", "nan-1_0-1", "0-inf_0-1", "2-1_0-1", "<b>-1_0-1"],
)
def test_what_is_no_region_is_refused(text):
    with pytest.raises(ConfigError, match="region"):
        Region.parse(text)
