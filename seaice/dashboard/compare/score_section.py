"""The tables and matrices below the maps of Compare."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.baselines import all_baselines_wanted, baselines_shown
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.region_picker import region_text
from seaice.dashboard.compare.results import ColumnResult, networks_among
from seaice.dashboard.compare.score_tables import (
    MEANING,
    capitalised,
    class_table,
    network_table,
    score_table,
)
from seaice.dashboard.components.figure import SentFigure, figure
from seaice.dashboard.text import plain
from seaice.figures.confusion import confusion_figure
from seaice.results.little_spread import little_spread
from seaice.scenes.region import Region


def score_section(
    settings: DisplaySettings, results: Sequence[ColumnResult], region: Region | None
) -> Callable[[], None]:
    """Draw scores, facts on the networks and confusion matrices; nothing without charts to score.

    Args:
        settings: What the page shows.
        results: What the columns' sources make of the scene, scored.
        region: What they were scored over; the whole scene if None.

    Returns:
        What adds the baselines to the scores; it comes last, so that nothing waits for them.
    """
    if not results or not results[0].maps.scene.charts:
        return lambda: None
    networks = networks_among(results)
    st.subheader(f"Scores of {_place(region)}")
    with st.container(key="scores"):
        scores = st.empty()
        _measures(scores, score_table(results), narrow=settings.narrow)
        # Of the chart, so the same for every column.
        if said := little_spread(results[0].sums):
            st.info(said)
    # A baseline stands beside networks that see the same channels.
    sets = {each.file.info.channel_set for each in networks}
    everything = len(sets) == 1 and all_baselines_wanted()
    if networks:
        st.subheader("The networks")
        with st.container(key="networks"):
            _measures(st.empty(), network_table(networks), narrow=settings.narrow)
    _classes(settings, results, region)
    if len(sets) != 1:
        return lambda: None
    return partial(
        _add_baselines,
        partial(_measures, scores, narrow=settings.narrow),
        results,
        region,
        sets.pop(),
        everything=everything,
    )


def _measures(place: DeltaGenerator, table: pd.DataFrame, *, narrow: bool) -> None:
    """Draw a table of measures; where it has little room, what they mean stands below it."""
    if not narrow:
        place.table(table)
        return
    meanings = table[MEANING].items()
    with place.container():
        st.table(table.drop(columns=MEANING))
        # Without a key, as the table of scores is drawn again with the baselines.
        with st.expander("What they mean", icon=":material/help:"):
            st.markdown(
                "\n".join(f"- **{plain(str(name))}**: {plain(text)}" for name, text in meanings)
            )


def _add_baselines(
    draw: Callable[[pd.DataFrame], None],
    results: Sequence[ColumnResult],
    region: Region | None,
    channel_set: str,
    *,
    everything: bool,
) -> None:
    """Draw the table of scores anew, with the baselines of a channel set."""
    sums = baselines_shown(results[0].maps.scene, channel_set, region, everything=everything)
    shown = {each.title for each in results}
    sums = {label: each for label, each in sums.items() if capitalised(label) not in shown}
    if sums:
        draw(score_table(results, sums))


def _classes(
    settings: DisplaySettings, results: Sequence[ColumnResult], region: Region | None
) -> None:
    """Which class each column takes each class of the chart for."""
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
    names = [each.title for each in results]
    figure(
        _matrices(results, region, chart, stacked=settings.narrow),
        key="confusion",
        alt=f"Confusion matrices of {CHART[chart].long_name} for {', '.join(names)}; the table "
        "below gives F1 by class",
    )
    with st.container(key="classes"):
        st.table(class_table(chart, results))


@cached(max_entries=100)
def _matrices(
    results: Sequence[ColumnResult], region: Region | None, chart: ChartName, *, stacked: bool
) -> SentFigure:
    """The confusion matrices of a chart, of results that were scored over a region."""
    names = [each.title for each in results]
    matrices = [each.sums.confusion[chart] for each in results]
    return SentFigure.of(confusion_figure(chart, names, matrices, stacked))


def _place(region: Region | None) -> str:
    if region is None:
        return "this scene"
    return f"the region ({region_text(region)})"
