"""Explain: where do the networks look, and can that be believed?"""

from dataclasses import replace
from typing import cast

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import MissingChannelsError, SeaIceError
from seaice.core.memory import named_budget
from seaice.dashboard import permalink
from seaice.dashboard.compact import compact
from seaice.dashboard.compare.introduction import missing_checkpoints
from seaice.dashboard.compare.pickers import task_switch
from seaice.dashboard.components.copy_link import copy_link
from seaice.dashboard.components.plotly_script import load_plotly
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.explain.branch_section import branch_section
from seaice.dashboard.explain.channel_section import channel_section
from seaice.dashboard.explain.evidence_section import evidence_section
from seaice.dashboard.explain.field_section import field_section
from seaice.dashboard.explain.pixel_section import pixel_section
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.question_settings import question_settings
from seaice.dashboard.explain.questions import QUESTIONS, QuestionName, place_text
from seaice.dashboard.explain.sure_section import sure_section
from seaice.dashboard.explain.truth_section import truth_section
from seaice.dashboard.orientation import turn_picker
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.sidebar.description import scene_heading, scene_notice
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain


def page() -> None:
    """Draw the page: one question at a time."""
    compact()
    load_plotly()
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title("Where do the networks look?", width="content")
        heading = st.container(horizontal=True, vertical_alignment="center", width="content")
    selection = sidebar()
    with heading:
        scene_heading(selection)
    narrow = is_narrow()
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        question = _question()
        chart = task_switch(narrow=True)
        with st.popover("Display", icon=":material/tune:"):
            direction = turn_picker()
    scene_notice(selection)
    missing_checkpoints(selection)
    permalink.write(
        replace(
            selection.link(),
            task=chart,
            question=question,
            place=place_text(chosen_place(selection.scene)),
            orientation=direction,
            **question_settings(question, chart, selection.scene),
        )
    )
    if not selection.checkpoints:
        return
    try:
        selection.scene.require(channel_set(selection.channel_set), selection.channel_set)
    except MissingChannelsError as error:
        st.error(plain(str(error)))
        return
    view = SceneView(selection.scene, north_up=direction != "As acquired")
    _section(question, view, chart, selection, narrow=narrow)
    copy_link()


def _section(
    question: QuestionName,
    view: SceneView,
    chart: ChartName,
    selection: Selection,
    *,
    narrow: bool,
) -> None:
    """Draw the answer: nothing is computed that it does not need.

    Raises:
        SeaIceError: There is none. A wrong `SEAICE_MEMORY` is told as what it is, and not as what
            keeps one network or place from being explained.
    """
    named_budget()
    files = selection.checkpoints
    scenes = selection.catalogue.scenes
    if question == "Channels":
        channel_section(view, chart, files, scenes, narrow=narrow)
        return
    if question == "Branches":
        branch_section(view, chart, files, scenes, narrow=narrow)
        return
    draw = {
        "One pixel": pixel_section,
        "Field": field_section,
        "Evidence": evidence_section,
        "Is it true?": truth_section,
        "How sure?": sure_section,
    }
    draw[question](view, chart, files, narrow=narrow)


def _question() -> QuestionName:
    st.session_state.setdefault("question", QUESTIONS[0])
    question = st.segmented_control(
        "Question",
        QUESTIONS,
        required=True,
        key="question",
        persist_state="session",
        label_visibility="collapsed",
    )
    return cast("QuestionName", question)  # A required control always holds one.


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
