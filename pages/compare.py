"""Compare: one scene, its ice chart, and what several atrous rates make of it."""

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.dashboard import permalink
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.downloads import downloads
from seaice.dashboard.compare.introduction import introduction, missing_checkpoints
from seaice.dashboard.compare.map_section import region_section, scene_maps
from seaice.dashboard.compare.pickers import display_pickers, explanation_pickers
from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.compare.results import explain_all, predict_all, score_all
from seaice.dashboard.compare.score_section import score_section
from seaice.dashboard.components.copy_link import copy_link
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.sidebar.description import describe_selection
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig
from seaice.scenes.region import Region


def page() -> None:
    """Draw the page."""
    st.title("Compare atrous rates")
    selection = sidebar()
    scene = selection.scene
    describe_selection(selection)
    introduction()
    missing_checkpoints(selection)
    settings = display_pickers(scene, narrow=is_narrow())
    results = predict_all(selection)
    region = chosen_region(scene)
    config = explanation_pickers(settings.chart, results, of_region=region is not None)
    if config and "Evidence" in settings.rows:
        results = explain_all(results, config, region)
    _write_link(selection, settings, config, region)
    with st.spinner("Drawing the maps ..."):
        scene_maps(scene, settings, results, region)
    results = score_all(results, region)
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_link()
        if results:
            with st.popover("Download", key="downloads"):
                downloads(results, region, figure=not settings.swipe)
    region_section(scene, settings, results, region)
    score_section(settings, results, region)


def _write_link(
    selection: Selection,
    settings: DisplaySettings,
    config: CamConfig | None,
    region: Region | None,
) -> None:
    permalink.write(
        permalink.Link(
            scene=selection.scene.id,
            rates=selection.rates,
            channels=selection.channel_set,
            task=settings.chart,
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
