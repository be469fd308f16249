"""Images of receptive fields side by side, in kilometres around a pixel."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import cmocean
import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

_PANEL_PX, _AROUND_PX = 260, 90
_DECADES = 4
"""The gradient fades over orders of magnitude: so many are shown."""
_MOST_CELLS = 160


@dataclass(frozen=True)
class FieldImage:
    """The gradient around a pixel.

    Attributes:
        label: Of which network.
        values: (2 n + 1, 2 n + 1) of at least 0, with the pixel in the middle.
        cell_km: Size of a value's pixel.
        theoretical_km: Side of the theoretical field, around the middle.
    """

    label: str
    values: np.ndarray
    cell_km: float
    theoretical_km: float


def field_images(images: Sequence[FieldImage], *, stacked: bool = False) -> go.Figure:
    """Draw images on one scale of kilometres and of colours, logarithmic, each to its own peak.

    Args:
        images: At least one.
        stacked: One below the other, for a narrow window.
    """
    rows, columns = (len(images), 1) if stacked else (1, len(images))
    figure = make_subplots(
        rows=rows,
        cols=columns,
        shared_xaxes="all",
        shared_yaxes="all",
        subplot_titles=[html.escape(image.label) for image in images],
    )
    reach = max(image.theoretical_km for image in images) / 2
    for number, image in enumerate(images):
        row, column = (number + 1, 1) if stacked else (1, number + 1)
        values, cell_km = thinned(image.values, image.cell_km)
        low = (1 - values.shape[0]) / 2 * cell_km
        figure.add_heatmap(
            z=decades(values),
            x0=low,
            dx=cell_km,
            y0=low,
            dy=cell_km,
            zmin=-_DECADES,
            zmax=0,
            colorscale=_scale(),
            showscale=number == 0,
            colorbar={
                "title": "share<br>of peak",
                "tickvals": list(range(-_DECADES, 1)),
                "ticktext": [f"1/{10**n:,}" if n else "1" for n in range(_DECADES, -1, -1)],
                "thickness": 12,
            },
            hovertemplate="%{x:.1f} km, %{y:.1f} km<extra></extra>",
            row=row,
            col=column,
        )
        half = image.theoretical_km / 2
        figure.add_shape(
            type="rect",
            x0=-half,
            x1=half,
            y0=-half,
            y1=half,
            line={"color": "#8a949c", "width": 1},
            row=row,
            col=column,
        )
    ends = [-1.05 * reach, 1.05 * reach]
    figure.update_xaxes(range=ends, showgrid=False, zeroline=False, constrain="domain")
    figure.update_yaxes(
        range=ends[::-1], scaleanchor="x", showgrid=False, zeroline=False, constrain="domain"
    )
    figure.update_xaxes(title="km along samples", row=rows)
    figure.update_yaxes(title="km along lines", col=1)
    return figure.update_layout(
        height=rows * (_PANEL_PX + _AROUND_PX), margin={"l": 0, "r": 8, "t": 30, "b": 0}
    )


def thinned(values: np.ndarray, cell_km: float) -> tuple[np.ndarray, float]:
    """Means of blocks around the middle, so that few enough cells are sent.

    Returns:
        (2 m + 1, 2 m + 1) with the pixel in the middle, and the size of a cell, km.
    """
    step = max(1, -(-values.shape[0] // _MOST_CELLS)) | 1
    half = values.shape[0] // 2
    # Odd blocks, one of them in the middle.
    blocks = -(-(half - step // 2) // step)
    wide = np.pad(values, blocks * step + step // 2 - half)
    means = wide.reshape(2 * blocks + 1, step, 2 * blocks + 1, step).mean(axis=(1, 3))
    return means, step * cell_km


def decades(values: np.ndarray) -> np.ndarray:
    """Logarithm to base 10 of values over their peak, float32; NaN for zeros."""
    peak = values.max()
    shown = np.full(values.shape, np.nan, np.float32)
    np.log10(values, out=shown, where=values > 0, casting="unsafe")
    return shown - np.float32(np.log10(peak)) if peak > 0 else shown


def _scale() -> list[list[float | str]]:
    steps = np.linspace(0, 1, 12)
    colours = (cmocean.cm.thermal(steps)[:, :3] * 255).round().astype(int)
    return [
        [float(at), f"rgb({red},{green},{blue})"]
        for at, (red, green, blue) in zip(steps, colours, strict=True)
    ]
