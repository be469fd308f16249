"""Packages scored: against scikit-learn, against the checkpoint, and what is no package."""

import os
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from sklearn.metrics import f1_score, r2_score

from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.core.errors import SceneError
from seaice.core.grids.coarsen import block_mode
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import file_sha256
from seaice.results import evaluation
from seaice.results.autoice.package import export_package, read_package
from seaice.results.autoice.scores import match_scenes, score_scene
from seaice.results.evaluation import SceneScores, pooled, score
from seaice.results.export import write_prediction
from seaice.results.inference import predict
from seaice.scenes.read import read_chart, read_valid
from seaice.scenes.scene import Scene

ID = "20180325T194759_dmi"


def write_maps(
    path: Path, maps: dict[str, np.ndarray], scene_id: str = ID, kind: str = "u1"
) -> Path:
    """Maps of a scene in a package, as anybody might write them."""
    with netCDF4.Dataset(path, "a" if path.exists() else "w") as file:
        for chart, values in maps.items():
            name = f"{scene_id}_{chart}"
            dims = [f"{name}_dim{axis}" for axis in (0, 1)]
            for dim, size in zip(dims, values.shape, strict=True):
                file.createDimension(dim, size)
            file.createVariable(name, kind, dims, compression="zlib")[:] = values
    return path


def random_maps(shape: tuple[int, int], seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        chart: rng.integers(0, CHART[chart].n_classes, shape).astype(np.uint8) for chart in CHARTS
    }


def rewrite(path: Path, change: Callable[[netCDF4.Dataset], None]) -> None:
    with netCDF4.Dataset(path, "a") as file:
        change(file)


def a_text(path: Path) -> None:
    path.write_text("x" * 1000)


def score_package(path: Path, scenes: list[Scene]) -> list[SceneScores]:
    package = read_package(path)
    return [score_scene(package, scene) for scene in scenes]


@pytest.mark.parametrize("spacing_m", [80, 400])
def test_scores_are_those_of_the_checkpoint(
    make_scene, make_checkpoint, tmp_path, monkeypatch, spacing_m
):
    """Predicted, exported and scored is what `evaluate` gives, but for SIC being rounded."""
    monkeypatch.setattr(evaluation, "_STRIP_LINES", 31)
    checkpoint = load_checkpoint(make_checkpoint(spacing_m=spacing_m))
    for decoder in checkpoint.network.decoders.values():
        # Or an untrained network says the same everywhere.
        decoder[-1].weight *= 1500
        decoder[-1].bias.fill_(4)

    def hole(arrays: dict) -> None:
        # The charts label pixels that the radar has not seen.
        for name in CHARTS:
            arrays[name][:20] = 1
        arrays["nersc_sar_primary"][:20] = np.nan

    scenes, paths = [], []
    for day in (1, 2):
        name = f"2018032{day}T000000_dmi_prep.nc"
        scenes.append(Scene.open(make_scene(75, 90, spacing_m, name=name, seed=day, change=hole)))
        paths.append(tmp_path / f"{day}.nc")
        write_prediction(paths[-1], predict(scenes[-1], checkpoint), "")
    export_package(paths, tmp_path / "x.nc", "")
    assert read_package(tmp_path / "x.nc").sha256 == file_sha256(tmp_path / "x.nc")
    scored = score_package(tmp_path / "x.nc", scenes)
    expected = [score(checkpoint, scene) for scene in scenes]
    for ours, theirs in zip(scored, expected, strict=True):
        assert ours.scene is theirs.scene
        for chart in CHARTS:
            np.testing.assert_array_equal(ours.sums.confusion[chart], theirs.sums.confusion[chart])
        assert ours.notice == (
            ""
            if spacing_m == 80
            else "Each block of 5 x 5 pixels of the package counts as its most frequent class: "
            "the scene's pixels have 400 m."
        )
    ours, theirs = pooled(scored).scores(), pooled(expected).scores()
    assert ours.combined == theirs.combined
    # A package holds classes: its SIC has no fractions.
    assert ours.SIC_continuous.value == pytest.approx(ours.SIC.value, abs=1e-9)
    assert abs(ours.SIC_continuous.value - theirs.SIC_continuous.value) > 0.01
    assert (pooled(expected).confusion["SIC"].sum(axis=0) > 0).sum() > 2
    assert (pooled(expected).confusion["SOD"].sum(axis=0) > 0).sum() > 2


