"""Predictions as one AutoICE upload package, written strip by strip, whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.ai4arctic.layout import MAX_PIXELS, MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ConfigError, SceneError
from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid, Window, whole_ratio
from seaice.core.text import shown
from seaice.results.autoice import read_package
from seaice.results.autoice.maps import (
    SPACING_M,
    classes_on,
    dimension_names,
    read_classes,
    require_map,
    variable_name,
)
from seaice.scenes.netcdf import NETCDF_LOCK, open_file

VARIABLES: dict[ChartName, str] = {"SIC": "SIC_class", "SOD": "SOD", "FLOE": "FLOE"}
"""What the classes of a chart are called in a prediction."""

_DIMS = ("lines", "samples")
_STRIP_LINES = 512
_COPIED = ("checkpoint", "checkpoint_sha256", "atrous_rates", "channel_set", "simulated")
"""What each map keeps of where its prediction came from."""

_NAME_CHARACTERS = frozenset("+-._")


@dataclass(frozen=True)
class Source:
    """A prediction that goes into a package, checked, its maps not read.

    Attributes:
        path: The file.
        scene: The scene's id.
        grid: The grid of its maps: the scene's own.
        facts: Attributes that say where it came from.
    """

    path: Path
    scene: str
    grid: PixelGrid
    facts: dict[str, str]

    @property
    def target(self) -> PixelGrid:
        """Its grid in the package."""
        return self.grid.at(SPACING_M)

    @property
    def notice(self) -> str:
        """What a person must know about the resampling; empty where nothing."""
        own_m = self.grid.spacing_m
        if own_m == SPACING_M:
            return ""
        if ratio := whole_ratio(SPACING_M, own_m):
            how = f"each of its pixels is repeated {ratio} x {ratio} times"
        elif ratio := whole_ratio(own_m, SPACING_M):
            how = f"each block of {ratio} x {ratio} pixels becomes its most frequent class"
        else:
            how = "each pixel takes the class of the nearest one"
        return f"The prediction's {own_m:g} m are brought to {SPACING_M:g} m: {how}."


def export_package(predictions: Sequence[Path], out: Path, command: str) -> tuple[Source, ...]:
    """Write the class maps of predictions into one package.

    255 stays where a prediction has no class. Nothing says in the CF way that 255 is a fill value:
    a reader that knows of one gives floats and NaN, on which the challenge's scorer fails.

    Args:
        predictions: Files that `seaice predict` wrote, of different scenes.
        out: The package; its folder is made, an earlier package of that name is replaced.
        command: What made it, for the file's history.

    Returns:
        What went in, in the order of the predictions.

    Raises:
        SceneError: A file is no prediction or is damaged.
        ConfigError: Two predictions are of one scene, or `out` is another file.
        OutputError: The folder cannot be written to.
    """
    _require_replaceable(out)
    with NETCDF_LOCK:
        sources = tuple(read_source(path) for path in predictions)
        _require_different(sources)
        # The library reports a full disk as RuntimeError.
        with (
            atomic_write(out, RuntimeError) as temporary,
            netCDF4.Dataset(temporary, "w") as package,
        ):
            package.setncatts(_facts(sources, command))
            for source in sources:
                _copy(source, package)
    return sources


def read_source(path: Path) -> Source:
    """Check a prediction.

    Raises:
        SceneError: It is no file that `seaice predict` wrote.
    """
    with open_file(path) as file:
        attributes = file.attrs
        if lacking := [n for n in VARIABLES.values() if n not in file.variables]:
            raise SceneError(
                path, f"is no prediction: it holds no {lacking[0]}", "`seaice predict` writes one."
            )
        for name in VARIABLES.values():
            require_map(path, file, name, _DIMS)
        shape = file.variables[VARIABLES["SIC"]].shape
    facts = {name: shown(attributes[name]) for name in _COPIED if name in attributes}
    grid = PixelGrid(*shape, _spacing_m(path, attributes.get("pixel_spacing")))
    for each in (grid, grid.at(SPACING_M)):
        if each.lines * each.samples > MAX_PIXELS:
            raise SceneError(
                path,
                f"claims {each.lines} x {each.samples} pixels of {each.spacing_m:g} m, too many "
                "for a scene",
            )
    return Source(path, _scene_id(path, attributes.get("scene")), grid, facts)


def _spacing_m(path: Path, attribute: object) -> float:
    try:
        spacing_m = float(attribute)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        spacing_m = 0.0
    if not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise SceneError(
            path,
            f"has pixel_spacing {shown(attribute)}, not {MIN_SPACING_M} to {MAX_SPACING_M} metres",
            "Predict again.",
        )
    return spacing_m


def _scene_id(path: Path, attribute: object) -> str:
    """The scene's id, which becomes part of the names of variables."""
    text = attribute if isinstance(attribute, str) else ""
    plain = all(c.isascii() and (c.isalnum() or c in _NAME_CHARACTERS) for c in text)
    if not plain or not 0 < len(text) <= 100 or not text[0].isalnum():
        raise SceneError(
            path,
            f"is of scene {shown(attribute)!r}, whose name no variable can have",
            "Rename the scene's file as YYYYMMDDThhmmss_{dmi|cis}_prep.nc and predict again.",
        )
    return text


