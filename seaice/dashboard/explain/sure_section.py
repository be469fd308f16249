"""How sure are the networks, and are they right as often?"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.seeds import Seeds, maps_of, reliability_of, seeds_of, trust_of
from seaice.dashboard.explain.sure_maps import sure_maps
from seaice.dashboard.explain.sure_words import MEANINGS, Sureness, answer, sure_table
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.permalink import limit_key
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.explain.map_files import sure_layers
from seaice.figures.reliability import ReliabilityCurve, reliability_figure
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.confidence.calibration import reliability_rows
from seaice.results.confidence.reliability import Reliability

LIMITS: dict[ChartName, int] = {"SIC": 5, "SOD": 70, "FLOE": 70}
"""Where the mask begins: largest spread of SIC in points, else least probability in percent."""


def sure_section(
    view: SceneView, chart: ChartName, files: Sequence[CheckpointFile], *, narrow: bool
) -> None:
    """Draw sentences, maps with a mask, the reliability diagram and a table."""
    limit = _limit(chart)
    found: list[Sureness] = []
    for number, file in enumerate(files, 1):
        label, seeds = file.info.rates_label, seeds_of(file)
        try:
            with st.spinner(f"Predicting with rates {label} ({number} of {len(files)}) ..."):
                found.append(Sureness(label, seeds, trust_of(view.scene, seeds, chart, limit)))
        except ConfigError as error:
            st.info(f"{plain(label)}: {plain(str(error))}")
            continue
        measured = reliability_of(view.scene, seeds, chart) if chart != "SIC" else None
        st.markdown(f"**{plain(label)}**: {plain(answer(found[-1], chart, measured, limit))}")
    if not found:
        return
    with st.expander("The numbers, and what they mean", icon=":material/table:"):
        st.table(sure_table(view, chart, found))
        st.markdown(MEANINGS[chart])
    sure_maps(view, chart, [(each.label, each.seeds, each.trust) for each in found], narrow=narrow)
    if chart != "SIC":
        _reliability(view, chart, found, narrow=narrow)
    save_buttons(
        view.scene,
        chart,
        "sure",
        None if chart == "SIC" else lambda: _rows(view, chart, found),
        lambda: [
            layer
            for number, each in enumerate(found, 1)
            for layer in sure_layers(
                maps_of(view.scene, each.seeds),
                each.trust,
                chart,
                f"network_{number}",
                _facts(each.seeds),
            )
        ],
        {"limit": limit, "limit_of": "spread, points" if chart == "SIC" else "probability"},
    )


def _facts(seeds: Seeds) -> dict[str, object]:
    """Facts of all checkpoints that were taken together."""
    each = [facts_of(file) for file in seeds]
    return {name: " ".join(dict.fromkeys(str(one[name]) for one in each)) for name in each[0]}


def _rows(view: SceneView, chart: ChartName, found: Sequence[Sureness]) -> list[dict[str, object]]:
    return [
        {"chart": chart, **row, **_facts(each.seeds)}
        for each in found
        for row in reliability_rows(chart, reliability_of(view.scene, each.seeds, chart))
    ]


def _limit(chart: ChartName) -> float:
    """Draw the slider; a probability from 0 to 1, or for SIC percentage points."""
    label, low, high, step = (
        ("Do not trust SIC whose seeds spread by more than (points)", 1, 30, 1)
        if chart == "SIC"
        else ("Do not trust pixels sure by less than (%)", 0, 100, 5)
    )
    # A link may name any percentage; the slider of SIC ends earlier.
    limit = st.session_state.get(limit_key(chart), LIMITS[chart])
    st.session_state[limit_key(chart)] = min(max(limit, low), high)
    chosen = st.slider(
        label, low, high, step=step, key=limit_key(chart), persist_state="session", width=420
    )
    return float(chosen) if chart == "SIC" else chosen / 100


def _reliability(
    view: SceneView, chart: ChartName, found: Sequence[Sureness], *, narrow: bool
) -> None:
    measured = [(each.label, reliability_of(view.scene, each.seeds, chart)) for each in found]
    if not any(each.count() for _, each in measured):
        return
    left, right = (st.container(), st.container()) if narrow else st.columns(2)
    with left:
        st.markdown("**Right as often as sure?**")
        curves = [ReliabilityCurve(label, *each.curve()) for label, each in measured]
        st.plotly_chart(
            reliability_figure(curves, st.context.theme.type == "dark"),
            key="reliability",
            config=figure_config(view.scene, "reliability"),
            alt="Share of right pixels against confidence; the table has the errors by class",
        )
    with right:
        st.markdown("**Calibration error by class, points (sure / right, %)**")
        st.table(_table(chart, measured))


def _table(chart: ChartName, measured: Sequence[tuple[str, Reliability]]) -> pd.DataFrame:
    names: list[tuple[int | None, str]] = [(None, "All classes")]
    names += enumerate(CHART[chart].class_names)
    rows = {label: [_cell(each, index) for index, _ in names] for label, each in measured}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=[name for _, name in names]).T
    return frame.rename_axis("Predicted class")


def _cell(found: Reliability, index: int | None) -> str:
    if not found.count(index):
        return "never predicted"
    sure, right = found.mean_confidence(index), found.accuracy(index)
    return f"{100 * found.error(index):.1f} ({100 * sure:.0f} / {100 * right:.0f})"
