"""What keeps Plotly's figures from talking to other hosts."""

from typing import Any

OFFLINE: dict[str, Any] = {
    "displaylogo": False,
    # Plotly would offer to upload the figure, and with it the scene, to its maker's servers.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["lasso2d", "sendChartToCloud"],
}
"""Configuration of every figure: no logo with a link, nothing that uploads."""

CHART: dict[str, Any] = {
    **OFFLINE,
    "modeBarButtonsToRemove": [
        *OFFLINE["modeBarButtonsToRemove"],
        *("select2d", "zoomIn2d", "zoomOut2d", "autoScale2d"),
    ],
}
"""That of a chart, on which no region is drawn: few buttons, which find room beside its title. A
double click does what those that are left out do."""
