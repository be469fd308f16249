"""`seaice export-autoice`, and `seaice evaluate` of what it wrote, as a user runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import netCDF4

from seaice.network.checkpoint_files import file_sha256

Run = Callable[..., tuple[int, str, list[str]]]
NAMES = ("20180325T194759_dmi", "20200319T101935_cis")


def test_predict_export_evaluate(seaice: Run, make_scene, make_checkpoint, tmp_path: Path):
    """The package's scores are the checkpoint's, in the same fields."""
    data, checkpoint = tmp_path / "data", make_checkpoint(spacing_m=80)
    scenes = [
        make_scene(60, 70, spacing_m, name=f"{name}_prep.nc", folder=data)
        for name, spacing_m in zip(NAMES, (80, 400), strict=True)
    ]
    status, answer, _ = seaice("predict", checkpoint, *scenes, "--out", tmp_path / "predictions")
    assert status == 0
    package = tmp_path / "upload.nc"
    status, answer, lines = seaice("export-autoice", *answer.split(), "--out", package, "--json")
    assert status == 0
    facts = json.loads(answer)
    assert facts["file"] == str(package)
    assert [each["scene"] for each in facts["scenes"]] == list(NAMES)
    assert [each["lines"] for each in facts["scenes"]] == [60, 300]
    (line,) = lines
    assert line.startswith(f"{NAMES[1]}: The prediction is resampled from 400 m to 80 m")

    status, answer, _ = seaice("evaluate", checkpoint, "--data", data, "--json")
    assert status == 0
    expected = json.loads(answer)
    status, answer, lines = seaice("evaluate", package, "--data", data, "--json")
    assert status == 0
    assert any(line.startswith("scored ") and NAMES[0] in line for line in lines)
    scored = json.loads(answer)
    # A package keeps the rates of its checkpoint in its maps.
    assert expected.keys() - scored.keys() == {"rates", "reach_min_km", "reach_max_km"}
    assert scored["sha256"] == file_sha256(package)
    assert scored["left_out"] == []
    for name in NAMES:
        assert scored["scenes"][name].keys() == expected["scenes"][name].keys()
        assert scored["scenes"][name]["confusion"] == expected["scenes"][name]["confusion"]
    assert scored["pooled"]["combined"] == expected["pooled"]["combined"]

    status, answer, lines = seaice("evaluate", package, "--data", data)
    assert status == 0
    assert f"pooled over {len(NAMES)} scenes" in answer


def test_what_is_no_package_is_one_sentence(seaice: Run, make_scene, tmp_path: Path):
    data = tmp_path / "data"
    scene = make_scene(20, 20, 80, folder=data)
    status, answer, lines = seaice("evaluate", scene, "--data", data)
    assert (status, answer, len(lines)) == (2, "", 1)
    assert "is not an AutoICE package" in lines[0]


def test_what_cannot_be_exported_is_one_sentence(seaice: Run, make_scene, tmp_path: Path):
    scene, out = make_scene(20, 20, 80), tmp_path / "x.nc"
    damaged = tmp_path / "damaged.nc"
    damaged.write_bytes(scene.read_bytes()[:3000])
    other = tmp_path / "other.nc"
    with netCDF4.Dataset(other, "w") as file:
        file.setncattr("scene", NAMES[0])
    for arguments, words in (
        ((scene, "--out", out), "is not a prediction: it lacks SIC_class"),
        ((damaged, "--out", out), "is not a NetCDF file or is damaged"),
        ((other, "--out", out), "is not a prediction"),
        ((tmp_path / "gone.nc", "--out", out), "is not there"),
        ((scene, "--out", scene), "was not overwritten"),
        ((scene,), "Missing option '--out'"),
        (("--out", out), "Missing argument 'PREDICTION...'"),
    ):
        status, answer, lines = seaice("export-autoice", *arguments)
        assert (status, answer, len(lines)) == (2, "", 1)
        assert words in lines[0]
    assert not out.exists()
