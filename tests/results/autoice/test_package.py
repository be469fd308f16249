"""Packages written from predictions, read back and scored."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.core.errors import ConfigError, OutputError, SceneError
from seaice.core.grids.coarsen import block_mode
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import file_sha256
from seaice.results.autoice import package as writing
from seaice.results.autoice.package import export_package
from seaice.results.export import write_prediction
from seaice.results.inference import predict
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.scene import Scene

ID = "20180325T194759_dmi"
IN_PREDICTION = {"SIC": "SIC_class", "SOD": "SOD", "FLOE": "FLOE"}


@pytest.fixture
def make_prediction(make_scene, make_checkpoint, tmp_path: Path) -> Callable[..., Path]:
    """Predict a scene of random arrays into a file."""

    def predicted(scene: Path) -> Path:
        prediction = predict(Scene.open(scene), load_checkpoint(make_checkpoint()))
        path = tmp_path / "predictions" / f"{prediction.scene.id}.nc"
        write_prediction(path, prediction, "seaice predict x")
        return path

    return predicted


def hand_made(
    path: Path, shape: tuple[int, int] = (40, 40), spacing_m: float = 80, scene_id: str = ID
) -> Path:
    """What of a prediction's file a package is made from; the classes are random."""
    path.parent.mkdir(exist_ok=True)
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({"scene": scene_id, "pixel_spacing": spacing_m, "checkpoint": "x"})
        for dim, size in zip(("lines", "samples"), shape, strict=True):
            file.createDimension(dim, size)
        for chart, values in random_maps(shape).items():
            name = IN_PREDICTION[chart]
            dims = ("lines", "samples")
            file.createVariable(name, "u1", dims, compression="zlib", fill_value=FILL)[:] = values
    return path


def maps_of(path: Path, names: dict[str, str] = IN_PREDICTION) -> dict[str, np.ndarray]:
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        return {chart: file[name][:] for chart, name in names.items()}


def in_package(scene_id: str = ID) -> dict[str, str]:
    return {chart: f"{scene_id}_{chart}" for chart in CHARTS}


def random_maps(shape: tuple[int, int], seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        chart: rng.integers(0, CHART[chart].n_classes, shape).astype(np.uint8) for chart in CHARTS
    }


def test_the_layout_is_the_challenges(make_scene, make_prediction, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(writing, "_STRIP_LINES", 50)
    names = ["20180325T194759_dmi_prep.nc", "20200319T101935_cis_prep.nc"]
    sizes = [(96, 128), (121, 77)]
    paths = [
        make_prediction(make_scene(*size, 80, name=name))
        for name, size in zip(names, sizes, strict=True)
    ]
    out = tmp_path / "new" / "upload.nc"
    export_package(paths, out, "seaice export-autoice")
    with netCDF4.Dataset(out) as file:
        ids = [name.removesuffix("_prep.nc") for name in names]
        assert list(file.variables) == [f"{each}_{chart}" for each in ids for chart in CHARTS]
        for scene_id, size in zip(ids, sizes, strict=True):
            for chart in CHARTS:
                variable = file[f"{scene_id}_{chart}"]
                dims = tuple(f"{scene_id}_{chart}_dim{axis}" for axis in (0, 1))
                assert (variable.dtype, variable.dimensions) == (np.uint8, dims)
                assert variable.shape == size
                assert variable.filters()["zlib"]
                # A reader that knows of a fill value makes floats and NaN of classes.
                assert not {"_FillValue", "missing_value", "scale_factor"} & set(variable.ncattrs())
    for scene_id, path in zip(ids, paths, strict=True):
        written, predicted = maps_of(out, in_package(scene_id)), maps_of(path)
        for chart in CHARTS:
            np.testing.assert_array_equal(written[chart], predicted[chart])
            assert (written[chart] == FILL).any()
    assert os.listdir(out.parent) == ["upload.nc"]


@pytest.mark.parametrize("strip_lines", [7, 512])
@pytest.mark.parametrize(
    ("spacing_m", "shape", "words"),
    [
        (400, (175, 240), "from 400 m to 80 m: each of its pixels is repeated 5 x 5 times"),
        (40, (18, 24), "each block of 2 x 2 pixels becomes its most frequent class"),
        (200, (88, 120), "each pixel takes the class of the nearest one"),
    ],
)
def test_other_spacings_are_brought_to_80_m(
    tmp_path: Path, monkeypatch, spacing_m, shape, words, strip_lines
):
    monkeypatch.setattr(writing, "_STRIP_LINES", strip_lines)
    path = hand_made(tmp_path / "p.nc", (35, 48), spacing_m)
    maps = maps_of(path)
    (source,) = export_package([path], tmp_path / "x.nc", "")
    assert words in source.notice
    for chart, written in maps_of(tmp_path / "x.nc", in_package()).items():
        assert written.shape == shape
        if spacing_m == 400:
            expected = np.kron(maps[chart], np.ones((5, 5), np.uint8))
        elif spacing_m == 40:
            expected = block_mode(maps[chart], CHART[chart].n_classes, 2)
        else:
            # By true position: the centre of pixel i lies at (i + 0.5) x 80 m.
            lines, samples = (
                np.minimum((np.arange(size) + 0.5) * 80 // 200, last).astype(int)
                for size, last in zip(shape, (34, 47), strict=True)
            )
            expected = maps[chart][np.ix_(lines, samples)]
        np.testing.assert_array_equal(written, expected)


def test_maps_say_where_they_came_from(make_scene, make_prediction, tmp_path: Path):
    path = make_prediction(make_scene(simulated=1))
    export_package([path], tmp_path / "x.nc", "seaice export-autoice a --out b")
    with netCDF4.Dataset(path) as prediction, netCDF4.Dataset(tmp_path / "x.nc") as file:
        variable = file[f"{ID}_SOD"]
        assert variable.checkpoint_sha256 == prediction.checkpoint_sha256
        assert variable.simulated == "1"
        assert variable.chart_fill_value == FILL
        assert "seaice export-autoice a --out b" in file.history


def test_an_earlier_package_is_replaced_and_nothing_else(make_scene, tmp_path: Path):
    scene = make_scene(40, 40, 80)
    path, out = hand_made(tmp_path / "p.nc"), tmp_path / "x.nc"
    export_package([path], out, "first")
    export_package([path], out, "second")
    with netCDF4.Dataset(out) as file:
        assert file.history.endswith("second")
    for other in (path, scene):
        before = file_sha256(other)
        with pytest.raises(ConfigError, match="exists and is not a package"):
            export_package([path], other, "")
        assert file_sha256(other) == before
    with pytest.raises(ConfigError, match="is a folder"):
        export_package([path], tmp_path, "")
    with pytest.raises(ConfigError, match=r"does not end in .nc"):
        export_package([path], tmp_path / "x", "")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        export_package([path], tmp_path / "file" / "x.nc", "")


def test_two_predictions_of_a_scene_are_refused(tmp_path: Path):
    one, two = hand_made(tmp_path / "one.nc"), hand_made(tmp_path / "two.nc")
    words = rf"{one} and {two} are both predictions of scene {ID}"
    with pytest.raises(ConfigError, match=words):
        export_package([one, two], tmp_path / "x.nc", "")
    assert not (tmp_path / "x.nc").exists()


def rewrite(path: Path, change: Callable[[netCDF4.Dataset], None]) -> None:
    with netCDF4.Dataset(path, "a") as file:
        change(file)


def renamed(path: Path) -> None:
    rewrite(path, lambda file: file.renameVariable("SIC_class", "other"))


def other_dims(path: Path) -> None:
    rewrite(path, lambda file: file.renameDimension("lines", "rows"))


def no_spacing(path: Path) -> None:
    rewrite(path, lambda file: file.delncattr("pixel_spacing"))


def odd_spacing(path: Path) -> None:
    rewrite(path, lambda file: file.setncattr("pixel_spacing", float("nan")))


def no_scene(path: Path) -> None:
    rewrite(path, lambda file: file.delncattr("scene"))


def odd_scene(path: Path) -> None:
    rewrite(path, lambda file: file.setncattr("scene", "a/b\n"))


def no_class(path: Path) -> None:
    rewrite(path, lambda file: file["FLOE"].__setitem__((39, 39), 7))


def of_floats(path: Path) -> None:
    def change(file: netCDF4.Dataset) -> None:
        file.renameVariable("SOD", "old")
        file.createVariable("SOD", "f4", ("lines", "samples"))

    rewrite(path, change)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4000])


