"""Swipe between any two of several maps on one large map, in the browser alone.

The server sends every map once, and the browser draws them without another round trip. swipe.js and
the files after it say what the browser does, swipe.css how it looks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from seaice.dashboard.components.files import joined
from seaice.dashboard.components.morph import Morph
from seaice.figures.extent import Extent
from seaice.figures.map_elements import map_elements
from seaice.figures.palettes import HATCH, LAND, Palette

_PNG = "data:image/png;base64,"
# A gradient of more colours than this looks no smoother.
_GRADIENT_COLOURS = 33
# Of degrees, 4 decimals are 11 m.
_DECIMALS = 4

_HTML = """
<section class="swipe" aria-label="Swipe viewer">
  <div class="choices">
    <label>Left <select data-part="left" aria-label="Left"></select></label>
    <label>Right <select data-part="right" aria-label="Right"></select></label>
    <div class="flips" role="group" aria-label="Right map" data-part="flips"></div>
    <label class="steps" data-part="stepsLabel" hidden>Atrous rates
      <input type="range" min="0" max="1" step="0.01" data-part="steps"
        aria-label="Atrous rates"></label>
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
          <div class="north" data-part="north" aria-hidden="true"><b>N</b>&uarr;</div>
          <div class="zoom" role="group" aria-label="Zoom">
            <button type="button" data-part="ruler" aria-label="Ruler" aria-pressed="false"
              title="Ruler: drag on the map to measure">km</button>
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


_component = st.components.v2.component(
    "seaice_swipe",
    html=_HTML,
    css=joined("swipe.css"),
    js=joined("swipe.js", "swipe_morph.js", "swipe_picture.js", "swipe_ruler.js", "swipe_words.js"),
)


@dataclass(frozen=True)
class SwipeMap:
    """One of the maps to swipe between.

    Attributes:
        title: What it shows. The viewer remembers the user's choice by it.
        layers: Palette PNGs as data URIs (`seaice.figures.png.map_png`), bottom to top. The
            opacity applies to the last one, and the readout reads it.
        palette: Palette of the last layer.
        unlabelled: Whether hatched pixels mean "unlabelled".
        land: Whether the legend explains the colour of land.
        message: Text over a map that has nothing to show.
        base: PNG below the layers; empty for none. It shows through a lowered opacity and
            translucent colours, and distinguishes valid pixels from those without data.
    """

    title: str
    layers: Sequence[str]
    palette: Palette
    unlabelled: bool = False
    land: bool = True
    message: str = ""
    base: str = ""


def swipe(
    maps: Sequence[SwipeMap],
    extent: Extent,
    flips: Sequence[tuple[str, int]],
    left: int,
    right: int,
    key: str,
    notes: np.ndarray | None = None,
    morph: Morph | None = None,
    ground: str = "",
) -> None:
    """Draw the viewer.

    Args:
        maps: The maps; at least one.
        extent: Ground that all of them cover.
        flips: Labels and indices of maps. Each gets a button and, up to nine, a number key that
            puts this map to the right.
        left: Index of the map at the left at first.
        right: Index of the map at the right at first.
        key: Key of the element. It keeps the user's choices when the maps change, and the zoom as
            long as the extent stays the same.
        notes: What the readout says besides the maps: (cells, cells) object array of texts on the
            pointer's grid.
        morph: Maps that a slider blends into one another, in place of a single one at the right.
            The flips are then its steps.
        ground: What place the maps show. The ruler's line does not outlast another one.

    Raises:
        ValueError: There is no map, an index is out of range, or a layer is not a PNG.
    """
    data = viewer_data(maps, extent, flips, left, right, key, notes, morph, ground)
    _component(key=key, data=data)


def viewer_data(
    maps: Sequence[SwipeMap],
    extent: Extent,
    flips: Sequence[tuple[str, int]],
    left: int,
    right: int,
    key: str,
    notes: np.ndarray | None = None,
    morph: Morph | None = None,
    ground: str = "",
) -> dict[str, object]:
    """JSON for the browser, every image once; arguments are those of `swipe`."""
    blended = [index for row in morph.rows.values() for index in row] if morph else []
    for index in (left, right, *(index for _, index in flips), *blended):
        if not 0 <= index < len(maps):
            raise ValueError(f"There is no map {index} among {len(maps)}.")
    # A dictionary keeps the order in which the images first occur.
    images: dict[str, int] = {}
    described = [_map_facts(each, images) for each in maps]
    return {
        "key": key,
        "ground": ground,
        "maps": described,
        "images": list(images),
        "extent": _extent_facts(extent),
        "flips": [{"label": label, "map": index} for label, index in flips],
        "left": left,
        "right": right,
        "land": list(LAND),
        "hatch": list(HATCH),
        "morph": morph and morph.facts(),
        "notes": None if notes is None else _note_facts(notes),
    }


def _note_facts(notes: np.ndarray) -> dict[str, object]:
    """Each text once, and which of them stands where."""
    texts, places = np.unique(notes.astype(str), return_inverse=True)
    return {"texts": texts.tolist(), "at": places.reshape(notes.shape).tolist()}


def _map_facts(shown: SwipeMap, images: dict[str, int]) -> dict[str, object]:
    """A map with its images as indices; adds new ones to `images`."""

    def index(uri: str) -> int:
        if not uri.startswith(_PNG):
            raise ValueError(f"A layer of the map {shown.title!r} is not a PNG data URI.")
        return images.setdefault(uri, len(images))

    return {
        "title": shown.title,
        "layers": [index(layer) for layer in shown.layers],
        "base": index(shown.base) if shown.base else None,
        "palette": _palette_facts(shown.palette),
        "unlabelled": shown.unlabelled,
        "land": shown.land,
        "message": shown.message,
    }


def _palette_facts(palette: Palette) -> dict[str, object]:
    """What legend and readout need: colours of classes, or of a gradient from low to high."""
    count = len(palette.colours)
    most = count if palette.labels else _GRADIENT_COLOURS
    shown = np.linspace(0, count - 1, min(most, count)).round().astype(int)
    step = (palette.high - palette.low) / max(count - 1, 1)
    return {
        "title": palette.title,
        "labels": list(palette.labels),
        "colours": [palette.css(int(index)) for index in shown],
        "count": count,
        "low": float(palette.low),
        "high": float(palette.high),
        "name": palette.name,
        "unit": palette.unit,
        # As many decimals as two neighbouring colours can tell apart.
        "decimals": max(0, math.ceil(-math.log10(abs(step)))) if step else 0,
    }


def _extent_facts(extent: Extent) -> dict[str, object]:
    (height_km, width_km), elements = extent.size_km, map_elements(extent)
    return {
        "height_km": height_km,
        "width_km": width_km,
        # Both ends of the screen's axes, km in the scene.
        "x": extent.x,
        "y": extent.y,
        "transposed": extent.orientation.transposed,
        "top_km": extent.top_km,
        "left_km": extent.left_km,
        "north": elements.north,
        "graticule": elements.lines,
        "cell_km": extent.cell_km,
        "latitude": _rounded(extent.latitude),
        "longitude": _rounded(extent.longitude),
        # Where axes are not the scene's own.
        "line_km": _rounded(extent.line_km),
        "sample_km": _rounded(extent.sample_km),
    }


def _rounded(values: np.ndarray | None) -> list[list[float | None]] | None:
    """Nested lists; None for values that are not finite, which JSON cannot hold."""
    if values is None:
        return None
    rounded = np.round(values.astype(np.float64), _DECIMALS).astype(object)
    rounded[~np.isfinite(values)] = None
    nested: list[list[float | None]] = rounded.tolist()
    return nested
