"""What did each network make of one pixel, and where did it look?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard.explain.place_picker import chosen_place, place_fields
from seaice.dashboard.explain.questions import TAPS_KEY
from seaice.dashboard.explain.radar_map import radar_figure, show_map
from seaice.dashboard.explain.results import story, true_class
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.experiment.reference import charted_class
from seaice.explain.pixel import PixelStory
from seaice.explain.tables import story_rows
from seaice.figures.overlays import Mark, add_cross, add_marks, add_square
from seaice.figures.shares import HeldCurve, bar_figure, held_figure, network_colour
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene

_SHARE = 0.9
_DISTANCES = (
    "The gradient: the radius of a circle around the pixel. The field: half of the side of a "
    "square, whose corners lie farther away."
)
_HELP = (
    "Squares: the theoretical receptive field of each network. Dots: the cells that the branches "
    "of the network read here; crosses: cells without data, on masked ground or beyond the scene. "
    "Click on the map or type a position."
)


def pixel_section(
    view: SceneView, chart: ChartName, files: Sequence[CheckpointFile], *, narrow: bool
) -> None:
    """Draw the map, what each network says, and how far its gradient reaches."""
    scene, dark = view.scene, st.context.theme.type == "dark"
    left, right = (st.container(), st.container()) if narrow else st.columns([5, 6])
    with left:
        place_fields(scene)
        map_place = st.container()
    problem, stories = "", []
    try:
        with st.spinner("Asking the networks ..."):
            stories = [story(scene, file, chart, chosen_place(scene)) for file in files]
    except ConfigError as error:
        problem = str(error)
    with map_place:
        _map(view, files, stories, dark=dark)
    with right:
        if problem:
            st.info(plain(problem))
            return
        st.markdown(_known(scene, chart))
        labels = [file.info.rates_label for file in files]
        st.table(_table(labels, stories))
        st.caption(_DISTANCES)
        _figures(scene, chart, labels, stories, dark=dark)
    pairs = list(zip(files, stories, strict=True))
    save_buttons(
        scene,
        chart,
        "pixel",
        lambda: [{**row, **facts_of(file)} for file, each in pairs for row in story_rows(each)],
    )


def _map(
    view: SceneView,
    files: Sequence[CheckpointFile],
    stories: Sequence[PixelStory],
    *,
    dark: bool,
) -> None:
    figure, extent = radar_figure(view), view.located_extent
    labels = [file.info.rates_label for file in files]
    map_place = st.container()
    shown = 0
    if len(stories) > 1:
        # A link may come with fewer networks than it was made with.
        if st.session_state.get(TAPS_KEY) not in range(len(stories)):
            st.session_state[TAPS_KEY] = len(stories) - 1
        shown = st.selectbox(
            "Cells that are read, of rates",
            range(len(stories)),
            format_func=lambda number: labels[number],
            key=TAPS_KEY,
            persist_state="session",
            help=_HELP,
        )
    for number, each in enumerate(stories):
        add_square(figure, extent, each.place, each.field_km, network_colour(number, dark))
    if stories:
        marks = [
            Mark(tap.place, tap.state != "data", f"{tap.branch}<br>{tap.state}")
            for tap in stories[shown].taps
        ]
        add_marks(figure, extent, marks, network_colour(shown, dark), labels[shown])
    add_cross(figure, extent, chosen_place(view.scene))
    with map_place:
        show_map(view, figure, "Radar image with the receptive field of each network at the pixel")


def _known(scene: Scene, chart: ChartName) -> str:
    """The chart's class and the truth, as far as they are known."""
    place = chosen_place(scene)
    charted, true = charted_class(scene, chart, place), true_class(scene, chart, place)
    texts = [
        f"The ice chart says **{_name(chart, charted)}** here."
        if charted is not None
        else "The ice chart has no label here."
    ]
    if true is not None:
        texts.append(f"The simulated truth is **{_name(chart, true)}**.")
    return " ".join(texts)


def _name(chart: ChartName, index: int) -> str:
    return plain(CHART[chart].class_names[index])


def _table(labels: Sequence[str], stories: Sequence[PixelStory]) -> pd.DataFrame:
    rows = {}
    for label, each in zip(labels, stories, strict=True):
        lost = sum(tap.state != "data" for tap in each.taps)
        rows[label] = [
            each.says,
            *([f"{100 * each.probabilities[each.target]:.0f} %"] if each.chart != "SIC" else []),
            _radius(each),
            f"{each.field_km / 2:.0f} km",
            f"{lost} of {len(each.taps)}",
        ]
    sure = [] if stories[0].chart == "SIC" else ["Sure by"]
    columns = ["Says", *sure, "90 % of gradient within", "Field reaches", "Cells without data"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Rates")


def _radius(story: PixelStory) -> str:
    km = story.radius_km(_SHARE)
    if np.isnan(km):
        return "no gradient"
    return f"{km:.1f} km" if km < 10 else f"{km:.0f} km"


def _figures(
    scene: Scene,
    chart: ChartName,
    labels: Sequence[str],
    stories: Sequence[PixelStory],
    *,
    dark: bool,
) -> None:
    if chart != "SIC":
        series = [
            (label, 100 * each.probabilities) for label, each in zip(labels, stories, strict=True)
        ]
        st.markdown("**How sure each network is**")
        st.plotly_chart(
            bar_figure(CHART[chart].class_names, series, "Probability, %", dark, top=100),
            key="pixel_probabilities",
            config=figure_config(scene, "probabilities"),
            alt="Probability of each class by network; the table above names the likeliest",
        )
    curves = [
        HeldCurve(
            label,
            np.arange(len(each.profile)) * each.spacing_m / 1000,
            each.held,
            each.radius_km(_SHARE),
        )
        for label, each in zip(labels, stories, strict=True)
    ]
    st.markdown("**How far its gradient reaches**")
    st.plotly_chart(
        held_figure(curves, _SHARE, dark),
        key="pixel_gradient",
        config=figure_config(scene, "gradient"),
        alt="Share of the input gradient within a distance; the table above gives the radii",
    )
    st.caption(
        "The gradient says what a small change of an input would do to the prediction. It says "
        "nothing about benefit: *Context* shows what far information is good for."
    )
