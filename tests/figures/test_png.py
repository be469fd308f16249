import base64
import io

import numpy as np
from PIL import Image

from seaice.core.grids.orientation import ORIENTATIONS
from seaice.figures.palettes import HATCH, LAND, chart_palette, heat_palette
from seaice.figures.png import map_png


def decoded(uri: str) -> np.ndarray:
    head, _, content = uri.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA"))


def test_a_turned_map_has_the_same_pixels_elsewhere():
    classes, palette = np.arange(6).reshape(2, 3), chart_palette("SOD")
    everywhere = np.ones(classes.shape, bool)
    straight = decoded(map_png(classes, palette, everywhere, ~everywhere))
    for orientation in ORIENTATIONS:
        uri = map_png(classes, palette, everywhere, ~everywhere, orientation=orientation)
        np.testing.assert_array_equal(decoded(uri), orientation.apply(straight))


def test_each_kind_of_pixel_has_its_look():
    palette = chart_palette("SOD")
    classes = np.full((20, 20), 5, np.uint8)
    classes[:, 10:] = 255
    valid = np.ones((20, 20), bool)
    valid[0], valid[1] = False, False
    land = np.zeros((20, 20), bool)
    land[1] = True
    # Land as the distance map tells it, but with radar data: what the radar saw is shown.
    land[3, 0] = True
    pixels = decoded(map_png(classes, palette, valid, land, classes != 255))
    assert (pixels[0, :, 3] == 0).all()
    assert (pixels[1, :, :3] == LAND).all()
    assert (pixels[2:, :10, :3] == palette.colours[5]).all()
    unlabelled = pixels[2:, 10:]
    striped = (unlabelled[..., :3] == HATCH).all(axis=-1) & (unlabelled[..., 3] == 255)
    assert 0.2 < striped.mean() < 0.4
    assert (unlabelled[~striped][:, 3] == 0).all()


def test_weak_values_can_be_clear():
    values = np.array([[0.0, 0.5, 1.0]])
    alpha = np.linspace(0, 200, 64).astype(np.uint8)
    everywhere = np.ones((1, 3), bool)
    pixels = decoded(map_png(values, heat_palette(), everywhere, ~everywhere, alpha=alpha))
    assert list(pixels[0, :, 3]) == [0, alpha[32], 200]


def test_values_that_are_not_finite_do_no_harm():
    values = np.array([[np.nan, np.inf, -np.inf]], np.float32)
    valid = np.isfinite(values)
    pixels = decoded(map_png(values, heat_palette(), valid, ~valid & False))
    assert (pixels[..., 3] == 0).all()