def damaged_within(path: Path) -> None:
    """Zeros in the middle of the last map."""
    content = bytearray(path.read_bytes())
    content[-600:-100] = bytes(500)
    path.write_bytes(content)


def claims_too_much(path: Path) -> None:
    path.unlink()
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({"scene": ID, "pixel_spacing": 400})
        for dim in ("lines", "samples"):
            file.createDimension(dim, 10_000)
        for name in IN_PREDICTION.values():
            file.createVariable(name, "u1", ("lines", "samples"), compression="zlib")


def a_text(path: Path) -> None:
    path.write_text("x" * 1000)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (renamed, "is not a prediction: it lacks SIC_class"),
        (other_dims, "has SIC_class on dimensions rows x samples instead of lines x samples"),
        (no_spacing, "has pixel_spacing None instead of 10 to 10000 metres"),
        (odd_spacing, "has pixel_spacing nan instead of 10 to 10000 metres"),
        (no_scene, "has the scene name 'None', which cannot be part"),
        (odd_scene, "has the scene name 'a/b', which cannot be part"),
        (no_class, "holds 7 in FLOE, which is neither one of the classes 0 to 6 of FLOE nor 255"),
        (of_floats, "has SOD as float32, not as uint8"),
        (cut_short, "is not a NetCDF file or is damaged"),
        (damaged_within, "cannot be read completely"),
        (claims_too_much, "claims 50000 x 50000 pixels of 80 m, too many"),
        (a_text, "is not a NetCDF file or is damaged"),
        (Path.unlink, "is not there"),
    ],
)
def test_what_is_no_prediction_says_so_and_nothing_is_written(
    tmp_path: Path, spoil: Callable, words: str
):
    good = hand_made(tmp_path / "good.nc", scene_id="20200319T101935_cis")
    bad = hand_made(tmp_path / "bad.nc")
    spoil(bad)
    with pytest.raises(SceneError, match=words) as caught:
        export_package([good, bad], tmp_path / "out" / "x.nc", "")
    assert str(bad) in str(caught.value)
    assert not list(tmp_path.glob("out/*"))


class Full:
    """A map on a full disk."""

    def __setitem__(self, window: object, values: object) -> None:
        raise RuntimeError("NetCDF: HDF error")


def test_a_full_disk_is_not_the_predictions_fault(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(writing, "_new_map", lambda *_: Full())
    path, out = hand_made(tmp_path / "p.nc"), tmp_path / "out" / "x.nc"
    with pytest.raises(OutputError, match=rf"{out} cannot be written \(NetCDF: HDF error\)"):
        export_package([path], out, "")
    assert not os.listdir(out.parent)
    # The prediction is closed, and other threads can go on.
    with ThreadPoolExecutor(1) as other:
        assert other.submit(NETCDF_LOCK.acquire, timeout=10).result()
        other.submit(NETCDF_LOCK.release).result()
