"""Predictions that go into an AutoICE package: checked before a pixel is read."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.ai4arctic.limits import MAX_PIXELS, MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid, Window, whole_ratio
from seaice.core.text import shown
from seaice.results.autoice.maps import SPACING_M, classes_on, read_classes, require_map
from seaice.scenes.netcdf import open_file

VARIABLES: dict[ChartName, str] = {"SIC": "SIC_class", "SOD": "SOD", "FLOE": "FLOE"}
"""Names of the class maps in a prediction, by chart."""
_DIMS = ("lines", "samples")
_COPIED = (
    "checkpoint",
    "checkpoint_sha256",
    "atrous_rates",
    "channel_set",
    "simulated",
    "reach_min_km",
    "reach_max_km",
)
"""Attributes of a prediction that each of its maps keeps in the package."""
_NAME_CHARACTERS = frozenset("+-._")


@dataclass(frozen=True)
class PredictionFile:
    """A prediction on disk, checked; its maps are not read.

    Attributes:
        path: The file.
        scene: The scene's id.
        grid: Grid of its maps, which is the scene's own.
        facts: Attributes on its origin that the package keeps.
    """

    path: Path
    scene: str
    grid: PixelGrid
    facts: dict[str, str]

    @property
    def target(self) -> PixelGrid:
        """Grid of its maps in the package."""
        return self.grid.at(SPACING_M)

    @property
    def notice(self) -> str:
        """How the maps are resampled; empty if they are not."""
        own_m = self.grid.spacing_m
        if own_m == SPACING_M:
            return ""
        if ratio := whole_ratio(SPACING_M, own_m):
            how = f"each of its pixels is repeated {ratio} x {ratio} times"
        elif ratio := whole_ratio(own_m, SPACING_M):
            how = f"each block of {ratio} x {ratio} pixels becomes its most frequent class"
        else:
            how = "each pixel takes the class of the nearest one"
        return f"The prediction is resampled from {own_m:g} m to {SPACING_M:g} m: {how}."

    def strips(self, lines: int) -> Generator[tuple[ChartName, Window, np.ndarray], None, None]:
        """Read the maps, resampled to the package's grid.

        Args:
            lines: Lines of a strip.

        Yields:
            A chart, a strip of the package's grid, and its classes, (lines, samples) uint8, `FILL`
            where there is no class.

        Raises:
            SceneError: The maps cannot be read, or hold a value that is not a class.
        """
        with open_file(self.path) as file:
            for chart, name in VARIABLES.items():
                read = partial(read_classes, self.path, file, name, chart)
                n_classes = CHART[chart].n_classes
                for strip in self.target.strips(lines):
                    yield chart, strip, classes_on(read, self.grid, self.target, strip, n_classes)


def open_prediction(path: Path) -> PredictionFile:
    """Check a prediction and read its attributes.

    Raises:
        SceneError: The file is damaged, or `seaice predict` did not write it.
    """
    with open_file(path) as file:
        attributes = file.attrs
        if lacking := [n for n in VARIABLES.values() if n not in file.variables]:
            raise SceneError(
                path,
                f"is not a prediction: it lacks {lacking[0]}",
                "Name a file that `seaice predict` wrote.",
            )
        for name in VARIABLES.values():
            require_map(path, file, name, _DIMS)
        shape = file.variables[VARIABLES["SIC"]].shape
    facts = {name: shown(attributes[name]) for name in _COPIED if name in attributes}
    lines, samples = shape
    grid = PixelGrid(lines, samples, _spacing_m(path, attributes.get("pixel_spacing")))
    for each in (grid, grid.at(SPACING_M)):
        if each.lines * each.samples > MAX_PIXELS:
            raise SceneError(
                path,
                f"claims {each.lines} x {each.samples} pixels of {each.spacing_m:g} m, too many "
                "for a scene",
            )
    return PredictionFile(path, _scene_id(path, attributes.get("scene")), grid, facts)


def _spacing_m(path: Path, attribute: object) -> float:
    try:
        spacing_m = float(attribute)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError):
        spacing_m = 0.0
    if not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise SceneError(
            path,
            f"has pixel_spacing {shown(attribute)} instead of {MIN_SPACING_M} to {MAX_SPACING_M} "
            "metres",
            "Predict again.",
        )
    return spacing_m


def _scene_id(path: Path, attribute: object) -> str:
    """The scene's id, which becomes part of variable names."""
    text = attribute if isinstance(attribute, str) else ""
    plain = all(c.isascii() and (c.isalnum() or c in _NAME_CHARACTERS) for c in text)
    if not plain or not 0 < len(text) <= 100 or not text[0].isalnum():
        raise SceneError(
            path,
            f"has the scene name {shown(attribute)!r}, which cannot be part of a variable's name",
            "Rename the scene's file as YYYYMMDDThhmmss_{dmi|cis}_prep.nc and predict again.",
        )
    return text
