"""A guided start: four views, each a click away, that show what the dashboard is for."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from seaice.dashboard import navigation
from seaice.dashboard.navigation import PageName


@dataclass(frozen=True)
class Step:
    """One view of the guided start.

    Attributes:
        title: What the link to it says.
        text: What to look at there.
        page: The page.
        query: Query of its address.
        icon: Icon of the link.
    """

    title: str
    text: str
    page: PageName
    query: Mapping[str, str]
    icon: str


_RATES = {"rates": "none 1-2-3 12-24-36", "task": "SOD"}

STEPS = (
    Step(
        "See one scene with three receptive fields",
        "The first map is the ice chart. The others are predictions of three networks whose fields "
        "are 28, 32 and 137 km wide. The number in each title is the score.",
        "compare",
        {**_RATES, "maps": "maps errors"},
        ":material/compare:",
    ),
    Step(
        "See where they differ",
        "Each colour stands for a pair of classes: which one a network sees where the first "
        "network sees another. Hover over a map to read them.",
        "compare",
        {**_RATES, "maps": "maps differences", "versus": "1"},
        ":material/difference:",
    ),
    Step(
        "See how far a network really looks",
        "The theoretical field is a bound. The measured one says which distances a prediction "
        "depends on.",
        "explain",
        {**_RATES, "question": "field"},
        ":material/target:",
    ),
    Step(
        "See what the study found",
        "Scores against the receptive field, for each channel set, over all test scenes.",
        "context",
        {},
        ":material/zoom_out_map:",
    ),
)


def tour() -> None:
    """Draw the steps."""
    for number, step in enumerate(STEPS, 1):
        with st.container(gap=None):
            navigation.link_to(step.page, f"{number}. {step.title}", step.icon, step.query)
            st.caption(step.text)
