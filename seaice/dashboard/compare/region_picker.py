"""The region of a scene that a person chooses: by drawing on a map, or in fields."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from seaice.core.errors import ConfigError
from seaice.dashboard.permalink import region_key
from seaice.dashboard.scene_view import SceneView
from seaice.scenes.region import Region, Span
from seaice.scenes.scene import Scene

# A shorter drag was meant as a click.
_SMALLEST_KM = 2.0


@dataclass(frozen=True)
class _Edge:
    """One of the four fields."""

    name: str
    label: str
    along_lines: bool
    end: int


_EDGES = (
    _Edge("top", "Lines from (km)", True, 0),
    _Edge("bottom", "Lines to (km)", True, 1),
    _Edge("left", "Samples from (km)", False, 0),
    _Edge("right", "Samples to (km)", False, 1),
)


def chosen_region(scene: Scene) -> Region | None:
    """The chosen region of a scene, cut off at the scene's edges; None for the whole scene."""
    region: Region | None = st.session_state.get(region_key(scene.id))
    if region is None:
        return None
    try:
        region = region.on(scene.grid)
    except ConfigError:
        st.warning("The region does not lie on this scene. Showing the whole scene.")
        region = None
    region = None if region == _whole(scene) else region
    choose(scene, region)
    return region


def choose(scene: Scene, region: Region | None) -> None:
    """Choose a region of a scene; None for the whole scene."""
    st.session_state[region_key(scene.id)] = region


def choose_drawn(view: SceneView, chart_key: str) -> None:
    """Choose what was drawn on a figure. A callback: later the selection would be gone."""
    boxes = st.session_state[chart_key]["selection"]["box"]
    if boxes:
        region = region_of_box(view, boxes[-1])
        if region:
            choose(view.scene, region)
        else:
            st.toast(f"A region is at least {_SMALLEST_KM:g} km wide and high.")


def region_of_box(view: SceneView, box: dict[str, Any]) -> Region | None:
    """The region of a Plotly box on a map; None if it is too small, or off the scene."""
    axes = "xy" if view.orientation.transposed else "yx"
    lines, samples = (
        _held(sorted(box[axis]), size)
        for axis, size in zip(axes, _sides_km(view.scene), strict=True)
    )
    if min(lines[1] - lines[0], samples[1] - samples[0]) < _SMALLEST_KM:
        return None
    return Region(lines, samples)


def _held(span: list[float], size_km: float) -> Span:
    """A span cut off at the scene's edges and rounded to 0.1 km."""
    low, high = (round(min(max(end, 0.0), size_km), 1) for end in span)
    return low, high


def region_fields(scene: Scene) -> None:
    """Draw the fields that show and set the region, for those who do not use a pointer."""
    region = chosen_region(scene) or _whole(scene)
    columns = st.columns([1, 1, 1, 1, 1], vertical_alignment="bottom")
    for edge, column in zip(_EDGES, columns, strict=False):
        span = region.lines_km if edge.along_lines else region.samples_km
        size = _sides_km(scene)[0 if edge.along_lines else 1]
        # A field always shows the region, however it was chosen.
        st.session_state[_field(scene, edge)] = min(span[edge.end], size)
        column.number_input(
            edge.label,
            min_value=0.0,
            max_value=size,
            step=10.0,
            format="%.1f",
            key=_field(scene, edge),
            on_change=_read_fields,
            args=(scene,),
            help="Distance from the scene's first line or sample, as on the axes of the maps.",
        )
    columns[-1].button(
        "Whole scene",
        key="whole_scene",
        on_click=choose,
        args=(scene, None),
        disabled=chosen_region(scene) is None,
        width="stretch",
    )


def _read_fields(scene: Scene) -> None:
    top, bottom, left, right = (st.session_state[_field(scene, edge)] for edge in _EDGES)
    try:
        region = Region((min(top, bottom), max(top, bottom)), (min(left, right), max(left, right)))
    except ConfigError:
        st.toast("The edges of a region must differ. The region was not changed.")
        return
    choose(scene, None if region == _whole(scene) else region)


def _whole(scene: Scene) -> Region:
    lines, samples = _sides_km(scene)
    return Region((0.0, lines), (0.0, samples))


def _sides_km(scene: Scene) -> tuple[float, float]:
    lines, samples = (size * scene.grid.spacing_m / 1000 for size in scene.grid.shape)
    return lines, samples


def _field(scene: Scene, edge: _Edge) -> str:
    return f"region_{edge.name}_{scene.id}"
