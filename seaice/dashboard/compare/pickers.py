"""The pickers of Compare: task, layout, rows of maps and their look, what is explained."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, POSITIONS
from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.dashboard.compare.display import (
    DEFAULT_CHANNELS,
    DEFAULT_ROWS,
    LAYOUTS,
    MOST_CHANNELS,
    ROWS,
    DisplaySettings,
    LayoutName,
)
from seaice.dashboard.compare.evidence_words import scale_words
from seaice.dashboard.compare.network_layers import common_layers, default_target, layer_label
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.map_pickers import method_picker, opacity_picker
from seaice.dashboard.orientation import orientation_picker
from seaice.explain.gradcam import CamConfig
from seaice.explain.methods import DEFAULT_LAYER, field_warning
from seaice.explain.targets import target_names
from seaice.figures.palettes import SCHEMES, SchemeName
from seaice.scenes.scene import Scene

_SHORT: dict[ChartName, str] = {"SIC": "Concentration", "SOD": "Stage", "FLOE": "Floe size"}


def task_switch(*, narrow: bool) -> ChartName:
    """Draw the switch of the chart to look at; by its short name alone in a narrow window."""
    st.session_state.setdefault("chart", "SOD")
    chart = st.segmented_control(
        "Task",
        CHARTS,
        required=True,
        key="chart",
        persist_state="session",
        label_visibility="collapsed",
        format_func=lambda name: name if narrow else f"{name} · {_SHORT[name]}",
        help="\n\n".join(f"{name}: {CHART[name].long_name.lower()}" for name in CHARTS),
    )
    return cast("ChartName", chart)  # A required control always holds one.


def display_pickers(
    scene: Scene, chart: ChartName, layout: LayoutName, *, narrow: bool
) -> DisplaySettings:
    """Draw the pickers for how the maps look.

    Args:
        scene: The scene, whose channels can be chosen.
        chart: The task.
        layout: The layout.
        narrow: Whether the window is narrow.
    """
    # SIC is a regression: it has no class probabilities and so no entropy.
    offered = [name for name in ROWS if name != "Entropy" or chart != "SIC"]
    # A link sets it, and another task may lack a row.
    rows = st.session_state.get("rows", DEFAULT_ROWS)
    st.session_state["rows"] = [name for name in rows if name in offered]
    chosen = st.pills(
        "Maps to show",
        offered,
        selection_mode="multi",
        key="rows",
        persist_state="session",
        help="Maps: the predictions. Errors: prediction against chart, by which class "
        "was taken for which. Differences: the columns against one of them, which you choose under "
        "Columns. Evidence: what in the "
        "scene supports a class. Entropy: 0 where the network is certain, 1 where all classes "
        "are equally likely.",
    )
    scheme = _scheme_picker()
    side_by_side = layout == "Side by side"
    opacity = opacity_picker("Opacity of the networks' maps (%)") if side_by_side else 1.0
    direction = orientation_picker()
    channels = _channel_picker(scene)
    return DisplaySettings(
        chart,
        tuple(name for name in offered if name in chosen),
        tuple(channels),
        scheme,
        opacity,
        layout=layout,
        direction=direction,
        narrow=narrow,
    )


def layout_switch() -> LayoutName:
    """Draw the switch between all maps side by side and two at a time."""
    st.session_state.setdefault("view", "Side by side")
    layout = st.segmented_control(
        "View",
        LAYOUTS,
        required=True,
        key="view",
        persist_state="session",
        label_visibility="collapsed",
        help="Side by side: all maps, which zoom together. Swipe: one large map with two of the "
        "maps on either side of a divider; switch between rates in an instant. Rates: one large "
        "map that changes as you move a slider over none, the four presets and the sidebar's "
        "rates, with the square that the network sees. Differences and Columns have no effect "
        "there.",
    )
    return cast("LayoutName", layout)  # A required control always holds one.


def _scheme_picker() -> SchemeName:
    return st.radio(
        "Chart colours",
        SCHEMES,
        key="scheme",
        persist_state="session",
        help="WMO: the colours of the ice chart standard, SIC as a continuous scale or in the "
        "standard's steps. The alternative is safe for colour-blind "
        "viewers. Floe size has no standard; its colours are always safe.",
    )


def _channel_picker(scene: Scene) -> list[str]:
    offered = [name for name in scene.channels if name not in POSITIONS]
    kept = [name for name in st.session_state.get("channels", DEFAULT_CHANNELS) if name in offered]
    # Another scene may lack what was chosen.
    st.session_state["channels"] = kept
    return st.multiselect(
        "Channels beside the maps",
        offered,
        max_selections=MOST_CHANNELS,
        format_func=lambda name: f"{CHANNEL[name].label} ({CHANNEL[name].unit})",
        key="channels",
        persist_state="session",
        help="Inputs of the networks in physical units, shown in the first column, row by row.",
    )


def explanation_pickers(chart: ChartName, results: Sequence[NetworkResult]) -> CamConfig | None:
    """Draw the pickers for what is explained, where and how.

    Args:
        chart: The task.
        results: What the networks make of the scene, columns without a network left out.

    Returns:
        What to explain; None, and no pickers, if there is no network.
    """
    if not results:
        return None
    names = target_names(chart)
    layers = common_layers(results)
    key = f"target_{chart}_{results[0].prediction.scene.id}"
    if key not in st.session_state:
        st.session_state[key] = default_target(results[0], chart)
    target = st.selectbox(
        "Evidence for",
        range(len(names)),
        format_func=lambda index: names[index],
        key=key,
        persist_state="session",
        help="The class that is explained against all others: its log-odds. For SIC, what raises "
        "or lowers the concentration.",
    )
    # Streamlit keeps what formats options as long as a session lasts: not the results, therefore.
    labels = {name: layer_label(name, results) for name in layers}
    if st.session_state.get("layer") not in layers:
        st.session_state["layer"] = DEFAULT_LAYER
    layer = st.selectbox(
        "Layer",
        layers,
        format_func=labels.__getitem__,
        key="layer",
        persist_state="session",
        help="Where the evidence is taken. At the encoder, the map shows which places the atrous "
        "branches gather evidence from. Behind them, it shows where that evidence ends up.",
    )
    return CamConfig(chart, target, layer, method_picker())


def evidence_notes(config: CamConfig, *, of_region: bool) -> None:
    """Say how to read the maps of evidence.

    Args:
        config: What is explained.
        of_region: Whether the outputs of a region are explained.
    """
    if of_region and (warning := field_warning(config.method)):
        st.warning(warning)
    target = target_names(config.chart)[config.target]
    st.caption(scale_words(config.chart, target, config.method))
