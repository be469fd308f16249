"""Locator map: where scenes lie in the Arctic, on a shipped coastline, without asking the network.

Axes are kilometres of EPSG:3413 (NSIDC polar stereographic north). What is drawn is ordinary lines
on cartesian axes: Plotly's own geographic traces fetch their coastline from another host.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.polar import (
    MERIDIANS,
    PARALLELS,
    View,
    coastline,
    cross,
    limb_km,
    meridian_km,
    meridian_names,
    parallel_km,
    parallel_names,
    simplified,
)

# Ground that is always seen around a scene, and how much of the view lies around all scenes.
_LEAST_KM, _MARGIN = 3000.0, 1.25
_HEIGHT_PX = 440
# How near the pointer must come to a footprint's middle.
_REACH_PX = 30
# Up to so many scenes, each footprint answers the pointer anywhere inside; of more, its middle.
_MOST_TRACES = 100
# Bends of an outline that no map of the Arctic shows.
_OUTLINE_KM = 2.0
_BARS_KM = (2000, 1000, 500, 200, 100)


@dataclass(frozen=True)
class Footprint:
    """The outline of a scene.

    Attributes:
        label: What it is, in words; foreign text, shown as it is. A line break stays one.
        outline_m: (points, 2) float64, x and y in EPSG:3413, metres, closed.
    """

    label: str
    outline_m: np.ndarray


@dataclass(frozen=True)
class _Look:
    """Colours, as CSS."""

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


_LIGHT = _Look(
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
_DARK = _Look(
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
    """Map of footprints in the Arctic; land, graticule and a scale bar below them.

    The markers in the middle of footprints have their index as `customdata`.

    Args:
        footprints: The scenes; none gives a map of the whole Arctic.
        chosen: Index of the one to show on top; None where there is none.
        dark: Whether the page is dark.

    Returns:
        The figure; wheel and drag move it where the page allows the wheel (`scrollZoom`).
    """
    look = _DARK if dark else _LIGHT
    outlines = [_outline_km(each.outline_m) for each in footprints]
    labels = [html.escape(each.label, quote=False).replace("\n", "<br>") for each in footprints]
    view = _view(outlines)
    figure = go.Figure([*_ground(look), *_scenes(outlines, labels, chosen, look)])
    figure.add_traces(list(_words(view, _middle_points(outlines), look)))
    axis = {"visible": False, "constrain": "range"}
    figure.update_xaxes(range=[view.x - view.half, view.x + view.half], **axis)
    figure.update_yaxes(range=[view.y - view.half, view.y + view.half], scaleanchor="x", **axis)
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        dragmode="pan",
        hovermode="closest",
        hoverdistance=_REACH_PX,
        hoverlabel={"align": "left", "bgcolor": look.ocean, "font": {"color": look.ink}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": look.ink, "activecolor": look.scene},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )


def _outline_km(outline_m: np.ndarray) -> np.ndarray:
    """An outline in kilometres without needless points, anticlockwise, closed.

    Footprints of one trace must turn the same way: where two that turn against each other overlap,
    a browser leaves a hole.
    """
    points = simplified(np.asarray(outline_m, float) / 1000, _OUTLINE_KM)
    return points if cross(points[:-1], points[1:]).sum() >= 0 else points[::-1]


def _view(outlines: Sequence[np.ndarray]) -> View:
    """The square around all footprints, within the whole Arctic."""
    limb = float(limb_km()[:, 0].max()) * 1.03
    if not outlines:
        return View(0, 0, limb)
    corners = np.clip(np.concatenate(outlines), -limb, limb)
    low, high = corners.min(axis=0), corners.max(axis=0)
    half = min(max(float((high - low).max()) * _MARGIN, _LEAST_KM) / 2, limb)
    x, y = np.clip((low + high) / 2, half - limb, limb - half)
    return View(float(x), float(y), half)


def _middle_points(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Middle of each footprint, (footprints, 2) kilometres."""
    middles = [(each.min(axis=0) + each.max(axis=0)) / 2 for each in outlines]
    return np.array(middles, float).reshape(-1, 2)


