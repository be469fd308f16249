"""Files kept open, across changes of the files, threads and processes."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import SceneError
from seaice.scenes import file_pool
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.read import read_chart, read_inputs, read_positions
from seaice.scenes.scene import Scene
from seaice.scenes.undecoded import OpenFile


def open_ones(folder: Path) -> set[str]:
    """Names of a folder's files that this process has open."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    targets = (Path(os.readlink(link)) for link in links if link.is_symlink())
    return {target.name for target in targets if target.parent == folder}


def test_reads_are_those_of_files_opened_each_time(make_scene):
    scene, files = Scene.open(make_scene(97, 131, 80)), OpenFiles()
    window = slice(3, 40), slice(20, 70)
    for spacing_m, part in ((80, window), (80, None), (400, None), (130, window)):
        for _ in range(2):
            kept = read_inputs(scene, CHANNEL_SETS["autoice18"], spacing_m, part, files)
            fresh = read_inputs(scene, CHANNEL_SETS["autoice18"], spacing_m, part)
            np.testing.assert_array_equal(kept.values, fresh.values)
            np.testing.assert_array_equal(kept.valid, fresh.valid)
    for name in CHARTS:
        np.testing.assert_array_equal(
            read_chart(scene, name, 80, window, files), read_chart(scene, name, 80, window)
        )
    np.testing.assert_array_equal(
        read_positions(scene, 80, window, files), read_positions(scene, 80, window)
    )


def test_a_file_is_opened_once_and_closed_in_the_end(make_scene, tmp_path):
    path = make_scene()
    with OpenFiles().file(path) as once:
        assert path.name in open_ones(tmp_path)
    files = OpenFiles()
    with files.file(path) as first:
        pass
    with files.file(path) as second:
        assert second is first
    assert once is not first
    files.close()
    assert open_ones(tmp_path) == set()


def test_the_file_not_used_for_longest_is_closed(make_scene, tmp_path):
    paths = [make_scene(name=f"2018032{day}T000000_dmi_prep.nc") for day in range(1, 4)]
    files = OpenFiles(most=2)
    for index in (0, 1, 0, 2):
        with files.file(paths[index]):
            pass
    assert open_ones(tmp_path) == {paths[0].name, paths[2].name}
    del files
    assert open_ones(tmp_path) == set()


def test_as_a_context_manager_they_are_closed_whatever_happens(make_scene, tmp_path):
    path = make_scene()

    def use(files: OpenFiles) -> None:
        with files.file(path):
            pass
        assert open_ones(tmp_path) == {path.name}
        raise ZeroDivisionError

    files = OpenFiles()
    with pytest.raises(ZeroDivisionError), files as entered:
        use(entered)
    assert entered is files
    assert open_ones(tmp_path) == set()


@pytest.fixture
def lock_taken():
    """Another thread reads: `NETCDF_LOCK` is taken until the event is set."""
    taken, done = threading.Event(), threading.Event()

    def read() -> None:
        with NETCDF_LOCK:
            taken.set()
            done.wait(60)

    thread = threading.Thread(target=read)
    thread.start()
    assert taken.wait(60)
    yield done
    done.set()
    thread.join()


@pytest.fixture
def holder(make_scene):
    """Files, in a list that alone knows them."""
    files = OpenFiles()
    with files.file(make_scene()):
        pass
    return [files]


@pytest.mark.parametrize("use", ["file", "close", "opened"])
def test_garbage_collection_never_waits_for_the_lock(holder, lock_taken, make_scene, tmp_path, use):
    """It would end in a deadlock where the thread that has the lock waits for this one."""
    collected = threading.Thread(target=holder.clear, daemon=True)
    collected.start()
    collected.join(20)
    assert not collected.is_alive()
    # Still open: the library is not safe for closing a file while another one is read.
    assert len(open_ones(tmp_path)) == 1
    lock_taken.set()
    if use == "file":
        with OpenFiles() as files, files.file(make_scene(folder=tmp_path / "other")):
            assert open_ones(tmp_path) == set()
    elif use == "close":
        OpenFiles().close()
    else:
        with file_pool.opened(make_scene(folder=tmp_path / "other")):
            assert open_ones(tmp_path) == set()
    assert open_ones(tmp_path) == set()
    assert file_pool._UNCLOSED == []


