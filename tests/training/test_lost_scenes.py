"""Runs whose scenes are lost, once their labels are known, while they train."""

import subprocess
import sys
from pathlib import Path

import pytest

from seaice.core.errors import NoScenesError
from seaice.scenes.scene import Scene
from seaice.training.patches.dataset import PatchDataset


@pytest.fixture
def folder(make_scene, tmp_path: Path) -> Path:
    """Four scenes, one of which is held back."""
    for day in range(1, 5):
        make_scene(folder=tmp_path / "scenes", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    return tmp_path / "scenes"


def losing(number: int):
    """Patches of scenes of which the first are lost once their labels are known."""

    def patches(scenes: list[Scene], *arguments: object, **settings: object) -> PatchDataset:
        made = PatchDataset(scenes, *arguments, **settings)
        for scene in scenes[:number]:
            scene.path.unlink()
        return made

    return patches


def test_a_run_goes_on_without_scenes_that_are_lost(
    folder: Path, monkeypatch, caplog, config, train
):
    monkeypatch.setattr("seaice.training.loader.PatchDataset", losing(2))
    assert train(config(folder)).path.exists()
    assert sum("cannot read a training scene" in line for line in caplog.messages) == 2


@pytest.mark.parametrize("workers", [0, 1])
def test_a_run_whose_scenes_are_all_lost_ends_in_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch, workers: int, config, train
):
    monkeypatch.setattr("seaice.training.loader.PatchDataset", losing(3))
    with pytest.raises(NoScenesError) as caught:
        train(config(folder, workers=workers))
    assert str(caught.value) == (
        f"The training scenes of {folder} can no longer be read. Copy or download them again."
    )
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.slow
def test_the_command_says_so_in_a_sentence_too(folder: Path, tmp_path: Path):
    """In a process of its own, whose worker's errors come through torch."""
    script = """if True:
        from seaice.commands.main import main
        from seaice.training import loader as run

        made_by = run.PatchDataset

        def losing(scenes, *arguments, **settings):
            made = made_by(scenes, *arguments, **settings)
            for scene in scenes:
                scene.path.unlink()
            return made

        run.PatchDataset = losing
        if __name__ == "__main__":
            main()
    """
    folders = "--data", folder, "--models", tmp_path / "models", "--runs", tmp_path / "runs"
    small = "--patch", 64, "--norm-patches", 4, "--steps", 2, "--workers", 1
    command = "train", "--rates", 1, "--channels", "sar", *folders, *small
    result = subprocess.run(
        [sys.executable, "-c", script, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    lines = result.stderr.splitlines()
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert "can no longer be read" in lines[-1]
    assert "indexing the labels of 3 scenes (first use only)" in lines
    named = [line for line in lines if "cannot read a training scene" in line]
    assert len(named) == len(set(named)) == 3
    assert all("is not there" in line for line in named)
