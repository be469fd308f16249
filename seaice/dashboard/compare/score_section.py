"""The tables and matrices below the maps of Compare."""

from collections.abc import Sequence

import streamlit as st

from seaice.ai4arctic.charts import CHART
from seaice.dashboard.compare.baselines import all_baselines_wanted, baselines_shown
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.compare.score_tables import class_table, network_table, score_table
from seaice.figures.confusion import confusion_figure
from seaice.scenes.region import Region


def score_section(
    settings: DisplaySettings, results: Sequence[NetworkResult], region: Region | None
) -> None:
    """Draw scores, facts on the networks and confusion matrices; nothing without charts to score.

    Args:
        settings: What the page shows.
        results: What the networks make of the scene, scored.
        region: What they were scored over; the whole scene if None.
    """
    if not results or not results[0].prediction.scene.charts:
        return
    st.subheader(f"Scores of {_place(region)}")
    with st.container(key="scores"):
        scores = st.empty()
        scores.table(score_table(results))
    everything = all_baselines_wanted()
    st.subheader("The networks")
    with st.container(key="networks"):
        st.table(network_table(results))
    _classes(settings, results, region)
    # Last, so that nothing waits for the baselines.
    prediction = results[0].prediction
    sums = baselines_shown(
        prediction.scene, prediction.info.channel_set, region, everything=everything
    )
    if sums:
        scores.table(score_table(results, sums))


def _classes(
    settings: DisplaySettings, results: Sequence[NetworkResult], region: Region | None
) -> None:
    """Which class each network takes each class of the chart for."""
    chart = settings.chart
    st.subheader(
        f"Classes of {chart} in {_place(region)}",
        help="Rows: class in the ice chart. Columns: predicted class. Numbers: percentage of the "
        "chart's pixels of that class; the diagonal is correct. F1 is 2 TP / (2 TP + FP + FN) "
        "times 100, and 100 is best. A dash means that the class occurs in neither.",
    )
    if not results[0].sums.confusion[chart].any():
        st.caption(f"No pixel has a {chart} label here.")
        return
    names = [f"Rates {each.rates}" for each in results]
    matrices = [each.sums.confusion[chart] for each in results]
    st.plotly_chart(
        confusion_figure(chart, names, matrices, stacked=settings.narrow),
        key="confusion",
        config={"displaylogo": False},
        alt=f"Confusion matrices of {CHART[chart].long_name} for {', '.join(names)}; the table "
        "below gives F1 by class",
    )
    with st.container(key="classes"):
        st.table(class_table(chart, results))


def _place(region: Region | None) -> str:
    if region is None:
        return "this scene"
    (top, bottom), (left, right) = region.lines_km, region.samples_km
    return f"the region (lines {top:g}-{bottom:g} km, samples {left:g}-{right:g} km)"
