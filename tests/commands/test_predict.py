"""`seaice predict` as a user runs it."""

from collections.abc import Callable
from pathlib import Path

import netCDF4

SceneWriter = Callable[..., Path]


def test_two_scenes_of_one_name(seaice, make_scene: SceneWriter, make_checkpoint, tmp_path) -> None:
    """The second prediction does not replace the first. One that is named twice is one."""
    first = make_scene(64, 64, folder=tmp_path / "a")
    second = make_scene(64, 64, folder=tmp_path / "b", seed=1)
    other = make_scene(64, 64, folder=tmp_path / "b", name="20190826T111408_cis_prep.nc")
    out = tmp_path / "out"
    status, answer, lines = seaice(
        "predict", make_checkpoint(), first, first, second, other, "--out", out
    )
    assert status == 2
    assert f"{second} is the same scene by its name as {first}" in lines[-1]
    written = [Path(line) for line in answer.split()]
    assert written == sorted(out.iterdir())
    with netCDF4.Dataset(written[0]) as file:
        assert str(first) in file.history
    assert [path.name[:19] for path in written] == ["20180325T194759_dmi", "20190826T111408_cis"]
