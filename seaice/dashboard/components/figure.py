"""A Plotly figure that the browser changes in place, where Streamlit's own would be built anew."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from plotly.io.json import to_json_plotly

from seaice.dashboard.components.files import joined
from seaice.figures.extent import Span
from seaice.figures.figure_parts import FigureParts
from seaice.figures.offline import OFFLINE

_STYLE = """
[data-part=plot] { width: 100%; }
[data-part=plot]:fullscreen { background: var(--st-background-color); }
[data-part=plot] .main-svg { display: block; }
[data-part=frame] { display: grid; grid-template-columns: minmax(0, 1fr); }
[data-part=frame] > * { grid-area: 1 / 1; }
/* Seen wherever the window is on a figure that is higher. */
[data-part=closer] {
  position: sticky; top: 4rem; z-index: 2; place-self: start; margin-top: 0.25rem;
  padding: 0.3rem 0.8rem; font: inherit; font-size: 0.875rem; cursor: pointer;
  color: var(--st-background-color); background: var(--st-primary-color);
  border: 0; border-radius: var(--st-button-radius);
}
[data-part=closer][hidden] { display: none; }
"""

_component = st.components.v2.component(
    "seaice_figure",
    html="""<div data-part="frame"><button data-part="closer" type="button" hidden></button>
    <div data-part="plot" data-stale="true" role="figure"></div></div>""",
    css=_STYLE,
    js=joined("figure.js", "figure_view.js", "figure_opacity.js"),
    isolate_styles=False,
)

Box = Mapping[str, Span]
"""Both ends of a drawn box on each axis: `{"x": (0, 1), "y": (0, 1)}`."""


@dataclass(frozen=True)
class Closer:
    """What a button offers where a figure is zoomed so far that the server can draw it finer.

    Attributes:
        label: Of the button.
        widest: The longest side of what is seen for which it is offered, in units of the axes.
        choose: Called with what is seen.
    """

    label: str
    widest: float
    choose: Callable[[Box], None]


@dataclass(frozen=True)
class SentFigure:
    """A figure as a browser gets it; made once and kept.

    Attributes:
        text: Its data and layout as JSON, in one line; figure.js says how texts are packed.
        css_height: Its height for any width of the page, as CSS.
    """

    text: bytes
    css_height: str

    @classmethod
    def of(cls, figure: go.Figure | FigureParts, css_height: str = "") -> "SentFigure":
        """A figure that is finished; of the height of its layout if none is given."""
        return cls(_text(figure), css_height or f"{figure.layout['height']}px")

    @property
    def id(self) -> str:
        """What tells it from others."""
        return hashlib.blake2b(self.text, digest_size=16).hexdigest()


def _text(figure: go.Figure | FigureParts) -> bytes:
    """JSON in which each picture, text of the pointer's and position stands once.

    Otherwise they would be most of it: a text and a position for each of 17 000 cells of a panel.
    """
    spec = figure.to_dict()
    spec["layout"].pop("template", None)
    positions = dict[str, int]()
    for trace in spec["data"]:
        if isinstance(texts := trace.get("text"), np.ndarray):
            trace["text"] = _few(texts)
        if isinstance(known := trace.get("customdata"), dict):
            number = positions.setdefault(json.dumps(known), len(positions))
            trace["customdata"] = {"position": number}
    spec["positions"] = [json.loads(each) for each in positions]
    sources = dict[str, int]()
    for image in spec["layout"].get("images", ()):
        image["source"] = sources.setdefault(image["source"], len(sources))
    spec["sources"] = list(sources)
    text: str = to_json_plotly(spec)
    return text.encode()


def _few(texts: np.ndarray) -> dict[str, object]:
    """Each text of a (lines, samples) object array once, and which of them stands where."""
    places = {text: number for number, text in enumerate(dict.fromkeys(texts.ravel()))}
    at = np.array([places[text] for text in texts.ravel()], "<u2")
    coded = base64.b64encode(at.tobytes()).decode()
    return {"texts": list(places), "at": coded, "samples": texts.shape[1]}


def figure(
    sent: SentFigure,
    key: str,
    *,
    alt: str,
    config: Mapping[str, object] | None = None,
    ground: str = "",
    opacity: float = 1.0,
    on_box: Callable[[Box], None] | None = None,
    closer: Closer | None = None,
    picks: bool = False,
) -> Any:  # noqa: ANN401 - JSON of the browser's
    """Draw a figure. The page must have called `load_plotly`.

    Args:
        sent: The figure.
        key: Key of the element.
        alt: Text for those who do not see it.
        config: Plotly's settings.
        ground: What its axes show. As long as it stays the same, so does the zoom.
        opacity: Of the layers that are named so (`seaice.figures.maps.OVERLAY`), 0 to 1. Where the
            page has its slider, the browser does not wait for the server.
        on_box: Called with a box that was drawn with the drag mode `select`.
        closer: What a zoomed figure offers.
        picks: Whether its points can be chosen.

    Returns:
        What the figure has as `customdata` of the point that was just chosen, untrusted; or None.
    """

    def chosen() -> None:
        if (box := st.session_state[key].box) and on_box:
            on_box(_box(box))

    def looked_closer() -> None:
        if (box := st.session_state[key].closer) and closer:
            closer.choose(_box(box))

    head = {
        "id": sent.id,
        "alt": alt,
        "height": sent.css_height,
        "config": {**OFFLINE, **(config or {})},
        "ground": ground,
        "opacity": opacity,
        "closer": closer and {"label": closer.label, "widest": closer.widest},
        "picks": picks,
    }
    data = json.dumps(head).encode() + b"\n" + sent.text
    result = _component(
        key=key,
        data=data,
        on_box_change=chosen,
        on_closer_change=looked_closer,
        on_point_change=lambda: None,
    )
    return result.point


def _box(sent: Any) -> Box:  # noqa: ANN401 - JSON of the browser's
    return {axis: (float(sent[axis][0]), float(sent[axis][1])) for axis in "xy"}