def test_a_replaced_file_is_opened_anew(make_scene, tmp_path):
    path, files = make_scene(seed=1), OpenFiles()
    scene = Scene.open(path)
    before = read_inputs(scene, ("t2m",), files=files).values
    make_scene(seed=2, folder=tmp_path / "other").replace(path)
    after = read_inputs(scene, ("t2m",), files=files).values
    assert (before != after).any()
    np.testing.assert_array_equal(after, read_inputs(scene, ("t2m",)).values)


def test_a_file_replaced_by_a_smaller_one_is_named(make_scene, tmp_path):
    scene = Scene.open(make_scene())
    make_scene(50, 60, folder=tmp_path / "other").replace(scene.path)
    with pytest.raises(SceneError, match="with another size than before"):
        read_inputs(scene, CHANNEL_SETS["sar"], files=OpenFiles())


def test_a_file_that_is_gone_is_named_and_comes_back(make_scene, tmp_path):
    scene, files = Scene.open(make_scene()), OpenFiles()
    read_chart(scene, "SIC", files=files)
    scene.path.rename(tmp_path / "away.nc")
    with pytest.raises(SceneError, match="is not there"):
        read_chart(scene, "SIC", files=files)
    scene.path.write_bytes(b"CDF is not what this is")
    with pytest.raises(SceneError, match="is not a NetCDF file"):
        read_chart(scene, "SIC", files=files)
    (tmp_path / "away.nc").replace(scene.path)
    assert read_chart(scene, "SIC", files=files).shape == (96, 128)


def test_a_file_cut_short_is_named(make_scene):
    scene = Scene.open(make_scene())
    os.truncate(scene.path, scene.path.stat().st_size * 2 // 3)
    with pytest.raises(SceneError, match="Copy or download it again"):
        read_inputs(scene, CHANNEL_SETS["all"], files=OpenFiles())


def test_what_is_worked_out_once_goes_with_the_file(make_scene):
    made = []
    files, path = OpenFiles(), make_scene()
    for _ in range(2):
        with files.file(path) as file:
            assert file.once("key", lambda: made.append(1) or len(made)) == 1
    files.close()
    with files.file(path) as file:
        assert file.once("key", lambda: made.append(1) or len(made)) == 2


@pytest.fixture
def wholes(monkeypatch) -> list[str]:
    """The complete variables that are read from files."""
    names = []
    whole = OpenFile.whole

    def counted(file: OpenFile, name: str) -> np.ndarray:
        names.append(name)
        return whole(file, name)

    monkeypatch.setattr(OpenFile, "whole", counted)
    return names


def test_grids_on_disk_are_read_from_scenes_once(make_scene, tmp_path, monkeypatch, wholes):
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "cache"))
    names = ("t2m", "btemp_18_7h")
    paths = [make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day) for day in (1, 2)]
    scenes = [Scene.open(path) for path in paths]
    expected = [read_inputs(scene, names).values for scene in scenes]
    wholes.clear()
    # One file stays open: the grids of the other one outlast it.
    files = OpenFiles(most=1, grids_on_disk=True)
    for scene, values in [*zip(scenes, expected, strict=True)] * 3:
        np.testing.assert_array_equal(read_inputs(scene, names, files=files).values, values)
        with files.file(scene.path) as file:
            assert file._cache == {}
    assert sorted(wholes) == sorted(names * 2)
    make_scene(seed=3, folder=tmp_path / "other").replace(paths[0])
    assert (read_inputs(scenes[0], names, files=files).values != expected[0]).any()


def test_grids_stay_in_memory_without_a_disk(make_scene, tmp_path, monkeypatch, wholes):
    (tmp_path / "cache").write_text("A file.")
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "cache"))
    scene, files = Scene.open(make_scene()), OpenFiles(grids_on_disk=True)
    values = read_inputs(scene, ("t2m",)).values
    wholes.clear()
    for _ in range(3):
        np.testing.assert_array_equal(read_inputs(scene, ("t2m",), files=files).values, values)
    assert wholes == ["t2m"]


