"""The command line as a user runs it: its own process, exit status, what goes where."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS

HOME = Path(__file__).resolve().parents[2]


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
        "from seaice.commands.main import main\n"
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
    assert "theoretical receptive field 62 km along one side" in trained.stderr
    assert "rate 2: spans 16 km, 16% of its taps on padding" in trained.stderr
    checkpoint = json.loads(trained.stdout)["checkpoint"]
    listed = json.loads(run("checkpoints", "--json", SEAICE_MODELS=str(models)).stdout)
    assert [each["file"] for each in listed] == [checkpoint]
    scored = run("evaluate", checkpoint, "--data", scenes, "--json")
    answer = json.loads(scored.stdout)
    assert len(answer["scenes"]) == 3
    assert {"combined", "SIC", "SIC_continuous", "SOD", "FLOE"} < set(answer["pooled"])
    assert np.shape(answer["pooled"]["confusion"]["SOD"]) == (6, 6)
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
    fails(run("train", "--rates", "6-12-x", "--channels", "sar"), "'none'; not '6-12-x'")
    fails(run("train", "--rates", "6"), "Missing option '--channels'")
    fails(run("train", "--rates", "6", "--channels", "radar"), "No channel set 'radar'")
    fails(run("nonsense"), "No such command 'nonsense'")
    fails(run("simulate", tmp_path / "x", "--scenes", 0, "--seed", 1), "--scenes")
    (tmp_path / "file").touch()
    inside = tmp_path / "file" / "x"
    fails(run("simulate", inside, "--scenes", 1, "--seed", 1, "--lines", 16), "cannot be written")
    fails(run("train", "--rates", 1, "--channels", "sar", "--models", inside), "cannot be written")
    fails(run("predict", checkpoint, scene, "--out", tmp_path / "o"), "lacks btemp_89_0v")
    fails(run("predict", tmp_path / "gone", scene, "--out", tmp_path / "o"), "is not there")
    fails(run("evaluate", checkpoint, "--data", tmp_path / "none"), "cannot be opened as a folder")
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


def test_mistakes_of_simulate_are_one_line(tmp_path: Path):
    """What is missing, out of bounds or does not go together; nothing is made."""
    out = tmp_path / "x"
    one = out, "--scenes", 1, "--seed", 1
    fails(run("simulate"), "Missing argument 'OUT_DIR'")
    fails(run("simulate", out, "--seed", 1), "Missing options: --scenes.")
    fails(run("simulate", *one, "--month", 13), "month is 13")
    fails(run("simulate", *one, "--region", "Baltic"), "No region 'Baltic'")
    fails(run("simulate", *one, "--longitude", -181), "longitude is -181")
    fails(run("simulate", *one, "--samples", 9), "9 pixels of 400 m is too small")
    fails(run("simulate", *one, "--json"), "--json needs --report")
    fails(
        run("simulate", "--report", "--raw", "--month", 3),
        "--month, --raw cannot be combined with --report",
    )
    assert not out.exists()
    (tmp_path / "file").touch()
    fails(run("simulate", tmp_path / "file", "--report"), "cannot be written")


def test_simulate_starts_without_torch(tmp_path: Path):
    """Scenes with their raw files at a longitude of choice; the parent of all processes is lean."""
    program = (
        "import sys; sys.argv = ['seaice', 'simulate', *sys.argv[1:]]\n"
        "from seaice.commands.main import main\n"
        "try: main()\n"
        "finally: assert not {'torch', 'seaice.simulate.calibration'} & set(sys.modules)"
    )
    settings = "--scenes", "1", "--seed", "1", "--spacing-m", "1000", "--lines", "8", "--raw"
    command = sys.executable, "-c", program, str(tmp_path), *settings, "--longitude", "-45"
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    raw, prep = (Path(line.removeprefix("wrote ")) for line in result.stderr.splitlines())
    assert "_icechart_" in raw.name
    with netCDF4.Dataset(prep) as file:
        longitude = file["sar_grid2d_longitude"][10, 10]
        assert longitude == pytest.approx(-45, abs=1e-6)


def test_simulate_reports(tmp_path: Path):
    """Markdown or JSON on standard output, both in the folder; progress on standard error."""
    few = "--report", "--scenes", 2, "--seed", 3, "--spacing-m", 1000, "--jobs", 1
    real = {"SEAICE_REAL_SCENES": ""}
    printed = run("simulate", *few, **real)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.startswith("# ")
    assert printed.stderr.splitlines() == ["scene 1/2", "scene 2/2"]
    written = run("simulate", tmp_path / "r", *few, "--json", **real)
    assert written.stderr.splitlines()[-1] == f"wrote {tmp_path / 'r' / 'calibration.json'}"
    assert (tmp_path / "r" / "calibration.md").read_text() == printed.stdout
    assert (tmp_path / "r" / "calibration.json").read_text() == written.stdout
    facts = json.loads(written.stdout)
    assert (facts["scenes"], facts["seed"], facts["spacing_m"]) == (2, 3, 1000)


def test_one_bad_scene_does_not_end_the_batch(make_scene, make_checkpoint, tmp_path: Path):
    folder = tmp_path / "mixed"
    good = make_scene(folder=folder)
    lacking = make_scene(
        folder=folder, name="20190101T000000_dmi_prep.nc", without=("nersc_sar_secondary",)
    )
    checkpoint = make_checkpoint()
    predicted = run("predict", checkpoint, lacking, good, "--out", tmp_path / "o", "--json")
    assert predicted.returncode == 2
    assert [each["scene"] for each in json.loads(predicted.stdout)] == ["20180325T194759_dmi"]
    assert "lacks nersc_sar_secondary" in predicted.stderr
    scored = run("evaluate", checkpoint, "--data", folder, "--json")
    assert list(json.loads(scored.stdout)["scenes"]) == ["20180325T194759_dmi"]
    assert "left out: Scene 20190101T000000_dmi lacks nersc_sar_secondary" in scored.stderr


def test_a_coarser_scene_is_scored_with_a_notice(make_scene, make_checkpoint, tmp_path: Path):
    make_scene(spacing_m=800, folder=tmp_path / "coarse")
    scored = run("evaluate", make_checkpoint(), "--data", tmp_path / "coarse")
    assert "coarser than the 400 m" in scored.stderr


def test_without_a_command_the_help_is_shown():
    result = run()
    assert result.returncode == 0
    assert "Commands:" in result.stdout


def test_ctrl_c_stops_a_run_in_a_sentence(make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "scenes")
    folders = "--data", tmp_path / "scenes", "--models", tmp_path / "m"
    small = "--patch", 64, "--batch", 1, "--steps", 100_000
    command = "train", "--rates", 1, "--channels", "sar", *folders, *small
    process = subprocess.Popen(
        [sys.executable, "-m", "seaice", *map(str, command)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A run in the background ignores SIGINT, and what it starts would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    for line in process.stderr:
        if line.startswith("step "):
            break
    # To the workers too, as a terminal does.
    os.killpg(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=120)
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "Stopped."
    assert list((tmp_path / "m").iterdir()) == []


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
class TestRealScenes:
    """What real scenes can feed, and that shipped checkpoints can be scored on them."""

    @pytest.fixture
    def folder(self) -> Path:
        return Path(os.environ["SEAICE_REAL_SCENES"])

    def test_info_tells_what_they_can_feed(self, folder: Path):
        facts = json.loads(run("info", *folder.glob("*_prep.nc"), "--json").stdout)
        assert facts
        for fact in facts:
            assert fact["problems"] == []
            for name, state in fact["channel_sets"].items():
                lacking = [c for c in CHANNEL_SETS[name] if c not in fact["channels"]]
                assert state == {"usable": not lacking, "missing": lacking}

    @pytest.mark.parametrize("name", ["sar", "sar+amsr2-18-36"])
    def test_shipped_checkpoints_are_scored(self, folder: Path, name: str):
        checkpoint = HOME / "models" / f"{name}_6-12-18_seed0.safetensors"
        answer = json.loads(run("evaluate", checkpoint, "--data", folder, "--json").stdout)
        assert answer["pooled"]["SOD"]["value"] is not None


@pytest.mark.parametrize("spacing_m", [0, -5, "nan", "inf"])
def test_a_report_of_no_spacing_is_refused(spacing_m: int | str):
    """Before the extent of a scene is divided by it."""
    fails(run("simulate", "--report", "--spacing-m", spacing_m), "spacing_m is")
