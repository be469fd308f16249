"""What `make` prints if Python is missing. The set-up itself is what all other tests run in."""

import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

HOME = Path(__file__).resolve().parents[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, without an environment."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(HOME / name, tmp_path)
    return tmp_path


def interpreter(folder: Path, body: str) -> Path:
    """A stand-in for a Python that lacks something."""
    path = folder / "stand-in"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["make", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("target", ["app", "test"])
def test_a_missing_python_is_reported(clone: Path, target: str):
    result = make(clone, target, "PYTHON=")
    assert result.returncode != 0
    assert "needs Python 3.11 to 3.14, and none is on the path" in result.stderr
    assert not (clone / ".venv").exists()


def test_an_unsupported_python_is_reported(clone: Path):
    result = make(clone, "app", f"PYTHON={interpreter(clone, 'exit 1')}")
    assert result.returncode != 0
    assert "is another version, or does not exist" in result.stderr


def test_a_python_without_venv_is_reported(clone: Path):
    body = 'case "$2" in *venv*) exit 1;; esac'
    result = make(clone, "app", f"PYTHON={interpreter(clone, body)}")
    assert result.returncode != 0
    assert "has no venv module. On Debian and Ubuntu, install the package python3-venv" in (
        result.stderr
    )
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(
    ("version", "supported"), [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False)]
)
def test_supported_versions(version: tuple[int, int], supported: bool):
    """The check that the Makefile gives to an interpreter, run on made-up versions."""
    text = (HOME / "Makefile").read_text(encoding="utf-8")
    check = re.search(r"^IS_SUPPORTED := import sys; sys.exit\(not (.+)\)$", text, re.M)[1]
    sys = SimpleNamespace(version_info=(*version, 0, "final", 0))
    assert eval(check, {"sys": sys}) == supported
