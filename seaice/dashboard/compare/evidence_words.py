"""What the colours of the evidence maps mean, in words."""

from seaice.ai4arctic.charts import ChartName
from seaice.explain.gradcam import Heatmap
from seaice.explain.methods import METHOD, MethodName
from seaice.explain.targets import target_names


def scale_words(chart: ChartName, target: str, method: MethodName) -> str:
    """Two sentences on the scale of the maps, for the page.

    Args:
        chart: The task.
        target: Name of what is explained.
        method: The method.
    """
    if not METHOD[method].has_unit:
        return (
            f"Each map has a scale of its own: 1 is its strongest evidence. {method} gives heat "
            "without a unit, so compare where two networks look, not how strongly."
        )
    if chart == "SIC":
        what = f"how many percentage points a stretch of 1000 km² would contribute to {target}"
    else:
        what = f"how much a stretch of 1000 km² would add to the log-odds of {target.lower()}"
    return (
        f"All maps share one scale: {what}, averaged over the pixels explained. 1 is the strongest "
        "evidence shown, and the line below the maps gives its value."
    )


def source_words(heatmap: Heatmap, strongest: float | None) -> str:
    """What was explained and on which scale, for the source line of a figure."""
    config = heatmap.config
    target = target_names(config.chart)[config.target].lower()
    # Without evidence there is no scale, only a message on each map.
    per_1000_km2 = f"{strongest * 1000:.3g} {heatmap.unit}" if strongest else ""
    scale = f", 1 = {per_1000_km2} per 1000 km²" if strongest else ""
    own = "" if heatmap.unit else ", each map on its own scale"
    return f"{config.method} of {target} at {config.layer}{scale}{own}"