def test_scores_are_scikit_learns(make_scene, tmp_path: Path):
    scenes = [
        Scene.open(make_scene(60, 70, 80, name=f"2018032{day}T000000_dmi_prep.nc", seed=day))
        for day in (1, 2)
    ]
    maps = {scene.id: random_maps((60, 70), seed) for seed, scene in enumerate(scenes)}
    path = tmp_path / "x.nc"
    for scene_id, charts in maps.items():
        write_maps(path, charts, scene_id)
    scores = dict(pooled(score_package(path, scenes)).scores().items())
    for chart in CHARTS:
        charts = [read_chart(scene, chart) for scene in scenes]
        truth = np.concatenate([chart[chart != FILL] for chart in charts]).astype(int)
        guess = np.concatenate(
            [
                maps[scene.id][chart][labels != FILL]
                for scene, labels in zip(scenes, charts, strict=True)
            ]
        ).astype(int)
        value = (
            r2_score(truth, guess)
            if chart == "SIC"
            else f1_score(truth, guess, average="weighted", zero_division=0)
        )
        assert scores[chart].value == pytest.approx(100 * value, abs=5e-4)
        assert scores[chart].pixels == len(truth)


def test_a_package_at_80_m_scores_a_scene_at_400_m(make_scene, tmp_path: Path):
    """By the most frequent class of each block, the last of which may be partial."""
    scene = Scene.open(make_scene(20, 30, 400))
    maps = random_maps((97, 149))
    (result,) = score_package(write_maps(tmp_path / "x.nc", maps), [scene])
    for chart in CHARTS:
        labels = np.where(read_valid(scene), read_chart(scene, chart), FILL)
        guess = block_mode(maps[chart], CHART[chart].n_classes, 5)[labels != FILL]
        expected = np.zeros_like(result.sums.confusion[chart])
        np.add.at(expected, (labels[labels != FILL], guess), 1)
        np.testing.assert_array_equal(result.sums.confusion[chart], expected)


def test_a_labelled_pixel_without_a_class_counts_as_wrong(make_scene, tmp_path: Path):
    """Nobody's score rises by leaving pixels out."""
    scene = Scene.open(make_scene(60, 70, 80))
    right = {chart: read_chart(scene, chart) for chart in CHARTS}
    maps = {chart: values.copy() for chart, values in right.items()}
    for values in maps.values():
        values[:30] = FILL
    (whole,) = score_package(write_maps(tmp_path / "a.nc", right), [scene])
    (half,) = score_package(write_maps(tmp_path / "b.nc", maps), [scene])
    assert whole.scores.combined.value == 100
    assert whole.notice == ""
    for chart in CHARTS:
        lacking = int((right[chart][:30] != FILL).sum())
        confusion = half.sums.confusion[chart]
        assert confusion.sum() - np.trace(confusion) == lacking
        assert confusion.sum() == (right[chart] != FILL).sum()
        assert f"{lacking} of {chart}" in half.notice
    assert "without a class in the package count as wrong" in half.notice
    assert half.scores.combined.value < 60


def test_scenes_without_a_partner_are_told(make_scene, tmp_path: Path):
    names = [f"2018032{day}T000000_dmi_prep.nc" for day in range(1, 7)]
    scenes = [Scene.open(make_scene(20, 20, 80, name=name)) for name in names]
    path = write_maps(tmp_path / "x.nc", random_maps((20, 20)), scenes[0].id)
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("20200319T101935_cis_SIC", "u1")
    both, sentences = match_scenes(read_package(path), scenes)
    assert both == scenes[:1]
    assert sentences == [
        f"{path} holds scenes that are not in the folder: 20200319T101935_cis.",
        f"The folder holds scenes that are not in {path}: 20180322T000000_dmi, "
        "20180323T000000_dmi, 20180324T000000_dmi and 2 more.",
    ]
    assert match_scenes(read_package(path), []) == (
        [],
        [
            f"{path} holds scenes that are not in the folder: 20180321T000000_dmi, "
            "20200319T101935_cis."
        ],
    )


def test_a_scene_without_charts_has_no_scores(make_scene, tmp_path: Path):
    scene = Scene.open(make_scene(20, 20, 80, without=CHARTS))
    path = write_maps(tmp_path / "x.nc", random_maps((20, 20)))
    (result,) = score_package(path, [scene])
    assert result.scores.SIC.reason == "no labelled pixel"


