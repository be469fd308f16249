"""Commands that read or replace a damaged file say so in a sentence, and end."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.network.checkpoint import load_checkpoint
from seaice.results.autoice.package import export_package
from seaice.results.export import write_prediction
from seaice.results.inference import predict
from seaice.scenes.convert import convert_scene
from seaice.scenes.prepare import prepare_scene
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_run import Answer, contents, is_sentence, never_ending, run
from damage_values import KINDS

REFUSED = ("truncated", "packed", "as-texts", "web-page", "pipe", "dangling-link")
CHARTLESS = ("charts-as-numbers",)
USED = ("not-finite", "unknown-classes", "wrong-attributes", "wild-positions", "without-a-pixel")


@dataclass(frozen=True)
class Files:
    """Good files to start from.

    Attributes:
        ready: A ready-to-train scene.
        raw: The raw one that it was made from.
        prediction: Of the scene.
        package: Made of the prediction.
        checkpoint: What predicted.
    """

    ready: Path
    raw: Path
    prediction: Path
    package: Path
    checkpoint: Path


@pytest.fixture
def good(make_checkpoint, tmp_path: Path) -> Files:
    folder = tmp_path / "good"
    (ready,) = simulate_folder(folder, 1, 1, lines=60, samples=64, raw=True)
    (raw,) = folder.glob("S1*.nc")
    checkpoint = make_checkpoint()
    prediction, package = folder / "prediction.nc", folder / "package.nc"
    write_prediction(prediction, predict(Scene.open(ready), load_checkpoint(checkpoint)), "")
    export_package([prediction], package, "")
    return Files(ready, raw, prediction, package, checkpoint)


def copied(path: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(path.read_bytes())
    return to


def require_refused(answer: Answer, path: Path) -> None:
    """One sentence, with the file's name, and nothing else."""
    assert answer.status == 2, answer
    assert len(answer.lines) == 1, answer.lines
    assert is_sentence(answer.lines[0]), answer.lines
    assert str(path) in answer.lines[0]
    assert not answer.out


@pytest.mark.slow
def test_files_that_the_library_never_comes_back_from(good: Files, tmp_path: Path) -> None:
    """As a command's input, and as the file that it would replace."""
    data, hang, out = tmp_path / "data", tmp_path / "hang", tmp_path / "out"
    copied(good.ready, data / good.ready.name)
    scene = never_ending(copied(good.ready, hang / "20210101T000000_dmi_prep.nc"))
    raw = never_ending(copied(good.raw, hang / good.raw.name))
    prediction = never_ending(copied(good.prediction, hang / "prediction.nc"))
    package = never_ending(copied(good.package, hang / "package.nc"))
    converted = hang / good.ready.name
    convert_scene(good.raw, converted)
    never_ending(converted)
    prepare_scene(Scene.open(good.ready), tmp_path / "prepared" / good.ready.name)
    prepared = never_ending(tmp_path / "prepared" / good.ready.name)
    before = contents(hang) | contents(prepared.parent)
    cases = [
        (package, ("evaluate", package, "--data", data)),
        (prediction, ("export-autoice", prediction, "--out", out / "x.nc")),
        (package, ("export-autoice", good.prediction, "--out", package)),
        (raw, ("convert", raw, out)),
        (converted, ("convert", good.raw, converted)),
        (converted, ("convert", good.raw, hang)),
        (prepared, ("prepare", data, prepared.parent)),
        (scene, ("predict", good.checkpoint, scene, "--out", out)),
        (scene, explain(good, scene, out / "cam.nc")),
    ]
    session = run([command for _, command in cases])
    for (path, command), answer in zip(cases, session.answers, strict=True):
        assert "is damaged: opening it" in answer.said, (command, answer)
        require_refused(answer, path)
    assert contents(hang) | contents(prepared.parent) == before
    assert not out.exists()


def test_a_target_whose_name_only_the_raw_file_tells(good: Files, tmp_path: Path) -> None:
    raw, there = copied(good.raw, tmp_path / "x.nc"), tmp_path / "hang" / good.ready.name
    convert_scene(good.raw, there)
    never_ending(there)
    require_refused(run([("convert", raw, there.parent)], most_s=60).answers[0], there)


def explain(good: Files, scene: Path, out: Path) -> tuple[object, ...]:
    return ("explain", good.checkpoint, scene, "--chart", "SOD", "--class", "3", "--out", out)


