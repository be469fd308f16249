"""Many scenes in a folder: names, independence, classes."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Never

import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic.charts import BERGS
from seaice.ai4arctic.names import SceneName
from seaice.core import workers
from seaice.core.errors import ConfigError, OutputError
from seaice.simulate import SimulationConfig, folder, simulate_folder
from seaice.simulate.parts import simulate


def _small(out_dir, scenes, seed, **settings):
    settings = {"spacing_m": 1000, "lines": 40, "samples": 48, **settings}
    return simulate_folder(out_dir, scenes, seed, **settings)


def test_scene_does_not_depend_on_their_number(tmp_path) -> None:
    """Scene k of three is scene k of two, byte for byte; on_scene hears of each in order."""
    heard = []
    two = _small(tmp_path / "a", 2, 7, on_scene=heard.append)
    three = _small(tmp_path / "b", 3, 7)
    assert heard == two
    assert [p.name for p in two] == [p.name for p in three[:2]]
    for first, second in zip(two, three, strict=False):
        with xr.open_dataset(first) as a, xr.open_dataset(second) as b:
            assert a.load().identical(b.load())
    assert len({p.name for p in three}) == 3
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == sorted(p.name for p in three)


def test_names_follow_month_and_region(tmp_path) -> None:
    """Name, month and service agree with what was asked."""
    (path,) = _small(tmp_path, 1, 3, region="SGRDIHA", month=11)
    identity = SceneName.parse(path.name)
    assert identity.service == "cis"
    assert identity.time.month == 11


def test_collisions_move_a_minute(tmp_path, monkeypatch) -> None:
    """Two scenes of one time get names a minute apart; a rerun finds its own names."""
    monkeypatch.setattr(folder, "draw_time", lambda config: _TIME)
    first = _small(tmp_path, 3, 1, region="North", month=5)
    names = [p.name for p in first]
    assert names == [f"20200501T10{m}00_dmi_prep.nc" for m in ("00", "01", "02")]
    assert _small(tmp_path, 3, 1, region="North", month=5) == first
    (other,) = _small(tmp_path, 1, 2, region="North", month=5)
    assert other.name == "20200501T100300_dmi_prep.nc"


_TIME = SceneName.parse("20200501T100000_dmi_prep.nc").time


def test_a_real_scene_is_never_replaced(tmp_path, monkeypatch) -> None:
    """A file of that name that is no simulated scene stays as it is."""
    monkeypatch.setattr(folder, "draw_time", lambda config: _TIME)
    real = tmp_path / "20200501T100000_dmi_prep.nc"
    real.write_bytes(b"real")
    (path,) = _small(tmp_path, 1, 1, region="North", month=5)
    assert path.name == "20200501T100100_dmi_prep.nc"
    assert real.read_bytes() == b"real"


def test_processes_change_no_byte(tmp_path, monkeypatch) -> None:
    """Names, order and bytes are those of one process, also where names collide."""
    monkeypatch.setattr(folder, "draw_time", lambda config: _TIME)
    settings = {"region": "North", "month": 5, "raw": True}
    heard = []
    one = _small(tmp_path / "1", 4, 1, **settings)
    two = _small(tmp_path / "2", 4, 1, jobs=2, on_scene=heard.append, **settings)
    assert [p.name for p in one] == [p.name for p in two]
    assert [p.name for p in one] == [f"20200501T100{m}00_dmi_prep.nc" for m in range(4)]
    assert heard[1::2] == two
    files = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert len(files) == 8
    assert files == sorted(p.name for p in (tmp_path / "2").iterdir())
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_same_seed_at_other_settings_takes_no_file_away(tmp_path) -> None:
    """Spacing, size or region differ: each scene has a file, and the same again replaces it."""
    settings = {"spacing_m": 500, "lines": 80, "samples": 96}, {"lines": 44}, {"region": "North"}
    made = [_small(tmp_path, 1, 9, **each)[0] for each in (*settings, {}, {"region": "North"})]
    assert len(set(made)) == 4
    assert made[-1] == made[2]
    assert len(list(tmp_path.iterdir())) == 4


def test_raw_leaves_the_scene_alone(tmp_path) -> None:
    """With and without its raw file a scene is the same, byte for byte."""
    (plain,) = _small(tmp_path / "a", 1, 3)
    (beside,) = _small(tmp_path / "b", 1, 3, raw=True)
    assert plain.name == beside.name
    assert plain.read_bytes() == beside.read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, jobs) -> None:
    """A limit on the size of files stands for the disk; the error comes out of a process whole."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"_prep\.nc cannot be written \(.+\)\. Name"):
            _small(tmp_path / "out", 3, 1, jobs=jobs)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_cannot_be_written_is_said_before_the_work(tmp_path, monkeypatch) -> None:
    """A file where the folder should be: no scene is simulated."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(folder, "simulate", None)
    with pytest.raises(OutputError, match="file cannot be written"):
        _small(tmp_path / "file", 1, 1)


def test_a_killed_process_is_said() -> None:
    """A process that the system ends does not leave the others waiting."""
    with pytest.raises(ConfigError, match=r"One of 2 processes was killed.*Try fewer jobs"):
        list(workers.in_order(os._exit, [1, 1, 1], 2))


def test_processes_end_with_a_killed_run(tmp_path) -> None:
    """A run that is killed outright leaves no process behind."""
    script = tmp_path / "run.py"
    script.write_text(
        "import time\n"
        "from seaice.core.workers import in_order\n"
        "if __name__ == '__main__':\n"
        "    for _ in in_order(time.sleep, [0, 0, 600, 600], 2):\n"
        "        print('up', flush=True)\n"
    )
    run = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert run.stdout.readline() == "up\n"
    run.kill()
    run.wait()
    _wait_until_gone(run.pid)


def test_a_process_finishes_what_it_writes(tmp_path) -> None:
    """A process that is told to end in the middle of writing ends behind it, and no later."""
    script = tmp_path / "run.py"
    script.write_text(
        "import sys, time\n"
        "from contextlib import closing\n"
        "from pathlib import Path\n"
        "from seaice.core.workers import in_order, to_the_end\n"
        "def work(path):\n"
        "    if path is None:\n"
        "        return\n"
        "    with to_the_end():\n"
        "        path.with_suffix('.began').touch()\n"
        "        time.sleep(1)\n"
        "        path.with_suffix('.done').touch()\n"
        "    time.sleep(0.1)\n"
        "    path.with_suffix('.late').touch()\n"
        "if __name__ == '__main__':\n"
        "    path = Path(sys.argv[1])\n"
        "    with closing(in_order(work, [None, path], 2)) as results:\n"
        "        next(results)\n"
        "        while not path.with_suffix('.began').exists():\n"
        "            time.sleep(0.01)\n"
    )
    subprocess.run([sys.executable, script, tmp_path / "file"], check=True, timeout=120)
    assert sorted(path.name for path in tmp_path.glob("file*")) == ["file.began", "file.done"]


def test_to_the_end_holds_ctrl_c_back() -> None:
    """A signal that reaches another thread of the process is held back, too, and then acts."""
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    # A runner in the background ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    done: list[str] = []

    def work() -> None:
        with workers.to_the_end():
            signal.pthread_kill(other.ident, signal.SIGINT)
            time.sleep(0.2)
            done.append("the block")
        done.append("what follows")

    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        signal.signal(signal.SIGINT, before)
        ended.set()
    assert done == ["the block"]


# A single job has no other process that a signal could reach.
@pytest.mark.parametrize(("jobs", "everyone"), [(1, True), (2, True), (2, False)])
@pytest.mark.slow
def test_ctrl_c_ends_all_quietly(tmp_path, jobs, everyone) -> None:
    """From a terminal or to the first process alone: one line, no half file, no process left."""
    command = "simulate", tmp_path, "--scenes", "9999", "--seed", "1", "--spacing-m", "1000"
    size = "--lines", "100", "--samples", "104"
    process = subprocess.Popen(
        [sys.executable, "-m", "seaice", *command, *size, "--jobs", str(jobs)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A run in the background ignores SIGINT, and what it starts would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr.readline().startswith("wrote ")
    (os.killpg if everyone else os.kill)(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    said = rest.splitlines()
    assert said[-1] == "Stopped."
    assert [line for line in said[:-1] if not line.startswith("wrote ")] == []
    assert all(path.name.endswith("_prep.nc") for path in tmp_path.iterdir())
    for path in tmp_path.iterdir():
        with xr.open_dataset(path) as scene:
            assert "tclw" in scene
    _wait_until_gone(process.pid)


def _wait_until_gone(group: int) -> None:
    """Wait until a process group holds no process, dead ones not counted."""
    for _ in range(100):
        # Behind the program's name, which can hold anything: state, parent, group.
        states = [stat.rpartition(")")[2].split() for stat in _stats()]
        if not any(int(state[2]) == group and state[0] != "Z" for state in states):
            return
        time.sleep(0.05)
    raise AssertionError("processes are left")


def _stats() -> Iterator[str]:
    """What the system says of each process."""
    for folder_ in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (folder_ / "stat").read_text()


def test_default_extent(monkeypatch, tmp_path) -> None:
    """Without lines and samples a scene covers 400 x 416 km at any spacing."""
    sizes = []

    def record(config) -> Never:
        sizes.append((config.lines, config.samples))
        raise InterruptedError

    monkeypatch.setattr(folder, "simulate", record)
    for spacing_m in (400, 800, 80):
        with pytest.raises(InterruptedError):
            simulate_folder(tmp_path, 1, 1, spacing_m=spacing_m)
    assert sizes == [(1000, 1040), (500, 520), (5000, 5200)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scenes": 0}, "scenes is 0"),
        ({"jobs": 0}, "jobs is 0"),
        ({"lines": 9, "spacing_m": 400}, "too small"),
        ({"longitude": -181}, "longitude is -181"),
        ({"spacing_m": 10}, "spacing_m is 10"),
        ({"region": "Nowhere"}, "No region 'Nowhere'"),
        ({"seed": -3}, "seed is -3"),
    ],
)
def test_bad_settings_write_nothing(tmp_path, settings, message) -> None:
    """Bounds are checked before anything is written."""
    with pytest.raises(ConfigError, match=message):
        _small(tmp_path / "out", **{"scenes": 1, "seed": 1, **settings})
    assert not (tmp_path / "out").exists()


def test_all_classes_occur(tmp_path) -> None:
    """Across scenes all classes are charted, bergs in whole frames alone, and much is masked."""
    found = {"SIC": set(), "SOD": set(), "FLOE": set()}
    masked = []
    for path in _small(tmp_path, 30, 12, lines=100, samples=104, compress=False):
        with xr.open_dataset(path, decode_cf=False) as scene:
            for name, classes in found.items():
                classes |= set(np.unique(scene[name].values).tolist())
            masked.append(float((scene["SIC"] == 255).mean()))
    assert found["SIC"] == {*range(11), 255}
    assert found["SOD"] == {*range(6), 255}
    # One has bergs often enough; the seed that has them today comes first.
    seeds = (5, *range(40))
    frames = (SimulationConfig(k, 1000, 400, 416, "CentralEast", 8) for k in seeds)
    assert any((simulate(frame).charts.floe == BERGS).any() for frame in frames)
    assert found["FLOE"] | {BERGS} == {*range(7), 255}
    assert 0.2 < np.median(masked) < 0.5
