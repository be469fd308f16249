"""Swipe between any two of several maps on one large map, in the browser alone.

A component of its own: every map is sent once and drawn from there on without a round trip to the
server. What the browser does is in swipe.js and the files behind it, how it looks in swipe.css.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from seaice.figures.maps import Extent
from seaice.figures.palettes import HATCH, LAND, Palette

_PNG = "data:image/png;base64,"
# A gradient of more colours than this looks no smoother.
_GRADIENT_COLOURS = 33
_BRACKETED = re.compile(r" ?\(([^()]*)\)$")
# A title as short as "dB" or "K" is a unit itself.
_UNIT_LENGTH = 3
# Degrees: 4 decimals are 11 m.
_DEGREE_DECIMALS = 4

_HTML = """
<section class="swipe" aria-label="Swipe viewer">
  <div class="choices">
    <label>Left <select data-part="left" aria-label="Left"></select></label>
    <label>Right <select data-part="right" aria-label="Right"></select></label>
    <div class="flips" role="group" aria-label="Right map" data-part="flips"></div>
  </div>
  <div class="stage">
    <div class="main">
      <div class="map">
        <div class="axis upright" data-part="lines" aria-hidden="true"></div>
        <div class="figure" data-part="figure" role="figure" tabindex="0"
          aria-keyshortcuts="+ - 0 ArrowLeft ArrowRight ArrowUp ArrowDown">
          <canvas data-part="canvas"></canvas>
          <div class="side" data-part="leftSide"><b></b><p></p></div>
          <div class="side" data-part="rightSide"><b></b><p></p></div>
          <div class="divider" data-part="divider" aria-hidden="true"></div>
          <div class="scale" data-part="scale" aria-hidden="true"></div>
          <div class="zoom" role="group" aria-label="Zoom">
            <button type="button" data-zoom="2" aria-label="Zoom in" title="Zoom in">+</button>
            <button type="button" data-zoom="0.5" aria-label="Zoom out"
              title="Zoom out">&minus;</button>
            <button type="button" data-zoom="0" aria-label="Whole scene"
              title="Whole scene">&#x2922;</button>
          </div>
        </div>
        <div class="axis corner" aria-hidden="true">km</div>
        <div class="axis level" data-part="samples" aria-hidden="true"></div>
      </div>
      <p class="readout" data-part="readout" aria-live="off"></p>
      <div class="sliders">
        <label>Divider <input type="range" min="0" max="100" step="1" data-part="share"></label>
        <label>Opacity of overlays
          <input type="range" min="0" max="100" step="5" data-part="opacity"></label>
      </div>
    </div>
    <div class="legends" data-part="legends"></div>
  </div>
</section>
"""


def _text(*names: str) -> str:
    """Files beside this one, one behind the other."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


_component = st.components.v2.component(
    "seaice_swipe",
    html=_HTML,
    css=_text("swipe.css"),
    js=_text("swipe.js", "swipe_picture.js", "swipe_words.js"),
)


@dataclass(frozen=True)
class View:
    """One of the maps to swipe between.

    Attributes:
        title: What it shows, in words; the user's choice survives a rerun by it.
        layers: Palette PNGs as data URIs (`seaice.figures.png.map_png`), bottom to top. The
            opacity acts on the last one, and the pointer reads it.
        palette: Of the last layer.
        unlabelled: Whether hatched pixels mean "unlabelled".
        land: Whether the legend explains the colour of land.
        message: Words over a map that has nothing to show.
        base: PNG below the layers; it shows where the opacity is lowered or where the last layer
            has translucent colours, and tells valid pixels from those without data. Empty for none.
    """

    title: str
    layers: Sequence[str]
    palette: Palette
    unlabelled: bool = False
    land: bool = True
    message: str = ""
    base: str = ""


