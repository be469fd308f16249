"""Which maps of evidence are tested: those of a method and at a layer that Evidence shows."""

from dataclasses import dataclass

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.questions import TESTED_LAYER_KEY
from seaice.dashboard.explain.results import class_counts, story
from seaice.dashboard.map_pickers import method_picker
from seaice.explain.methods import DEFAULT_LAYER, MethodName
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.region import Region, square_around
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Tested:
    """What is tested.

    Attributes:
        layer: The layer that the maps lie on.
        method: How they are found.
        region: Whose outputs they explain.
        around_pixel: Whether that is the square around the pixel.
    """

    layer: str
    method: MethodName
    region: Region
    around_pixel: bool


def tested_picker(scene: Scene) -> Tested:
    """Draw what sets the method, and the layer if Evidence shows several."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = _layer_picker(shown_layers())
        with st.popover("Method", icon=":material/tune:"):
            method = method_picker()
    in_region = st.session_state.get("evidence_within") == "Region"
    region = chosen_region(scene) if in_region else None
    square = square_around(scene.grid, chosen_place(scene))
    return Tested(layer, method, region or square, around_pixel=region is None)


def shown_layers() -> list[str]:
    """The layers whose maps Evidence shows."""
    if st.session_state.get("evidence_by") != "Layers":
        return [DEFAULT_LAYER]
    return list(st.session_state.get("evidence_layers") or [DEFAULT_LAYER])


def _layer_picker(layers: list[str]) -> str:
    if len(layers) == 1:
        return layers[0]
    if st.session_state.get(TESTED_LAYER_KEY) not in layers:
        st.session_state[TESTED_LAYER_KEY] = layers[0]
    return st.selectbox(
        "Layer",
        layers,
        key=TESTED_LAYER_KEY,
        persist_state="session",
        width=280,
        help="One of those that *Evidence* shows.",
    )


def target_said(scene: Scene, file: CheckpointFile, chart: ChartName, tested: Tested) -> int:
    """The target of what a network says: at the pixel, or most often in the region.

    Raises:
        ConfigError: The pixel holds no data.
        SceneError, CheckpointError: A file cannot be read.
    """
    if tested.around_pixel:
        return story(scene, file, chart, chosen_place(scene)).target
    if chart == "SIC":
        return 0
    return int(class_counts(scene, file, chart, tested.region).argmax())
