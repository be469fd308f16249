"""No figure offers to send itself, and the scene in it, to another host."""

import ast
from pathlib import Path

import seaice
from seaice.figures.offline import OFFLINE

HIDDEN = "st.plotly_chart(go.Figure(go.Bar()), key='plotly')"
"""A chart that nobody sees, which brings Plotly to the page."""


def test_nothing_is_uploaded():
    assert OFFLINE["showSendToCloud"] is False
    assert OFFLINE["plotlyServerURL"] == ""
    assert "sendChartToCloud" in OFFLINE["modeBarButtonsToRemove"]


def test_every_figure_is_configured_so():
    """Each has a configuration, and none but this one is written from scratch."""
    bare, own = [], []
    for path in Path(seaice.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        if "displaylogo" in text:
            own.append(path.name)
        bare += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") == "plotly_chart"
            and "config" not in {each.arg for each in node.keywords}
            and ast.unparse(node) != HIDDEN
        ]
    assert own == ["offline.py"]
    assert bare == []
