"""Commands answer before torch is imported, which takes seconds, wherever they need no network."""

import json
import subprocess
import sys
from pathlib import Path

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


def test_commands_that_need_no_network_start_without_torch(make_scene, make_checkpoint, tmp_path):
    """Help, listings, facts on files, and every command whose checkpoint cannot be used."""
    checkpoint, scene = make_checkpoint(), make_scene()
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(checkpoint.read_bytes()[:500])
    gone, out = tmp_path / "gone.safetensors", ("--out", tmp_path / "out.nc")
    target = "--chart", "SOD", "--class", 0
    cases = [
        (("--help",), 0, "import-authors"),
        (("--version",), 0, "seaice "),
        (("info", scene), 0, "usable"),
        (("runs", "--runs", tmp_path), 0, "There are no runs in"),
        (("checkpoints", "--models", checkpoint.parent), 0, str(checkpoint)),
        (("predict", gone, scene, *out), 2, str(gone)),
        (("evaluate", gone, "--data", scene.parent), 2, str(gone)),
        (("explain", gone, scene, *target, *out), 2, str(gone)),
        (("predict", damaged, scene, *out), 2, str(damaged)),
        (("evaluate", damaged, "--data", scene.parent), 2, str(damaged)),
        (("explain", damaged, scene, *target, *out), 2, str(damaged)),
        (("export-autoice", tmp_path / "gone.nc", *out), 2, "gone.nc"),
    ]
    arguments = json.dumps([[str(each) for each in command] for command, _, _ in cases])
    program = [sys.executable, "-c", PROGRAM, arguments]
    result = subprocess.run(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path
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
    assert not Path(tmp_path / "out.nc").exists()


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
