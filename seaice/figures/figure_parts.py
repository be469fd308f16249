"""A figure as plain values, of which Plotly checks nothing.

Plotly's own objects check each value, and all shapes again whenever one is added. For a figure of
nine maps, that takes longer than all else about it.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

Part = dict[str, Any]
Axes = tuple[str, str]
"""Names of a panel's axes: `("x2", "y2")`."""


@dataclass(frozen=True)
class FigureParts:
    """What a figure consists of, in Plotly's words; the methods are those of a figure.

    Attributes:
        traces: Traces.
        layout: The layout, but for what follows.
        shapes: Shapes.
        annotations: Annotations.
        images: Images.
        panels: Axes of the panels that show something.
    """

    traces: list[Part] = field(default_factory=list)
    layout: Part = field(default_factory=dict)
    shapes: list[Part] = field(default_factory=list)
    annotations: list[Part] = field(default_factory=list)
    images: list[Part] = field(default_factory=list)
    panels: list[Axes] = field(default_factory=list)

    def add_trace(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Add a trace, with its `type`."""
        self.traces.append({**(arg or {}), **part})

    def add_shape(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Add a shape."""
        self.shapes.append({**(arg or {}), **part})

    def add_annotation(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Add an annotation."""
        self.annotations.append({**(arg or {}), **part})

    def add_layout_image(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Add an image."""
        self.images.append({**(arg or {}), **part})

    def to_dict(self) -> dict[str, Any]:
        """The figure for Plotly in a browser; its layout, traces and images may be changed."""
        layout = {
            **self.layout,
            "shapes": self.shapes,
            "annotations": self.annotations,
            "images": [{**image} for image in self.images],
        }
        return {"data": [{**trace} for trace in self.traces], "layout": layout}

    def to_plotly(self) -> go.Figure:
        """The figure for Plotly in Python, which checks it."""
        return go.Figure(self.to_dict())


def packed(numbers: np.ndarray) -> dict[str, str]:
    """An array of up to 32 bits a number, or of float64, as Plotly reads it from JSON."""
    numbers = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False)
    return {
        "dtype": numbers.dtype.str[1:],
        "bdata": base64.b64encode(numbers.tobytes()).decode(),
        "shape": ", ".join(map(str, numbers.shape)),
    }
