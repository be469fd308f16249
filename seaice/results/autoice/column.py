"""Maps that another system predicted for a scene, to be seen and scored beside networks."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.network.checkpoint_files import file_sha256
from seaice.results.autoice.maps import classes_on, read_classes, variable_name
from seaice.results.autoice.package import read_package
from seaice.results.autoice.predictions import VARIABLES, open_prediction
from seaice.results.autoice.scores import furthest, package_grid
from seaice.results.evaluation import references
from seaice.results.maps import ChartMaps
from seaice.results.scoring import ScoreSums
from seaice.scenes.netcdf import open_file
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class MapsFile:
    """A file with maps of other origin: an AutoICE package, or a prediction of `seaice predict`.

    Attributes:
        path: The file.
        sha256: Its hash, hexadecimal.
        scenes: Ids of the scenes that it holds maps of.
        grid: Grid of the maps of a prediction; None for a package.
    """

    path: Path
    sha256: str
    scenes: tuple[str, ...]
    grid: PixelGrid | None = None


@dataclass(frozen=True, eq=False)
class ClassMaps(ChartMaps):
    """Maps of classes: `FILL`, and NaN in `sic`, where there is none; there are no probabilities.

    Attributes:
        by_chart: (lines, samples) uint8 classes of each chart, on the scene's own grid.
    """

    by_chart: dict[ChartName, np.ndarray]

    def classes(self, chart: ChartName) -> np.ndarray:
        """The classes, (lines, samples) uint8."""
        return self.by_chart[chart]


def open_maps(path: Path) -> MapsFile:
    """Look at a file, without reading its maps.

    Raises:
        SceneError: It is neither a package nor a prediction.
    """
    try:
        prediction = open_prediction(path)
    except SceneError:
        package = read_package(path)
        return MapsFile(path, package.sha256, package.scenes)
    return MapsFile(path, file_sha256(path), (prediction.scene,), prediction.grid)


def read_maps(file: MapsFile, scene: Scene) -> ClassMaps:
    """The maps of a scene, brought to its own grid.

    Raises:
        SceneError: The file holds no maps of the scene, or what is no map of it; or the scene
            cannot be read.
    """
    if scene.id not in file.scenes:
        raise SceneError(file.path, f"holds no maps of scene {scene.id}")
    with open_file(file.path) as opened:
        grid = file.grid or package_grid(file.path, opened, scene)
        if grid.at(scene.grid.spacing_m) != scene.grid:
            raise SceneError(
                file.path,
                f"holds maps of {grid.lines} x {grid.samples} pixels of {grid.spacing_m:g} m, "
                "which do not cover the scene",
            )
        by_chart: dict[ChartName, np.ndarray] = {}
        for chart in CHARTS:
            name = VARIABLES[chart] if file.grid else variable_name(scene.id, chart)
            read = partial(read_classes, file.path, opened, name, chart)
            n_classes = CHART[chart].n_classes
            by_chart[chart] = classes_on(read, grid, scene.grid, scene.grid.whole, n_classes)
    sic = np.where(by_chart["SIC"] == FILL, np.nan, by_chart["SIC"]).astype(np.float32)
    return ClassMaps(
        scene, scene.grid, read_valid(scene), sic, {}, 0.0, "", by_chart, source=file.sha256
    )


def score_maps(maps: ClassMaps, window: Window | None = None) -> ScoreSums:
    """Compare maps of classes with the charts of their scene, as a package is scored.

    A labelled pixel without a class counts as the class that is furthest from the chart's.

    Args:
        maps: The maps.
        window: Part of the scene's own grid; the whole where None.
    """
    sums = ScoreSums()
    for chart, strip, reference in references(maps.scene, window):
        classes = maps.by_chart[chart][strip]
        lacking = (reference != FILL) & (classes == FILL)
        sums.add(chart, reference, np.where(lacking, furthest(chart, reference), classes))
    return sums
