"""Shapes, annotations and images of a figure that are added at once.

Plotly checks all of a figure's shapes again whenever one is added, and so its annotations and
images: a figure of nine maps would spend half a second on that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

Part = dict[str, Any]


@dataclass(frozen=True)
class LayoutParts:
    """What will be added; its methods are those of a figure.

    Attributes:
        shapes: Shapes.
        annotations: Annotations.
        images: Images.
    """

    shapes: list[Part] = field(default_factory=list)
    annotations: list[Part] = field(default_factory=list)
    images: list[Part] = field(default_factory=list)

    def add_shape(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Note a shape."""
        self.shapes.append({**(arg or {}), **part})

    def add_annotation(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Note an annotation."""
        self.annotations.append({**(arg or {}), **part})

    def add_layout_image(self, arg: Mapping[str, Any] | None = None, /, **part: object) -> None:
        """Note an image."""
        self.images.append({**(arg or {}), **part})

    def add_to(self, figure: go.Figure, font_size: float) -> None:
        """Add all to a figure.

        Args:
            figure: The figure.
            font_size: Of all annotations, those that the figure has already among them.
        """
        there = [note.to_plotly_json() for note in figure.layout.annotations]
        notes = [
            {**note, "font": {**note.get("font", {}), "size": font_size}}
            for note in (*there, *self.annotations)
        ]
        figure.layout.annotations = notes
        figure.layout.shapes = self.shapes
        figure.layout.images = self.images
