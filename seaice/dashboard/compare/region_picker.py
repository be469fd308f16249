"""The region of a scene that a person chooses: by drawing on a map, or in fields."""

from dataclasses import dataclass

import streamlit as st

from seaice.core.errors import ConfigError, SeaIceError
from seaice.dashboard.compare.display import CLOSE_UP, PLACES
from seaice.dashboard.components.figure import Box, Closer
from seaice.dashboard.permalink import region_key
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.results.export.region_geojson import region_from_geojson, region_to_geojson
from seaice.scenes.region import Region, Span
from seaice.scenes.scene import Scene

DRAGS = {"Zooms": "zoom", "Chooses a region": "select", "Measures km": "drawline"}
"""What dragging on a map can do, and what Plotly calls it."""
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


def _choose_beside_fields(scene: Scene, region: Region | None) -> None:
    """Choose a region otherwise than in its fields, which become new ones.

    A browser does not update fields in a closed panel. It would send their old values with its
    next message, and the region would be gone again.
    """
    choose(scene, region)
    key = _generation(scene)
    st.session_state[key] = st.session_state.get(key, 0) + 1


def shown_close_up(scene: Scene) -> Region | None:
    """The chosen region, if the maps will show it alone."""
    place = st.session_state.get("region_place", CLOSE_UP)
    return chosen_region(scene) if place == CLOSE_UP else None


def choose_drawn(view: SceneView, box: Box) -> None:
    """Choose what was drawn on a figure. Call it in callbacks only: fields show it."""
    region = region_of_box(view, box)
    if region:
        _choose_beside_fields(view.scene, region)
    else:
        st.toast(f"A region is at least {_SMALLEST_KM:g} km wide and high.")


def closer_look(view: SceneView) -> Closer | None:
    """What offers a part with fewer of its pixels left out; None where all are there."""
    own_m = view.scene.grid.spacing_m
    factor = round(view.grid.spacing_m / own_m)
    if factor == 1:
        return None

    def choose(box: Box) -> None:
        choose_drawn(view, box)
        st.session_state["region_place"] = CLOSE_UP

    widest_km = (factor - 1) * view.longest_px * own_m / 1000
    return Closer("Show this part in more detail", widest_km, choose)


def region_of_box(view: SceneView, box: Box) -> Region | None:
    """The region of a box on a map; None if it is too small, or off the scene."""
    axes = "xy" if view.orientation.transposed else "yx"
    spans = tuple((min(box[axis]), max(box[axis])) for axis in axes)
    if view.polar_map:
        found = view.region_of_box(*spans)
        if found is None:
            return None
        spans = found
    lines, samples = (
        _held(span, size) for span, size in zip(spans, _sides_km(view.scene), strict=True)
    )
    if min(lines[1] - lines[0], samples[1] - samples[0]) < _SMALLEST_KM:
        return None
    return Region(lines, samples)


def _held(span: Span, size_km: float) -> Span:
    """A span cut off at the scene's edges and rounded to 0.1 km."""
    low, high = (round(min(max(end, 0.0), size_km), 1) for end in span)
    return low, high


def region_panel(scene: Scene, *, draws: bool) -> None:
    """Draw what chooses a region: what dragging does, fields for those without a pointer, files.

    Args:
        scene: The scene.
        draws: Whether regions can be drawn on the page's maps, as not on the viewer's.
    """
    if draws:
        st.radio(
            "Dragging on a map",
            list(DRAGS),
            key="drag",
            persist_state="session",
            horizontal=True,
            help="The mouse wheel always zooms. Double-click to see the whole map again. Measured "
            "lines stay until the maps change; drag their ends to move them.",
        )
    _fields(scene)
    _files(scene)


def region_text(region: Region) -> str:
    """The bounds of a region, as a person reads them."""
    (top, bottom), (left, right) = region.lines_km, region.samples_km
    return f"lines {top:g}-{bottom:g} km, samples {left:g}-{right:g} km"


def region_bar(scene: Scene) -> bool:
    """Draw what stands above the maps of a region; returns whether they show it close up."""
    region = chosen_region(scene)
    if region is None:
        return False
    with st.container(horizontal=True, vertical_alignment="center", key="region_bar"):
        st.text(f"Region: {region_text(region)}")
        st.session_state.setdefault("region_place", CLOSE_UP)
        place = st.segmented_control(
            "What the maps show",
            PLACES,
            required=True,
            key="region_place",
            persist_state="session",
            label_visibility="collapsed",
        )
        st.button(
            "Whole scene",
            icon=":material/arrow_back:",
            key="whole_scene",
            on_click=_choose_beside_fields,
            args=(scene, None),
            help="Leave the region.",
        )
    return bool(place == CLOSE_UP)


def _files(scene: Scene) -> None:
    """Draw the fields that take a region from a file, and give it as one."""
    if not scene.has_positions:
        return
    key = f"region_file_{scene.id}"
    st.file_uploader(
        "Region from a GeoJSON file",
        type=["geojson", "json"],
        key=key,
        max_upload_size=1,
        on_change=_read_file,
        args=(scene, key),
        help="The smallest box of this scene that holds what the file draws, in longitude and "
        "latitude.",
    )
    region = chosen_region(scene)
    if region:
        st.download_button(
            "Region (GeoJSON)",
            lambda: region_to_geojson(scene, region),
            file_name="region.geojson",
            mime="application/geo+json",
            key="download_region",
            on_click="ignore",
        )


def _read_file(scene: Scene, key: str) -> None:
    """Choose the region of an uploaded file."""
    file = st.session_state[key]
    if file is None:
        return
    try:
        _choose_beside_fields(scene, region_from_geojson(scene, file.getvalue()))
    except SeaIceError as error:
        st.toast(plain(str(error)), icon=":material/warning:")


def _fields(scene: Scene) -> None:
    """Draw the fields that show and set the region."""
    region = chosen_region(scene) or _whole(scene)
    columns = st.columns(2)
    for number, edge in enumerate(_EDGES):
        span = region.lines_km if edge.along_lines else region.samples_km
        size = _sides_km(scene)[0 if edge.along_lines else 1]
        # A field always shows the region, however it was chosen.
        st.session_state[_field(scene, edge)] = min(span[edge.end], size)
        columns[number % 2].number_input(
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
    generation = st.session_state.get(_generation(scene), 0)
    return f"region_{edge.name}_{scene.id}{f'_{generation}' if generation else ''}"


def _generation(scene: Scene) -> str:
    """Key of how often the fields of a scene have been replaced by new ones."""
    return f"region_fields_{scene.id}"
