"""Paths that the system itself refuses are a sentence in every command, as any other mistake is."""

import os
from pathlib import Path

import pytest

LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "--runs", LONG),
        ("checkpoints", "--models", LONG),
        ("report", LONG, "--out", "out"),
        ("baseline", "list", "--models", LONG),
        ("prepare", LONG, "out"),
        ("convert", f"{LONG}.nc", "out"),
        ("simulate", LONG, "--scenes", "1", "--seed", "1"),
        ("sweep", "mine", "--config", LONG),
        ("evaluate", "x.safetensors", "--data", LONG),
        ("evaluate-all", LONG, "--data", "data"),
        ("predict", LONG, "scene.nc", "--out", "out"),
        ("context", LONG, "--data", "data"),
        ("explain", LONG, "scene.nc", "--chart", "SIC", "--class", "1", "--out", "out.nc"),
        ("export-autoice", LONG, "--out", "out.nc"),
        ("import-authors", LONG, "out.safetensors"),
    ],
    ids=lambda words: words[0],
)
def test_a_name_that_is_too_long_is_said(seaice, tmp_path: Path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    status, text, said = seaice(*words)
    assert (status, text) == (2, "")
    # Some sentences shorten it.
    assert LONG[:200] in said[-1]
    assert len(said) == 1


def test_info_goes_on_with_the_other_files(seaice, make_scene):
    status, text, said = seaice("info", f"{LONG}.nc", make_scene())
    assert (status, said) == (1, [])
    assert text.startswith(LONG)
    assert "usable    sar" in text


def test_other_faults_of_the_system_stay_what_they_are(seaice, monkeypatch):
    """A path that vanishes in the middle of the work is our fault: it could have been checked."""

    def vanish(path: object) -> None:
        raise FileNotFoundError(2, os.strerror(2), str(path))

    monkeypatch.setattr("seaice.network.checkpoint_files.list_checkpoints", vanish)
    with pytest.raises(FileNotFoundError):
        seaice("checkpoints", "--models", ".")
