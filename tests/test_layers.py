"""Imports run downward only."""

import ast
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]

# From the bottom; modules of one layer do not know each other.
LAYERS = (
    ("errors",),
    ("vocabulary", "files", "arctic", "cache"),
    ("charts", "layout"),
    ("model", "data", "simulate", "device", "figures", "folders", "launch", "runs"),
    ("calibration", "convert", "prepare"),
    ("catalogue", "checkpoint", "scoring"),
    ("inference", "authors"),
    ("evaluation", "explain"),
    ("autoice",),
    ("export",),
    ("training",),
    ("jobs", "answers"),
    ("experiment",),
    ("ui",),
    ("commands",),
    ("cli", "__main__", "app", "pages"),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# What a part may know besides the packages below: figures know the words and the projection.
ONLY = {
    "figures": {"vocabulary", "arctic"},
    "simulate": {"errors", "files", "vocabulary", "layout", "charts"},
    "convert": {"errors", "files", "vocabulary", "layout", "charts", "data", "arctic"},
}
SAME_LAYER = {("__main__", "cli")}


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def sources() -> list[tuple[str, Path]]:
    package = [
        (path.relative_to(HOME / "seaice").parts[0].removesuffix(".py"), path)
        for path in sorted((HOME / "seaice").rglob("*.py"))
    ]
    pages = [("pages", path) for path in sorted((HOME / "pages").glob("*.py"))]
    return [*package, *pages, ("app", HOME / "app.py")]


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively, which this test cannot follow"
            found |= (
                {f"seaice.{alias.name}" for alias in node.names}
                if node.module == "seaice"
                else {node.module}
            )
    return found


@pytest.mark.parametrize(
    ("part", "path"), [pytest.param(*each, id=str(each[1].relative_to(HOME))) for each in sources()]
)
def test_imports_run_downward(part: str, path: Path):
    if part == "__init__":
        assert not {name for name in imports(path) if name.startswith("seaice")}
        return
    assert part in LEVEL, f"{part} has no layer"
    for module in imports(path):
        if not module.startswith("seaice."):
            continue
        other = part_of(module)
        if other == part or (part, other) in SAME_LAYER:
            continue
        assert LEVEL[other] < LEVEL[part], f"{path.name} imports {module}, which lies not below it"
        assert part not in ONLY or other in ONLY[part], f"{part} may not know {other}"


@pytest.mark.parametrize("path", [path for _, path in sources()], ids=lambda path: path.name)
def test_streamlit_stays_in_the_pages(path: Path):
    part = path.relative_to(HOME).parts
    if part[0] in ("pages", "app.py") or part[:2] == ("seaice", "ui"):
        return
    assert not any(module.split(".")[0] == "streamlit" for module in imports(path))
