"""What opening a file can do to a process, it does to one that nobody minds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seaice.core.errors import ConfigError, SceneError
from seaice.scenes.catalogue import index, inspect_scene, read_catalogue, sandbox
from seaice.scenes.catalogue.sandbox import Sandbox, UnopenableFileError
from seaice.scenes.scene import Scene


def hang(path: Path) -> None:
    """Have the library never come back from opening a file: an object of no size in its heap."""
    content = bytearray(path.read_bytes())
    at = content.index(b"GCOL")
    content[at + 16 : at + 32] = bytes(16)
    path.write_bytes(content)


FAULTS = {
    "crashes": "os.kill(os.getpid(), 11)",
    "hangs": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n        while True: pass",
    "waits": "time.sleep(600)",
    "eats": "bytearray(3_000_000_000)",
}


@pytest.fixture
def sandboxed(monkeypatch, tmp_path) -> Sandbox:
    """A sandbox whose process does as a file's name says, through a module that shadows ours."""
    fake = tmp_path / "fake.py"
    faults = "\n".join(
        f"    if '{name}' in str(path):\n        {fault}" for name, fault in FAULTS.items()
    )
    fake.write_text(
        "import os, signal, sys, time\n"
        "from seaice.scenes.catalogue import opening\n"
        "plain = opening.inspect_in_process\n"
        f"def inspect(path, **how):\n{faults}\n    return plain(path, **how)\n"
        "opening.inspect_in_process = opening.reference_charts = inspect\n"
        "from seaice.scenes.catalogue import sandbox_process\n"
        "if 'idle' in sys.argv: sandbox_process._IDLE_S = 1\n"
        "sandbox_process.main()\n"
    )
    popen = subprocess.Popen

    def start(command: list, **settings: object) -> subprocess.Popen:
        assert command[1:] == ["-m", "seaice.scenes.catalogue.sandbox_process"]
        return popen([sys.executable, fake, *arguments], **settings)

    arguments: list[str] = []
    monkeypatch.setattr(sandbox.subprocess, "Popen", start)
    monkeypatch.setattr(sandbox, "MOST_CPU_S", 0.5)
    fresh = Sandbox()
    fresh.arguments = arguments
    monkeypatch.setattr(index, "SANDBOX", fresh)
    yield fresh
    fresh.close()


@pytest.mark.parametrize(
    ("fault", "words"), [("crashes", "opening it crashes"), ("hangs", "opening it does not end")]
)
def test_a_fault_is_said_and_the_next_file_is_read(
    sandboxed, make_scene, tmp_path, fault, words
) -> None:
    bad = make_scene(40, 48, name=f"{fault}_prep.nc", folder=tmp_path / "data")
    good = make_scene(40, 48, folder=tmp_path / "data")
    with pytest.raises(UnopenableFileError, match=rf"{fault}_prep.nc is damaged: {words}"):
        sandboxed.inspect(bad)
    assert index.from_json(sandboxed.inspect(good)["scene"]) == Scene.open(good)


def test_waiting_says_nothing_of_a_file(sandboxed, make_scene, tmp_path, monkeypatch) -> None:
    """A disk that sleeps: refused this time, and looked at again the next time."""
    monkeypatch.setattr(sandbox, "_MOST_WALL_S", 2.0)
    folder = tmp_path / "data"
    make_scene(40, 48, name="waits_prep.nc", folder=folder)
    make_scene(40, 48, folder=folder)
    (problem,) = read_catalogue(folder).problems
    assert "could not be opened within 2 s. Try again" in problem
    asked: list[str] = []
    monkeypatch.setattr(sandboxed, "inspect", lambda path: asked.append(path.name) or {"scene": {}})
    with pytest.raises(KeyError):
        read_catalogue(folder)
    assert asked == ["waits_prep.nc"]


@pytest.mark.parametrize("executable", ["/bin/false", "/no/such/program"])
def test_a_process_that_cannot_start_is_no_fault_of_the_file(
    make_scene, monkeypatch, executable
) -> None:
    path = make_scene(40, 48)
    monkeypatch.setattr(sandbox.sys, "executable", executable)
    fresh = Sandbox()
    with pytest.raises(ConfigError, match="cannot be started"):
        fresh.inspect(path)
    monkeypatch.undo()
    assert fresh.inspect(path)["scene"]["id"] == "20180325T194759_dmi"
    fresh.close()


