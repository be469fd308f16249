"""Commands on machines as they are: no home, no locks, output in ASCII or to nobody."""

import fcntl
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from seaice.core import cache
from seaice.core.cache import Store, cache_folder
from seaice.core.errors import ConfigError, LockError
from seaice.scenes.catalogue import opening
from seaice.scenes.scene import Scene
from seaice.training.runs.queue import Ticket


def seaice(*arguments: object, **settings: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "seaice", *map(str, arguments)]
    return subprocess.run(command, **{"capture_output": True, "text": True, **settings})


def test_a_user_without_a_home_has_a_cache_among_the_temporary_files(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("SEAICE_CACHE", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    # As for a number without an entry in the list of users.
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])
    folder = cache_folder()
    assert folder == tmp_path / f"seaice-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    Store().put("a", "key", b"value")
    assert Store().get("a", "key") == b"value"
    # Somebody else could have made it.
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    (tmp_path / "seaice-12345").mkdir()
    with pytest.raises(ConfigError, match=r"no home folder, and .*seaice-12345 cannot be"):
        cache_folder()


def test_without_a_home_libraries_say_nothing_of_it(tmp_path: Path):
    code = """if True:
        import sys
        from seaice.commands.main import main
        sys.argv = ["seaice", "--version"]
        try:
            main()
        except SystemExit:
            import matplotlib
            matplotlib.get_configdir()
    """
    names = ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    env = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env | {"HOME": "/dev/null"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network disk without a lock service, for whoever asks from Python."""
    monkeypatch.setattr(cache, "has_locks", cache.has_locks.__wrapped__)

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    monkeypatch.setattr(fcntl, "flock", refuse)


def test_without_locks_nothing_is_kept_and_nobody_waits(no_locks, tmp_path: Path):
    store = Store(tmp_path)
    store.put("a", "key", b"value")
    assert store.get("a", "key") is None
    assert list(tmp_path.iterdir()) == []


def test_without_locks_a_raw_scene_is_converted_all_the_same(no_locks, make_scene, monkeypatch):
    scene = replace(Scene.open(make_scene()), raw=Path("raw.nc"))
    converted = scene.path.with_name("converted_prep.nc")
    monkeypatch.setattr(opening, "_convert", lambda raw, out: out.touch())
    opening.make_ready(replace(scene, path=converted))
    assert converted.is_file()


def test_without_locks_a_run_says_what_is_missing(no_locks, tmp_path: Path):
    words = r"cannot be locked \(No locks available\), as on some network disks\. .* SEAICE_CACHE"
    with pytest.raises(LockError, match=words):
        Ticket(tmp_path)


def test_reading_a_scene_asks_for_no_lock(make_scene):
    """A library that locked what it reads would fail where there are no locks, as it does here."""
    path = make_scene()
    with open(path, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = seaice("info", path)
    assert (done.returncode, "usable" in done.stdout) == (0, True), done.stderr


def test_letters_that_the_output_lacks_are_escaped(make_scene, tmp_path: Path):
    path = make_scene(folder=tmp_path / "Grönland-Ω")
    done = seaice("info", path, tmp_path / "Ω", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count(r"\u03a9") == 2
    assert r"Gr\xf6nland" in done.stdout


C_LOCALE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.mark.parametrize(
    ("locale", "folder"),
    [({}, "Grönland".encode("latin-1")), (C_LOCALE, "Grönland Ω".encode())],
    ids=["utf-8", "C"],
)
def test_a_scene_is_read_and_written_whatever_the_locale_and_its_folders_name(
    make_scene, tmp_path: Path, locale: dict[str, str], folder: bytes
):
    path = make_scene(folder=tmp_path / os.fsdecode(folder))
    out = path.parent / "out"
    env = os.environ | locale
    told = seaice("info", path, env=env, text=False)
    assert (told.returncode, told.stderr) == (0, b"")
    assert folder in told.stdout
    size = ("--lines", 64, "--samples", 64)
    done = seaice("simulate", out, "--scenes", 1, "--seed", 5, *size, env=env, text=False)
    assert (done.returncode, folder in done.stderr) == (0, True), done.stderr
    assert len(list(out.glob("*.nc"))) == 1


def test_letters_beside_the_bytes_of_a_path_are_escaped():
    """The locale has neither, but a path's bytes are as good as they were."""
    words = "print(chr(183), chr(0xdcf6), chr(183) + chr(0xdcf6))"
    code = f"from seaice.commands.main import _escape_unprintable as e; e(); {words}"
    env = os.environ | C_LOCALE
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True)
    assert done.stdout == b"\\xb7 \xf6 \\xb7\xf6\n", done.stderr


def test_output_that_nobody_reads_ends_a_command_quietly(make_scene):
    """A result that fits the buffer is lost only at the very end."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "seaice", "info", str(make_scene())]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
