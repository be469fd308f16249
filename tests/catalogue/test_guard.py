"""What opening a file can do to a process, it does to one that nobody minds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seaice.catalogue import entries, guard, look_at, read_catalogue
from seaice.catalogue.guard import HopelessFileError, Reader
from seaice.data.scene import Scene
from seaice.errors import SceneError

FAULTS = {
    "crashes": "os.kill(os.getpid(), 11)",
    "hangs": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(600)",
    "eats": "bytearray(3_000_000_000)",
}


@pytest.fixture
def reader(monkeypatch, tmp_path) -> Reader:
    """A reader whose process does as a file's name says, through a module that shadows ours."""
    fake = tmp_path / "fake.py"
    faults = "\n".join(f"    if '{name}' in str(path): {fault}" for name, fault in FAULTS.items())
    fake.write_text(
        "import os, signal, sys, time\n"
        "from seaice.catalogue import opening\n"
        "plain = opening.look_at\n"
        f"def look_at(path):\n{faults}\n    return plain(path)\n"
        "opening.look_at = opening.reference_charts = look_at\n"
        "from seaice.catalogue import reader\n"
        "if 'idle' in sys.argv: reader._IDLE_S = 1\n"
        "reader.main()\n"
    )
    popen = subprocess.Popen

    def start(command: list, **settings: object) -> subprocess.Popen:
        assert command[1:] == ["-m", "seaice.catalogue.reader"]
        return popen([sys.executable, fake, *arguments], **settings)

    arguments: list[str] = []
    monkeypatch.setattr(guard.subprocess, "Popen", start)
    monkeypatch.setattr(guard, "LONGEST_S", 2.0)
    fresh = Reader()
    fresh.arguments = arguments
    monkeypatch.setattr(entries, "READER", fresh)
    yield fresh
    fresh.end()


@pytest.mark.parametrize("fault", ["crashes", "hangs"])
def test_a_fault_is_said_and_the_next_file_is_read(reader, make_scene, tmp_path, fault) -> None:
    bad = make_scene(40, 48, name=f"{fault}_prep.nc", folder=tmp_path / "data")
    good = make_scene(40, 48, folder=tmp_path / "data")
    with pytest.raises(HopelessFileError, match=rf"{fault}_prep.nc is damaged: opening it crashes"):
        reader.look_at(bad)
    assert entries.from_json(reader.look_at(good)["scene"]) == Scene.open(good)


def test_too_much_memory_is_refused(reader, make_scene) -> None:
    with pytest.raises(SceneError, match=r"eats_prep.nc claims more than any scene"):
        reader.look_at(make_scene(40, 48, name="eats_prep.nc"))


def test_a_reference_is_opened_there_too(make_scene, request) -> None:
    fine = make_scene(40, 48, name="x_prep_reference.nc", without=("FLOE",))
    assert Reader().look_at(fine) == {"reference": ["SIC", "SOD"]}
    faulty = request.getfixturevalue("reader")
    with pytest.raises(HopelessFileError, match="hangs"):
        faulty.look_at(make_scene(40, 48, name="hangs_prep_reference.nc"))


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
        "import sys, os\nfrom seaice.catalogue.guard import READER\nfrom pathlib import Path\n"
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
