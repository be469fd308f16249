"""Compare: one scene, its ice chart, and what several atrous rates make of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.core.errors import SeaIceError
from seaice.dashboard import permalink
from seaice.dashboard.compact import compact
from seaice.dashboard.compare.columns import further_columns, pick_against, pick_columns
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.downloads import downloads
from seaice.dashboard.compare.former import RESULTS, former_hidden
from seaice.dashboard.compare.introduction import introduction, missing_checkpoints
from seaice.dashboard.compare.map_section import first_maps, scene_maps
from seaice.dashboard.compare.pickers import (
    display_pickers,
    evidence_notes,
    explanation_pickers,
    layout_switch,
    task_switch,
)
from seaice.dashboard.compare.rate_slider import along_rates
from seaice.dashboard.compare.region_picker import (
    chosen_region,
    region_bar,
    region_panel,
    shown_close_up,
)
from seaice.dashboard.compare.results import (
    ColumnResult,
    explain_all,
    networks_among,
    predict_all,
    score_all,
)
from seaice.dashboard.compare.score_section import score_section
from seaice.dashboard.compare.sources import Sources, other_columns
from seaice.dashboard.compare.turns import turn
from seaice.dashboard.components.copy_link import copy_link
from seaice.dashboard.components.plotly_script import load_plotly
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.sidebar.description import scene_heading, scene_notice
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig
from seaice.scenes.region import Region


def page() -> None:
    """Draw the page."""
    compact()
    load_plotly()
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title("Compare atrous rates", width="content")
        heading = st.container(horizontal=True, vertical_alignment="center", width="content")
    selection = sidebar()
    scene = selection.scene
    narrow = is_narrow()
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        chart = task_switch(narrow=narrow)
        region_popover = st.popover("Region")
        layout = layout_switch()
        with st.popover("Settings", icon=":material/tune:"):
            columns_panel, panel = st.tabs(["Columns", "Display"])
    with columns_panel:
        sources = pick_columns(selection)
    with panel:
        settings = display_pickers(scene, chart, layout, narrow=narrow)
    chosen_region(scene)
    with region_popover:
        region_panel(scene, draws=settings.layout == "Side by side")
    scene_notice(selection)
    missing_checkpoints(selection, sources.files[len(selection.checkpoints) :])
    with st.container(gap=None):
        # Notices and spinners, whose number varies; what they stand above keeps its place.
        above, place = st.container(key="above"), st.container(key=RESULTS)
    with above, turn():
        with former_hidden(
            place, scene, lambda: first_maps(scene, settings, shown_close_up(scene))
        ):
            # Not before: maps of the former scene must not stand below it.
            with heading:
                scene_heading(selection)
                introduction(selection)
            last = _results(selection, sources, settings, (columns_panel, panel), place)
        with place:
            last()


def _results(
    selection: Selection,
    sources: Sources,
    settings: DisplaySettings,
    panels: tuple[DeltaGenerator, DeltaGenerator],
    place: DeltaGenerator,
) -> Callable[[], None]:
    """Draw what the networks make of the scene, and the last pickers into the panels.

    Args:
        selection: What is selected in the sidebar.
        sources: The columns.
        settings: What to show.
        panels: Those for columns and display.
        place: Where maps and scores go; spinners and notices go where it is called.

    Returns:
        What draws the rest, which may take seconds.
    """
    scene = selection.scene
    shown = along_rates(selection) if settings.layout == "Rates" else sources
    results = [
        *predict_all(scene, shown.files),
        *other_columns(scene, selection.channel_set, shown),
    ]
    region = chosen_region(scene)
    columns_panel, display_panel = panels
    if "Differences" in settings.rows:
        with columns_panel:
            settings = replace(settings, against=pick_against(results))
    with display_panel:
        config = explanation_pickers(settings.chart, networks_among(results))
    _write_link(selection, sources, settings, config, region)
    explains = config is not None and "Evidence" in settings.rows
    if config and explains:
        results = explain_all(results, config, region)
    with place:
        close_up = region_bar(scene)
    with st.spinner("Drawing the maps ..."):
        scored = score_all(results, region if close_up else None)
        with place:
            scene_maps(scene, settings, scored, region, close_up=close_up)
    results = score_all(results, region)
    with place:
        if config and explains:
            evidence_notes(config, of_region=region is not None)
        _ways_out(settings, results, region, close_up=close_up)
        return score_section(settings, results, region)


def _ways_out(
    settings: DisplaySettings,
    results: Sequence[ColumnResult],
    region: Region | None,
    *,
    close_up: bool,
) -> None:
    """Draw what copies the link and what downloads the results."""
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_link()
        maps = "region_maps" if close_up else "maps"
        if results:
            with st.popover("Download", key="downloads"):
                downloads(results, region, maps if settings.layout == "Side by side" else None)


def _write_link(
    selection: Selection,
    sources: Sources,
    settings: DisplaySettings,
    config: CamConfig | None,
    region: Region | None,
) -> None:
    permalink.write(
        replace(
            selection.link(),
            task=settings.chart,
            target=config.target if config else None,
            region=region,
            layer=config.layer if config else None,
            method=config.method if config else None,
            columns=further_columns(selection, sources),
            versus=settings.against + 1 if "Differences" in settings.rows else None,
            view=settings.layout,
            maps=settings.rows,
            beside=settings.channels,
            shows=st.session_state.get("region_place") if region else None,
            colours=settings.scheme,
            opacity=st.session_state.get("opacity"),
            orientation=settings.direction,
        )
    )


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
