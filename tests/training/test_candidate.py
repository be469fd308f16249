"""The patches that the statistics of the norms come from."""

from collections import Counter
from pathlib import Path

import psutil
import pytest

from seaice.core.errors import ConfigError
from seaice.scenes.scene import Scene
from seaice.training.candidate import Candidates, StoppedError, norm_batch, norm_side
from seaice.training.config import TrainingConfig
from seaice.training.loader import patches
from seaice.training.module import SeaIceModule
from seaice.training.validation import Validator


def config(**changes) -> TrainingConfig:
    settings = {"patch": 32, "steps": 3, "batch": 4, "norm_patches": 20, **changes}
    return TrainingConfig(data="scenes", rates=(1, 2), channel_set="sar", **settings)


@pytest.mark.parametrize(
    ("norm_patch", "longest", "stride", "expected"),
    [
        (512, 5000, 4, 512),
        (512, 297, 4, 304),  # the next multiple of twice the stride
        (512, 305, 8, 320),
        (512, 20, 4, 32),  # at least the patch
        (16, 5000, 4, 32),
        (0, 5000, 4, 32),
    ],
)
def test_patches_for_the_norms_are_as_large_as_asked_or_as_the_scenes(
    norm_patch, longest, stride, expected
):
    assert norm_side(config(norm_patch=norm_patch, output_stride=stride), longest) == expected


def test_a_size_that_cannot_be_computed_is_named():
    with pytest.raises(ConfigError, match=r"norm_patch must be a multiple of 8 .*, not 100"):
        config(norm_patch=100)


@pytest.fixture
def scenes(make_scene) -> list[Scene]:
    """One of 96 x 128 pixels, and one of 96 x 64."""
    return [Scene.open(make_scene(96, size, name=f"{size}.nc")) for size in (128, 64)]


@pytest.mark.parametrize(("norm_patch", "side"), [(0, 32), (64, 64), (512, 128)])
def test_their_inputs_follow_those_of_the_steps(monkeypatch, scenes, norm_patch, side):
    found: list = []
    monkeypatch.setattr(
        "seaice.training.candidate.estimate_norms",
        lambda network, inputs, at_once, part: found.extend(inputs),
    )
    chosen = config(norm_patch=norm_patch)
    dataset = patches(chosen, scenes)
    Candidates(chosen, dataset).estimate_norms(None)  # type: ignore[arg-type]
    assert [tuple(each.shape) for each in found] == [(3, side, side)] * 20
    for number, inputs in enumerate(found):
        first = (dataset.evenly(side) if norm_patch else dataset)[12 + number]["inputs"]
        assert (inputs == first).all()


def test_even_patches_keep_few_scenes_open(monkeypatch, make_scene):
    """Hundreds of them would take a gigabyte, for a next patch that is of yet another scene."""
    monkeypatch.setattr("seaice.training.patches.dataset._FEW_FILES", 2)
    scenes = [Scene.open(make_scene(96, 128, name=f"{number}.nc")) for number in range(5)]
    even = patches(config(), scenes).evenly(32)
    read = {even.draw(index)[0].path for index in range(12) if len(even[index]["inputs"])}
    assert len(read) == 5
    still_open = {Path(each.path) for each in psutil.Process().open_files()}
    assert len(still_open & read) == 2


@pytest.mark.parametrize("seed", range(5))
def test_any_run_of_even_patches_visits_each_scene_by_its_labels(scenes, seed):
    dataset = patches(config(seed=seed, steps=500), scenes)
    even = dataset.evenly(32)
    for first in (0, 12, 700):
        drawn = Counter(even.draw(index)[0].path.name for index in range(first, first + 60))
        # 40 and 20 by their pixels. By chance, two thirds of all such runs would be farther away.
        assert abs(drawn["128.nc"] - 40) <= 1
    assert even.draw(3) == dataset.evenly(32).draw(3)
    # The training's own patches stay as they are.
    assert dataset.draw(3) == patches(config(seed=seed, steps=500), scenes).draw(3)


def test_even_patches_begin_elsewhere_with_another_seed(scenes):
    shares: list[float] = []
    for seed in (0, 1):
        even = patches(config(seed=seed), scenes).evenly(32)
        whole = even.area.block_at
        even.area.block_at = lambda share, whole=whole: shares.append(share) or whole(share)
        even.draw(7)
    one, other = shares
    assert 0 <= one < 1
    assert 0 <= other < 1
    assert one != other


def test_for_an_even_patch_that_cannot_be_read_another_scene_can_stand_in(monkeypatch, scenes):
    """By its labels, not by the run's balance of classes, and not the same place again."""
    even = patches(config(sampling="balanced", steps=500), scenes).evenly(32)
    monkeypatch.delattr("seaice.training.patches.dataset.draw_block")
    drawn = Counter(even.draw(3, attempt)[0].path.name for attempt in range(1, 901))
    assert drawn["128.nc"] == pytest.approx(600, abs=60)


@pytest.mark.parametrize(
    ("batch", "side", "expected"), [(32, 512, 16), (32, 160, 16), (4, 512, 4), (32, 4096, 1)]
)
def test_a_batch_of_patches_for_the_norms_is_bounded(batch, side, expected):
    assert norm_batch(config(batch=batch), side) == expected


def test_their_size_does_not_matter_where_there_are_none():
    assert config(norm_patch=100, norm_patches=0).norm_patches == 0


def test_an_estimate_ends_where_it_is_asked_to(monkeypatch, scenes, tmp_path: Path):
    """A signal must not wait for hundreds of patches."""
    chosen = config(norm_patch=64, norm_patches=20, width=4)
    candidates, module = Candidates(chosen, patches(chosen, scenes)), SeaIceModule(chosen)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(StoppedError):
        candidates.network(module, stop)
    assert len(asked) == 4
    file = tmp_path / "candidate.safetensors"
    validator = Validator(scenes, "scenes", None, candidates, file)  # type: ignore[arg-type]
    assert validator(module, lambda: True) is None
    assert not file.exists()


def test_what_is_done_is_told(monkeypatch, scenes, tmp_path: Path):
    chosen = config(norm_patch=64, norm_patches=2, width=4)
    candidates, module = Candidates(chosen, patches(chosen, scenes)), SeaIceModule(chosen)
    told: list[str] = []
    candidates.network(module, tell=told.append)
    assert told == ["estimating norms"]
