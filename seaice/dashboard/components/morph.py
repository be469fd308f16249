"""Maps that the swipe viewer blends into one another, as a slider moves along them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Morph:
    """What stands to the right of the viewer's divider, instead of one map.

    Attributes:
        labels: What the steps of the slider are called; at least two.
        fields_km: The receptive field at each step: side of the square over the pointer, km.
            A polar map has no square.
        rows: Indices of the maps to blend by their common title, one for each step.
    """

    labels: Sequence[str]
    fields_km: Sequence[float]
    rows: Mapping[str, Sequence[int]]

    def facts(self) -> dict[str, object]:
        """JSON for the browser."""
        steps = zip(self.labels, self.fields_km, strict=True)
        return {
            "steps": [{"label": label, "field_km": float(km)} for label, km in steps],
            "rows": [{"title": title, "maps": list(maps)} for title, maps in self.rows.items()],
        }