def test_a_signal_while_the_library_reads_is_not_lost(make_scene, monkeypatch):
    """It takes any exception for that of an attribute which a variable lacks."""

    class Variable:
        def __getitem__(self, part: object) -> np.ndarray:
            with suppress(BaseException):
                signal.raise_signal(signal.SIGTERM)
            return np.zeros((2, 3))

    def leave(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(OpenFile, "_variable", lambda self, name: Variable())
    before = signal.signal(signal.SIGTERM, leave)
    try:
        with OpenFiles().file(make_scene()) as file:
            with pytest.raises(SystemExit):
                file.pixels("x", (slice(0, 2), slice(0, 3)))
            with pytest.raises(SystemExit):
                file.whole("x")
    finally:
        signal.signal(signal.SIGTERM, before)


def test_threads_share_them(make_scene):
    paths = [make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day) for day in range(1, 4)]
    scenes, files = [Scene.open(path) for path in paths], OpenFiles(most=2)

    def work(number: int) -> tuple[int, float]:
        scene = scenes[number % 3]
        return number % 3, float(read_inputs(scene, CHANNEL_SETS["all"], files=files).values.sum())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(90)))) == 3


def _sum(scene: Scene, files: OpenFiles) -> float:
    return float(read_inputs(scene, CHANNEL_SETS["all"], files=files).values.sum())


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_another_process_opens_its_own(make_scene, method):
    scene, files = Scene.open(make_scene()), OpenFiles()
    expected = _sum(scene, files)
    with files.file(scene.path) as mine:
        pass
    with multiprocessing.get_context(method).Pool(2) as pool:
        results = pool.starmap(_sum, [(scene, files)] * 4)
    assert set(results) == {expected}
    with files.file(scene.path) as still:
        assert still is mine
    assert _sum(scene, files) == expected


def test_a_forked_process_leaves_what_it_inherits_alone(make_scene):
    """Through memory alone: nothing is pickled on the way."""
    scene, files = Scene.open(make_scene()), OpenFiles()
    with files.file(scene.path) as mine:
        pass
    child = os.fork()
    if child == 0:
        with files.file(scene.path) as own:
            os._exit(0 if own is not mine and isinstance(own, OpenFile) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_forked_process_has_its_own_file_of_grids(make_scene, tmp_path, monkeypatch):
    """One file has one position: two processes that seek in it would read each other's place."""
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "cache"))
    scene, files = Scene.open(make_scene()), OpenFiles(grids_on_disk=True)
    values = read_inputs(scene, ("t2m",), files=files).values
    mine = files._grids._file.fileno()
    child = os.fork()
    if child == 0:
        same = np.array_equal(read_inputs(scene, ("t2m",), files=files).values, values)
        own = files._grids._file
        os._exit(0 if same and not os.path.sameopenfile(own.fileno(), mine) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_fork_never_finds_the_lock_taken():
    """While a thread reads, as the dashboard's do."""

    def read() -> None:
        for _ in range(200):
            with NETCDF_LOCK:
                sum(range(2000))

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(read) for _ in range(2)]
        for _ in range(5):
            child = os.fork()
            if child == 0:
                # Of a thread other than the one that forked, too.
                with ThreadPoolExecutor(1) as own:
                    free = own.submit(NETCDF_LOCK.acquire, timeout=5).result()
                os._exit(0 if free else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        for each in running:
            each.result()


def test_only_the_settings_are_pickled(make_scene):
    files = OpenFiles(most=3, grids_on_disk=True)
    with files.file(make_scene()):
        pass
    other = pickle.loads(pickle.dumps(files))
    assert other._open == {}
    assert other._most == 3
    assert other._grids is not None


def test_a_script_that_leaves_files_open_ends_without_a_word(make_scene):
    """Python takes modules apart at its end, and then the library cannot close files."""
    program = (
        "import sys\n"
        "from seaice.scenes.file_pool import OpenFiles\n"
        "from seaice.scenes.read import read_chart\n"
        "from seaice.scenes.scene import Scene\n"
        "files = OpenFiles()\n"
        "print(read_chart(Scene.open(sys.argv[1]), 'SIC', files=files).shape)\n"
    )
    command = [sys.executable, "-c", program, str(make_scene(8, 8))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "(8, 8)\n", "")
