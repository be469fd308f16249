"""`seaice predict` as a user runs it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import netCDF4
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.results import inference, tiled
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.catalogue.facts import RESULTS

SceneWriter = Callable[..., Path]


def test_two_scenes_of_one_name(seaice, make_scene: SceneWriter, make_checkpoint, tmp_path) -> None:
    """The second prediction does not replace the first.

    One that is named twice, or lies in a folder that is named too, is one.
    """
    first = make_scene(64, 64, folder=tmp_path / "a")
    second = make_scene(64, 64, folder=tmp_path / "b", seed=1)
    other = make_scene(64, 64, folder=tmp_path / "b", name="20190826T111408_cis_prep.nc")
    out = tmp_path / "out"
    status, answer, lines = seaice(
        "predict", make_checkpoint(), first, first, first.parent, second, other, "--out", out
    )
    assert status == 3
    assert any(f"{second} is the same scene by its name as {first}" in line for line in lines)
    assert lines[-1] == "The predictions are without 1 file, named above."
    written = [Path(line) for line in answer.split()]
    assert written == sorted(out.iterdir())
    with netCDF4.Dataset(written[0]) as file:
        assert str(first) in file.history
    assert [path.name[:19] for path in written] == ["20180325T194759_dmi", "20190826T111408_cis"]


def test_predictions_among_the_scenes_are_known(
    seaice, make_scene: SceneWriter, make_checkpoint, tmp_path
) -> None:
    """Written into the folder of the scenes, they are neither predicted nor called damaged."""
    data, checkpoint = tmp_path / "data", make_checkpoint()
    scene = make_scene(64, 64, folder=data)
    arguments = "predict", checkpoint, data, "--out", data
    status, answer, lines = seaice(*arguments)
    written = Path(answer.strip())
    assert (status, written.parent) == (0, data)
    assert lines[0] == (
        f"The predictions go among the scenes in {data}. seaice tells them apart there; other "
        "programs may take them for scenes."
    )
    assert not any("left out" in line for line in lines)
    said = f"1 file holds predictions or other results of seaice, not scenes: {written.name}."
    for named in (arguments, ("predict", checkpoint, scene, written, "--out", data)):
        status, answer, lines = seaice(*named)
        assert (status, answer.strip()) == (0, str(written))
        assert lines[0] == f"left out: {said}"
        assert not any("go among the scenes" in line for line in lines)
    status, _, lines = seaice("predict", checkpoint, written, "--out", data)
    assert (status, lines) == (2, [f"There is no scene to predict. {said}"])
    status, _, lines = seaice("evaluate", checkpoint, "--data", data)
    assert (status, lines[0]) == (0, f"left out: {said}")
    status, answer, _ = seaice("info", data)
    assert status == 0
    assert f"{written}: predictions or other results of seaice, not a scene" in answer
    facts = json.loads(seaice("info", data, "--json")[1])
    assert [each["problems"] for each in facts] == [[], []]
    assert [each["file"] for each in facts] == [str(scene), str(written)]
    scene.unlink()
    status, _, lines = seaice("evaluate", checkpoint, "--data", data)
    assert (status, lines) == (2, [f"{data} has no usable scene. Not usable: {said}"])


def test_packages_among_the_scenes_are_known(
    seaice, make_scene: SceneWriter, make_checkpoint, tmp_path
) -> None:
    """What `seaice export-autoice` wrote there is no unusable scene, either."""
    data, checkpoint, package = tmp_path / "data", make_checkpoint(), tmp_path / "data" / "up.nc"
    make_scene(64, 64, folder=data)
    prediction = seaice("predict", checkpoint, data, "--out", tmp_path / "out")[1].strip()
    assert seaice("export-autoice", prediction, "--out", package)[0] == 0
    said = "1 file holds predictions or other results of seaice, not scenes: up.nc."
    assert read_catalogue(data).left_out == (said,)
    status, _, lines = seaice("evaluate", checkpoint, "--data", data, "--baselines", "none")
    assert (status, lines[0]) == (0, f"left out: {said}")
    facts = json.loads(seaice("info", data, "--json")[1])
    assert [each["kind"] for each in facts if each["file"] == str(package)] == [RESULTS]
    assert [each["problems"] for each in facts] == [[], []]


@pytest.fixture
def scenes(make_three_scenes: Callable[[int], Path]) -> Path:
    """A folder of three scenes."""
    return make_three_scenes(32)


def test_a_file_that_is_no_scene_counts_alike_in_every_command(
    seaice, make_checkpoint, scenes: Path, tmp_path: Path
) -> None:
    checkpoint, garbage = make_checkpoint(), scenes / "20180325T000000_dmi_prep.nc"
    garbage.write_bytes(b"no scene")
    status, _, lines = seaice("predict", checkpoint, scenes, "--out", tmp_path / "out")
    named = f"left out: {garbage} is not a NetCDF file or is damaged. Copy or download it again."
    assert (status, lines[0], lines[-1]) == (
        *(3, named),
        "The predictions are without 1 file, named above.",
    )
    counts = [line.split("  ")[0] for line in lines if line.startswith("scene ")]
    assert counts == [f"scene {n}/3" for n in (1, 2, 3)]
    lines = seaice("predict", checkpoint, scenes, "--out", tmp_path / "out")[2]
    assert "3 of 3 scenes are predicted already; --again predicts them once more." in lines
    status, _, lines = seaice("evaluate", checkpoint, "--data", scenes, "--baselines", "none")
    assert (status, lines[-1]) == (3, "The scores are without 1 file, named above.")
    assert named in lines
    counts = [line.split("  ")[0] for line in lines if line.startswith("scored ")]
    assert counts == [f"scored {n}/3" for n in (1, 2, 3)]


def test_a_folder_without_scenes_beside_others_is_left_out(
    seaice, make_checkpoint, scenes: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    command = "predict", make_checkpoint(), "--out", tmp_path / "out"
    status, answer, lines = seaice(*command, empty, scenes)
    assert (status, len(answer.split())) == (3, 3)
    assert lines[0] == f"left out: {empty} is a folder. Name the files in it."
    status, answer, lines = seaice(*command, empty)
    assert (status, answer, len(lines)) == (2, "", 1)
    assert lines[0].startswith(f"There are no scenes in {empty}.")


def test_a_folder_goes_on_where_it_was_interrupted(
    seaice, make_scene: SceneWriter, make_checkpoint, scenes: Path, tmp_path: Path
) -> None:
    """What is done is kept, and done again if its scene has changed, or you ask for it."""
    command = "predict", make_checkpoint(), scenes, "--out", tmp_path / "out"
    status, answer, lines = seaice(*command)
    assert (status, len(answer.split())) == (0, 3)
    assert [line.split("  ")[0] for line in lines[:3]] == [f"scene {n}/3" for n in (1, 2, 3)]
    first, second, third = (Path(line) for line in answer.split())
    before = [path.stat().st_mtime_ns for path in (first, second, third)]
    second.unlink()
    make_scene(32, 32, folder=scenes, name="20180323T000000_dmi_prep.nc", seed=9)
    status, again, lines = seaice(*command, "--json")
    assert status == 0
    assert lines[0] == "1 of 3 scenes are predicted already; --again predicts them once more."
    assert [each.get("kept", False) for each in json.loads(again)] == [True, False, False]
    assert [each["file"] for each in json.loads(again)] == answer.split()
    after = [path.stat().st_mtime_ns for path in (first, second, third)]
    assert after[0] == before[0]
    assert after[1] > before[1]
    assert after[2] > before[2]
    seaice(*command, "--again")
    assert first.stat().st_mtime_ns > before[0]


def test_positions_of_each_pixel_if_you_ask_for_them(
    seaice, make_checkpoint, make_scene: SceneWriter, tmp_path: Path
) -> None:
    command = "predict", make_checkpoint(), make_scene(32, 32), "--out", tmp_path / "out"
    for options, shape, kept in [
        ((), (4, 4), False),
        (("--pixel-positions",), (32, 32), False),
        (("--pixel-positions",), (32, 32), True),
        # It has more than is asked for.
        ((), (32, 32), True),
    ]:
        status, answer, _ = seaice(*command, *options, "--json")
        (facts,) = json.loads(answer)
        assert (status, facts.get("kept", False)) == (0, kept)
        with netCDF4.Dataset(facts["file"]) as file:
            assert file["latitude"].shape == shape


def test_the_first_scene_is_read_before_torch_is_there(
    make_checkpoint, make_scene: SceneWriter, tmp_path: Path
) -> None:
    program = """
