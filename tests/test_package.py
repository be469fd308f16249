"""What an installation needs: version ranges, pins, and the files of the dashboard."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import seaice

HOME = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
IMPORTED_AS = {
    "scikit-learn": "sklearn",
    "pillow": "PIL",
    "grad-cam": "pytorch_grad_cam",
    "netcdf4": "netCDF4",
}
"""Packages whose module has another name."""


def requirements(lines: list[str]) -> dict[str, Requirement]:
    """Requirements by normalised name; comments are left out."""
    texts = [line.split("#", 1)[0].strip() for line in lines]
    parsed = [Requirement(text) for text in texts if text]
    return {canonicalize_name(each.name): each for each in parsed}


RANGES = requirements(PROJECT["project"]["dependencies"])
PINS = requirements((HOME / "requirements.txt").read_text(encoding="utf-8").splitlines())


def imported_modules(folder: Path) -> set[str]:
    """Top-level modules that the code of a folder imports, also inside functions."""
    modules = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add((node.module or "").split(".")[0])
    return modules


def test_ranges_and_pins_name_the_same_packages():
    assert RANGES.keys() == PINS.keys()


@pytest.mark.parametrize("name", PINS)
def test_a_pin_lies_in_its_range(name: str):
    (pin,) = PINS[name].specifier
    assert pin.operator == "=="
    assert pin.version in RANGES[name].specifier, f"{PINS[name]} is outside {RANGES[name]}"


def test_requirements_are_what_the_package_imports():
    """No import without a requirement, and no requirement without an import."""
    imported = imported_modules(HOME / "seaice") | imported_modules(HOME / "pages")
    third_party = imported - set(sys.stdlib_module_names) - {"seaice"}
    assert {IMPORTED_AS.get(name, name) for name in PINS} == third_party


def test_the_wheel_takes_the_dashboards_files():
    """The entry script, pages, icon and settings lie beside each other, as in a clone."""
    site = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for source, target in site.items():
        assert (HOME / source).exists()
        assert target == f"seaice/dashboard/site/{source}"
    assert set(site) == {"app.py", "pages", "assets", ".streamlit"}


@pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed")
def test_the_wheel_holds_the_dashboard(tmp_path: Path):
    """Built without network; CI installs the wheel and starts the dashboard from it."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=HOME, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    pages = {f"pages/{path.name}" for path in (HOME / "pages").glob("*.py")}
    wanted = {"app.py", "assets/icon.png", ".streamlit/config.toml", *pages}
    assert {f"seaice/dashboard/site/{name}" for name in wanted} <= names
    assert "seaice/figures/coastline.json" in names
    assert any(name.endswith(".js") for name in names)
    assert not [name for name in names if name.endswith((".nc", ".safetensors"))]


def test_the_citation_names_this_version():
    text = (HOME / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", text, re.M)[1] == seaice.__version__


def test_all_descriptions_name_the_same_versions_of_python():
    """The check of the Makefile, CI, and what people read."""
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    oldest, newest = re.search(r"not \(3, (\d+)\) <= .+ <= \(3, (\d+)\)", makefile).groups()
    assert PROJECT["project"]["requires-python"] == f">=3.{oldest}"
    for name in ("README.md", "CONTRIBUTING.md"):
        assert f"Python 3.{oldest} to 3.{newest}" in (HOME / name).read_text(encoding="utf-8")
    ci = (HOME / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    tested = {int(minor) for minor in re.findall(r'"3\.(\d+)"', ci)}
    assert tested == set(range(int(oldest), int(newest) + 1))
