"""The pixel that Explain tells about: clicked on the map, or typed."""

import streamlit as st

from seaice.dashboard.explain.results import middle
from seaice.dashboard.permalink import place_key
from seaice.dashboard.scene_view import SceneView
from seaice.explain.pixel import Place
from seaice.scenes.scene import Scene

_FIELDS = ("Line (km)", "Sample (km)")


def chosen_place(scene: Scene) -> Place:
    """The chosen pixel of a scene; that in its middle at first."""
    place: Place = st.session_state.setdefault(place_key(scene.id), middle(scene))
    held = _held(place, scene)
    st.session_state[place_key(scene.id)] = held
    return held


def choose_clicked(view: SceneView, x: float, y: float) -> None:
    """Choose what was clicked on a map, in values of its axes."""
    place = (x, y) if view.orientation.transposed else (y, x)
    st.session_state[place_key(view.scene.id)] = _held(place, view.scene)


def place_fields(scene: Scene) -> None:
    """Draw the fields that show and set the pixel."""
    place = chosen_place(scene)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, km, size in zip(_FIELDS, place, _sides_km(scene), strict=True):
            # A field always shows the pixel, however it was chosen.
            st.session_state[_key(scene, label)] = km
            st.number_input(
                label,
                min_value=0.0,
                max_value=size,
                step=scene.grid.spacing_m / 1000,
                format="%.1f",
                key=_key(scene, label),
                on_change=_read_fields,
                args=(scene,),
                width=140,
                help="Distance from the scene's first line or sample, as on the axes of the map.",
            )


def _read_fields(scene: Scene) -> None:
    line, sample = (st.session_state[_key(scene, label)] for label in _FIELDS)
    st.session_state[place_key(scene.id)] = _held((line, sample), scene)


def _held(place: Place, scene: Scene) -> Place:
    """A place held within the scene and rounded to 0.1 km."""
    # A tenth of a pixel from the far edge, which belongs to no pixel.
    inner = scene.grid.spacing_m / 10000
    line, sample = (
        min(max(round(km, 1), 0.0), size - inner)
        for km, size in zip(place, _sides_km(scene), strict=True)
    )
    return line, sample


def _sides_km(scene: Scene) -> Place:
    lines, samples = (size * scene.grid.spacing_m / 1000 for size in scene.grid.shape)
    return lines, samples


def _key(scene: Scene, label: str) -> str:
    return f"place_{label}_{scene.id}"
