"""Scenes beside a reference that cannot be used are used without charts."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.names import reference_name
from seaice.scenes.catalogue import read_catalogue, sandbox

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_run import contents, is_sentence, never_ending, run

HERE = Path(__file__).resolve().parent


def junk(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(5000))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def of_another_size(path: Path) -> None:
    write_charts(path, (40, 47))


def of_another_type(path: Path) -> None:
    write_charts(path, (40, 48), "f4")


def with_a_text(path: Path) -> None:
    write_charts(path, (40, 48), str)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("gone.nc")


def link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def write_charts(path: Path, shape: tuple[int, int], kind: str | type = "u1") -> None:
    with netCDF4.Dataset(path, "w") as file:
        for dim, size in zip(("sar_lines", "sar_samples"), shape, strict=True):
            file.createDimension(dim, size)
        for name in CHARTS:
            variable = file.createVariable(name, kind, ("sar_lines", "sar_samples"))
            if kind is not str:
                variable[:] = 0


KINDS: dict[str, Callable[[Path], object]] = {
    each.__name__: each
    for each in (
        *(junk, cut, of_another_size, of_another_type, with_a_text, pipe, folder_in_its_place),
        *(dangling_link, link_to_itself, never_ending),
    )
}


@pytest.fixture
def references(make_scene, tmp_path: Path) -> dict[str, Path]:
    """Damaged references and a good one, by the ids of their scenes."""
    data, found = tmp_path / "data", {}
    for day, spoil in enumerate([*KINDS.values(), lambda path: None], start=1):
        scene = make_scene(40, 48, name=f"202101{day:02d}T000000_dmi_prep.nc", folder=data)
        beside = scene.rename(scene.with_name(reference_name(scene.name)))
        make_scene(40, 48, name=scene.name, folder=data, without=CHARTS)
        spoil(beside)
        found[scene.name.removesuffix("_prep.nc")] = beside
    return found


@pytest.fixture
def data(references, tmp_path: Path) -> object:
    """The folder, which no test changes."""
    before = contents(tmp_path / "data")
    yield tmp_path / "data"
    assert contents(tmp_path / "data") == before


def test_the_scenes_are_listed_without_charts(references, data, monkeypatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_CPU_S", 1.0)
    found = read_catalogue(data)
    assert not found.problems
    assert [scene.id for scene in found.scenes] == [*references]
    *damaged, good = found.scenes
    assert (good.charts, good.notice) == (CHARTS, "")
    for scene in damaged:
        assert scene.charts == ()
        assert references[scene.id].name in scene.notice
        assert is_sentence(scene.notice), scene.notice


@pytest.mark.slow
def test_the_command_line_uses_them_and_says_what_is_wrong(
    references, data, make_checkpoint, tmp_path
) -> None:
    checkpoint, scenes = make_checkpoint(), sorted(data.glob("*_prep.nc"))
    good = [*references][-1]
    info, predicted, scored, prepared = run(
        [
            ("info", *scenes, "--json"),
            ("predict", checkpoint, *scenes, "--out", tmp_path / "predictions", "--json"),
            ("evaluate", checkpoint, "--data", data, "--json"),
            ("prepare", data, tmp_path / "prepared", "--json"),
        ]
    ).answers
    for name, fact in zip(references, json.loads(info.out), strict=True):
        assert fact["problems"] == []
        assert (references[name].name in fact["notice"]) == (name != good), fact
    assert predicted.status == 0
    assert [each["scene"] for each in json.loads(predicted.out)] == [*references]
    assert scored.status == 0
    assert json.loads(scored.out)["pooled"] == json.loads(scored.out)["scenes"][good]
    assert prepared.status == 0
    facts = json.loads(prepared.out)
    assert len(facts["written"]) == len(references)
    assert not facts["left_out"]


@pytest.mark.parametrize("kind", [junk, pipe])
def test_the_pages_say_it(make_scene, make_checkpoint, monkeypatch, tmp_path, kind) -> None:
    scene = make_scene(40, 48, folder=tmp_path / "data", without=CHARTS)
    beside = make_scene(40, 48, folder=tmp_path / "data", name=reference_name(scene.name))
    kind(beside)
    make_checkpoint()
    monkeypatch.setenv("SEAICE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path))
    app = AppTest.from_file(str(HERE.parents[1] / "app.py"), default_timeout=120)
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    said = [each.value for each in app.warning]
    # Escaped for Markdown.
    assert any(beside.name in text.replace("\\", "") for text in said), said
    app.switch_page("pages/scenes.py").run()
    assert not app.exception
