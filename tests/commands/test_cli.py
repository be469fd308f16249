"""The command line as a user runs it: exit status, and what goes where.

Most commands run in this process. What a process of its own shows is tested in one: its imports,
what is logged to standard error, and signals.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.network.rates import CENTRE

HOME = Path(__file__).resolve().parents[2]

Seaice = Callable[..., tuple[int, str, list[str]]]


def in_own_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "seaice", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def fails(seaice: Seaice, caplog: pytest.LogCaptureFixture) -> Callable[..., None]:
    """Run a command that is refused: one line with certain words, status 2, and no result."""

    def check(words: str, *arguments: object) -> None:
        caplog.clear()
        status, out, lines = seaice(*arguments)
        # A process writes its log to standard error too.
        logged = [each for each in caplog.records if each.name.startswith("seaice")]
        assert (status, out, len(lines), logged) == (2, "", 1, []), lines
        assert words in lines[0]

    return check


def test_a_mistake_is_one_line_of_the_process():
    refused = in_own_process("nonsense")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.splitlines() == ["No such command 'nonsense'. See seaice --help."]
    mistyped = in_own_process("predit")
    assert mistyped.stderr.rstrip().endswith("'predict'? See seaice --help.")
    # Of a value that does not fit, the sentence itself says how it must be.
    refused = in_own_process("train", "--batch", "x")
    assert refused.stderr.startswith("Invalid value for '--batch'")
    assert "--help" not in refused.stderr


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


def test_info_has_a_line_for_each_problem(seaice: Seaice, make_scene, tmp_path: Path):
    (tmp_path / "bad.nc").write_text("bad")
    status, out, _ = seaice("info", make_scene(), tmp_path / "bad.nc", tmp_path / "gone.nc")
    assert status == 1
    assert "bad.nc is not a NetCDF file" in out
    assert "gone.nc is not there" in out
    assert "usable    sar, amsr2" in out


def test_info_tells_of_each_scene_of_a_folder(seaice: Seaice, make_scene, tmp_path: Path):
    paths = [
        make_scene(folder=tmp_path / "data", name=f"2018032{day}T000000_dmi_prep.nc")
        for day in (1, 2)
    ]
    facts = json.loads(seaice("info", tmp_path / "data", "--json")[1])
    assert [each["file"] for each in facts] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "There are no scenes in {}. It is empty. Choose another folder."),
        (
            ["a.txt", "b.zip"],
            "There are no scenes in {}. It holds 2 files, none with a name that ends in .nc. "
            "Choose another folder.",
        ),
        (
            ["20180325T194759_dmi_prep_reference.nc"],
            "There are no scenes in {}. It holds no scenes beside 1 reference. Choose another "
            "folder.",
        ),
        (["below/"], "There are no scenes in {}. It holds no files. Choose another folder."),
        (
            ["here/20180325T194759_dmi_prep.nc"],
            "There are no scenes in {}. Folders in it may hold scenes: here (1 file). Name one of "
            "them.",
        ),
        (
            ["a.nc", "b.nc"],
            "{}/a.nc is empty. Download it again.\n\n{}/b.nc is empty. Download it again.",
        ),
    ],
)
def test_info_says_what_a_folder_without_scenes_holds(seaice: Seaice, tmp_path: Path, names, words):
    folder = tmp_path / "folder"
    for name in ["", *names]:
        path = folder / name
        (path if not name or name.endswith("/") else path.parent).mkdir(exist_ok=True)
        if name and not name.endswith("/"):
            path.touch()
    status, out, lines = seaice("info", folder)
    assert (status, out, lines) == (1, words.replace("{}", str(folder)) + "\n", [])


def test_simulate_train_evaluate_predict_explain(seaice: Seaice, tmp_path: Path, monkeypatch):
    """The path of README, on small scenes. The training is a process, whose log is read."""
    scenes, models, out = tmp_path / "scenes", tmp_path / "models", tmp_path / "out"
    size = "--lines", 128, "--samples", 128
    status, _, _ = seaice("simulate", scenes, "--scenes", 3, "--seed", 1, *size)
    assert status == 0
    assert len(list(scenes.glob("*_prep.nc"))) == 3
    small = "--steps", 2, "--batch", 1, "--patch", 128, "--norm-patches", 2, "--workers", 0
    trained = in_own_process(
        *("train", "--rates", "1-2", "--channels", "sar", "--data", scenes),
        *("--models", models, *small, "--json"),
    )
    assert trained.returncode == 0, trained.stderr
    assert "step 2/2" in trained.stderr
    assert "rates 1-2 · 1.6-3.2 km; theoretical receptive field 28 km" in trained.stderr
    assert "rate 2: reaches 3 km to each side, spans 8 km" in trained.stderr
    assert "share of taps on padding or masked cells" in trained.stderr
    checkpoint = json.loads(trained.stdout)["checkpoint"]
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    _, listed, _ = seaice("checkpoints", "--json")
    assert [each["file"] for each in json.loads(listed)] == [checkpoint]
    assert [each["reach_max_km"] for each in json.loads(listed)] == [3.2]
    assert "rates 1-2 · 1.6-3.2 km" in seaice("checkpoints")[1]
    _, scored, _ = seaice("evaluate", checkpoint, "--data", scenes, "--json")
    answer = json.loads(scored)
    assert len(answer["scenes"]) == 3
    assert (answer["rates"], answer["reach_min_km"], answer["reach_max_km"]) == ([1, 2], 1.6, 3.2)
    assert {"combined", "SIC", "SIC_continuous", "SOD", "FLOE"} < set(answer["pooled"])
    assert np.shape(answer["pooled"]["confusion"]["SOD"]) == (6, 6)
    first = next(scenes.glob("*_prep.nc"))
    _, predicted, _ = seaice("predict", checkpoint, first, "--out", out, "--json")
    (written,) = json.loads(predicted)
    assert Path(written["file"]).is_file()
    target = "--chart", "SIC", "--class", 0, "--out", out / "heat.nc"
    status, _, lines = seaice("explain", checkpoint, first, *target, "--window", 0, 64, 32, 96)
    assert status == 0, lines
    assert (out / "heat.nc").is_file()
    assert not any("cannot show evidence" in line for line in lines)
    older = *target, "--window", 0, 64, 32, 96, "--method", "GradCAM", "--layer", "projection"
    status, _, lines = seaice("explain", checkpoint, first, *older)
    assert status == 0
    assert any("GradCAM cannot show evidence for a region" in line for line in lines)


def test_checkpoints_are_listed_by_how_far_they_look(seaice: Seaice, make_checkpoint):
    paths = [make_checkpoint(rates) for rates in ((12, 24), (3, 6), CENTRE, ())]
    listed = json.loads(seaice("checkpoints", "--models", paths[0].parent, "--json")[1])
    assert [each["file"] for each in listed] == [str(path) for path in reversed(paths)]


def test_mistakes_are_one_line(fails, make_scene, make_checkpoint, tmp_path: Path):
    scene = make_scene(without=("btemp_89_0v",))
    checkpoint = make_checkpoint((1,), "amsr2")
    fails("'centre'; not '6-12-x'", "train", "--rates", "6-12-x", "--channels", "sar")
    fails("'centre' stands alone", "train", "--rates", "centre-6", "--channels", "sar")
    fails("'centre'; not '0-6'", "train", "--rates", "0-6", "--channels", "sar")
    sar = "train", "--rates", "6", "--channels", "sar"
    fails("width must be between 4 and 256, not 0.", *sar, "--width", 0)
    fails("Missing option '--channels'", "train", "--rates", "6")
    fails("No channel set 'radar'", "train", "--rates", "6", "--channels", "radar")
    fails("--scenes", "simulate", tmp_path / "x", "--scenes", 0, "--seed", 1)
    (tmp_path / "file").touch()
    inside = tmp_path / "file" / "x"
    fails("cannot be written", "simulate", inside, "--scenes", 1, "--seed", 1, "--lines", 16)
    fails("cannot be written", "train", "--rates", 1, "--channels", "sar", "--models", inside)
    fails("lacks btemp_89_0v", "predict", checkpoint, scene, "--out", tmp_path / "o")
    fails("is not there", "predict", tmp_path / "gone", scene, "--out", tmp_path / "o")
    fails("cannot be opened as a folder", "evaluate", checkpoint, "--data", tmp_path / "none")
    explain = "explain", make_checkpoint((1,)), scene, "--class", 0, "--out", tmp_path / "o.nc"
    beyond = "--window", 0, 64, 32, 9999
    fails("does not lie on the grid", *explain, "--chart", "SIC", *beyond)
    fails("No chart 'X'", *explain, "--chart", "X")


def test_mistakes_of_simulate_are_one_line(fails, tmp_path: Path):
    """What is missing, out of bounds or does not go together; nothing is made."""
    out = tmp_path / "x"
    one = out, "--scenes", 1, "--seed", 1
    fails("Missing argument 'OUT_DIR'", "simulate")
    fails("Missing options: --scenes.", "simulate", out, "--seed", 1)
    fails("month is 13", "simulate", *one, "--month", 13)
    fails("No region 'Baltic'", "simulate", *one, "--region", "Baltic")
    fails("longitude is -181", "simulate", *one, "--longitude", -181)
    fails("9 pixels of 400 m is too small", "simulate", *one, "--samples", 9)
    fails("--json needs --report", "simulate", *one, "--json")
    report = "simulate", "--report"
    fails("--month, --raw cannot be combined with --report", *report, "--raw", "--month", 3)
    fails("--no-compress cannot be combined with --report", *report, "--no-compress")
    assert not out.exists()
    (tmp_path / "file").touch()
    fails("cannot be written", "simulate", tmp_path / "file", "--report")


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


def test_simulate_compresses_unless_told_otherwise(seaice: Seaice, tmp_path: Path):
    """Both files of a scene; what they hold is the same, but for the rounding of floats."""
    small = "--scenes", 1, "--seed", 1, "--spacing-m", 1000, "--lines", 40, "--samples", 48, "--raw"
    packed, quick = tmp_path / "packed", tmp_path / "quick"
    assert seaice("simulate", packed, *small)[0] == 0
    assert seaice("simulate", quick, *small, "--no-compress")[0] == 0
    assert len(list(packed.iterdir())) == 2
    for path in packed.iterdir():
        with netCDF4.Dataset(path) as one, netCDF4.Dataset(quick / path.name) as other:
            sar = [each["nersc_sar_primary"] for each in (one, other)]
            assert [each.filters()["zlib"] for each in sar] == [True, False]
            assert 0 < np.nanmax(np.abs(sar[0][:] - sar[1][:])) < 0.1


def test_simulate_reports(seaice: Seaice, tmp_path: Path, monkeypatch):
    """Markdown or JSON on standard output, both in the folder; progress on standard error."""
    few = "--report", "--scenes", 2, "--seed", 3, "--spacing-m", 1000, "--jobs", 1
    monkeypatch.setenv("SEAICE_REAL_SCENES", "")
    status, text, lines = seaice("simulate", *few)
    assert status == 0
    assert text.startswith("# ")
    assert lines == ["scene 1/2", "scene 2/2"]
    _, answer, lines = seaice("simulate", tmp_path / "r", *few, "--json")
    assert lines[-1] == f"wrote {tmp_path / 'r' / 'calibration.json'}"
    assert (tmp_path / "r" / "calibration.md").read_text() == text
    assert (tmp_path / "r" / "calibration.json").read_text() == answer
    facts = json.loads(answer)
    assert (facts["scenes"], facts["seed"], facts["spacing_m"]) == (2, 3, 1000)


def test_one_bad_scene_does_not_end_the_batch(
    seaice: Seaice, make_scene, make_checkpoint, tmp_path: Path
):
    folder = tmp_path / "mixed"
    good = make_scene(folder=folder)
    lacking = make_scene(
        folder=folder, name="20190101T000000_dmi_prep.nc", without=("nersc_sar_secondary",)
    )
    checkpoint = make_checkpoint()
    out = tmp_path / "o"
    status, predicted, lines = seaice("predict", checkpoint, lacking, good, "--out", out, "--json")
    assert status == 3
    assert [each["scene"] for each in json.loads(predicted)] == ["20180325T194759_dmi"]
    assert "lacks nersc_sar_secondary" in "\n".join(lines)
    _, scored, lines = seaice("evaluate", checkpoint, "--data", folder, "--json")
    assert list(json.loads(scored)["scenes"]) == ["20180325T194759_dmi"]
    left_out = "left out: Scene 20190101T000000_dmi lacks nersc_sar_secondary"
    assert left_out in "\n".join(lines)


def test_a_coarser_scene_is_scored_with_a_notice(
    seaice: Seaice, make_scene, make_checkpoint, tmp_path: Path
):
    make_scene(spacing_m=800, folder=tmp_path / "coarse")
    _, _, lines = seaice("evaluate", make_checkpoint(), "--data", tmp_path / "coarse")
    assert "coarser than the 400 m" in "\n".join(lines)


def test_without_a_command_the_help_is_shown(seaice: Seaice):
    status, out, _ = seaice()
    assert status == 0
    assert "Commands:" in out


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
    try:
        for line in process.stderr:
            if line.startswith("step "):
                break
        # To the workers too, as a terminal does.
        os.killpg(process.pid, signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    told, resume, stopped = rest.splitlines()[-3:]
    assert re.fullmatch(r"Stopped after step \d+ of \d+\. It can be resumed\.", told)
    assert resume.startswith("resume with: seaice train --resume ")
    assert stopped == "Stopped."
    assert list((tmp_path / "m").iterdir()) == []


def test_evaluate_takes_the_folder_from_the_environment(
    seaice: Seaice, make_scene, make_checkpoint, tmp_path: Path, monkeypatch
):
    make_scene(folder=tmp_path / "mine")
    monkeypatch.setenv("SEAICE_DATA", str(tmp_path / "mine"))
    _, scored, _ = seaice("evaluate", make_checkpoint(), "--json")
    assert list(json.loads(scored)["scenes"]) == ["20180325T194759_dmi"]


def test_the_dashboard_needs_the_scenes_that_are_named(seaice: Seaice, tmp_path, monkeypatch):
    started: list[Path] = []
    monkeypatch.setattr("seaice.dashboard.launch.launch", lambda _, data, *__: started.append(data))
    gone = tmp_path / "gone"
    sentence = f"{gone} cannot be opened as a folder (No such file or directory). "
    status, _, (line,) = seaice("app", "--data", gone)
    assert (status, line[: len(sentence)]) == (2, sentence)
    monkeypatch.setenv("SEAICE_DATA", str(gone))
    assert seaice("app")[0] == 2
    assert started == []
    # Without folders of your own, you name one in the sidebar; a training makes one for models.
    monkeypatch.delenv("SEAICE_DATA")
    monkeypatch.chdir(tmp_path)
    assert seaice("app") == (0, "", [])
    status, _, (line,) = seaice("app", "--data", tmp_path, "--models", gone)
    assert (status, line) == (0, f"{gone} is not a folder yet. It holds no checkpoints.")
    assert started == [Path("data"), tmp_path]


def test_a_taken_port_is_said_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        # Where the port is free, the dashboard replaces the process.
        refused = in_own_process("app", "--port", taken.getsockname()[1])
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert "cannot be used" in line


@pytest.mark.skipif("SEAICE_REAL_SCENES" not in os.environ, reason="SEAICE_REAL_SCENES is not set")
class TestRealScenes:
    """What real scenes can feed, and that shipped checkpoints can be scored on them."""

    @pytest.fixture
    def folder(self) -> Path:
        return Path(os.environ["SEAICE_REAL_SCENES"])

    def test_info_tells_what_they_can_feed(self, seaice: Seaice, folder: Path):
        facts = json.loads(seaice("info", *folder.glob("*_prep.nc"), "--json")[1])
        assert facts
        for fact in facts:
            assert fact["problems"] == []
            for name, state in fact["channel_sets"].items():
                lacking = [c for c in CHANNEL_SETS[name] if c not in fact["channels"]]
                assert state == {"usable": not lacking, "missing": lacking}

    @pytest.mark.parametrize("name", ["sar", "sar+amsr2-18-36"])
    def test_shipped_checkpoints_are_scored(self, seaice: Seaice, folder: Path, name: str):
        checkpoint = HOME / "models" / f"{name}_6-12-18_seed0.safetensors"
        answer = json.loads(seaice("evaluate", checkpoint, "--data", folder, "--json")[1])
        assert answer["pooled"]["SOD"]["value"] is not None


@pytest.mark.parametrize("spacing_m", [0, -5, "nan", "inf"])
def test_a_report_of_no_spacing_is_refused(fails, spacing_m: int | str):
    """Before the extent of a scene is divided by it."""
    fails("spacing_m is", "simulate", "--report", "--spacing-m", spacing_m)
