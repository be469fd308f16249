"""Sheets of small maps with titles, units and keys, drawn with Pillow in the project's palettes.

Pillow's own font is used, which has no letters beyond ASCII and the degree sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from seaice.ai4arctic.charts import FILL
from seaice.figures.palettes import HATCH, LAND, RGB, Palette

PAPER: RGB = (255, 255, 255)
INK: RGB = (28, 36, 44)
NO_DATA: RGB = (236, 238, 240)
_QUIET: RGB = (90, 100, 110)

# A sheet is shown at half its size in a page of 900 pixels, where letters have half this height.
SHEET_PX, _MARGIN_PX, _GAP_PX = 1720, 12, 28
_TITLE_PX, _FOOT_PX, _BAR_PX, _ENTRY_PX = 40, 44, 20, 34
_LETTERS_PX = 26
_STRIPE_PX = 16


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet.

    Attributes:
        title: What it shows, with the unit.
        image: RGB.
        key: What the colours mean; None where the picture says so itself.
        classes: Classes that the key lists; None lists all.
        extra: Further entries of the key, colour and words.
    """

    title: str
    image: Image.Image
    key: Palette | None = None
    classes: Sequence[int] | None = None
    extra: Sequence[tuple[RGB, str]] = ()


def font(size_px: int = _LETTERS_PX) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font."""
    return ImageFont.load_default(size_px)


def panel_px(columns: int) -> int:
    """Width of a panel of a sheet with so many side by side."""
    return (SHEET_PX - 2 * _MARGIN_PX - (columns - 1) * _GAP_PX) // columns


def field_map(
    values: np.ndarray,
    palette: Palette,
    width_px: int,
    land: np.ndarray | None = None,
    unseen: np.ndarray | None = None,
) -> Image.Image:
    """A map of numbers.

    Args:
        values: (lines, samples) numbers; averaged where they are more than the picture's pixels.
        palette: A continuous scale.
        width_px: Width of the picture.
        land: Drawn as land, bool (lines, samples).
        unseen: Drawn as no data, bool (lines, samples).
    """
    size = _size(values.shape, width_px)
    grown = values.shape[1] < width_px
    numbers = Image.fromarray(np.ascontiguousarray(values, np.float32))
    numbers = numbers.resize(size, Image.Resampling.NEAREST if grown else Image.Resampling.BOX)
    colours = palette.colours[palette.indices(np.asarray(numbers))]
    return _masked(colours, land, unseen)


def class_map(
    values: np.ndarray,
    palette: Palette,
    width_px: int,
    land: np.ndarray | None = None,
    unseen: np.ndarray | None = None,
) -> Image.Image:
    """A map of classes; sea of class 255 is hatched.

    Args:
        values: (lines, samples) classes, or the numbers that a palette's ranges divide.
        palette: Colours of the classes.
        width_px: Width of the picture.
        land: Drawn as land, bool (lines, samples).
        unseen: Drawn as no data, bool (lines, samples).
    """
    size = _size(values.shape, width_px)
    shown = _nearest(values, size)
    colours = palette.colours[palette.indices(shown)]
    if not palette.edges:
        lines, samples = np.indices(shown.shape)
        stripes = (lines + samples) % _STRIPE_PX < 0.3 * _STRIPE_PX
        colours[shown == FILL] = PAPER
        colours[(shown == FILL) & stripes] = HATCH
    return _masked(colours, land, unseen)


def write_sheet(path: Path, rows: Sequence[Sequence[Panel]], foot: str) -> Path:
    """Draw rows of panels and write them as a PNG of at most 256 colours.

    Args:
        path: The file.
        rows: From top to bottom, each from left to right.
        foot: What stands below, small: that the data are simulated, and of what scene.
    """
    strips = [_row(row) for row in rows]
    height = sum(strip.height for strip in strips) + _MARGIN_PX + _FOOT_PX
    sheet = Image.new("RGB", (SHEET_PX, height), PAPER)
    top = _MARGIN_PX
    for strip in strips:
        sheet.paste(strip, (_MARGIN_PX, top))
        top += strip.height
    ImageDraw.Draw(sheet).text((_MARGIN_PX, top + 4), foot, _QUIET, font(24))
    path.parent.mkdir(parents=True, exist_ok=True)
    few = sheet.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path


def _size(shape: tuple[int, ...], width_px: int) -> tuple[int, int]:
    return width_px, max(1, round(width_px * shape[0] / shape[1]))


def _masked(colours: np.ndarray, land: np.ndarray | None, unseen: np.ndarray | None) -> Image.Image:
    """A picture of colours, uint8 (height, width, 3), with land and what has no data on top."""
    for mask, colour in ((unseen, NO_DATA), (land, LAND)):
        if mask is not None:
            colours[_nearest(mask, colours.shape[1::-1])] = colour
    return Image.fromarray(colours)


def _nearest(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Values at the centres of a picture's pixels."""
    rows, columns = (
        ((np.arange(n) + 0.5) * have / n).astype(int)
        for n, have in zip(size[::-1], values.shape, strict=True)
    )
    return values[np.ix_(rows, columns)]


