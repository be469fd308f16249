"""`seaice predict` and `evaluate` where the disk, the memory or the time does not suffice."""

import re
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import netCDF4
import pytest

SceneWriter = Callable[..., Path]


@pytest.fixture
def scenes(make_three_scenes: Callable[[int], Path]) -> Path:
    """A folder of three scenes."""
    return make_three_scenes(96)


@pytest.fixture
def limit_files() -> Iterator[Callable[[int], None]]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def days(out: Path) -> list[str]:
    """The days of the scenes whose predictions are there, and complete; nothing else is there."""
    for path in out.iterdir():
        with netCDF4.Dataset(path) as file:
            assert file["SOD"][:].count() > 0
    return sorted(path.name[6:8] for path in out.iterdir())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_a_file_that_may_not_grow_ends_the_work_and_keeps_what_is_done(
    seaice, make_checkpoint, scenes: Path, tmp_path: Path, limit_files, share: float
) -> None:
    """The library has most of such a file to write when it is closed."""
    checkpoint, out = make_checkpoint(), tmp_path / "out"
    assert seaice("predict", checkpoint, *scenes.glob("20180321*"), "--out", out)[0] == 0
    (first,) = out.iterdir()
    limit_files(int(share * first.stat().st_size))
    status, answer, lines = seaice("predict", checkpoint, scenes, "--out", out)
    limit_files(resource.RLIM_INFINITY)
    assert (status, answer) == (2, "")
    assert lines[-2].startswith("1 of 3 scenes are predicted. Start the same command again")
    target = out / first.name.replace("20180321", "20180322")
    assert lines[-1].startswith(f"{target} cannot be written (")
    assert days(out) == ["21"]
    assert seaice("predict", checkpoint, scenes, "--out", out)[0] == 0
    assert days(out) == ["21", "22", "23"]


def test_a_full_disk_ends_the_work_and_keeps_what_is_done(
    seaice, make_checkpoint, scenes: Path, small_disk: Path, leave_room
) -> None:
    checkpoint, out = make_checkpoint(), small_disk / "out"
    assert seaice("predict", checkpoint, *scenes.glob("20180321*"), "--out", out)[0] == 0
    (first,) = out.iterdir()
    leave_room(first.stat().st_size // 2)
    status, answer, lines = seaice("predict", checkpoint, scenes, "--out", out)
    assert (status, answer) == (2, "")
    assert lines[-2].startswith("1 of 3 scenes are predicted. Start the same command again")
    target = out / first.name.replace("20180321", "20180322")
    assert lines[-1].startswith(f"{target} cannot be written (No space left on device)")
    assert days(out) == ["21"]
    (small_disk / "other").unlink()
    status, _, lines = seaice("predict", checkpoint, scenes, "--out", out)
    assert (status, lines[0][:38]) == (0, "1 of 3 scenes are predicted already; -")
    assert days(out) == ["21", "22", "23"]


@pytest.mark.slow
def test_a_folder_goes_on_where_a_signal_ended_it(begin, seaice, tmp_path: Path) -> None:
    running = begin("predict")
    running.until("work")
    assert running.end(signal.SIGTERM) == 143
    done = len(days(running.out))
    words = r"(\d+) of 80 scenes are predicted\. Start the same command again to go on\.\nStopped\."
    (said,) = re.findall(words, running.log)
    # The signal may have come before the last file was counted.
    assert int(said) <= done
    assert 1 <= done < 80
    (checkpoint,) = tmp_path.glob("*.safetensors")
    scenes = sorted((tmp_path / "scenes").glob("*.nc"))
    status, answer, lines = seaice("predict", checkpoint, *scenes, "--out", running.out)
    assert status == 0
    assert lines[0].startswith(f"{done} of 80 scenes are predicted already; --again")
    assert len(days(running.out)) == len(answer.split()) == 80


def test_a_budget_too_small_for_a_tile_is_told(
    seaice, make_checkpoint, scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a single scene, of each of a folder, and where they are scored."""
    monkeypatch.setenv("SEAICE_MEMORY", "0.0001")
    checkpoint, out = make_checkpoint(), ("--out", tmp_path / "out")
    paths = sorted(scenes.iterdir())
    sentences = [
        f"{path}: A scene of 96 x 96 pixels needs at least 1 MiB of memory with this network, and "
        "0 MiB may be used. Free some, or take a smaller scene."
        for path in paths
    ]
    named = [f"left out: {sentence}" for sentence in sentences]
    assert seaice("predict", checkpoint, paths[0], *out) == (2, "", sentences[:1])
    status, answer, lines = seaice("predict", checkpoint, scenes, *out)
    assert (status, answer) == (2, "")
    assert [each for each in lines if not each.startswith("scene ")] == [
        *named,
        "None of the 3 files could be predicted.",
    ]
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())
    score = "evaluate", checkpoint, "--data", scenes, "--baselines", "none"
    assert seaice(*score) == (
        *(2, ""),
        [*named, f"None of the scenes in {scenes} could be scored."],
    )