def _require_different(sources: Sequence[Source]) -> None:
    first: dict[str, Path] = {}
    for source in sources:
        if source.scene in first:
            raise ConfigError(
                f"{first[source.scene]} and {source.path} are both predictions of scene "
                f"{source.scene}: a package holds one of each."
            )
        first[source.scene] = source.path


def _require_replaceable(out: Path) -> None:
    """Somebody who forgets `--out` names a prediction or a scene there: it must not be lost."""
    if out.is_dir():
        raise ConfigError(f"{out} is a folder. Name a file in it that ends in .nc.")
    if out.suffix != ".nc":
        raise ConfigError(f"{out} does not end in .nc, as a package does.")
    if out.exists():
        try:
            read_package(out)
        except SceneError as error:
            raise ConfigError(
                f"{out} is there and no package: it is not overwritten. Choose another name."
            ) from error


def _facts(sources: Sequence[Source], command: str) -> dict[str, Any]:
    return {
        "title": f"AutoICE package of {len(sources)} predicted scenes",
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command}",
        "pixel_spacing": SPACING_M,
    }


def _copy(source: Source, package: netCDF4.Dataset) -> None:
    """The three maps of a prediction, at 80 m."""
    maps = {chart: _new_map(package, source, chart) for chart in VARIABLES}
    # Written here, outside of the open prediction, which is not to blame for a full disk.
    with closing(_strips(source)) as strips:
        for chart, strip, classes in strips:
            maps[chart][strip] = classes


def _strips(source: Source) -> Iterator[tuple[ChartName, Window, np.ndarray]]:
    """The maps of a prediction, brought to 80 m, strip by strip."""
    with open_file(source.path) as file:
        for chart, name in VARIABLES.items():
            read = partial(read_classes, source.path, file, name, chart)
            n_classes = CHART[chart].n_classes
            for strip in source.target.strips(_STRIP_LINES):
                yield chart, strip, classes_on(read, source.grid, source.target, strip, n_classes)


def _new_map(package: netCDF4.Dataset, source: Source, chart: ChartName) -> netCDF4.Variable:
    name, grid = variable_name(source.scene, chart), source.target
    dims = dimension_names(name)
    for dim, size in zip(dims, grid.shape, strict=True):
        package.createDimension(dim, size)
    variable = package.createVariable(
        name,
        "u1",
        dims,
        compression="zlib",
        complevel=1,
        fill_value=False,
        chunksizes=(min(_STRIP_LINES, grid.lines), grid.samples),
    )
    variable.set_auto_maskandscale(False)
    variable.setncatts({"chart_fill_value": np.uint8(FILL), **source.facts})
    return variable
