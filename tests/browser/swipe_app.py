"""An app that shows the swipe viewer alone, with maps whose every pixel is known.

Pixels of 1 km. No data in samples 0 to 9, of it land in lines 0 to 19; the chart is open water,
unlabelled in lines 80 to 99; HH is grey 200; a prediction is of one class; evidence grows with the
samples, from none. Positions are linear, and the date line runs through sample 50.
"""

import numpy as np
import streamlit as st

from seaice.core.grids.orientation import AS_ACQUIRED, Orientation
from seaice.dashboard.components.morph import Morph
from seaice.dashboard.components.swipe import SwipeMap, swipe
from seaice.figures.extent import Extent
from seaice.figures.palettes import Palette, chart_palette, heat_palette
from seaice.figures.png import map_png

SOD, HEAT = chart_palette("SOD"), heat_palette()
GREY = Palette(np.arange(128, dtype=np.uint8)[:, None].repeat(3, 1) * 2, (), -28, -4, unit="dB")

LINES, SAMPLES = np.mgrid[:100, :150]
VALID = SAMPLES >= 10
LAND = ~VALID & (LINES < 20)


TURNED = Orientation(transposed=True, mirrored=True)


def of_class(number: int) -> str:
    """A map of one class."""
    return map_png(np.full(VALID.shape, number), SOD, VALID, LAND)


def turned_map() -> SwipeMap:
    """A map that is turned a quarter clockwise, and grows with the samples."""
    image = map_png(SAMPLES / 149, HEAT, VALID, LAND, orientation=TURNED)
    return SwipeMap("Turned", [image], HEAT)


def maps() -> list[SwipeMap]:
    """All maps."""
    hh = map_png(np.full(VALID.shape, -28 + 24 * 100 / 127), GREY, VALID, LAND)
    chart = map_png(np.zeros(VALID.shape), SOD, VALID, LAND, LINES < 80)
    alpha = np.linspace(0, 235, len(HEAT.colours)).astype(np.uint8)
    evidence = map_png(SAMPLES / 149, HEAT, VALID, LAND, alpha=alpha)
    rates = {"1-2-3": 1, "3-6-9": 4, "6-12-18": 5}
    return [
        SwipeMap("Ice chart", [chart], SOD, unlabelled=True, base=hh),
        SwipeMap("HH", [hh], GREY),
        *(
            SwipeMap(f"Predicted SOD, rates {name}", [of_class(number)], SOD, base=hh)
            for name, number in rates.items()
        ),
        SwipeMap("Grad-CAM", [evidence], HEAT, base=hh),
        SwipeMap("Grad-CAM on HH", [hh, evidence], HEAT),
        SwipeMap("<img src=x onerror=alert(1)>", [], SOD, message="<b>Nothing</b> to show"),
    ]


def extent(orientation: Orientation = AS_ACQUIRED) -> Extent:
    """Of a part of a scene."""
    line, sample = np.mgrid[:10, :15] * 10 + 5
    longitude = (179 + 0.02 * sample + 180) % 360 - 180
    latitude = 70 - 0.01 * line
    return Extent(100, 150, 10, latitude, longitude, 10, 20, orientation)


def polar() -> Extent:
    """Of a map that is not the scene's own grid."""
    line, sample = np.mgrid[:10, :15].astype(np.float32) * 10 + 5
    return Extent(100, 150, 10, line_km=line, sample_km=sample)


def page() -> None:
    """Draw the page."""
    shown, flips = maps(), [("1-2-3", 2), ("3-6-9", 3), ("6-12-18", 4)]
    st.button("Again")
    if st.checkbox("Other data"):
        # A map more in front, and those of the last rates are gone.
        shown = [SwipeMap("New", [of_class(3)], SOD), *shown[:4], *shown[5:]]
        flips = [(label, index + 1) for label, index in flips[:2]]
    if st.checkbox("Slider"):
        first = 1 if st.checkbox("Fewer rates") else 0
        labels, fields_km, places = ["1-2-3", "3-6-9", "6-12-18"], [20.0, 40.0, 80.0], [2, 3, 4]
        morph = Morph(labels[first:], fields_km[first:], {"Predicted": places[first:]})
        shown_on = polar() if st.checkbox("Polar") else extent()
        swipe(maps(), shown_on, flips[first:], 0, 2, "rates", morph=morph)
    elif st.checkbox("Turned over"):
        swipe([turned_map()], extent(TURNED), [], 0, 0, "turned")
    elif not st.checkbox("Without"):
        notes = np.full((10, 15), "", object)
        notes[5, 14] = "polygon 3: CT 80"
        ground = "other" if st.checkbox("Other scene") else ""
        swipe(shown, extent(), flips, 0, flips[0][1], "swipe", notes, ground=ground)


if __name__ == "__main__":
    page()
