"""Compare: one scene, its ice chart, and what several atrous rates make of it."""

import streamlit as st

from seaice.device import best_device
from seaice.errors import ConfigError, SeaIceError
from seaice.explain.gradcam import METHODS, CamConfig, Heatmap, target_names
from seaice.figures.maps import linked_maps, stacked_maps
from seaice.inference import Prediction
from seaice.ui import loaders
from seaice.ui.compare import Base, compare_rows
from seaice.ui.layers import common_layers, common_target, layer_label
from seaice.ui.scores import SCORE_HELP, score_table
from seaice.ui.selection import Selection, scene_label, sidebar
from seaice.ui.text import plain
from seaice.ui.viewport import is_narrow
from seaice.vocabulary import CHART, CHARTS, ChartName, channel_set, rates_name


def page() -> None:
    """Draw the page."""
    st.title("Compare atrous rates")
    selection = sidebar()
    scene = selection.scene
    _describe(selection)
    for rates, command in selection.commands.items():
        st.info(f"Rates {rates} are not trained for this channel set yet. This trains them:")
        st.code(command, language="bash")
    if not selection.checkpoints:
        if not selection.commands:
            st.info("Choose atrous rates in the sidebar to see what a network makes of this scene.")
        st.stop()
    scene.require(channel_set(selection.channel_set), selection.channel_set)
    chart = _chart_switch()
    predictions = _predictions(selection)
    for notice in dict.fromkeys(each.notice for each in predictions if each.notice):
        st.warning(notice)
    for file in selection.checkpoints:
        if scene.id in file.info.training.get("scene_ids", ()):
            rates = rates_name(file.info.rates)
            st.warning(f"The checkpoint of rates {rates} was trained on this scene.")
    config = _explanation_pickers(selection, chart)
    heatmaps = _heatmaps(selection, config)
    _draw_maps(Base(scene), chart, predictions, heatmaps)
    if not scene.charts:
        return
    with st.spinner("Scoring ..."):
        table = score_table(scene, selection.checkpoints, predictions)
    st.subheader("Scores of this scene", help=SCORE_HELP)
    with st.container(key="scores"):
        st.table(table)


def _heatmaps(selection: Selection, config: CamConfig) -> list[Heatmap]:
    """Heatmaps of all rates; none, and a word why, where one cannot be computed."""
    try:
        with st.spinner("Computing Grad-CAM ..."):
            return [
                loaders.heatmap(selection.scene, file, config) for file in selection.checkpoints
            ]
    except ConfigError as error:
        st.warning(f"There is no Grad-CAM: {plain(str(error))}")
        return []


def _draw_maps(
    base: Base, chart: ChartName, predictions: list[Prediction], heatmaps: list[Heatmap]
) -> None:
    with st.spinner("Drawing the maps ..."):
        rows = compare_rows(base, chart, predictions, heatmaps)
    if is_narrow():
        figures = [stacked_maps(row, base.extent, width_px=440) for row in rows]
    else:
        figures = [linked_maps(rows, base.extent, width_px=1000)]
    with st.container(key="maps"):
        for number, figure in enumerate(figures):
            st.plotly_chart(
                figure,
                key=f"maps_{number}",
                config={"displaylogo": False, "scrollZoom": True},
                alt=f"Maps of {chart}, scene {base.scene.id}: chart, predictions, errors, Grad-CAM",
            )


def _describe(selection: Selection) -> None:
    scene = selection.scene
    # As text: a file's name or attribute may hold markup.
    st.text(scene_label(scene))
    facts = [
        f"channel set {selection.channel_set}",
        f"{scene.grid.lines} x {scene.grid.samples} pixels of {scene.grid.spacing_m:g} m",
        f"computing on {best_device().label}",
    ]
    if scene.simulated:
        facts.insert(0, "Simulated scene: its charts and scores say nothing about real ice")
    if not scene.charts:
        facts.append("this scene has no reference chart, so there are no scores")
    st.caption(" · ".join(facts))


def _chart_switch() -> ChartName:
    chosen = st.segmented_control(
        "Task",
        CHARTS,
        default="SOD",
        required=True,
        key="chart",
        persist_state="session",
        format_func=lambda name: f"{name} · {CHART[name].long_name}",
    )
    return chosen or "SOD"


def _predictions(selection: Selection) -> list[Prediction]:
    predictions, count = [], len(selection.checkpoints)
    for number, file in enumerate(selection.checkpoints, 1):
        rates = rates_name(file.info.rates)
        with st.spinner(f"Predicting with rates {rates} ({number} of {count}) ..."):
            predictions.append(loaders.prediction(selection.scene, file))
    return predictions


def _explanation_pickers(selection: Selection, chart: ChartName) -> CamConfig:
    names = target_names(chart)
    layers = common_layers(selection.checkpoints)
    left, middle, right = st.columns(3)
    target = left.selectbox(
        "Grad-CAM of",
        range(len(names)),
        index=common_target(selection, chart),
        format_func=lambda index: names[index],
        key=f"target_{chart}_{selection.scene.id}",
        help="Which class the heatmap explains; for SIC, what raises or lowers it.",
    )
    if st.session_state.get("layer") not in layers:
        st.session_state["layer"] = "projection"
    layer = middle.selectbox(
        "Layer",
        layers,
        format_func=lambda name: layer_label(name, selection.checkpoints),
        key="layer",
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


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