def _joined(lines: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """X and y of many lines as one, with a gap after each; float32 holds a metre here."""
    gap = np.full((1, 2), np.nan)
    points = np.concatenate([part for line in lines for part in (line, gap)] or [gap])
    x, y = points.astype(np.float32).T
    return {"x": x, "y": y}


def _ground(look: _Look) -> Iterator[go.Scatter]:
    """Ocean, land and graticule."""
    limb = limb_km()
    graticule = [parallel_km(each) for each in PARALLELS] + [meridian_km(e) for e in MERIDIANS]
    for lines, fill, colour, width in (
        ([limb], look.ocean, look.coast, 1),
        (coastline(), look.land, look.coast, 0.7),
        (graticule, None, look.graticule, 1),
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
    outlines: Sequence[np.ndarray], labels: Sequence[str], chosen: int | None, look: _Look
) -> Iterator[go.Scatter]:
    """Footprints, the chosen one on top, and what answers the pointer in their middles."""
    others = [index for index in range(len(outlines)) if index != chosen]
    many = len(others) > _MOST_TRACES
    for group in [others] if many else [[each] for each in others]:
        label = "" if many else labels[group[0]]
        line = {"color": look.scene, "width": 0.6 if many else 1.2}
        yield _filled([outlines[each] for each in group], label, line, look.scene_fill)
    yield _middles(outlines, labels, chosen, look, size=3 if many else 5)
    if chosen is not None:
        clear = "rgba(0,0,0,0)"
        for colour, width, fill in ((look.halo, 6, clear), (look.chosen, 3, look.chosen_fill)):
            line = {"color": colour, "width": width}
            yield _filled([outlines[chosen]], labels[chosen], line, fill)


def _middles(
    outlines: Sequence[np.ndarray],
    labels: Sequence[str],
    chosen: int | None,
    look: _Look,
    size: int,
) -> go.Scatter:
    """Points that answer the pointer, and that a page may let a person click."""
    x, y = _middle_points(outlines).astype(np.float32).T
    colours = [look.chosen if each == chosen else look.scene for each in range(len(x))]
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": size, "color": colours},
        # A click on one would pale all others.
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


def _words(view: View, taken: np.ndarray, look: _Look) -> Iterator[go.Scatter]:
    """Labels of the graticule and the scale bar."""
    yield _texts([*meridian_names(view), *parallel_names(view, taken)], look)
    length = next(each for each in _BARS_KM if each <= view.half / 2 or each == _BARS_KM[-1])
    x, y = view.x - view.half * 0.93, view.y - view.half * 0.93
    tick = view.half * 0.02
    bar = np.array([(x, y + tick), (x, y), (x + length, y), (x + length, y + tick)])
    yield go.Scatter(
        **_joined([bar]), mode="lines", line={"color": look.ink, "width": 2}, hoverinfo="skip"
    )
    middle = np.array([x + length / 2, y + tick])
    yield _texts([(f"{length} km", middle)], look, "top center")


def _texts(
    labels: Sequence[tuple[str, np.ndarray]], look: _Look, position: str = "middle center"
) -> go.Scatter:
    points = np.array([point for _, point in labels]).reshape(-1, 2)
    x, y = points.astype(np.float32).T
    return go.Scatter(
        x=x,
        y=y,
        text=[text for text, _ in labels],
        mode="text",
        textposition=position,
        textfont={"color": look.ink, "size": 11, "shadow": _halo(look.halo)},
        # A click on a scene would pale them.
        unselected={"textfont": {"color": look.ink}},
        hoverinfo="skip",
    )


def _halo(colour: str) -> str:
    return ", ".join(f"{x}px {y}px 2px {colour}" for x in (-1, 1) for y in (-1, 1))