def _row(panels: Sequence[Panel]) -> Image.Image:
    """Panels side by side, their titles above and their keys below."""
    keys = [_key(panel) for panel in panels]
    picture = max(panel.image.height for panel in panels)
    below = max(key.height for key in keys)
    strip = Image.new("RGB", (SHEET_PX - 2 * _MARGIN_PX, _TITLE_PX + picture + below + 22), PAPER)
    draw = ImageDraw.Draw(strip)
    left = 0
    for panel, key in zip(panels, keys, strict=True):
        draw.text((left, 2), panel.title, INK, font())
        strip.paste(panel.image, (left, _TITLE_PX))
        strip.paste(key, (left, _TITLE_PX + panel.image.height + 8))
        left += panel.image.width + _GAP_PX
    return strip


def _key(panel: Panel) -> Image.Image:
    """A colour bar, or the classes with their names; nothing where there is no key."""
    width = panel.image.width
    if panel.key is not None and not panel.key.labels:
        bar = _colour_bar(panel.key, width)
        entries = list(panel.extra)
    else:
        bar = Image.new("RGB", (width, 0), PAPER)
        entries = [*_entries(panel), *panel.extra]
    legend = _legend(entries, width)
    key = Image.new("RGB", (width, bar.height + legend.height), PAPER)
    key.paste(bar, (0, 0))
    key.paste(legend, (0, bar.height))
    return key


def _entries(panel: Panel) -> list[tuple[RGB, str]]:
    if panel.key is None:
        return []
    listed = range(len(panel.key.labels)) if panel.classes is None else panel.classes
    return [(tuple(panel.key.colours[k].tolist()), panel.key.labels[k]) for k in listed]


def _colour_bar(palette: Palette, width_px: int) -> Image.Image:
    bar = Image.new("RGB", (width_px, _BAR_PX + _ENTRY_PX), PAPER)
    ramp = palette.colours[np.linspace(0, len(palette.colours) - 1, width_px).round().astype(int)]
    bar.paste(Image.fromarray(np.repeat(ramp[None], _BAR_PX, 0)), (0, 0))
    draw = ImageDraw.Draw(bar)
    draw.rectangle((0, 0, width_px - 1, _BAR_PX - 1), outline=_QUIET)
    middle = (palette.low + palette.high) / 2
    for share, value, anchor in (
        (0, palette.low, "la"),
        (0.5, middle, "ma"),
        (1, palette.high, "ra"),
    ):
        draw.text((share * (width_px - 1), _BAR_PX + 3), f"{value:.4g}", INK, font(24), anchor)
    return bar


def _legend(entries: Sequence[tuple[RGB, str]], width_px: int) -> Image.Image:
    """Swatches with words, in as many lines as they need."""
    letters, places, left, line = font(24), [], 0, 0
    for _, words in entries:
        needed = 34 + letters.getlength(words)
        if left and left + needed > width_px:
            left, line = 0, line + 1
        places.append((left, line * _ENTRY_PX))
        left += needed + 20
    legend = Image.new("RGB", (width_px, (line + 1) * _ENTRY_PX if entries else 0), PAPER)
    draw = ImageDraw.Draw(legend)
    for (colour, words), (x, y) in zip(entries, places, strict=True):
        draw.rectangle((x, y + 4, x + 24, y + 26), colour, _QUIET)
        draw.text((x + 32, y), words, INK, letters)
    return legend
