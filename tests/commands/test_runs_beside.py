"""The per-pixel linear model beside what `seaice train` and `seaice runs` print."""

import json
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from seaice.baselines.files import baseline_path
from seaice.commands.runs_beside import beside_finished
from seaice.core.safetensors_header import read_header
from seaice.training.runs.folder import list_runs

_TORCH = """
import sys
from seaice.commands.main import main
sys.argv = ["seaice", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print("torch" in sys.modules)
"""


@pytest.fixture
def train(make_scene, seaice, tmp_path: Path, monkeypatch, caplog):
    """Train for a step on scenes whose charts a linear model knows; what is printed and logged."""

    def informative(arrays: dict) -> None:
        steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
        for name, of in (("SIC", (0, 3, 7, 10)), ("SOD", (0, 0, 4, 4)), ("FLOE", (0, 0, 5, 5))):
            arrays[name] = np.array(of, np.uint8)[steps]

    for day in (1, 2):
        name = f"2018032{day}T000000_dmi_prep.nc"
        make_scene(folder=tmp_path / "my scenes", name=name, seed=day, change=informative)
    monkeypatch.chdir(tmp_path)
    small = "--steps", 1, "--batch", 1, "--patch", 64, "--norm-patches", 2, "--workers", 0

    def run(*options: object) -> tuple[str, str]:
        caplog.clear()
        given = "--rates", "1-2", "--channels", "sar", "--data", "my scenes", *small, *options
        with caplog.at_level(logging.INFO, "seaice"):
            status, out, lines = seaice("train", *given, "--precision", "float32")
        assert status == 0, lines
        return out, caplog.messages[-1]

    return run


def test_a_training_ends_with_the_linear_model_beside_it(train, seaice):
    out, said = train("--json")
    assert (json.loads(out)["linear"], json.loads(out)["below_linear"]) == (None, False)
    _, _, command = said.partition("no per-pixel linear model is beside it; fit one with: ")
    assert seaice(*shlex.split(command)[1:])[0] == 0
    out, said = train()
    assert said == "scoring the linear model on 1 scene ..."
    own = float(out.split("combined")[1].split()[0])
    *_, line = out.splitlines()
    before, _, after = line.partition(": ")
    assert before == "  Per-pixel linear model on the same scenes"
    linear = float(after.split()[0])
    assert linear > 80
    mark = f"This run: \N{MINUS SIGN}{linear - own:.1f}, below the per-pixel linear model"
    assert after.endswith(mark)
    # Both runs hold back the same scene: what is known of it stands beside the other, too.
    ended = f"linear model {linear:.1f} (\N{MINUS SIGN}{linear - own:.1f}, below the per-pixel"
    program = subprocess.run([sys.executable, "-c", _TORCH, "runs"], capture_output=True, text=True)
    *listed, torch = program.stdout.splitlines()
    assert (len(listed), torch, program.stderr) == (2, "False", "")
    assert all(ended in each for each in listed)


def test_a_linear_model_that_cannot_be_used_fails_no_training(train, seaice):
    seaice("baseline", "linear", "--channels", "sar", "--data", "my scenes")
    path = baseline_path(Path("models"), "linear", "sar", windows=False)
    # Its description is whole, its arrays are others.
    description = read_header(path)
    save_file({"other": np.zeros(1)}, path, metadata=description)
    out, said = train()
    assert "has arrays that do not fit its description" in said
    assert "combined" in out
    assert "inear model" not in out
    (line,) = seaice("runs")[2]
    assert line == "the linear model is not scored on 1 scene yet: --baselines scores it"
    # Nor can it be read now.
    path.write_bytes(path.read_bytes()[:-8])
    (run,) = list_runs(Path(os.environ["SEAICE_RUNS"]))
    told: list[str] = []
    assert beside_finished(run, 80.0, Path("models"), told.append)[1] == ""
    assert str(path) in told[0]
    assert "fit one with" in told[1]
