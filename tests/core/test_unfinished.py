"""What a killed process has left half-written goes; what others are writing stays."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seaice.core.files import atomic_write

WRITING = """
import sys
from pathlib import Path
from seaice.core.files import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print(temporary, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer() -> Iterator[Callable[[Path], tuple[subprocess.Popen[str], Path]]]:
    """Start a process in the middle of writing a file; it, and the file's temporary name."""
    begun: list[subprocess.Popen[str]] = []

    def start(path: Path) -> tuple[subprocess.Popen[str], Path]:
        command = [sys.executable, "-c", WRITING, str(path)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        begun.append(process)
        assert process.stdout
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def test_what_a_killed_process_left_goes_with_the_next_writing(tmp_path: Path, writer):
    path = tmp_path / "20180325T194759_dmi_sar_1-2-3_seed0.nc"
    killed, left = writer(path)
    other, written = writer(path)
    third, beside = writer(tmp_path / "another.nc")
    _, name, system, process, _, _ = left.name.split(".")
    assert name == "20180325T194759_dmi_sar_1-2-3_seed0_nc"
    assert system.startswith(socket.gethostname().partition(".")[0][:9])
    assert process == str(killed.pid)
    journal = left.with_name(f"{left.name}-journal")
    journal.touch()
    for each in (killed, third):
        each.send_signal(signal.SIGKILL)
        each.wait()
    # Nobody here knows the processes of another machine.
    far = left.with_name(left.name.replace(f".{system}.", ".elsewhere-0."))
    far.touch()
    with atomic_write(path) as temporary:
        temporary.write_text("new")
    assert {*tmp_path.iterdir()} == {path, written, beside, far}
    other.communicate("")
    assert other.returncode == 0
    assert path.read_text() == "half"
    assert {*tmp_path.iterdir()} == {path, beside, far}


def test_all_that_was_left_goes_though_another_process_deletes_it_too(
    tmp_path: Path, writer, monkeypatch
):
    path, delete, missed = tmp_path / "scene.nc", os.unlink, []
    killed, left = writer(path)
    killed.kill()
    killed.wait()
    for end in "abc":
        left.with_name(f"{left.name}-{end}").touch()

    def unlink(each: str | Path, **options: object) -> None:
        delete(each, **options)
        if not missed:
            missed.append(each)
            raise FileNotFoundError(each)

    monkeypatch.setattr(os, "unlink", unlink)
    with atomic_write(path) as temporary:
        temporary.write_text("new")
    assert len(missed) == 1
    assert {*tmp_path.iterdir()} == {path}


@pytest.mark.parametrize("name", ["a" * 255, "Größe [1] %d.nc", "x\udce4.nc"])
def test_every_name_can_be_written(tmp_path: Path, name: str):
    if len(os.fsencode(name)) > os.pathconf(tmp_path, "PC_NAME_MAX"):
        pytest.skip("this disk has no names of that length")
    for text in ("first", "second"):
        with atomic_write(tmp_path / name) as temporary:
            assert temporary.name.isascii()
            temporary.write_text(text)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "second"
