import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from seaice.ai4arctic.channels import INCIDENCE_ANGLE
from seaice.core.errors import MissingChannelsError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.network.checkpoint import load_checkpoint
from seaice.network.training_range import ChannelStatistics
from seaice.results import inference, precision, tiled
from seaice.results.inference import Prediction, predict
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene


@pytest.mark.parametrize("stride", [4, 8])
def test_maps_are_those_of_the_network(make_scene, make_checkpoint, in_float32, stride: int):
    scene = Scene.open(make_scene(96, 128))
    checkpoint = load_checkpoint(make_checkpoint(stride=stride))
    prediction = predict(scene, checkpoint)
    inputs = read_inputs(scene, checkpoint.info.channels)
    with torch.no_grad():
        outputs = checkpoint.network(torch.from_numpy(inputs.values)[None])
    expected = outputs["SIC"][0, 0].clamp(0, 10).numpy()
    np.testing.assert_allclose(prediction.sic, expected, atol=1e-5)
    for name in ("SOD", "FLOE"):
        probabilities = outputs[name][0].softmax(0).numpy()
        np.testing.assert_allclose(prediction.probabilities[name], probabilities, atol=1e-3)
        np.testing.assert_allclose(
            prediction.probabilities[name].sum(axis=0, dtype=np.float32), 1, atol=1e-2
        )
    np.testing.assert_array_equal(prediction.valid, inputs.valid)
    assert prediction.classes("SIC").max() <= 10
    assert prediction.notice == ""


def test_entropy_runs_from_sure_to_undecided(make_scene, make_checkpoint):
    prediction = predict(Scene.open(make_scene(32, 32)), load_checkpoint(make_checkpoint()))
    layers = prediction.probabilities["SOD"]
    layers[:, 0, 0] = [1, 0, 0, 0, 0, 0]
    layers[:, 0, 1] = 1 / 6
    layers[:, 0, 2] = [0.5, 0.5, 0, 0, 0, 0]
    entropy = prediction.entropy("SOD")
    np.testing.assert_allclose(entropy[0, :3], [0, 1, np.log(2) / np.log(6)], atol=1e-3)


@pytest.mark.parametrize("stride", [4, 8, 16])
def test_sizes_that_fit_no_stride_are_padded_and_cut(make_scene, make_checkpoint, stride: int):
    checkpoint = load_checkpoint(make_checkpoint(stride=stride))
    prediction = predict(Scene.open(make_scene(33, 50)), checkpoint)
    assert prediction.sic.shape == (33, 50)


@pytest.mark.parametrize("stride", [4, 8])
def test_tiles_equal_the_whole(make_scene, make_checkpoint, in_float32, monkeypatch, stride: int):
    # The smaller stride sees less, so that a smaller scene shows as much.
    scene = Scene.open(make_scene(*((419, 261) if stride == 4 else (701, 419))))
    checkpoint = load_checkpoint(make_checkpoint((1,), "sar+amsr2-18-36", stride=stride))
    assert checkpoint.network.config.output_stride == stride
    whole = predict(scene, checkpoint)
    monkeypatch.setattr(tiled, "memory_budget", lambda device: 8 * 2**20)
    in_tiles = predict(scene, checkpoint)
    np.testing.assert_allclose(in_tiles.sic, whole.sic, atol=1e-4)
    for name in ("SOD", "FLOE"):
        np.testing.assert_allclose(
            in_tiles.probabilities[name], whole.probabilities[name], atol=2e-3
        )
    np.testing.assert_array_equal(in_tiles.valid, whole.valid)


def test_a_finer_scene_is_coarsened_and_brought_back(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(200, 160, 80))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    assert prediction.grid == PixelGrid(40, 32, 400)
    own = prediction.on(scene.grid, "SOD")
    assert own.shape == (200, 160)
    # The middle pixel of a block takes the block's class.
    np.testing.assert_array_equal(own[2::5, 2::5], prediction.classes("SOD"))
    np.testing.assert_allclose(
        prediction.on(scene.grid, "SIC")[2::5, 2::5], prediction.sic, atol=1e-5
    )
    strip = slice(33, 71), slice(10, 90)
    np.testing.assert_array_equal(prediction.on(scene.grid, "SOD", strip), own[strip])


def test_a_coarser_scene_is_interpolated_with_a_notice(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(40, 48, 800))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    assert prediction.grid == PixelGrid(80, 96, 400)
    assert "coarser than the 400 m" in prediction.notice
    assert prediction.on(scene.grid, "FLOE").shape == (40, 48)