def test_a_low_priority_does_not_keep_it_from_starting(monkeypatch) -> None:
    """Only what it computes counts; on a busy machine, that takes a hundred times as long."""
    fresh = Sandbox()
    monkeypatch.setattr(sandbox, "_MOST_START_CPU_S", 0.0)
    with pytest.raises(ConfigError, match="cannot be started"):
        fresh._running()
    monkeypatch.undo()
    assert sandbox._MOST_START_S >= 10 * sandbox._MOST_START_CPU_S
    fresh.close()


def test_a_name_is_that_of_the_folder_at_hand(make_scene, tmp_path, monkeypatch) -> None:
    for number, folder in enumerate(("a", "b")):
        make_scene(40 + number, 48, name="x_prep.nc", folder=tmp_path / folder)
        monkeypatch.chdir(tmp_path / folder)
        assert inspect_scene("x_prep.nc").grid.lines == 40 + number
    assert inspect_scene("x_prep.nc").path == Path("x_prep.nc")


def test_too_much_memory_is_refused(sandboxed, make_scene) -> None:
    with pytest.raises(SceneError, match=r"eats_prep.nc claims more than any scene"):
        sandboxed.inspect(make_scene(40, 48, name="eats_prep.nc"))


def test_a_reference_is_opened_there_too(make_scene, request) -> None:
    fine = make_scene(40, 48, name="x_prep_reference.nc", without=("FLOE",))
    assert Sandbox().inspect(fine) == {"reference": ["SIC", "SOD"]}
    faulty = request.getfixturevalue("sandboxed")
    with pytest.raises(UnopenableFileError, match="hangs"):
        faulty.inspect(make_scene(40, 48, name="hangs_prep_reference.nc"))


def test_a_scene_beside_an_unopenable_reference_has_no_charts(make_scene, tmp_path) -> None:
    path = make_scene(40, 48, without=("SIC", "SOD", "FLOE"))
    beside = make_scene(40, 48, name="20180325T194759_dmi_prep_reference.nc", without=("t2m",))
    hang(beside)
    scene = inspect_scene(path)
    assert (scene.charts, scene.charts_path) == ((), path)
    assert f"{beside} is damaged" in scene.notice
    assert inspect_scene(path) == scene


def test_what_is_wrong_with_a_file_comes_over_whole(tmp_path) -> None:
    path = tmp_path / "x.nc"
    path.write_bytes(b"")
    with pytest.raises(SceneError) as ours:
        Scene.open(path)
    with pytest.raises(SceneError) as theirs:
        inspect_scene(path)
    assert str(theirs.value) == str(ours.value)


def test_an_unopenable_file_is_not_opened_again(
    sandboxed, make_scene, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "data"
    make_scene(40, 48, name="crashes_prep.nc", folder=folder)
    make_scene(40, 48, folder=folder)
    (first,) = read_catalogue(folder).problems
    assert "crashes_prep.nc is damaged" in first
    monkeypatch.setattr(sandboxed, "inspect", lambda path: pytest.fail("opened again"))
    assert read_catalogue(folder).problems == (first,)


def test_an_idle_process_ends_and_another_one_answers(sandboxed, make_scene) -> None:
    sandboxed.arguments.append("idle")
    path = make_scene(40, 48)
    first = sandboxed.inspect(path)
    process = sandboxed._process
    assert process.wait(10) == -signal.SIGALRM
    assert sandboxed.inspect(path) == first


def test_it_ends_with_whoever_asked(make_scene) -> None:
    script = (
        "import sys, os\nfrom pathlib import Path\n"
        "from seaice.scenes.catalogue.sandbox import SANDBOX\n"
        "SANDBOX.inspect(Path(sys.argv[1]))\nprint(SANDBOX._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, make_scene(40, 48)], capture_output=True, text=True
    )
    for _ in range(100):
        if not Path(f"/proc/{int(done.stdout)}").exists():
            return
        time.sleep(0.05)
    os.kill(int(done.stdout), signal.SIGKILL)
    pytest.fail("the process is left")
