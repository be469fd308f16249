"""Compare: one scene, its ice chart, and what several atrous rates make of it."""

from collections.abc import Sequence

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError, MissingChannelsError, SeaIceError
from seaice.dashboard import cached, permalink
from seaice.dashboard.base import Base
from seaice.dashboard.compare.downloads import downloads
from seaice.dashboard.compare.maps import region_maps, scene_maps
from seaice.dashboard.compare.pickers import (
    chart_switch,
    content_pickers,
    explanation_pickers,
    first_visit,
    view_switch,
)
from seaice.dashboard.compare.region import chosen_region, region_fields
from seaice.dashboard.compare.rows import Content, Results
from seaice.dashboard.compare.score_section import class_section, score_section
from seaice.dashboard.components.copy_link import copy_link
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.sidebar.description import describe_selection
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.network.rates import rates_name
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


def page() -> None:
    """Draw the page."""
    st.title("Compare atrous rates")
    selection = sidebar()
    describe_selection(selection)
    first_visit()
    _name_what_lacks(selection)
    narrow = is_narrow()
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        chart = chart_switch(narrow=narrow)
    with right:
        swiped = view_switch() == "Swipe"
    content = content_pickers(selection.scene, chart, swiped=swiped, narrow=narrow)
    predictions = _predictions(selection)
    config = explanation_pickers(selection, chart) if predictions else None
    region = chosen_region(selection.scene)
    heatmaps = _heatmaps(selection, config, region) if "Grad-CAM" in content.rows else []
    _link(selection, chart, config, region)
    files = selection.checkpoints if predictions else ()
    results = Results(files, predictions, heatmaps)
    with st.spinner("Drawing the maps ..."):
        scene_maps(Base(selection.scene), content, results, region)
    if not content.rows:
        st.info("Choose under *Maps to show* what to see.")
    sums = _sums(selection, predictions, region)
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_link()
        if predictions:
            with st.popover("Download", key="downloads"):
                downloads(predictions, sums, region, figure=not swiped)
    _region_section(selection.scene, content, results, region)
    if sums:
        score_section(selection, predictions, sums, region)
        class_section(selection, content, sums, region)


def _name_what_lacks(selection: Selection) -> None:
    """What must be done before every chosen rates can be seen."""
    for rates, command in selection.commands.items():
        st.info(
            f"There is no checkpoint of rates {rates} for this channel set that can be used. "
            "**Press Train in the sidebar** to make one, or give the command below. Both train on "
            "the data folder; name another folder of scenes to keep these for testing "
            "(`seaice simulate` writes some)."
        )
        st.code(command, language="bash")
    if not selection.checkpoints and not selection.commands:
        st.info("Choose atrous rates in the sidebar to see what a network makes of this scene.")
    for file in selection.checkpoints:
        if selection.scene.id in file.info.training.get("scene_ids", ()):
            rates = rates_name(file.info.rates)
            st.warning(f"The checkpoint of rates {rates} was trained on this scene.")


def _predictions(selection: Selection) -> list[Prediction]:
    """Predictions of all chosen rates; none, and a word why, where the scene lacks channels."""
    scene = selection.scene
    try:
        scene.require(channel_set(selection.channel_set), selection.channel_set)
    except MissingChannelsError as error:
        st.error(plain(str(error)))
        return []
    predictions, count = [], len(selection.checkpoints)
    for number, file in enumerate(selection.checkpoints, 1):
        rates = rates_name(file.info.rates)
        with st.spinner(f"Predicting with rates {rates} ({number} of {count}) ..."):
            predictions.append(cached.prediction(scene, file))
    for notice in dict.fromkeys(each.notice for each in predictions if each.notice):
        st.warning(notice)
    return predictions


def _heatmaps(
    selection: Selection, config: CamConfig | None, region: Region | None
) -> list[Heatmap]:
    """Heatmaps of all rates; none, and a word why, where one cannot be computed."""
    if config is None:
        return []
    try:
        with st.spinner("Computing Grad-CAM ..."):
            return [
                cached.heatmap(selection.scene, file, config, region)
                for file in selection.checkpoints
            ]
    except ConfigError as error:
        st.warning(f"There is no Grad-CAM: {plain(str(error))}")
        return []


def _sums(
    selection: Selection, predictions: Sequence[Prediction], region: Region | None
) -> list[ScoreSums]:
    """What each checkpoint scores over the scene or the region; nothing without a chart."""
    if not predictions or not selection.scene.charts:
        return []
    with st.spinner("Scoring ..."):
        return [cached.scores(selection.scene, file, region) for file in selection.checkpoints]


def _region_section(
    scene: Scene, content: Content, results: Results, region: Region | None
) -> None:
    st.subheader(
        "Region",
        help="Draw a box on a map (under Display, let dragging choose a region), or type its ends. "
        "The region is shown at full resolution (as far as 1100 pixels a side go), scored by "
        "itself, and Grad-CAM explains what the networks say of it: above in the whole scene, "
        "here close up.",
    )
    region_fields(scene)
    if region is not None:
        region_maps(Base(scene, region), content, results)


def _link(
    selection: Selection, chart: ChartName, config: CamConfig | None, region: Region | None
) -> None:
    permalink.write(
        permalink.Link(
            scene=selection.scene.id,
            rates=selection.rates,
            channels=selection.channel_set,
            task=chart,
            target=config.target if config else None,
            region=region,
            layer=config.layer if config else None,
            method=config.method if config else None,
        )
    )


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
