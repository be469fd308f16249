"""What opening a file can do to a process, it does to one that nobody minds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seaice.core.errors import ConfigError, SceneError
from seaice.scenes.catalogue import entries, guard, look_at, read_catalogue
from seaice.scenes.catalogue.guard import HopelessFileError, Reader
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
def reader(monkeypatch, tmp_path) -> Reader:
    """A reader whose process does as a file's name says, through a module that shadows ours."""
    fake = tmp_path / "fake.py"
    faults = "\n".join(
        f"    if '{name}' in str(path):\n        {fault}" for name, fault in FAULTS.items()
    )
    fake.write_text(
        "import os, signal, sys, time\n"
        "from seaice.scenes.catalogue import opening\n"
        "plain = opening.look_at\n"
        f"def look_at(path, **how):\n{faults}\n    return plain(path, **how)\n"
        "opening.look_at = opening.reference_charts = look_at\n"
        "from seaice.scenes.catalogue import reader\n"
        "if 'idle' in sys.argv: reader._IDLE_S = 1\n"
        "reader.main()\n"
    )
    popen = subprocess.Popen

    def start(command: list, **settings: object) -> subprocess.Popen:
        assert command[1:] == ["-m", "seaice.scenes.catalogue.reader"]
        return popen([sys.executable, fake, *arguments], **settings)

    arguments: list[str] = []
    monkeypatch.setattr(guard.subprocess, "Popen", start)
    monkeypatch.setattr(guard, "MOST_CPU_S", 0.5)
    fresh = Reader()
    fresh.arguments = arguments
    monkeypatch.setattr(entries, "READER", fresh)
    yield fresh
    fresh.end()


@pytest.mark.parametrize(
    ("fault", "words"), [("crashes", "opening it crashes"), ("hangs", "opening it does not end")]
)
def test_a_fault_is_said_and_the_next_file_is_read(
    reader, make_scene, tmp_path, fault, words
) -> None:
    bad = make_scene(40, 48, name=f"{fault}_prep.nc", folder=tmp_path / "data")
    good = make_scene(40, 48, folder=tmp_path / "data")
    with pytest.raises(HopelessFileError, match=rf"{fault}_prep.nc is damaged: {words}"):
        reader.look_at(bad)
    assert entries.from_json(reader.look_at(good)["scene"]) == Scene.open(good)


def test_waiting_says_nothing_of_a_file(reader, make_scene, tmp_path, monkeypatch) -> None:
    """A disk that sleeps: refused this time, and looked at again the next time."""
    monkeypatch.setattr(guard, "_MOST_S", 2.0)
    folder = tmp_path / "data"
    make_scene(40, 48, name="waits_prep.nc", folder=folder)
    make_scene(40, 48, folder=folder)
    (problem,) = read_catalogue(folder).problems
    assert "could not be opened within 2 s. Try again" in problem
    asked: list[str] = []
    monkeypatch.setattr(reader, "look_at", lambda path: asked.append(path.name) or {"scene": {}})
    with pytest.raises(KeyError):
        read_catalogue(folder)
    assert asked == ["waits_prep.nc"]


@pytest.mark.parametrize("executable", ["/bin/false", "/no/such/program"])
def test_a_process_that_cannot_start_is_no_fault_of_the_file(
    make_scene, monkeypatch, executable
) -> None:
    path = make_scene(40, 48)
    monkeypatch.setattr(guard.sys, "executable", executable)
    fresh = Reader()
    with pytest.raises(ConfigError, match="cannot be started"):
        fresh.look_at(path)
    monkeypatch.undo()
    assert fresh.look_at(path)["scene"]["id"] == "20180325T194759_dmi"
    fresh.end()


def test_a_name_is_that_of_the_folder_at_hand(make_scene, tmp_path, monkeypatch) -> None:
    for number, folder in enumerate(("a", "b")):
        make_scene(40 + number, 48, name="x_prep.nc", folder=tmp_path / folder)
        monkeypatch.chdir(tmp_path / folder)
        assert look_at("x_prep.nc").grid.lines == 40 + number
    assert look_at("x_prep.nc").path == Path("x_prep.nc")


def test_too_much_memory_is_refused(reader, make_scene) -> None:
    with pytest.raises(SceneError, match=r"eats_prep.nc claims more than any scene"):
        reader.look_at(make_scene(40, 48, name="eats_prep.nc"))


def test_a_reference_is_opened_there_too(make_scene, request) -> None:
    fine = make_scene(40, 48, name="x_prep_reference.nc", without=("FLOE",))
    assert Reader().look_at(fine) == {"reference": ["SIC", "SOD"]}
    faulty = request.getfixturevalue("reader")
    with pytest.raises(HopelessFileError, match="hangs"):
        faulty.look_at(make_scene(40, 48, name="hangs_prep_reference.nc"))


def test_a_scene_beside_a_hopeless_reference_has_no_charts(make_scene, tmp_path) -> None:
    path = make_scene(40, 48, without=("SIC", "SOD", "FLOE"))
    beside = make_scene(40, 48, name="20180325T194759_dmi_prep_reference.nc", without=("t2m",))
    hang(beside)
    scene = look_at(path)
    assert (scene.charts, scene.charts_path) == ((), path)
    assert f"{beside} is damaged" in scene.notice
    assert look_at(path) == scene


def test_what_is_wrong_with_a_file_comes_over_whole(tmp_path) -> None:
    path = tmp_path / "x.nc"
    path.write_bytes(b"")
    with pytest.raises(SceneError) as ours:
        Scene.open(path)
    with pytest.raises(SceneError) as theirs:
        look_at(path)
    assert str(theirs.value) == str(ours.value)


def test_a_hopeless_file_is_not_opened_again(reader, make_scene, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "data"
    make_scene(40, 48, name="crashes_prep.nc", folder=folder)
    make_scene(40, 48, folder=folder)
    (first,) = read_catalogue(folder).problems
    assert "crashes_prep.nc is damaged" in first
    monkeypatch.setattr(reader, "look_at", lambda path: pytest.fail("opened again"))
    assert read_catalogue(folder).problems == (first,)


def test_an_idle_process_ends_and_another_one_answers(reader, make_scene) -> None:
    reader.arguments.append("idle")
    path = make_scene(40, 48)
    first = reader.look_at(path)
    process = reader._process
    assert process.wait(10) == -signal.SIGALRM
    assert reader.look_at(path) == first


def test_it_ends_with_whoever_asked(make_scene) -> None:
    script = (
        "import sys, os\nfrom pathlib import Path\n"
        "from seaice.scenes.catalogue.guard import READER\n"
        "READER.look_at(Path(sys.argv[1]))\nprint(READER._process.pid, flush=True)\n"
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
