"""Values between the points of a raw scene."""

from pathlib import Path

import numpy as np
import pytest

from seaice.core.errors import SceneError
from seaice.scenes.convert.points import POINT_VARIABLES, Points

PATH = Path("raw.nc")
LINES, SAMPLES = np.array([0.0, 40, 90, 99]), np.array([0.0, 50, 100, 150, 179])
SHAPE = (100, 180)


def point_values(longitude: float = -40.0, **changed: np.ndarray) -> dict[str, np.ndarray]:
    """Points whose values are linear in line and sample."""
    line, sample = (each.ravel() for each in np.meshgrid(LINES, SAMPLES, indexing="ij"))
    east = (longitude + 0.001 * sample + 180) % 360 - 180
    values = (line, sample, 70 - 0.0005 * line, east, 20 + 0.01 * line + 0.1 * sample)
    return dict(zip(POINT_VARIABLES, values, strict=True)) | changed


def test_between_uneven_points_and_beyond() -> None:
    """What is linear stays so, whatever the steps; the slope goes on beyond the last point."""
    points = Points.of(PATH, point_values(), (104, 184))
    line, sample = np.array([0.5, 39, 41, 95, 103]), np.array([0.5, 149.5, 151, 183])
    expected = 20 + 0.01 * line[:, None] + 0.1 * sample
    angle = points.incidence_at(line, sample)
    assert angle.dtype == np.float32
    np.testing.assert_allclose(angle, expected, rtol=1e-6)
    latitude, longitude = points.positions_at(line, sample)
    np.testing.assert_allclose(latitude, (70 - 0.0005 * line)[:, None].repeat(4, 1), atol=2e-6)
    np.testing.assert_allclose(longitude, (-40 + 0.001 * sample)[None].repeat(5, 0), atol=2e-6)


def test_bilinear_in_a_lattice_cell() -> None:
    """A quarter of the way along lines, half along samples."""
    values = point_values()
    values["sar_grid_incidenceangle"] = np.full(20, 30.0)
    values["sar_grid_incidenceangle"][0] = 38  # line 0, sample 0
    points = Points.of(PATH, values, SHAPE)
    angle = points.incidence_at(np.array([10.0]), np.array([25.0]))
    np.testing.assert_allclose(angle, [[30 + 8 * 0.75 * 0.5]])
    values["sar_grid_incidenceangle"][-1] = 38  # line 99, sample 179, at the end of shorter steps
    points = Points.of(PATH, values, SHAPE)
    angle = points.incidence_at(np.array([94.5]), np.array([164.5]))
    np.testing.assert_allclose(angle, [[30 + 8 * 0.5 * 0.5]])


def test_any_order_gives_the_same() -> None:
    values = point_values()
    order = np.random.default_rng(3).permutation(20)
    mixed = Points.of(PATH, {name: array[order] for name, array in values.items()}, SHAPE)
    sorted_ones = Points.of(PATH, values, SHAPE)
    for name in ("line", "sample", "latitude_deg", "longitude_deg", "incidence_deg"):
        np.testing.assert_array_equal(getattr(mixed, name), getattr(sorted_ones, name))


@pytest.mark.parametrize("longitude", [179.95, 180.0, -179.95, 539.95 - 360])
def test_across_180_degrees(longitude: float) -> None:
    """No longitude in between lies on the other side of the Earth."""
    points = Points.of(PATH, point_values(longitude), SHAPE)
    sample = np.linspace(0, 179, 50)
    _, east = points.positions_at(np.array([10.0, 95.0]), sample)
    expected = (longitude + 0.001 * sample + 180) % 360 - 180
    assert ((east >= -180) & (east < 180)).all()
    difference = (east - expected + 180) % 360 - 180
    assert np.abs(difference).max() < 1e-6


def test_steps_of_20_km_keep_to_50_metres() -> None:
    """Between points on a great circle 20 km apart, near the pole, crossing 180 degrees."""
    along = np.radians(np.arange(5) * 0.18)  # 20 km each

    def on_circle(angle: np.ndarray) -> np.ndarray:
        start = np.radians([86.0, 179.0])
        first = np.array(
            [np.cos(start[0]) * np.cos(start[1]), np.cos(start[0]) * np.sin(start[1]), 0]
        )
        first[2] = np.sin(start[0])
        second = np.cross(first, [0, 0, 1.0])
        second /= np.linalg.norm(second)
        return np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second

    vectors = on_circle(along)
    latitude = np.degrees(np.arcsin(vectors[:, 2]))
    longitude = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
    values = point_values(
        sar_grid_latitude=np.tile(latitude, 4), sar_grid_longitude=np.tile(longitude, 4)
    )
    values["sar_grid_sample"] = np.tile(np.arange(5) * 500.0, 4)
    points = Points.of(PATH, values, (100, 2001))
    sample = np.linspace(0, 2000, 101)
    north, east = (np.radians(each[0]) for each in points.positions_at(np.array([5.0]), sample))
    made = np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), 1)
    exact = on_circle(np.radians(sample / 500 * 0.18))
    assert np.linalg.norm(made - exact, axis=1).max() * 6_371_000 < 1


def shifted(name: str, index: int, value: float) -> dict[str, np.ndarray]:
    values = point_values()
    values[f"sar_grid_{name}"][index] = value
    return values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (shifted("line", 3, 1), "do not form a lattice"),
        (shifted("sample", 0, 50), "do not form a lattice"),
        ({name: array[:-1] for name, array in point_values().items()}, "do not form a lattice"),
        ({name: array[:5] for name, array in point_values().items()}, "do not form a lattice"),
        ({name: array[:0] for name, array in point_values().items()}, "do not form a lattice"),
        (shifted("line", 3, np.nan), "sar_grid_line"),
        (shifted("latitude", 3, 91), "sar_grid_latitude"),
        (shifted("longitude", 3, np.inf), "sar_grid_longitude"),
        (shifted("incidenceangle", 3, -5), "sar_grid_incidenceangle"),
    ],
)
def test_points_that_cannot_be_used(values: dict, words: str) -> None:
    with pytest.raises(SceneError, match=words) as raised:
        Points.of(PATH, values, SHAPE)
    assert str(raised.value).startswith("raw.nc ")


@pytest.mark.parametrize("shape", [(200, 180), (100, 400)])
def test_points_must_cover_the_grid(shape: tuple[int, int]) -> None:
    with pytest.raises(SceneError, match="points only on"):
        Points.of(PATH, point_values(), shape)
