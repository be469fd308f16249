"""Commands answer before torch is imported, which takes seconds, wherever they need no network."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from seaice.ai4arctic.channels import AMSR2

OVER_FOLDERS = "evaluate", "context", "channels", "calibrate"
"""Commands that take the scenes of a folder."""
PROGRAM = """
import json, sys
from seaice.commands.main import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["seaice", *arguments]
    try:
        main()
    except SystemExit as ended:
        torch = "torch" in sys.modules
        sys.stdout.flush()
        print(json.dumps([ended.code, torch]), flush=True)
"""


def require_answers(cases: Sequence[tuple[tuple, int, str]], folder: Path) -> None:
    """Check what commands answer, each with its status and words, before torch is imported."""
    arguments = json.dumps([[str(each) for each in command] for command, _, _ in cases])
    program = [sys.executable, "-c", PROGRAM, arguments]
    result = subprocess.run(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    )
    answers = iter(result.stdout.splitlines())
    for command, status, words in cases:
        printed = []
        for line in answers:
            if line.startswith("["):
                break
            printed.append(line)
        else:
            raise AssertionError(f"{command}: {result.stdout}")
        assert words in "\n".join(printed), command
        assert json.loads(line) == [status, False], command


def test_commands_that_need_no_network_start_without_torch(make_scene, make_checkpoint, tmp_path):
    """Help, listings, facts on files, and every command whose checkpoint cannot be used."""
    checkpoint, scene = make_checkpoint(), make_scene()
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(checkpoint.read_bytes()[:500])
    gone, out = tmp_path / "gone.safetensors", ("--out", tmp_path / "out.nc")
    target = "--chart", "SOD", "--class", 0
    folder = "--data", scene.parent
    cases = [
        (("--help",), 0, "import-authors"),
        (("--version",), 0, "seaice "),
        (("info", scene), 0, "usable"),
        (("runs", "--runs", tmp_path), 0, "There are no runs in"),
        (("checkpoints", "--models", checkpoint.parent), 0, str(checkpoint)),
        *(
            (command, 2, str(unusable))
            for unusable in (gone, damaged)
            for command in (
                ("predict", unusable, scene, *out),
                ("explain", unusable, scene, *target, *out),
                *((name, unusable, *folder) for name in OVER_FOLDERS),
            )
        ),
        (("export-autoice", tmp_path / "gone.nc", *out), 2, "gone.nc"),
    ]
    require_answers(cases, tmp_path)
    assert not Path(tmp_path / "out.nc").exists()


@pytest.fixture
def no_scene(tmp_path: Path) -> Path:
    """A file that is named as a scene, alone in its folder; below it, nothing can be written."""
    path = tmp_path / "text" / "20180325T194759_dmi_prep.nc"
    path.parent.mkdir()
    path.write_text("no scene")
    return path


def test_mistakes_about_scenes_are_told_before_torch_is_imported(
    make_scene, make_checkpoint, no_scene, tmp_path
):
    """A scene that is not there, is none, or lacks channels; a folder without any."""
    checkpoint, scene = make_checkpoint((), "sar+amsr2"), make_scene(without=AMSR2)
    absent, out = tmp_path / "absent_prep.nc", ("--out", tmp_path / "out.nc")
    at = "--at", 1, 1
    commands = [
        ("predict", out),
        ("explain", ("--chart", "SOD", "--class", 0, *out)),
        ("branches", ()),
        ("check-map", at),
        ("pixel", at),
        ("field", ()),
    ]
    cases = [
        *(
            ((name, checkpoint, file, *more), 2, str(file))
            for file in (absent, no_scene)
            for name, more in commands
        ),
        *(((name, checkpoint, scene, *more), 2, "lacks") for name, more in commands[1:]),
        (("predict", checkpoint, absent, no_scene, *out), 2, "None of the 2 files"),
        *(
            ((name, checkpoint, "--data", folder), 2, words)
            for name in OVER_FOLDERS
            for folder, words in (
                (tmp_path / "nowhere", "cannot be opened as a folder"),
                (no_scene.parent, f"{no_scene.parent} has no usable scene"),
            )
        ),
    ]
    require_answers(cases, tmp_path)


def test_what_cannot_be_written_or_asked_is_told_before_torch_is_imported(
    make_scene, make_checkpoint, no_scene, tmp_path
):
    """Outputs below a file, where not even an administrator can write; windows and methods."""
    checkpoint, scene, table = make_checkpoint(), make_scene(), no_scene / "table.csv"
    explained = "explain", checkpoint, scene, "--chart", "SOD", "--class", 0
    window, kept = ("--window", 0, 8, 0, 800), ("--out", tmp_path / "out.nc")
    folder = "--data", scene.parent
    cases = [
        (("predict", checkpoint, scene, "--out", no_scene), 2, str(no_scene)),
        ((*explained, "--out", no_scene / "map.nc"), 2, str(no_scene)),
        (("branches", checkpoint, scene, "--map", no_scene / "map.nc"), 2, str(no_scene)),
        (("field", checkpoint, scene, "--out", table), 2, str(no_scene)),
        (("evaluate", checkpoint, *folder, "--csv", table), 2, str(no_scene)),
        (("context", checkpoint, *folder, "--out", table), 2, str(no_scene)),
        ((*explained, *kept, "--method", "no"), 2, "No method 'no'"),
        ((*explained, *kept, *window), 2, "does not lie on the grid"),
        (("branches", checkpoint, scene, *window), 2, "does not lie on the grid"),
        (("branches", checkpoint, scene, "--data", no_scene.parent), 2, "no usable scene"),
        (("field", checkpoint, scene, "--class", "no"), 2, "SOD has no target 'no'"),
    ]
    require_answers(cases, tmp_path)


def test_a_wrong_budget_of_memory_is_told_before_torch_is_imported(monkeypatch, tmp_path):
    monkeypatch.setenv("SEAICE_MEMORY", "lots")
    gone, words = tmp_path / "gone.safetensors", "SEAICE_MEMORY is 'lots'. It is the memory"
    place, target = ("--at", 5, 5), ("--chart", "SOD", "--class", 0)
    commands = [
        ("predict", gone, gone, "--out", tmp_path),
        ("explain", gone, gone, *target, "--out", tmp_path / "map.nc"),
        ("check-map", gone, gone, *target, *place),
        ("branches", gone, gone),
        ("field", gone, gone),
        ("pixel", gone, gone, *place),
        ("evaluate-all", tmp_path),
        *((name, gone) for name in OVER_FOLDERS),
    ]
    require_answers([(command, 2, words) for command in commands], tmp_path)


def test_the_command_line_starts_without_numpy_and_facts_without_xarray():
    """Both take longer than all of the program's own modules."""
    program = (
        "import sys, seaice.commands.main; print('numpy' in sys.modules); "
        "import seaice.scenes.catalogue.facts; print('xarray' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_a_prediction_without_geotiffs_imports_nothing_that_only_they_need():
    program = (
        "import sys, seaice.results.many; "
        "print(*({'rioxarray', 'dask', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout.split(), done.returncode) == ([], 0), done.stderr
