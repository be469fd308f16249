"""Confusion matrices: the classes of a chart against those that networks predict."""

from collections.abc import Sequence

import cmocean
import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from seaice.ai4arctic.charts import CHART, ChartName

_MATRIX_PX, _WORDS_PX, _TOP_PX = 300, 110, 40


def confusion_figure(
    chart: ChartName, names: Sequence[str], counts: Sequence[np.ndarray], stacked: bool
) -> go.Figure:
    """Draw a matrix for each network, side by side or stacked.

    Args:
        chart: Which chart.
        names: Title of each matrix.
        counts: (classes, classes) int64 pixels each; row: the chart's class, column: the predicted.
        stacked: One below the other, for a narrow window.
    """
    shape = (len(names), 1) if stacked else (1, len(names))
    figure = make_subplots(
        *shape,
        subplot_titles=names,
        horizontal_spacing=0.03,
        vertical_spacing=0.5 / max(len(names), 2) if stacked else 0.1,
    )
    for number, matrix in enumerate(counts):
        row, column = (number + 1, 1) if stacked else (1, number + 1)
        figure.add_trace(_matrix(chart, matrix), row, column)
    # As categories: Plotly would read "10 %" as a number.
    figure.update_xaxes(title_text="Predicted", type="category", constrain="domain", tickangle=-45)
    figure.update_yaxes(type="category", autorange="reversed", constrain="domain")
    for axis in figure.select_yaxes():
        # Square cells; each matrix has its own horizontal axis.
        axis.scaleanchor = axis.anchor
    figure.update_yaxes(title_text="Ice chart", col=1)
    for column in range(2, shape[1] + 1):
        figure.update_yaxes(showticklabels=False, col=column)
    figure.update_annotations(font_size=12)
    height = shape[0] * (_MATRIX_PX + _WORDS_PX) + _TOP_PX
    return figure.update_layout(height=height, margin={"l": 20, "r": 20, "t": _TOP_PX, "b": 20})


def _matrix(chart: ChartName, counts: np.ndarray) -> go.Heatmap:
    share = _shares(counts)
    names = CHART[chart].class_names
    return go.Heatmap(
        z=share,
        x=names,
        y=names,
        zmin=0,
        zmax=100,
        colorscale=_scale(),
        showscale=False,
        text=[["" if np.isnan(v) or v < 0.5 else f"{v:.0f}" for v in line] for line in share],
        texttemplate="%{text}",
        customdata=counts,
        hovertemplate="chart: %{y}<br>predicted: %{x}<br>%{customdata:,} pixels, "
        "%{z:.1f} % of the chart's class<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )


def _shares(counts: np.ndarray) -> np.ndarray:
    """Percentage of each row; NaN in the row of a class that the chart does not have."""
    support = counts.sum(axis=1, keepdims=True)
    shares = np.full(counts.shape, np.nan)
    np.divide(100.0 * counts, support, out=shares, where=support > 0)
    return shares


def _scale() -> list[list[float | str]]:
    steps = np.linspace(0, 1, 11)
    rgb = (cmocean.cm.dense(steps)[:, :3] * 255).round().astype(int)
    return [[step, f"rgb({r},{g},{b})"] for step, (r, g, b) in zip(steps, rgb, strict=True)]