@pytest.fixture
def damaged(good: Files, tmp_path: Path) -> dict[str, Path]:
    """Damaged ready-to-train scenes by the kind of damage, beside a good one, in `data`."""
    data, found = tmp_path / "data", {}
    copied(good.ready, data / good.ready.name)
    for number, kind in enumerate([*REFUSED, *CHARTLESS, *USED], start=1):
        found[kind] = data / f"202101{number:02d}T000000_dmi_prep.nc"
        KINDS[kind].make(found[kind], good.ready, np.random.default_rng(number))
    return found


@pytest.mark.slow
def test_folders_with_damaged_scenes_are_prepared_and_trained_from(
    damaged, good: Files, tmp_path: Path
) -> None:
    data, models = good.ready.parent.parent / "data", tmp_path / "models"
    before = contents(data)
    prepare = ("prepare", data, tmp_path / "out", "--json")
    train = ("train", "--data", data, "--models", models, "--rates", "1-2", "--channels", "sar")
    briefly = "--steps", 2, "--batch", 1, "--patch", 64, "--norm-patches", 2, "--workers", 0
    prepared, again, trained = run([prepare, prepare, (*train, *briefly, "--json")]).answers
    facts = json.loads(prepared.out)
    assert {Path(each["source"]).name for each in facts["written"]} == {
        path.name for path in data.iterdir()
    } - {damaged[kind].name for kind in (*REFUSED, *CHARTLESS)}
    assert all(is_sentence(each) for each in facts["left_out"])
    for kind in (*REFUSED, *CHARTLESS):
        assert sum(damaged[kind].name in each for each in facts["left_out"]) == 1, kind
    # A scene prepared from damaged pixels is a scene like any other.
    for each in facts["written"]:
        Scene.open(each["file"])
    assert [each["file"] for each in json.loads(again.out)["there"]] == [
        each["file"] for each in facts["written"]
    ]
    assert trained.status == 0, trained.said
    checkpoint = json.loads(trained.out)["checkpoint"]
    for parameter in load_checkpoint(Path(checkpoint)).network.parameters():
        assert parameter.isfinite().all()
    assert contents(data) == before


@pytest.mark.slow
def test_damaged_scenes_are_explained_or_refused(damaged, good: Files, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answers = run([explain(good, path, out / f"{kind}.nc") for kind, path in damaged.items()])
    for (kind, path), answer in zip(damaged.items(), answers.answers, strict=True):
        if kind in (*REFUSED, *CHARTLESS):
            require_refused(answer, path)
            assert not (out / f"{kind}.nc").exists()
        else:
            assert answer.status == 0, answer.said
            with netCDF4.Dataset(out / f"{kind}.nc") as file:
                assert file.variables


def test_damaged_raw_scenes_are_not_converted(good: Files, tmp_path: Path) -> None:
    kinds = ("truncated", "missing", "broken-codes", "enormous", "few-positions", "packed")
    raws, out = {}, tmp_path / "out"
    for number, kind in enumerate(kinds):
        raws[kind] = tmp_path / f"{kind}.nc"
        KINDS[kind].make(raws[kind], good.raw, np.random.default_rng(number))
    commands = [("convert", path, out / f"{kind}.nc") for kind, path in raws.items()]
    *alone, together = run([*commands, ("convert", *raws.values(), good.raw, out)]).answers
    for path, answer in zip(raws.values(), alone, strict=True):
        require_refused(answer, path)
    assert together.status == 2
    for path in raws.values():
        assert sum(str(path) in line for line in together.lines) == 1
    assert [path.name for path in out.iterdir()] == [good.ready.name]


def test_what_lies_where_a_command_writes_is_not_lost(good: Files, tmp_path: Path) -> None:
    data, cases, before = tmp_path / "data", [], {}
    copied(good.ready, data / good.ready.name)
    for kind in ("truncated", "web-page", "empty", "pipe"):
        there = tmp_path / kind / good.ready.name
        there.parent.mkdir()
        KINDS[kind].make(there, good.package, np.random.default_rng(1))
        before[kind] = contents(there.parent)
        cases.append((there, ("convert", good.raw, there)))
        cases.append((there, ("export-autoice", good.prediction, "--out", there)))
        cases.append((there, ("prepare", data, there.parent)))
    answers = run([command for _, command in cases]).answers
    for (there, _), answer in zip(cases, answers, strict=True):
        require_refused(answer, there)
    for kind, was in before.items():
        assert contents(tmp_path / kind) == was, kind
