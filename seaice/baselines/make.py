"""Make a baseline from the scenes of a folder and write it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from seaice.ai4arctic.channels import SIGMA0, channel_set
from seaice.baselines.baseline import Model, save_baseline
from seaice.baselines.fit import fit_linear, fit_trees
from seaice.baselines.info import BaselineInfo, BaselineKind
from seaice.baselines.sample import Sample, draw_sample
from seaice.baselines.truth import best_sigma_km, has_truth
from seaice.core.errors import ConfigError, NoScenesError
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.scene import Scene

SPACING_M = 400.0
"""Pixel spacing of baselines, that of the shipped networks."""
WINDOWS_KM = (1.2, 4.0, 12.0)
"""Sides of the windows that trees can see."""

_SIGMAS_KM = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)
_MOST_TRUTHS = 12
"""Scenes on which a ceiling's width is chosen: its score hardly changes between 5 and 8 km."""

OnScene = Callable[[int, int], object]


def make_baseline(
    kind: BaselineKind,
    channels: str,
    data: Path,
    out: Path,
    *,
    windows: bool = False,
    seed: int = 0,
    on_scene: OnScene | None = None,
) -> tuple[BaselineInfo, list[str]]:
    """Fit a baseline and write it.

    Args:
        kind: What to fit.
        channels: Channel set; a ceiling ignores it.
        data: Folder with scenes.
        out: The file.
        windows: Whether trees also see means and spreads of HH and HV in windows.
        seed: Seed of the sampled pixels.
        on_scene: Called after each scene with the number done and the number of all.

    Returns:
        What the file says about itself, and a sentence for each file that could not be used.

    Raises:
        NoScenesError: The folder has no scene that can be used, or labels of one class only.
        ConfigError: The channel set is unknown, or windows do not go with the rest.
        OutputError: The file cannot be written.
    """
    info = describe_baseline(kind, channels, windows=windows)
    catalogue = read_catalogue(data)
    if kind == "ceiling":
        info, left_out = _ceiling(info, catalogue.trainable, data, on_scene)
        save_baseline(out, info, None)
    else:
        sample = draw_sample(catalogue.trainable, info, seed, on_scene)
        info, left_out = fit_baseline(sample, data, out, seed), sample.left_out
    return info, [*catalogue.left_out, *left_out]


def describe_baseline(kind: BaselineKind, channels: str, *, windows: bool = False) -> BaselineInfo:
    """Describe a baseline that has not been fitted.

    Raises:
        ConfigError: The channel set is unknown, or windows do not go with the rest.
    """
    if windows and kind != "trees":
        raise ConfigError("Only trees can see windows. Leave out --windows or fit trees.")
    names = () if kind == "ceiling" else channel_set(channels)
    if windows and not set(SIGMA0) <= set(names):
        raise ConfigError(f"Windows need HH and HV, which channel set {channels[:80]} lacks.")
    return BaselineInfo(
        kind=kind,
        channel_set="" if kind == "ceiling" else channels,
        channels=names,
        spacing_m=SPACING_M,
        windows_km=WINDOWS_KM if windows else (),
    )


def fit_baseline(sample: Sample, data: Path, out: Path, seed: int) -> BaselineInfo:
    """Fit the baseline that a sample was drawn for and write it.

    Args:
        sample: The sample.
        data: Folder of its scenes, as the file will name it.
        out: The file.
        seed: Seed of the sample and of the trees.

    Returns:
        What the file says about itself.

    Raises:
        NoScenesError: The labels have one class only.
        ConfigError, OutputError: See `save_baseline`.
    """
    linear = sample.info.kind == "linear"
    model: Model = fit_linear(sample) if linear else fit_trees(sample, seed)
    fit = {"data": str(data), "seed": seed, "scene_ids": sample.scenes}
    info = replace(sample.info, fit={**fit, "pixels": len(sample.inputs)})
    save_baseline(out, info, model)
    return info


def _ceiling(
    info: BaselineInfo, scenes: Sequence[Scene], data: Path, on_scene: OnScene | None
) -> tuple[BaselineInfo, list[str]]:
    """The width that suits the scenes best, and which scenes do not hold the truth."""
    ready = [scene for scene in scenes if scene.raw is None]
    known = [scene for scene in ready if scene.charts and has_truth(scene)]
    if not known:
        raise NoScenesError(
            f"No scene in {data} holds the truth beside its charts. "
            "Only scenes of `seaice simulate` do."
        )
    chosen = known[:: math.ceil(len(known) / _MOST_TRUTHS)]
    done = 0

    def count(_: Scene) -> None:
        nonlocal done
        done += 1
        if on_scene:
            on_scene(done, len(chosen))

    sigma_km, scores = best_sigma_km(chosen, _SIGMAS_KM, count)
    if not scores:
        raise NoScenesError(
            f"The charts in {data} have no labels, or one class only, so no width of the smoothed "
            "truth is the best. Name a folder with more scenes."
        )
    fit = {
        "data": str(data),
        "scene_ids": [scene.id for scene in chosen],
        "combined": {f"{width:g}": score for width, score in scores.items()},
    }
    left_out = [f"{scene.path} does not hold the truth." for scene in scenes if scene not in known]
    return replace(info, sigma_km=sigma_km, fit=fit), left_out