def maps_without(chart: str) -> dict[str, np.ndarray]:
    return {name: values for name, values in random_maps((20, 20)).items() if name != chart}


def too_high(maps: dict) -> dict:
    maps["SOD"][19, 19] = 6
    return maps


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda path: write_maps(path, maps_without("FLOE")), f"holds no {ID}_FLOE"),
        (
            lambda path: write_maps(path, random_maps((20, 21))),
            f"{ID}_SIC of 20 x 21 pixels, where the scene has 20 x 20 of 80 m",
        ),
        (
            lambda path: write_maps(path, random_maps((20, 20)), kind="i4"),
            f"{ID}_SIC as int32, not as uint8",
        ),
        (
            lambda path: write_maps(path, too_high(random_maps((20, 20)))),
            f"holds 6 in {ID}_SOD, which is neither one of the classes 0 to 5 of SOD nor 255",
        ),
        (
            lambda path: rewrite(
                write_maps(path, random_maps((20, 20))),
                lambda file: file.renameDimension(f"{ID}_SIC_dim0", "rows \u202eé"),
            ),
            rf"{ID}_SIC on dimensions rows é x {ID}_SIC_dim1 instead of {ID}_SIC_dim0 x",
        ),
        (
            lambda path: write_maps(
                path, {**random_maps((20, 20)), "SOD": np.zeros((20, 22), np.uint8)}
            ),
            f"{ID}_SOD of 20 x 22 pixels, where the scene has 20 x 20",
        ),
    ],
)
def test_what_is_no_map_of_a_scene_leaves_it_out(make_scene, tmp_path: Path, write, words):
    scene = Scene.open(make_scene(20, 20, 80))
    path = tmp_path / "x.nc"
    write(path)
    with pytest.raises(SceneError, match=words) as caught:
        score_package(path, [scene])
    assert str(caught.value).startswith(str(path))


def test_a_huge_claim_is_not_read(make_scene, tmp_path: Path):
    path = tmp_path / "x.nc"
    with netCDF4.Dataset(path, "w") as file:
        for chart in CHARTS:
            name = f"{ID}_{chart}"
            for axis in (0, 1):
                file.createDimension(f"{name}_dim{axis}", 2_000_000)
            dims = (f"{name}_dim0", f"{name}_dim1")
            file.createVariable(name, "u1", dims, compression="zlib", chunksizes=(1000, 1000))
            # xarray would read a variable of its dimension's name at once.
            file.createVariable(dims[0], "f8", dims[:1])
    with pytest.raises(SceneError, match="2000000 x 2000000 pixels, where the scene has 20 x 20"):
        score_package(path, [Scene.open(make_scene(20, 20, 80))])


def test_a_package_damaged_within_says_so(make_scene, tmp_path: Path):
    scene = Scene.open(make_scene(200, 200, 80))
    path = write_maps(tmp_path / "x.nc", random_maps((200, 200)))
    content = bytearray(path.read_bytes())
    middle = len(content) - 5000
    content[middle : middle + 1000] = bytes(1000)
    path.write_bytes(content)
    with pytest.raises(SceneError, match="cannot be read completely"):
        score_package(path, [scene])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "is not there"),
        (Path.mkdir, "is a folder"),
        (a_text, "is not a NetCDF file or is damaged"),
        (lambda path: netCDF4.Dataset(path, "w").close(), "is not an AutoICE package"),
        (os.mkfifo, "is not a NetCDF file or is damaged"),
    ],
)
def test_what_is_no_package_says_so(tmp_path: Path, make: Callable, words: str):
    path = tmp_path / "x.nc"
    make(path)
    with pytest.raises(SceneError, match=words):
        read_package(path)


def test_scenes_and_predictions_are_no_packages(make_scene, make_checkpoint, tmp_path: Path):
    scene = make_scene(20, 20, 80)
    write_prediction(
        tmp_path / "p.nc", predict(Scene.open(scene), load_checkpoint(make_checkpoint())), ""
    )
    for path in (scene, tmp_path / "p.nc"):
        with pytest.raises(
            SceneError, match="not an AutoICE package: it holds no variable such as"
        ):
            read_package(path)
