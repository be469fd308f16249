"""What all pictures for papers and slides share: intervals of points, and how a file is made."""

import io
import math
from collections.abc import Iterable

from matplotlib.figure import Figure

DPI = 150
GREY = "#5b6770"
MARKERS = "osD^v"


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure, whose parts make room for each other."""
    return Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained")


def halves(points: Iterable[tuple[float, float, float]]) -> list[list[float]]:
    """Lengths of error bars; none where there is no interval, or on its side beyond the score.

    Args:
        points: Score and both ends of its interval; NaN without one.

    Returns:
        Lengths below, and lengths above.
    """
    known = list(points)
    return [
        [_length(score - low) for score, low, _ in known],
        [_length(high - score) for score, _, high in known],
    ]


def _length(length: float) -> float:
    return 0.0 if math.isnan(length) else max(0.0, length)


def picture_file(figure: Figure, note: str) -> bytes:
    """A figure as a PNG file.

    Args:
        figure: From `new_figure`; changed.
        note: A line below, which says where the picture comes from.
    """
    figure.text(0.005, 0.005, note, fontsize=5, color=GREY)
    below = 0.138 / figure.get_figheight()
    figure.get_layout_engine().set(  # type: ignore[union-attr, call-arg]
        rect=(0, below, 1, 1 - below)
    )
    file = io.BytesIO()
    # Whatever a user's own settings of matplotlib say.
    figure.savefig(
        file,
        format="png",
        metadata={"Software": "seaice"},
        facecolor="white",
        transparent=False,
    )
    return file.getvalue()
