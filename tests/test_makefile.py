"""What `make` says where something is missing; the set-up itself every other test runs in."""

import shutil
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the set-up needs of the project, without an environment."""
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
def test_no_python_is_said_in_a_sentence(clone: Path, target: str):
    result = make(clone, target, "PYTHON=")
    assert result.returncode != 0
    assert "needs Python 3.11 or newer, and there is none on the path" in result.stderr
    assert not (clone / ".venv").exists()


def test_an_old_python_is_said_in_a_sentence(clone: Path):
    result = make(clone, "app", f"PYTHON={interpreter(clone, 'exit 1')}")
    assert result.returncode != 0
    assert "is older or not there" in result.stderr


def test_a_python_without_venv_is_said_in_a_sentence(clone: Path):
    body = 'case "$2" in *venv*) exit 1;; esac'
    result = make(clone, "app", f"PYTHON={interpreter(clone, body)}")
    assert result.returncode != 0
    assert "has no venv module; on Debian and Ubuntu install the package python3-venv" in (
        result.stderr
    )
    assert not (clone / ".venv").exists()