def swipe(
    views: Sequence[View],
    extent: Extent,
    flips: Sequence[tuple[str, int]],
    left: int,
    right: int,
    key: str,
) -> None:
    """Draw the viewer.

    Args:
        views: The maps; at least one.
        extent: Ground that all of them cover.
        flips: Labels and indices into the views: one button each, and the keys 1 to 9, which set
            the right map.
        left: Index of the view at the left at first.
        right: The same at the right.
        key: Of the element. The user's choices belong to it and survive new views; the zoom as
            long as the extent stays the same.

    Raises:
        ValueError: There is no view, an index names none, or a layer is no PNG.
    """
    _component(key=key, data=viewer_data(views, extent, flips, left, right, key))


def viewer_data(
    views: Sequence[View],
    extent: Extent,
    flips: Sequence[tuple[str, int]],
    left: int,
    right: int,
    key: str,
) -> dict[str, object]:
    """What the browser is sent: JSON, every image once; arguments are those of `swipe`."""
    for index in (left, right, *(index for _, index in flips)):
        if not 0 <= index < len(views):
            raise ValueError(f"There is no view {index} among {len(views)}.")
    # A dictionary keeps the order in which the images first occur.
    images: dict[str, int] = {}
    described = [_view_facts(view, images) for view in views]
    return {
        "key": key,
        "views": described,
        "images": list(images),
        "extent": _extent_facts(extent),
        "flips": [{"label": label, "view": index} for label, index in flips],
        "left": left,
        "right": right,
        "land": list(LAND),
        "hatch": list(HATCH),
    }


def _view_facts(view: View, images: dict[str, int]) -> dict[str, object]:
    """A view with its images as indices; adds those that are new to `images`."""

    def index(uri: str) -> int:
        if not uri.startswith(_PNG):
            raise ValueError(f"A layer of the view {view.title!r} is no PNG data URI.")
        return images.setdefault(uri, len(images))

    return {
        "title": view.title,
        "layers": [index(layer) for layer in view.layers],
        "base": index(view.base) if view.base else None,
        "palette": _palette_facts(view.palette),
        "unlabelled": view.unlabelled,
        "land": view.land,
        "message": view.message,
    }


def _palette_facts(palette: Palette) -> dict[str, object]:
    """What a legend and the pointer need: colours of classes, or of a gradient from low to high."""
    count = len(palette.colours)
    shown = range(count)
    if not palette.labels:
        shown = np.linspace(0, count - 1, min(_GRADIENT_COLOURS, count)).round().astype(int)
    name, unit = _name_and_unit(palette.title)
    step = (palette.high - palette.low) / max(count - 1, 1)
    return {
        "title": palette.title,
        "labels": list(palette.labels),
        "colours": [palette.css(int(index)) for index in shown],
        "count": count,
        "low": float(palette.low),
        "high": float(palette.high),
        "name": name,
        "unit": unit,
        # As many decimals as two neighbouring colours can tell apart.
        "decimals": max(0, math.ceil(-math.log10(abs(step)))) if step else 0,
    }


def _name_and_unit(title: str) -> tuple[str, str]:
    """What stands before and behind a number of a palette; a unit says enough by itself.

    A unit is what ends the title in brackets, where it holds no number, or a title that is no
    longer than a unit.

    >>> _name_and_unit("SIC error (points)")
    ('', 'points')
    >>> _name_and_unit("Evidence (1 = strongest)")
    ('Evidence', '')
    """
    match = _BRACKETED.search(title)
    if match and not any(letter.isdigit() for letter in match[1]):
        return "", match[1]
    if len(title) <= _UNIT_LENGTH:
        return "", title
    return _BRACKETED.sub("", title), ""


def _extent_facts(extent: Extent) -> dict[str, object]:
    located = extent.latitude is not None and extent.longitude is not None
    return {
        "lines_km": extent.lines_km,
        "samples_km": extent.samples_km,
        "top_km": extent.top_km,
        "left_km": extent.left_km,
        "cell_km": extent.cell_km,
        "latitude": _degrees(extent.latitude) if located else None,
        "longitude": _degrees(extent.longitude) if located else None,
    }


def _degrees(values: np.ndarray) -> list[list[float | None]]:
    """Nested lists; None where not finite, which JSON cannot say otherwise."""
    rounded = np.round(values.astype(np.float64), _DEGREE_DECIMALS)
    return np.where(np.isfinite(rounded), rounded, None).tolist()
