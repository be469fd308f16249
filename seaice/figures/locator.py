"""Locator map: where scenes lie in the Arctic, drawn without access to the internet.

Axes are kilometres of EPSG:3413 (NSIDC polar stereographic north). All lines are ordinary lines on
Cartesian axes: Plotly's own geographic traces fetch their coastline from another host.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.polar import (
    MERIDIANS,
    PARALLELS,
    MapFrame,
    coastline,
    cross,
    limb_km,
    meridian_km,
    meridian_names,
    parallel_km,
    parallel_names,
    simplified,
)

# Smallest side of the frame, and its size relative to all scenes together.
_LEAST_KM, _MARGIN = 3000.0, 1.25
# A frame that holds so much of the map's round edge would cut it for little: it shows the whole.
_NEARLY_ALL = 0.6
# Beside the scale bar and above it, its name takes so much of half the frame's side.
_BESIDE_BAR, _ABOVE_BAR = 0.4, 0.2
_HEIGHT_PX = 440
# How close the pointer must come to a footprint's centre.
_REACH_PX = 30
# Up to so many scenes, hovering works anywhere on a footprint; with more, at its centre.
_MOST_TRACES = 100
# Bends of an outline smaller than this are invisible on a map of the Arctic.
_OUTLINE_KM = 2.0
_BARS_KM = (2000, 1000, 500, 200, 100)


@dataclass(frozen=True)
class Footprint:
    """The outline of a scene.

    Attributes:
        label: Text under the pointer; untrusted, shown as it is, line breaks included.
        outline_m: (points, 2) float64, x and y in EPSG:3413, metres, closed.
    """

    label: str
    outline_m: np.ndarray


@dataclass(frozen=True)
class _Colours:
    """Colours of the map, as CSS."""

    ocean: str
    land: str
    coast: str
    graticule: str
    ink: str
    halo: str
    scene: str
    scene_fill: str
    chosen: str
    chosen_fill: str


_LIGHT = _Colours(
    ocean="#e7eff6",
    land="#c9ced4",
    coast="#8d97a1",
    graticule="rgba(60,85,110,0.28)",
    ink="#33475a",
    halo="rgba(255,255,255,0.75)",
    scene="#0b5c8a",
    scene_fill="rgba(11,92,138,0.16)",
    chosen="#c8400a",
    chosen_fill="rgba(224,84,20,0.35)",
)
_DARK = _Colours(
    ocean="#172430",
    land="#43505d",
    coast="#7c8996",
    graticule="rgba(190,210,230,0.22)",
    ink="#c9d6e2",
    halo="rgba(14,23,32,0.75)",
    scene="#6cb8e6",
    scene_fill="rgba(108,184,230,0.16)",
    chosen="#ffa04d",
    chosen_fill="rgba(255,160,77,0.35)",
)


def locator_map(footprints: Sequence[Footprint], chosen: int | None, dark: bool) -> go.Figure:
    """Draw footprints on a map of the Arctic with land, graticule and a scale bar.

    The markers at the centres of the footprints hold their index as `customdata`.

    Args:
        footprints: The scenes; an empty sequence gives a map of the whole Arctic.
        chosen: Index of the chosen one, drawn on top; None if there is none.
        dark: Whether the page is dark.

    Returns:
        The figure. Dragging moves it; the wheel zooms it if the page sets `scrollZoom`.
    """
    colours = _DARK if dark else _LIGHT
    outlines = [_outline_km(each.outline_m) for each in footprints]
    labels = [html.escape(each.label, quote=False).replace("\n", "<br>") for each in footprints]
    frame = _frame(outlines)
    figure = go.Figure([*_ground(colours), *_scenes(outlines, labels, chosen, colours)])
    figure.add_traces(list(_labels(frame, _middle_points(outlines), colours)))
    axis = {"visible": False, "constrain": "range"}
    figure.update_xaxes(range=[frame.x - frame.half, frame.x + frame.half], **axis)
    figure.update_yaxes(range=[frame.y - frame.half, frame.y + frame.half], scaleanchor="x", **axis)
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        dragmode="pan",
        hovermode="closest",
        hoverdistance=_REACH_PX,
        hoverlabel={"align": "left", "bgcolor": colours.ocean, "font": {"color": colours.ink}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.ink, "activecolor": colours.scene},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )


def _outline_km(outline_m: np.ndarray) -> np.ndarray:
    """An outline in kilometres without needless points, counterclockwise, closed.

    Footprints of one trace must have the same orientation: a browser leaves a hole where two of
    opposite orientation overlap.
    """
    points = simplified(np.asarray(outline_m, float) / 1000, _OUTLINE_KM)
    return points if cross(points[:-1], points[1:]).sum() >= 0 else points[::-1]


def _frame(outlines: Sequence[np.ndarray]) -> MapFrame:
    """The square around all footprints, within the whole Arctic."""
    limb = float(limb_km()[:, 0].max()) * 1.03
    if not outlines:
        return MapFrame(0, 0, limb)
    corners = np.clip(np.concatenate(outlines), -limb, limb)
    low, high = corners.min(axis=0), corners.max(axis=0)
    half = min(max(float((high - low).max()) * _MARGIN, _LEAST_KM) / 2, limb)
    if half > limb * _NEARLY_ALL:
        return MapFrame(0, 0, limb)
    x, y = np.clip((low + high) / 2, half - limb, limb - half)
    return MapFrame(float(x), float(y), half)


def _middle_points(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Centre of each footprint, (footprints, 2) kilometres."""
    middles = [(each.min(axis=0) + each.max(axis=0)) / 2 for each in outlines]
    return np.array(middles, float).reshape(-1, 2)


