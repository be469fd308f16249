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
