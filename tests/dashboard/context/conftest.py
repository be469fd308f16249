"""Folders of a dashboard that holds nothing yet."""

from pathlib import Path

import pytest


@pytest.fixture
def folders(tmp_path: Path, monkeypatch) -> Path:
    for name in ("data", "models", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"SEAICE_{name.upper()}", str(tmp_path / name))
    return tmp_path
