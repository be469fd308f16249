"""The picture of a sweep for papers: what stands in it can be read."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from seaice.figures.differences import DifferenceTable
from seaice.figures.field_picture import (
    _draw_lines,
    _draw_table,
    _legend_columns,
    field_picture,
)
from seaice.figures.fields import FieldLine, FieldPoint, field_figure
from seaice.figures.picture_parts import GREY
from seaice.figures.series import colour

_POINT = FieldPoint("1-2", 30.0, 80.0, 77.0, 83.0, {0: 80.0})
_CENTRE = FieldPoint("centre", 20.0, 79.0, 76.0, 82.0, {0: 79.0})
LINES = [FieldLine(label, (_POINT,), centre=_CENTRE) for label in ("sar", "amsr2", "all")]
POINTS = np.array([[0.0, 1.0, -4.0], [9.0, -9.0, np.nan]])


@pytest.fixture
def table() -> DifferenceTable:
    """Differences from none to the widest, and a cell that is not trained."""
    texts = [[f"{value:+.1f}" for value in row] for row in POINTS]
    nothing = np.zeros(POINTS.shape, bool)
    return DifferenceTable(
        ["none", "1-2-3"], list("abc"), POINTS, texts, texts, np.isnan(POINTS), nothing
    )


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance after WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_every_cell(table: DifferenceTable):
    axes = Figure().subplots()
    _draw_table(axes, table)
    (cells,) = axes.images
    assert len(axes.texts) == POINTS.size
    for text, value in zip(axes.texts, POINTS.ravel(), strict=True):
        ground = (1.0, 1.0, 1.0) if np.isnan(value) else cells.to_rgba(value)[:3]
        dark, light = sorted([luminance(to_rgb(text.get_color())), luminance(ground)])
        # What WCAG asks of text.
        assert (light + 0.05) / (dark + 0.05) >= 4.5, text.get_text()


def test_lines_stand_where_they_do_on_the_page():
    """Side by side: intervals at the same field would cover each other."""
    axes = Figure().subplots()
    _draw_lines(axes, LINES, {})
    drawn = [bar.lines[0].get_xdata()[0] for bar in axes.containers]
    shown = [trace.x[0] for trace in field_figure(LINES, {}, "Score", dark=False).data]
    assert drawn == shown
    assert len(set(drawn)) == 6


def test_names_of_baselines_stand_in_the_legend_alone():
    """Beside their lines, those of close scores covered each other, and the largest fields."""
    linear = {f"linear \N{MIDDLE DOT} {name}": 80.0 for name in ("sar", "amsr2", "other")}
    axes = Figure().subplots()
    _draw_lines(axes, LINES, {**linear, "water": 78.0})
    assert axes.get_legend_handles_labels()[1] == ["sar", "amsr2", "all", "linear", "water"]
    assert not axes.texts
    symbols = [line for line in axes.lines if len(line.get_xdata()) == 1 and line.get_xdata() < 1]
    inks = [colour(number, dark=False) for number in (0, 1)]
    assert [to_hex(each.get_color()) for each in symbols] == inks
    across = [line for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    assert [to_hex(each.get_color()) for each in across] == [*inks, GREY, GREY]
    assert across[0].get_linestyle() == across[2].get_linestyle() != across[3].get_linestyle()


def test_a_legend_takes_as_many_rows_as_its_names_need():
    assert [_legend_columns(names) for names in ([], ["sar"] * 8, ["x" * 75] * 3, ["x" * 400])] == [
        1,
        8,
        2,
        1,
    ]


def test_the_ground_is_white_whatever_the_user_has_set(table: DifferenceTable):
    with mpl.rc_context({"savefig.transparent": True, "savefig.facecolor": "black"}):
        content = field_picture([], {}, table, "Score", "note")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
