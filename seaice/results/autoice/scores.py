"""Scores of an AutoICE package against the charts of scenes."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid, whole_ratio
from seaice.core.text import named, shown
from seaice.results.autoice.maps import (
    SPACING_M,
    classes_on,
    dimension_names,
    read_classes,
    require_map,
    variable_name,
)
from seaice.results.autoice.package import Package
from seaice.results.evaluation import SceneScores, references
from seaice.results.scoring import ScoreSums
from seaice.scenes.netcdf import open_file
from seaice.scenes.scene import Scene


def match_scenes(package: Package, scenes: Sequence[Scene]) -> tuple[list[Scene], list[str]]:
    """Scenes that a package holds maps of, and a sentence on those that only one side has.

    Args:
        package: The package.
        scenes: Scenes of a folder.

    Returns:
        The scenes that can be scored, in their order, and up to two sentences.
    """
    ids = {scene.id for scene in scenes}
    alone = (
        (f"{package.path} holds", "the folder", set(package.scenes) - ids),
        ("The folder holds", str(package.path), ids - set(package.scenes)),
    )
    sentences = [
        f"{here} scenes that are not in {there}: {named(sorted(names), most=3)}."
        for here, there, names in alone
        if names
    ]
    return [scene for scene in scenes if scene.id in package.scenes], sentences


def score_scene(package: Package, scene: Scene) -> SceneScores:
    """Compare a package's maps of a scene with its charts, on the scene's own grid.

    The pixels are the same as for the scores of a checkpoint. A pixel without a class in the
    package counts as wrong: it is given the class that is furthest from the chart's.

    Args:
        package: The package.
        scene: The scene.

    Returns:
        The scores.

    Raises:
        SceneError: The package lacks a chart of the scene or holds what is no map of it, or the
            scene cannot be read.
    """
    sums, unclassed = ScoreSums(), dict.fromkeys(CHARTS, 0)
    with open_file(package.path) as file:
        grid = package_grid(package.path, file, scene)
        for chart, strip, reference in references(scene):
            name = variable_name(scene.id, chart)
            read = partial(read_classes, package.path, file, name, chart)
            classes = classes_on(read, grid, scene.grid, strip, CHART[chart].n_classes)
            lacking = (reference != FILL) & (classes == FILL)
            unclassed[chart] += int(lacking.sum())
            sums.add(chart, reference, np.where(lacking, furthest(chart, reference), classes))
    return SceneScores(scene, sums, _notice(scene, unclassed))


def package_grid(path: Path, file: xr.Dataset, scene: Scene) -> PixelGrid:
    """The grid of a package's maps of a scene, all checked before a pixel is read."""
    grids: dict[ChartName, PixelGrid] = {}
    for chart in CHARTS:
        name = variable_name(scene.id, chart)
        require_map(path, file, name, dimension_names(name))
        lines, samples = file.variables[name].shape
        grids[chart] = PixelGrid(lines, samples, SPACING_M)
    own = scene.grid
    for chart, grid in grids.items():
        # The last pixel of the coarser one may reach beyond the finer one.
        if grid.shape != own.at(SPACING_M).shape and grid.at(own.spacing_m) != own:
            lines, samples = own.at(SPACING_M).shape
            raise SceneError(
                path,
                f"holds {shown(variable_name(scene.id, chart))} of {grid.lines} x "
                f"{grid.samples} pixels, where the scene has {lines} x {samples} of "
                f"{SPACING_M:g} m",
            )
        if grid != grids[CHARTS[0]]:
            raise SceneError(path, f"holds charts of scene {scene.id} of different sizes")
    return grid


def furthest(chart: ChartName, reference: np.ndarray) -> np.ndarray:
    """The class that lies furthest from the chart's, and never is the chart's own."""
    last = CHART[chart].n_classes - 1
    return np.where(reference.astype(int) * 2 > last, 0, last).astype(np.uint8)


def _notice(scene: Scene, unclassed: dict[ChartName, int]) -> str:
    """What a person must know about the scores of a scene; empty where nothing."""
    notices = []
    if ratio := whole_ratio(SPACING_M, scene.grid.spacing_m):
        if ratio > 1:
            notices.append(
                f"Each block of {ratio} x {ratio} pixels of the package counts as its most "
                f"frequent class: the scene's pixels have {scene.grid.spacing_m:g} m."
            )
    else:
        notices.append(
            f"The scene's pixels of {scene.grid.spacing_m:g} m take the nearest class of the "
            f"package's {SPACING_M:g} m."
        )
    if any(unclassed.values()):
        counts = ", ".join(f"{count} of {chart}" for chart, count in unclassed.items() if count)
        notices.append(f"Labelled pixels without a class in the package count as wrong: {counts}.")
    return " ".join(notices)
