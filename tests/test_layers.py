"""Imports run downwards only, through the layers that docs/architecture.md lists."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
_PARTS = re.compile(r"`([^`]+)`")
# A module by its dotted name, or a page or the entry script by its path.
_NAMES_MODULE = re.compile(r"^(seaice(\.[a-z_0-9]+)+)$|(?:^|/)((?:pages/\w+|app)\.py)$")


@dataclass(frozen=True)
class Part:
    """A row of the table of layers."""

    path: str
    layer: int
    only: tuple[str, ...]


def parts() -> list[Part]:
    """The rows of the table of layers, longest paths first."""
    text = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("## The layers")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if re.match(r"\| \d", line)]
    found = [
        Part(_PARTS.findall(part)[0], int(layer), tuple(_PARTS.findall(only)))
        for layer, part, _, only in rows
    ]
    return sorted(found, key=lambda part: len(part.path), reverse=True)


PARTS = parts()


def part_of(path: str) -> Part:
    """The part that a module or a page belongs to; `path` has no suffix."""
    for part in PARTS:
        if path == part.path or path.startswith(f"{part.path}/"):
            return part
    pytest.fail(f"{path} has no layer in docs/architecture.md")


def sources() -> list[Path]:
    package = [path for path in sorted((HOME / "seaice").rglob("*.py"))]
    return [*package, *sorted((HOME / "pages").glob("*.py")), HOME / "app.py"]


SOURCES = sources()
by_path = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOME)))


def module_paths(path: Path) -> Iterator[str]:
    """Modules that a file imports, also inside functions, or names in a string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.replace(".", "/") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import, which this test cannot follow"
            module = (node.module or "").replace(".", "/")
            is_package = (HOME / module / "__init__.py").is_file()
            # From one of our packages, a name may be a module.
            for alias in node.names:
                inner = f"{module}/{alias.name}"
                is_module = is_package and (HOME / f"{inner}.py").is_file()
                yield inner if is_module or (HOME / inner).is_dir() else module
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (match := _NAMES_MODULE.search(node.value))
        ):
            yield (match[1] or match[3]).replace(".py", "").replace(".", "/")


def is_allowed(part: Part, other: Part, module: str) -> bool:
    if part.only:
        return any(module == only or module.startswith(f"{only}/") for only in part.only)
    return other.layer < part.layer


@by_path
def test_imports_run_downward(path: Path):
    own = str(path.relative_to(HOME).with_suffix(""))
    if own == "seaice/__init__":
        assert not [module for module in module_paths(path) if module.startswith("seaice")]
        return
    part = part_of(own)
    for module in module_paths(path):
        if not module.startswith(("seaice/", "pages/", "app")):
            continue
        other = part_of(module)
        if other != part:
            assert is_allowed(part, other, module), (
                f"{own} must not use {module}: see the table of layers"
            )


@by_path
def test_streamlit_stays_in_the_dashboard(path: Path):
    if path.is_relative_to(HOME / "seaice") and not path.is_relative_to(HOME / "seaice/dashboard"):
        assert not [module for module in module_paths(path) if module.split("/")[0] == "streamlit"]


def test_the_table_names_every_part():
    """Every row has code, and the package has at most thirteen parts at its top."""
    for part in PARTS:
        assert (HOME / part.path).is_dir() or (HOME / f"{part.path}.py").is_file(), part.path
    top = [path for path in (HOME / "seaice").iterdir() if path.name != "__pycache__"]
    loose = {path.name for path in top if path.is_file()}
    assert loose == {"__init__.py", "__main__.py"}
    assert len(top) - len(loose) <= 13
    for folder in (path for path in top if path.is_dir()):
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


def test_a_string_that_reaches_upward_is_seen(tmp_path: Path):
    page = tmp_path / "below.py"
    page.write_text('st.switch_page("pages/compare.py")\nrun("seaice.training.run")\n')
    assert list(module_paths(page)) == ["pages/compare", "seaice/training/run"]
