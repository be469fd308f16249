"""What a person chooses on Compare: the task, the rows of maps, their look, what is explained."""

from typing import Literal, get_args

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, POSITIONS
from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.dashboard.compare.layers import common_layers, common_target, layer_label
from seaice.dashboard.compare.rows import DEFAULT_CHANNELS, DEFAULT_ROWS, ROWS, Content
from seaice.dashboard.sidebar.selection import Selection
from seaice.explain.gradcam import METHODS, CamConfig, target_names
from seaice.figures.palettes import SCHEMES, SchemeName
from seaice.scenes.scene import Scene

ViewName = Literal["Side by side", "Swipe"]
_MOST_CHANNELS = 4


def first_visit() -> None:
    """What the page is about, for someone who has not seen it before."""
    with st.expander("What am I looking at?"):
        st.markdown(
            "Each column is one network's reading of the same scene. The networks differ only in "
            "their **atrous rates**, that is in how far around a pixel they look. The first "
            "column is the scene itself: the analyst's **ice chart** and the radar.\n\n"
            "- **Maps**: the predicted chart. Hover for the class and the chart's.\n"
            "- **Errors**: where prediction and chart differ.\n"
            "- **Grad-CAM**: which parts of the scene speak for the chosen class, on one scale "
            "for all rates.\n"
            "- **Entropy**: where the network cannot decide.\n\n"
            "Choose other rates, channels or another scene in the sidebar; draw a **region** to "
            "look closer; **Swipe** lays two maps over each other; **Copy link** keeps the view."
        )


def chart_switch(*, narrow: bool) -> ChartName:
    """Which chart is looked at; by its short name alone in a narrow window."""
    st.session_state.setdefault("chart", "SOD")
    return st.segmented_control(
        "Task",
        CHARTS,
        required=True,
        key="chart",
        persist_state="session",
        help="Which of the three charts the maps, the explanation and the matrices are about.",
        format_func=lambda name: name if narrow else f"{name} · {CHART[name].long_name}",
    )


def view_switch() -> ViewName:
    """How the maps are laid out."""
    return st.segmented_control(
        "View",
        get_args(ViewName),
        default="Side by side",
        required=True,
        key="view",
        persist_state="session",
        help="Side by side: all maps, zoomed together. Swipe: one large map, two of the maps on "
        "either side of a divider, flipping between rates at once.",
    )


def content_pickers(scene: Scene, chart: ChartName, *, swiped: bool, narrow: bool) -> Content:
    """Which rows of maps are shown, and how they look.

    Args:
        scene: The scene, whose channels can be chosen.
        chart: The task.
        swiped: Whether the maps are shown two at a time, where opacity is set on the viewer.
        narrow: Whether the window is narrow.
    """
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    rows = left.pills(
        "Maps to show",
        # Concentration is a regression: there are no probabilities to be undecided between.
        [name for name in ROWS if name != "Entropy" or chart != "SIC"],
        selection_mode="multi",
        default=DEFAULT_ROWS,
        key="rows",
        persist_state="session",
        help="Maps: the predictions. Errors: prediction against chart. Grad-CAM: evidence for a "
        "class. Entropy: 0 where the network is sure, 1 where every class is as likely.",
    )
    with right.popover("Display", width="stretch"):
        scheme = _scheme_picker()
        opacity = 1.0 if swiped else _opacity_and_drag_pickers()
        channels = _channel_picker(scene)
    shown = tuple(name for name in ROWS if name in (rows or ()))
    if chart == "SIC":
        shown = tuple(name for name in shown if name != "Entropy")
    return Content(chart, shown, tuple(channels), scheme, opacity, swiped, narrow)


def _scheme_picker() -> SchemeName:
    return st.radio(
        "Colours of the charts",
        SCHEMES,
        key="scheme",
        persist_state="session",
        help="WMO: the colours of the ice chart standard. The alternative can be told apart by "
        "colour-blind viewers. Floe size has no standard and is always safe.",
    )


def _opacity_and_drag_pickers() -> float:
    """What side-by-side maps alone have; the opacity, 0 to 1."""
    percent = st.slider(
        "Opacity of the predicted maps (%)",
        0,
        100,
        100,
        5,
        key="opacity",
        persist_state="session",
        help="Below 100 % the radar image (HH) shows through.",
    )
    st.radio(
        "Dragging on a map",
        ["Zooms", "Chooses a region"],
        key="drag",
        persist_state="session",
        help="The wheel zooms in both; a double click shows all again.",
    )
    return percent / 100


def _channel_picker(scene: Scene) -> list[str]:
    offered = [name for name in scene.channels if name not in POSITIONS]
    kept = [name for name in st.session_state.get("channels", DEFAULT_CHANNELS) if name in offered]
    # Another scene may lack what was chosen.
    st.session_state["channels"] = kept
    return st.multiselect(
        "Channels beside the maps",
        offered,
        max_selections=_MOST_CHANNELS,
        format_func=lambda name: f"{CHANNEL[name].label} ({CHANNEL[name].unit})",
        key="channels",
        persist_state="session",
        help="What the networks are given, in physical units: the first column, row by row.",
    )


def explanation_pickers(selection: Selection, chart: ChartName) -> CamConfig:
    """What Grad-CAM explains, where and how."""
    names = target_names(chart)
    layers = common_layers(selection.checkpoints)
    left, middle, right = st.columns(3)
    key = f"target_{chart}_{selection.scene.id}"
    if key not in st.session_state:
        st.session_state[key] = common_target(selection, chart)
    target = left.selectbox(
        "Grad-CAM of",
        range(len(names)),
        format_func=lambda index: names[index],
        key=key,
        persist_state="session",
        help="Which class the heatmap explains; for SIC, what raises or lowers it.",
    )
    if st.session_state.get("layer") not in layers:
        st.session_state["layer"] = "projection"
    layer = middle.selectbox(
        "Layer",
        layers,
        format_func=lambda name: layer_label(name, selection.checkpoints),
        key="layer",
        persist_state="session",
        help="Where the heatmap is taken: a branch of the ASPP, what they are projected to, or "
        "what comes before and after.",
    )
    method = right.selectbox(
        "Method",
        METHODS,
        key="method",
        persist_state="session",
        help="GradCAM weighs channels by their mean gradient; HiResCAM and LayerCAM weigh each "
        "cell by its own.",
    )
    return CamConfig(chart, target, layer, method)
