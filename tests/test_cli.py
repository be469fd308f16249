"""The command line as a user runs it: its own process, exit status, what goes where."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "seaice", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


def fails(result: subprocess.CompletedProcess, words: str) -> None:
    """One line on standard error, status 2, no traceback."""
    assert result.returncode == 2, result
    assert "Traceback" not in result.stderr
    assert words in result.stderr.splitlines()[-1]
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stdout == ""


def test_info_lists_channel_sets_without_torch(make_scene):
    path = make_scene(without=("btemp_89_0v",))
    program = (
        "import sys; sys.argv = ['seaice', 'info', sys.argv[1], '--json']\n"
        "from seaice.cli import main\n"
        "try: main()\n"
        "finally: assert 'torch' not in sys.modules"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    (fact,) = json.loads(result.stdout)
    usable = [name for name, state in fact["channel_sets"].items() if state["usable"]]
    assert usable == ["sar", "sar+amsr2-18-36", "autoice18"]
    for name in ("amsr2", "sar+amsr2", "all"):
        assert fact["channel_sets"][name]["missing"] == ["btemp_89_0v"]
    assert (fact["region"], fact["spacing_m"], fact["lines"]) == ("SouthEast", 400, 96)


def test_info_has_a_line_for_each_problem(make_scene, tmp_path: Path):
    (tmp_path / "bad.nc").write_text("bad")
    result = run("info", make_scene(), tmp_path / "bad.nc", tmp_path / "gone.nc")
    assert result.returncode == 1
    assert "bad.nc is not a NetCDF file" in result.stdout
    assert "gone.nc is not there" in result.stdout
    assert "usable    sar, amsr2" in result.stdout


def test_simulate_train_evaluate_predict_explain(tmp_path: Path):
    """The path of README, on small scenes."""
    scenes, models, out = tmp_path / "scenes", tmp_path / "models", tmp_path / "out"
    size = "--lines", 128, "--samples", 128
    assert run("simulate", scenes, "--scenes", 3, "--seed", 1, *size).returncode == 0
    assert len(list(scenes.glob("*_prep.nc"))) == 3
    small = "--steps", 2, "--batch", 1, "--patch", 128, "--workers", 0
    trained = run(
        *("train", "--rates", "1-2", "--channels", "sar", "--data", scenes),
        *("--models", models, *small, "--json"),
    )
    assert trained.returncode == 0, trained.stderr
    assert "step 2/2" in trained.stderr
    checkpoint = json.loads(trained.stdout)["checkpoint"]
    listed = json.loads(run("checkpoints", "--json", SEAICE_MODELS=str(models)).stdout)
    assert [each["file"] for each in listed] == [checkpoint]
    scored = run("evaluate", checkpoint, "--data", scenes, "--json")
    answer = json.loads(scored.stdout)
    assert len(answer["scenes"]) == 3
    assert set(answer["pooled"]) == {"combined", "SIC", "SIC_continuous", "SOD", "FLOE"}
    first = next(scenes.glob("*_prep.nc"))
    predicted = run("predict", checkpoint, first, "--out", out, "--json")
    (written,) = json.loads(predicted.stdout)
    assert Path(written["file"]).is_file()
    target = "--chart", "SIC", "--class", 0, "--out", out / "heat.nc"
    window = "--window", 0, 64, 32, 96
    explained = run("explain", checkpoint, first, *target, *window)
    assert explained.returncode == 0, explained.stderr
    assert (out / "heat.nc").is_file()


def test_mistakes_are_one_line(make_scene, make_checkpoint, tmp_path: Path):
    scene = make_scene(without=("btemp_89_0v",))
    checkpoint = make_checkpoint((1,), "amsr2")
    fails(run("train", "--rates", "6-12-x", "--channels", "sar"), "Atrous rates '6-12-x'")
    fails(run("train", "--rates", "6"), "Missing option '--channels'")
    fails(run("train", "--rates", "6", "--channels", "radar"), "No channel set 'radar'")
    fails(run("nonsense"), "No such command 'nonsense'")
    fails(run("simulate", tmp_path / "x", "--scenes", 0, "--seed", 1), "--scenes")
    (tmp_path / "file").touch()
    inside = tmp_path / "file" / "x"
    fails(run("simulate", inside, "--scenes", 1, "--seed", 1, "--lines", 8), "cannot be written")
    fails(run("train", "--rates", 1, "--channels", "sar", "--models", inside), "cannot be written")
    fails(run("predict", checkpoint, scene, "--out", tmp_path / "o"), "lacks btemp_89_0v")
    fails(run("predict", tmp_path / "gone", scene, "--out", tmp_path / "o"), "is not there")
    fails(run("evaluate", checkpoint, "--data", tmp_path / "none"), "is no folder")
    beyond = "--window", 0, 64, 32, 9999
    radar, out = make_checkpoint((1,)), ("--out", tmp_path / "o.nc")
    fails(
        run("explain", radar, scene, "--chart", "SIC", "--class", 0, *out, *beyond),
        "does not lie on the grid",
    )
    fails(
        run("explain", checkpoint, scene, "--chart", "X", "--class", 0, "--out", tmp_path / "o"),
        "No chart 'X'",
    )


def test_evaluate_takes_the_folder_from_the_environment(make_scene, make_checkpoint, tmp_path):
    make_scene(folder=tmp_path / "mine")
    result = run("evaluate", make_checkpoint(), "--json", SEAICE_DATA=str(tmp_path / "mine"))
    assert list(json.loads(result.stdout)["scenes"]) == ["20180325T194759_dmi"]


def test_a_taken_port_is_said_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        fails(run("app", "--port", taken.getsockname()[1]), "cannot be used")


@pytest.mark.skipif("SEAICE_REAL_SCENES" not in os.environ, reason="SEAICE_REAL_SCENES is not set")
def test_real_scenes_can_be_used():
    paths = sorted(Path(os.environ["SEAICE_REAL_SCENES"]).glob("*_prep.nc"))
    assert paths
    result = run("info", *paths, "--json")
    assert result.returncode == 0
    for fact in json.loads(result.stdout):
        assert fact["channel_sets"]["sar"]["usable"]
