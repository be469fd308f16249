"""Many damaged files: none ends or holds up the command line, the catalogue or the page.

`damage.py` writes them; `docs/damaged-files.md` says what is refused and what tolerated.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import SAR
from seaice.core.errors import SceneError
from seaice.scenes import undecoded
from seaice.scenes.catalogue import index as catalogue_index
from seaice.scenes.catalogue import read_catalogue, sandbox
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_run import GOOD, contents, is_sentence, never_ending, run, seaice, spoil_heap

HERE = Path(__file__).resolve().parent

MOST_CPU_S, MEAN_CPU_S = 5.0, 1.0
"""Processor time for one damaged file, and the mean over many; other processes do not count."""
MOST_BYTES = 2**30
"""Memory on top of what the good scene takes."""


@dataclass(frozen=True)
class Folder:
    """A folder with one good scene and damaged files, and what `damage.py` says about them."""

    path: Path
    damaged: tuple[dict[str, str], ...]

    @property
    def good(self) -> Path:
        return self.path / f"{GOOD}_prep.nc"

    @property
    def files(self) -> list[Path]:
        return [self.path / each["file"] for each in self.damaged]


def write_folder(path: Path, files: int, seed: int) -> Folder:
    command = [sys.executable, HERE / "damage.py", path, "--files", str(files), "--seed", str(seed)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return Folder(path, tuple(json.loads(line) for line in lines))


@pytest.fixture(
    scope="module", params=[40, pytest.param(200, marks=pytest.mark.slow)], ids=lambda n: f"{n}"
)
def folder(request, tmp_path_factory) -> Folder:
    return write_folder(tmp_path_factory.mktemp("damaged") / "data", request.param, request.param)


@pytest.fixture(autouse=True)
def unchanged(request) -> object:
    """No test changes the user's folder."""
    if "folder" not in request.fixturenames:
        yield
        return
    path = request.getfixturevalue("folder").path
    before = contents(path)
    yield
    assert contents(path) == before


def computed() -> Callable[[], float]:
    """A clock of the processor time that this process and its sandboxes have used, seconds."""
    readers: dict[int, float] = {}

    def clock() -> float:
        if (process := sandbox.SANDBOX._process) is not None and process.poll() is None:
            times = psutil.Process(process.pid).cpu_times()
            readers[process.pid] = times.user + times.system
        return time.process_time() + sum(readers.values())

    return clock


def test_every_kind_of_damage_gets_its_verdict(folder) -> None:
    """Random damage may get either verdict; every refused file is named with its problem."""
    clock, begun = computed(), []
    found = read_catalogue(folder.path, on_progress=lambda *_: begun.append(clock()))
    assert len(begun) == 1 + len(folder.files)
    # The first file is good; the sandbox starts with it.
    assert max(np.diff([*begun, clock()])[1:]) < MOST_CPU_S
    listed = {(scene.raw or scene.path).name for scene in found.scenes}
    assert f"{GOOD}_prep.nc" in listed
    for each in folder.damaged:
        verdict = "accepted" if each["file"] in listed else "refused"
        problems = [text for text in found.problems if each["file"] in text]
        assert each["verdict"] in (verdict, "chance"), (each, problems)
        assert len(problems) == (verdict == "refused"), each
        assert all(is_sentence(problem) for problem in problems), problems
    assert len(found.scenes) + len(found.problems) == 1 + len(folder.damaged)
    # Scenes have unique names, even a raw and a ready-to-train one.
    assert len({scene.id for scene in found.scenes}) == len(found.scenes)


def test_info_tells_of_each_file(folder) -> None:
    alone = seaice("info", folder.good, "--json")
    assert alone.answer.status == 0
    session = seaice("info", *folder.files, folder.good, "--json")
    facts = json.loads(session.answer.out)
    assert session.answer.status == 1
    assert [Path(each["file"]) for each in facts] == [*folder.files, folder.good]
    assert facts[-1] == json.loads(alone.answer.out)[0]
    for damaged, fact in zip(folder.damaged, facts[:-1], strict=True):
        refused = fact["kind"] is None
        assert damaged["verdict"] in ("refused" if refused else "accepted", "chance"), fact
        assert refused == bool(fact["problems"])
        assert all(damaged["file"] in each and is_sentence(each) for each in fact["problems"])
    assert session.bytes < alone.bytes + MOST_BYTES
    assert session.cpu_s < alone.cpu_s + MEAN_CPU_S * len(folder.files)


