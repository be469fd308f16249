"""The notebook of docs/ runs as it stands, and keeps no outputs."""

import ast
import json
from pathlib import Path

import plotly.graph_objects as go
import pytest

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "figures.ipynb"


@pytest.fixture
def cells() -> list[dict]:
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def shown(source: str, known: dict[str, object]) -> object:
    """Run a cell as Jupyter does; the value of its last line if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), known)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), known) if last else None


def test_its_cells_make_the_figures(
    cells, make_scene, make_checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make_scene(48, 64, folder=tmp_path / "data")
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=tmp_path / "models")
    monkeypatch.setenv("SEAICE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))
    known: dict[str, object] = {}
    values = [shown("".join(cell["source"]), known) for cell in cells]
    figures = [each for each in values if isinstance(each, go.Figure)]
    assert [figure.layout.annotations[0].text.split(" ")[0] for figure in figures] == [
        "Ice",
        "Where",
        "Rates",
        "Evidence",
    ]


def test_it_keeps_no_outputs(cells):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
