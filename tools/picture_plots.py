"""Pictures that are no maps: egg codes of polygons, lines over the incidence angle, a few words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from picture_sheet import INK, PAPER, font
from PIL import Image, ImageDraw

from seaice.ai4arctic.charts import CHART, DOMINANT_SHARE, FILL
from seaice.ai4arctic.egg_code import (
    EMPTY,
    FORM,
    FORMLESS,
    STAGE,
    EggCode,
    classify,
)
from seaice.figures.palettes import RGB

_GRID: RGB = (222, 226, 230)
_LEFT_PX, _BOTTOM_PX = 62, 66
_EGG_WORDS = ("CT", "CA CB CC", "SA SB SC", "FA FB FC")
_EGG_ROWS_PX = (46, 116, 186, 252)


@dataclass(frozen=True)
class Line:
    """A line of a plot.

    Attributes:
        values: One for each place on the axis.
        colour: Its colour.
        words: What the key calls it.
    """

    values: np.ndarray
    colour: RGB
    words: str


def line_plot(
    at: np.ndarray,
    lines: Sequence[Line],
    size: tuple[int, int],
    bounds: tuple[float, float],
    marks: Sequence[float],
    words: str,
) -> Image.Image:
    """Lines over one axis.

    Args:
        at: Places on the axis, growing, (n,).
        lines: What is drawn, (n,) values each.
        size: Width and height, pixels.
        bounds: Lowest and highest value shown.
        marks: Places with a vertical line.
        words: What the axis is.
    """
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    right, bottom = size[0] - 8, size[1] - _BOTTOM_PX

    def x(place: float) -> float:
        return _LEFT_PX + (place - at[0]) / (at[-1] - at[0]) * (right - _LEFT_PX)

    def y(value: float) -> float:
        return 6 + (bounds[1] - value) / (bounds[1] - bounds[0]) * (bottom - 6)

    for value in np.arange(bounds[0], bounds[1] + 1, 5):
        draw.line((_LEFT_PX, y(value), right, y(value)), _GRID, 1)
        draw.text((_LEFT_PX - 8, y(value)), f"{value:.0f}", INK, font(22), "rm")
    for mark in marks:
        draw.line((x(mark), 6, x(mark), bottom), (190, 196, 202), 2)
    for place in range(20, int(at[-1]) + 1, 5):
        draw.text((x(place), bottom + 4), f"{place}", INK, font(22), "ma")
    draw.text(((_LEFT_PX + right) / 2, bottom + 34), words, INK, font(24), "ma")
    for line in lines:
        inside = np.clip(line.values, *bounds)
        points = [(x(a), y(v)) for a, v in zip(at, inside, strict=True)]
        draw.line(points, line.colour, 4, joint="curve")
    return image


def egg_picture(eggs: Sequence[tuple[str, EggCode]], size: tuple[int, int]) -> Image.Image:
    """Egg codes side by side, below each how it is read.

    Args:
        eggs: Name and code of each polygon.
        size: Width and height, pixels.
    """
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    left = 150
    width = (size[0] - left) // max(1, len(eggs))
    for words, y in zip(_EGG_WORDS, _EGG_ROWS_PX, strict=True):
        draw.text((0, y), words, INK, font(24), "lm")
    for number, (name, code) in enumerate(eggs):
        middle = left + number * width + width // 2 - 30
        half = min(125, width // 2 - 4)
        draw.ellipse((middle - half, 8, middle + half, 292), outline=INK, width=3)
        for y in (80, 150, 220):
            draw.line((middle - half + 14, y, middle + half - 14, y), INK, 2)
        draw.text((middle - half, 0), name, INK, font(40), "la")
        for text, y in zip(_egg_rows(code), _EGG_ROWS_PX, strict=True):
            draw.text((middle, y), text, INK, font(30), "mm")
        for line, text in enumerate(reading(code)):
            draw.text((middle - half, 316 + 36 * line), text, INK, font(25))
    return image


def _egg_rows(code: EggCode) -> tuple[str, ...]:
    rows = (
        (code.ct,),
        (code.ca, code.cb, code.cc),
        (code.sa, code.sb, code.sc),
        (code.fa, code.fb, code.fc),
    )
    return tuple(
        "   ".join(f"{value:02d}" for value in row if value != EMPTY) or "-" for row in rows
    )


def reading(code: EggCode) -> list[str]:
    """How a code becomes classes of the three charts, in short lines."""
    sic, sod, floe = classify(code)
    lines = ["SIC: " + ("no label" if sic == FILL else CHART["SIC"].class_names[sic])]
    if sod == FILL:
        stages = (code.sa, code.sb, code.sc)
        lines += ["SOD: no label,", f"  {_why(stages, STAGE, 'stage')}"]
    else:
        lines += ["SOD:", f"  {CHART['SOD'].class_names[sod]}"]
    forms = (code.fa, code.fb, code.fc)
    if floe != FILL:
        lines += ["FLOE:", f"  {CHART['FLOE'].class_names[floe]}"]
    elif FORMLESS.intersection(forms):
        lines += ["FLOE: no label,", "  fast ice is among them"]
    else:
        lines += ["FLOE: no label,", f"  {_why(forms, FORM, 'form')}"]
    return lines


def _why(codes: Sequence[int], classes: dict[int, int], what: str) -> str:
    """Why a code has no class of stage or form."""
    if all(code not in classes for code in codes if code != EMPTY):
        return f"the {what} is unknown"
    return f"no {what} has {100 * DOMINANT_SHARE:.0f} %"


def words_picture(rows: Sequence[tuple[str, str]], size: tuple[int, int]) -> Image.Image:
    """Names and values, one below the other."""
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    for number, (name, value) in enumerate(rows):
        y = 10 + 40 * number
        draw.text((0, y), name, INK, font(25))
        draw.text((size[0] - 4, y), value, INK, font(25), "ra")
        draw.line((0, y + 35, size[0], y + 35), _GRID, 1)
    return image