@pytest.mark.slow
def test_predict_and_evaluate_use_what_can_be_used(folder, make_checkpoint, tmp_path) -> None:
    checkpoint = make_checkpoint()
    alone = seaice("predict", checkpoint, folder.good, "--out", tmp_path / "a")
    assert alone.answer.status == 0
    command = ("predict", checkpoint, *folder.files, folder.good, "--out", tmp_path / "b")
    score = ("evaluate", checkpoint, "--data", folder.path, "--json")
    both = run([(*command, "--json"), score])
    predicted, scored = both.answers
    assert predicted.status == 3
    written = json.loads(predicted.out)
    assert written[-1]["scene"] == GOOD
    assert all(Path(each["file"]).is_file() for each in written)
    assert {path.name for path in (tmp_path / "b").iterdir()} == {
        Path(each["file"]).name for each in written
    }
    for each in folder.damaged:
        if each["verdict"] == "refused":
            assert any(each["file"] in line for line in predicted.lines)
    assert scored.status == 3
    facts = json.loads(scored.out)
    assert GOOD in facts["scenes"]
    assert all(is_sentence(each) for each in facts["left_out"])
    assert both.bytes < alone.bytes + MOST_BYTES
    assert both.cpu_s < alone.cpu_s + MEAN_CPU_S * 2 * len(folder.files)


def pages(scene: str) -> AppTest:
    """Both pages with a selected scene; neither raises."""
    app = AppTest.from_file(str(HERE.parents[1] / "app.py"), default_timeout=120)
    app.query_params["scene"] = scene
    app.run()
    assert not app.exception, scene
    app.switch_page("pages/scenes.py").run()
    assert not app.exception, scene
    return app


@pytest.mark.slow
def test_the_pages_show_each_scene_of_the_folder(folder, make_checkpoint, monkeypatch, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(folder.path))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    for scene in read_catalogue(folder.path).scenes:
        app = pages(scene.id)
        assert app.session_state["scene"] == scene.id
        for kind in (app.markdown, app.warning, app.info, app.caption, app.error):
            for element in kind:
                assert "![x](" not in element.value
    app = pages(GOOD)
    assert not app.error, [each.value for each in app.error]


def test_a_file_that_the_library_never_comes_back_from(make_scene, monkeypatch, tmp_path) -> None:
    data = tmp_path / "data"
    make_scene(folder=data)
    bad = never_ending(make_scene(folder=data, name="20210101T000000_dmi_prep.nc"))
    monkeypatch.setattr(sandbox, "MOST_CPU_S", 1.0)
    found = read_catalogue(data)
    assert [scene.id for scene in found.scenes] == [GOOD]
    assert [f"{bad} is damaged" in problem for problem in found.problems] == [True]
    monkeypatch.setattr(catalogue_index, "_inspect", lambda path: pytest.fail("opened again"))
    assert read_catalogue(data) == found


def test_a_file_that_crashes_the_library_when_opened_again(tmp_path) -> None:
    """The first failure leaves a state in which the fourth or so crashes."""
    (good,) = simulate_folder(tmp_path, 1, 1, lines=60, samples=64, raw=True)
    (bad,) = tmp_path.glob("S1*.nc")
    spoil_heap(bad, 0, b"HEAP")
    for _ in range(8):
        found = read_catalogue(tmp_path)
        assert [scene.path for scene in found.scenes] == [good]
        assert [bad.name in problem for problem in found.problems] == [True]


def unlink_first(path: Path, function: Callable) -> Callable:
    """A function that finds a file gone when it is called."""

    def call(*arguments: object, **named: object) -> object:
        path.unlink(missing_ok=True)
        return function(*arguments, **named)

    return call


def test_a_file_that_goes_before_its_pixels_are_read(make_scene) -> None:
    scene = Scene.open(make_scene())
    scene.path.unlink()
    with pytest.raises(SceneError, match=rf"{GOOD}_prep.nc is not there"):
        read_inputs(scene, SAR)


def test_a_file_that_goes_while_it_is_opened(make_scene, monkeypatch) -> None:
    """It passes the check for a file, and then is gone."""
    scene = Scene.open(make_scene())
    monkeypatch.setattr(undecoded, "require_file", unlink_first(scene.path, lambda path: None))
    with pytest.raises(SceneError, match="is not there"):
        read_inputs(scene, SAR)


def test_a_file_that_goes_between_listing_and_opening(make_scene, monkeypatch, tmp_path) -> None:
    data = tmp_path / "data"
    make_scene(folder=data)
    gone = make_scene(folder=data, name="20200101T000000_dmi_prep.nc")
    inspect = unlink_first(gone, catalogue_index._inspect)
    monkeypatch.setattr(catalogue_index, "_inspect", inspect)
    found = read_catalogue(data)
    assert [scene.id for scene in found.scenes] == [GOOD]
    assert len(found.problems) == 1
    assert "20200101T000000_dmi_prep.nc is not there" in found.problems[0]


def test_a_file_that_goes_once_it_is_open_is_read_to_the_end(make_scene, monkeypatch) -> None:
    scene = Scene.open(make_scene())
    before = read_inputs(scene, SAR).values
    opened = undecoded.OpenFile.pixels

    def pixels(file: undecoded.OpenFile, *arguments: object) -> object:
        scene.path.unlink(missing_ok=True)
        return opened(file, *arguments)

    monkeypatch.setattr(undecoded.OpenFile, "pixels", pixels)
    assert (read_inputs(scene, SAR).values == before).all()
    assert not os.path.exists(scene.path)