import sys
from seaice.commands.main import main
from seaice.scenes import read_ahead
def ahead(scene, channels, spacing_m):
    print(scene.path.name, *channels, float(spacing_m), "torch" in sys.modules)
    raise SystemExit
read_ahead.read_ahead = ahead
main()
"""
    out = "--out", tmp_path / "out"
    arguments = map(str, ("predict", make_checkpoint(), make_scene(32, 32), *out))
    said = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True
    )
    assert said.stdout.split() == [
        "20180325T194759_dmi_prep.nc",
        *CHANNEL_SETS["sar"],
        "400.0",
        "False",
    ]


def test_a_scene_that_memory_cannot_hold_is_left_out(
    seaice, make_scene, make_checkpoint, scenes: Path, tmp_path: Path, monkeypatch
) -> None:
    """By its maps, or because not even one tile fits."""
    make_scene(64, 64, folder=scenes, name="20180324T000000_dmi_prep.nc")
    command = "predict", make_checkpoint(), scenes, "--out", tmp_path / "out"
    monkeypatch.setattr(inference, "free_bytes", lambda: 100_000)
    status, answer, lines = seaice(*command)
    assert (status, len(answer.split())) == (3, 3)
    assert lines[-1] == "The predictions are without 1 file, named above."
    (named,) = (line for line in lines if line.startswith("left out: "))
    large = scenes / "20180324T000000_dmi_prep.nc"
    assert named.startswith(f"left out: {large}: the maps of 64 x 64 pixels need")
    monkeypatch.undo()
    monkeypatch.setattr(tiled, "memory_budget", lambda device: 2**18)
    status, _, lines = seaice(*command)
    assert status == 3
    (named,) = (line for line in lines if line.startswith("left out: "))
    assert named.startswith(f"left out: {large}: A scene of 64 x 64 pixels needs at least")
