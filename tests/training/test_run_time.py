"""The time that a run is estimated to take."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning.pytorch.callbacks import Callback

from seaice.core.device import Device
from seaice.scenes.scene import Scene
from seaice.training import run as run_module
from seaice.training import run_time as time_module
from seaice.training.config import TrainingConfig
from seaice.training.devices import DeviceLayout
from seaice.training.losses import total_loss
from seaice.training.module import SeaIceModule
from seaice.training.run_time import norm_seconds, run_time, scenes_seconds


def config(**changes) -> TrainingConfig:
    settings = {"data": "x", "rates": (1, 2), "channel_set": "sar", "precision": "float32"}
    return TrainingConfig(**{**settings, "patch": 64, "batch": 2, **changes})


@pytest.fixture
def spend(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], list]:
    """Replace a function by one that takes so many seconds of a stand-in clock; its calls."""
    clock = [100.0]
    monkeypatch.setattr(time_module, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def replace(name: str, seconds: float) -> list:
        calls = []

        def spent(*arguments: object) -> None:
            calls.append(arguments)
            clock[0] += seconds

        monkeypatch.setattr(time_module, name, spent)
        return calls

    return replace


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes 0.25 s, an estimate of the norms 10 s, the scenes 40 s."""
    for name, seconds in (("step_seconds", 0.25), ("norm_seconds", 10), ("scenes_seconds", 40)):
        monkeypatch.setattr(time_module, name, lambda *_, seconds=seconds: seconds)


@pytest.mark.parametrize(
    ("precision", "in_hardware", "reduced"),
    [
        ("auto", False, False),
        ("auto", True, True),
        ("float32", True, False),
        ("bfloat16", False, True),
        ("bfloat16", True, True),
    ],
)
def test_the_timed_steps_and_the_run_compute_in_the_same_precision(
    monkeypatch, precision: str, in_hardware: bool, reduced: bool
):
    """Also in bfloat16 on hardware without it, which is then slower than float32."""
    device = Device("cpu", "stand-in", in_hardware)
    monkeypatch.setattr(time_module, "best_device", lambda: device)
    monkeypatch.setattr(run_module, "best_device", lambda: device)
    seen = []

    def watched(outputs, *rest):
        seen.append(torch.is_autocast_enabled("cpu"))
        return total_loss(outputs, *rest)

    monkeypatch.setattr(time_module, "total_loss", watched)
    setting = config(precision=precision, batch=1)
    time_module.step_seconds(setting)
    assert set(seen) == {reduced}
    layout, module = DeviceLayout("cpu", 1, 1), SeaIceModule(setting)
    trainer = run_module._trainer(setting, layout, Callback(), module)
    assert trainer.precision == ("bf16-mixed" if reduced else "32-true")


@pytest.mark.parametrize(
    ("changes", "scenes", "seconds"),
    [
        # Validated after steps 50, 100 and 120.
        ({"validate_every": 50}, 7, 120 * 0.25 + 3 * (10 + 40)),
        ({"validate_every": 60}, 7, 120 * 0.25 + 2 * (10 + 40)),
        ({"validate_every": 50, "norm_patches": 0}, 7, 120 * 0.25 + 3 * 40),
        # At the start.
        ({"validate_every": 50, "norms": "fixed"}, 7, 120 * 0.25 + 10 + 3 * 40),
        # For the checkpoint.
        ({"validate_every": 50}, 0, 120 * 0.25 + 10),
        ({"validate_every": 50, "norm_patches": 0}, 0, 120 * 0.25),
    ],
)
def test_norms_and_validations_count(parts, changes: dict, scenes: int, seconds: float):
    found = run_time(config(steps=120, **changes), [object()], [object()] * scenes)
    assert found.seconds == found.to_dict()["seconds"] == seconds


def test_the_text_names_each_part(parts):
    text = run_time(config(steps=120, validate_every=50), [object()], [object()] * 7).text()
    assert text.splitlines() == [
        "time             3.0 min, less if patience ends the run",
        "  steps          0.5 min: 120 x 0.25 s",
        "  norms          0.5 min: 3 estimates x 10.00 s",
        "  validation     2.0 min: 3 validations of 7 scenes x 40.00 s",
    ]
    text = run_time(config(steps=120, norm_patches=0), [object()], []).text()
    assert text.splitlines() == [
        "time             0.5 min, less if patience ends the run",
        "  steps          0.5 min: 120 x 0.25 s",
    ]


@pytest.mark.parametrize(("batch", "at_once"), [(4, 4), (32, 16)])
def test_all_patches_of_the_norms_count(spend, make_scene, batch: int, at_once: int):
    computed, read = spend("estimate_norms", 2.0), spend("read_inputs", 0.5)
    asked = config(batch=batch, norm_patches=200, norm_patch=128)
    scenes = [Scene.open(make_scene(160, 144, name=f"{number}.nc")) for number in range(8)]
    assert norm_seconds(asked, scenes) == 200 * (2.0 / at_once + 0.5)
    assert computed[0][1].shape == (at_once, 3, 128, 128)
    # From all over the folder, in their middle.
    assert [scene.path.name for scene, *_ in read] == ["0.nc", "2.nc", "4.nc", "6.nc"]
    assert read[0][1:] == (asked.channels, 400.0, (slice(16, 144), slice(8, 136)))


def test_patches_of_the_norms_are_timed_as_large_as_the_scenes(spend, make_scene):
    computed, read = spend("estimate_norms", 2.0), spend("read_inputs", 0.5)
    norm_seconds(config(norm_patch=512), [Scene.open(make_scene(64, 96))])
    assert computed[0][1].shape == (2, 3, 96, 96)
    assert read[0][-1] == (slice(0, 64), slice(0, 96))


def test_scenes_count_by_their_pixels(spend, make_scene, tmp_path: Path):
    sizes = ((64, 96), (128, 96), (192, 128))
    scenes = [
        Scene.open(make_scene(*size, name=f"{number}.nc")) for number, size in enumerate(sizes)
    ]
    calls = spend("score", 3.0)
    pixels = [lines * samples for lines, samples in sizes]
    # The scene of median size is timed.
    assert scenes_seconds(config(), scenes) == pytest.approx(3.0 * sum(pixels) / pixels[1])
    assert [scene.path.name for _, scene in calls] == ["1.nc"]
    shared = scenes_seconds(config(devices=2), scenes)
    assert shared == pytest.approx(1.5 * sum(pixels) / pixels[1])


def test_a_run_is_timed_as_it_computes(make_scene):
    scene = Scene.open(make_scene())
    found = run_time(config(steps=10, norm_patches=4), [scene], [scene])
    assert min(found.step_seconds, found.norm_seconds, found.validation_seconds) > 0