def test_missing_channels_are_refused_by_name(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(without=("btemp_89_0v",)))
    checkpoint = load_checkpoint(make_checkpoint((1,), "sar+amsr2"))
    with pytest.raises(MissingChannelsError, match=r"btemp_89_0v.*autoice18"):
        predict(scene, checkpoint)


def test_a_scene_without_one_valid_pixel_is_predicted(make_scene, make_checkpoint):
    def mask(arrays):
        for name in ("nersc_sar_primary", "nersc_sar_secondary", "sar_incidenceangle"):
            arrays[name][:] = 0

    prediction = predict(
        Scene.open(make_scene(32, 32, change=mask)), load_checkpoint(make_checkpoint())
    )
    assert not prediction.valid.any()
    assert "no valid pixel" in prediction.notice
    assert np.isfinite(prediction.sic).all()


def test_threads_get_their_own_maps(make_scene, make_checkpoint, in_float32):
    checkpoint = load_checkpoint(make_checkpoint())
    scenes = [
        Scene.open(make_scene(64, 64, name=f"2018032{day}T000000_dmi_prep.nc", seed=day))
        for day in range(5)
    ]
    alone = [predict(scene, checkpoint).sic for scene in scenes]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(lambda i: predict(scenes[i % 5], checkpoint).sic, range(40)))
    for index, sic in enumerate(together):
        np.testing.assert_array_equal(sic, alone[index % 5])


def test_progress_reaches_one(make_scene, make_checkpoint):
    told = []
    predict(Scene.open(make_scene(32, 32)), load_checkpoint(make_checkpoint()), told.append)
    assert told[-1] == 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("squares", [(), ("a", "b", "c")], ids=["float32", "as it pays"])
def test_the_gpu_gives_the_maps_of_the_cpu(make_scene, make_checkpoint, monkeypatch, squares):
    """In float32, and in bfloat16 wherever the hardware has it."""
    known = precision.Measured(4.0, 1.0, squares)
    monkeypatch.setattr(precision, "known", lambda _: known)
    monkeypatch.setattr(precision, "measure", lambda *_: known)
    scene, path = Scene.open(make_scene(256, 256)), make_checkpoint()
    on_cpu, on_gpu = (predict(scene, load_checkpoint(path, name)) for name in ("cpu", "cuda"))
    assert on_gpu.device.startswith("GPU")
    np.testing.assert_allclose(on_gpu.sic, on_cpu.sic, atol=5e-2)


def test_entropy_on_another_grid_equals_its_part_of_the_whole(make_scene, make_checkpoint):
    scene = Scene.open(make_scene(240, 200, 80.0))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    part = (slice(30, 90), slice(11, 140))
    whole = prediction.entropy("SOD", scene.grid)
    assert whole.shape == scene.grid.shape
    np.testing.assert_array_equal(prediction.entropy("SOD", scene.grid, part), whole[part])
    assert prediction.entropy("FLOE").shape == prediction.grid.shape


def test_a_scene_outside_the_training_range_is_noticed(make_scene, make_checkpoint):
    """By the whole scene's incidence angle, which does not depend on what is predicted."""
    scene, checkpoint = Scene.open(make_scene()), load_checkpoint(make_checkpoint())
    assert predict(scene, checkpoint).notice == ""

    def with_range(low: float, high: float) -> Prediction:
        angle = ChannelStatistics(30, 20, 40, {"all": (low, high, 20)})
        info = replace(checkpoint.info, statistics={INCIDENCE_ANGLE: angle})
        return predict(scene, replace(checkpoint, info=info))

    assert with_range(-1e3, 1e3).notice == ""
    outside = with_range(-2e3, -1e3)
    assert "Outside the range of the training scenes: Incidence angle is" in outside.notice
    assert outside.notice == outside.range_notice


def test_features_are_dropped_before_the_maps_are_made(make_scene, make_checkpoint, monkeypatch):
    """A deep network's take as much memory as the maps of a full-size scene."""
    scene, checkpoint = Scene.open(make_scene()), load_checkpoint(make_checkpoint())
    begun = inference.begin(scene, checkpoint)
    staged = weakref.ref(begun.tiled._staged)
    in_pixels = inference._in_pixels

    def checked(*arguments):
        assert staged() is None
        return in_pixels(*arguments)

    monkeypatch.setattr(inference, "_in_pixels", checked)
    assert inference.finish(begun).sic.shape == scene.grid.shape