def _joined(lines: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """X and y of many lines as one, with a gap after each; float32 resolves a metre here."""
    gap = np.full((1, 2), np.nan)
    points = np.concatenate([part for line in lines for part in (line, gap)] or [gap])
    x, y = points.astype(np.float32).T
    return {"x": x, "y": y}


def _ground(colours: _Colours) -> Iterator[go.Scatter]:
    """Ocean, land and graticule."""
    limb = limb_km()
    graticule = [parallel_km(each) for each in PARALLELS] + [meridian_km(e) for e in MERIDIANS]
    for lines, fill, colour, width in (
        ([limb], colours.ocean, colours.coast, 1),
        (coastline(), colours.land, colours.coast, 0.7),
        (graticule, None, colours.graticule, 1),
    ):
        yield go.Scatter(
            **_joined(lines),
            mode="lines",
            fill="toself" if fill else "none",
            fillcolor=fill,
            line={"color": colour, "width": width},
            hoverinfo="skip",
        )


def _scenes(
    outlines: Sequence[np.ndarray], labels: Sequence[str], chosen: int | None, colours: _Colours
) -> Iterator[go.Scatter]:
    """Footprints, the chosen one on top, and markers at their centres."""
    others = [index for index in range(len(outlines)) if index != chosen]
    many = len(others) > _MOST_TRACES
    for group in [others] if many else [[each] for each in others]:
        label = "" if many else labels[group[0]]
        line = {"color": colours.scene, "width": 0.6 if many else 1.2}
        yield _filled([outlines[each] for each in group], label, line, colours.scene_fill)
    yield _middles(outlines, labels, chosen, colours, size=3 if many else 5)
    if chosen is not None:
        clear = "rgba(0,0,0,0)"
        for colour, width, fill in (
            (colours.halo, 6, clear),
            (colours.chosen, 3, colours.chosen_fill),
        ):
            line = {"color": colour, "width": width}
            yield _filled([outlines[chosen]], labels[chosen], line, fill)


def _middles(
    outlines: Sequence[np.ndarray],
    labels: Sequence[str],
    chosen: int | None,
    colours: _Colours,
    size: int,
) -> go.Scatter:
    """Markers for the pointer, which a page may make clickable."""
    x, y = _middle_points(outlines).astype(np.float32).T
    each_colour = [colours.chosen if i == chosen else colours.scene for i in range(len(x))]
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": size, "color": each_colour},
        # Otherwise a click on one would fade all others.
        unselected={"marker": {"opacity": 1}},
        text=labels,
        customdata=list(range(len(x))),
        hoverinfo="text",
    )


def _filled(
    outlines: Sequence[np.ndarray], label: str, line: dict[str, object], fill: str
) -> go.Scatter:
    return go.Scatter(
        **_joined(outlines),
        mode="lines",
        fill="toself",
        fillcolor=fill,
        line=line,
        hoveron="fills",
        text=label,
        hoverinfo="text" if label else "skip",
    )


def _labels(frame: MapFrame, taken: np.ndarray, colours: _Colours) -> Iterator[go.Scatter]:
    """Labels of the graticule and the scale bar; none of the former lies on the latter."""
    length = next(each for each in _BARS_KM if each <= frame.half / 2 or each == _BARS_KM[-1])
    x, y = frame.x - frame.half * 0.93, frame.y - frame.half * 0.93
    tick = frame.half * 0.02
    names = [*meridian_names(frame), *parallel_names(frame, taken)]
    corner = np.array([x + length, y]) + np.array([_BESIDE_BAR, _ABOVE_BAR]) * frame.half
    yield _texts([each for each in names if not (each[1] < corner).all()], colours)
    bar = np.array([(x, y + tick), (x, y), (x + length, y), (x + length, y + tick)])
    yield go.Scatter(
        **_joined([bar]), mode="lines", line={"color": colours.ink, "width": 2}, hoverinfo="skip"
    )
    middle = np.array([x + length / 2, y + tick])
    yield _texts([(f"{length} km", middle)], colours, "top center")


def _texts(
    labels: Sequence[tuple[str, np.ndarray]], colours: _Colours, position: str = "middle center"
) -> go.Scatter:
    points = np.array([point for _, point in labels]).reshape(-1, 2)
    x, y = points.astype(np.float32).T
    return go.Scatter(
        x=x,
        y=y,
        text=[text for text, _ in labels],
        mode="text",
        textposition=position,
        textfont={"color": colours.ink, "size": 11, "shadow": _halo(colours.halo)},
        # Otherwise a click on a scene would fade them.
        unselected={"textfont": {"color": colours.ink}},
        hoverinfo="skip",
    )


def _halo(colour: str) -> str:
    return ", ".join(f"{x}px {y}px 2px {colour}" for x in (-1, 1) for y in (-1, 1))
