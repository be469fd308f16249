"""Arrays -> Plotly figures."""
