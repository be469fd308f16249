"""The tables and matrices below the maps of Compare."""

from collections.abc import Sequence

import streamlit as st

from seaice.ai4arctic.charts import CHART
from seaice.dashboard.compare.rows import Content
from seaice.dashboard.compare.score_tables import class_table, network_table, score_table
from seaice.dashboard.sidebar.selection import Selection
from seaice.figures.confusion import confusion_figure
from seaice.network.rates import rates_name
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region


def score_section(
    selection: Selection,
    predictions: Sequence[Prediction],
    sums: Sequence[ScoreSums],
    region: Region | None,
) -> None:
    """Scores, errors and facts on the networks."""
    st.subheader(f"Scores of {_place(region)}")
    with st.container(key="scores"):
        st.table(score_table(selection.checkpoints, sums))
    st.subheader("The networks")
    with st.container(key="networks"):
        st.table(network_table(selection.scene, selection.checkpoints, predictions))


def class_section(
    selection: Selection, content: Content, sums: Sequence[ScoreSums], region: Region | None
) -> None:
    """Where the classes of a chart go."""
    chart = content.chart
    st.subheader(
        f"Classes of {chart} in {_place(region)}",
        help="Rows: the ice chart's class. Columns: the predicted one. Numbers: per cent of the "
        "chart's pixels of that class; the diagonal is right. F1 is 2 TP / (2 TP + FP + FN) "
        "times 100, 100 is best; a dash where the class occurs in neither.",
    )
    if chart not in selection.scene.charts or not sums[0].confusion[chart].any():
        st.caption(f"There is no pixel with a label of {chart} here.")
        return
    names = [f"Rates {rates_name(file.info.rates)}" for file in selection.checkpoints]
    st.plotly_chart(
        confusion_figure(
            chart, names, [each.confusion[chart] for each in sums], stacked=content.narrow
        ),
        key="confusion",
        config={"displaylogo": False},
        alt=f"Confusion matrices of {CHART[chart].long_name} for {', '.join(names)}; the table "
        "below gives F1 by class",
    )
    with st.container(key="classes"):
        st.table(class_table(chart, selection.checkpoints, sums))


def _place(region: Region | None) -> str:
    if region is None:
        return "this scene"
    (top, bottom), (left, right) = region.lines_km, region.samples_km
    return f"the region (lines {top:g}-{bottom:g} km, samples {left:g}-{right:g} km)"
