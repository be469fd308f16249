"""A scene: what one file holds. Opening it reads names and attributes, but no pixels."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import xarray as xr

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, POSITIONS, channel_set
from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.ai4arctic.layout import (
    CELL_LINES,
    CELL_M,
    CELL_SAMPLES,
    DIMS,
    LATITUDE,
    LINES,
    LONGITUDE,
    MAX_PIXELS,
    MAX_SPACING_M,
    MIN_SPACING_M,
    POLYGON,
    POSITION_DIMS,
    SAMPLES,
)
from seaice.ai4arctic.names import (
    SceneName,
    prep_name_of,
    reference_name,
    region_of,
    scene_id,
)
from seaice.core.errors import MissingChannelsError, RawSceneError, SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.text import shown
from seaice.scenes.netcdf import file_identity, open_file
from seaice.scenes.notices import scene_notice
from seaice.scenes.untrusted import attribute_text, is_word, require_claims

SceneKey = tuple[str | int, ...]
"""Identity of a scene's files for caches: path, modification time in ns, size in bytes of each."""

_REFERENCE_FOLDERS = ("reference", "references", "test_reference", "test_references")
_MOST_KM = 2000
"""Longest side; a frame has 400 km. A few pixels of 10 km become many at a checkpoint's spacing."""


@dataclass(frozen=True)
class Scene:
    """What one scene file holds.

    Attributes:
        path: The ready-to-train file; for a raw scene, its conversion, which may not exist yet.
        id: Time and service as in the file's name: `20180325T194759_dmi`.
        time: Start of the Sentinel-1 acquisition, UTC; None where neither the file's name nor the
            names in its attributes contain it.
        service: Ice service, `dmi` or `cis`; empty where unknown.
        region: Region of the ice chart, such as `SouthEast`; empty where unknown.
        grid: The full grid: lines, samples, spacing.
        channels: Channels that the file provides, derived ones included, in the order of `CHANNEL`.
        charts: Charts of the scene.
        charts_path: The file with the charts: the scene's own, or the reference beside it.
        simulated: Whether the file says that the scene is simulated.
        delays: Seconds between the AMSR2 swaths and Sentinel-1, as text of the file; empty where
            the file does not have them.
        raw: The raw file that `path` is made from; None for a ready-to-train scene.
        reference_problem: Why the reference beside the file cannot be used; empty where it can be
            used or there is none.
    """

    path: Path
    id: str
    time: datetime | None
    service: str
    region: str
    grid: PixelGrid
    channels: tuple[str, ...]
    charts: tuple[ChartName, ...]
    charts_path: Path
    simulated: bool
    delays: str
    raw: Path | None = None
    reference_problem: str = ""

    @classmethod
    def open(cls, path: Path | str, *, reference: bool = True) -> "Scene":
        """Read a file's names and attributes.

        Args:
            path: The file.
            reference: Whether to look for the charts in a file beside it where it has none. A
                reference that cannot be used leaves the scene without charts and with a notice.

        Raises:
            RawSceneError: The file is a raw scene.
            SceneError: The file does not have the ready-to-train layout.
        """
        path = Path(path)
        with open_file(path) as dataset:
            if POLYGON in dataset or "sar_grid_incidenceangle" in dataset:
                raise RawSceneError(path)
            grid = _grid(path, dataset)
            charts_path, charts = path, tuple(_charts(path, dataset, grid))
            reference_problem = ""
            if not charts and reference:
                charts_path, charts, reference_problem = _reference_charts(path, grid)
            channels = tuple(_channels(path, dataset))
            if not channels:
                raise SceneError(
                    path, "has none of the known channels", "Use a ready-to-train scene."
                )
            attributes = dataset.attrs
            named = _named(path, attributes)
            delays = next(
                (
                    attribute_text(dataset[name].attrs["AMSR2_S1_delays"])
                    for name in channels
                    if name in dataset and "AMSR2_S1_delays" in dataset[name].attrs
                ),
                "",
            )
            return cls(
                path=path,
                id=scene_id(path.name),
                time=named.time,
                service=_service(attributes.get("ice_service"), named.service),
                region=region_of(attribute_text(attributes.get("original_id", ""))),
                grid=grid,
                channels=channels,
                charts=charts,
                charts_path=charts_path,
                simulated=str(attributes.get("simulated", 0)).lower() not in ("0", "false", ""),
                delays=delays,
                reference_problem=reference_problem,
            )

    @property
    def key(self) -> SceneKey:
        """Identity of the scene's files, which changes when one of them does.

        Raises:
            SceneError: A file is gone.
        """
        return tuple(part for path in dict.fromkeys(self._files()) for part in file_identity(path))

    def _files(self) -> tuple[Path, ...]:
        """The user's files that the scene is read from."""
        return (self.path, self.charts_path) if self.raw is None else (self.raw,)

    @property
    def notice(self) -> str:
        """What you should know about the file; empty where there is nothing to say."""
        return scene_notice(self)

    @property
    def has_positions(self) -> bool:
        """Whether the file holds positions."""
        return set(POSITIONS) <= set(self.channels)

    def missing(self, set_name: str) -> list[str]:
        """Variables of a channel set that the file lacks."""
        return self.lacking(channel_set(set_name))

    def lacking(self, channels: Iterable[str]) -> list[str]:
        """Variables of channels that the file lacks, by their names in a file."""
        lacking = [name for name in channels if name not in self.channels]
        if any(name in POSITIONS for name in lacking):
            lacking = [name for name in lacking if name not in POSITIONS] + [LATITUDE, LONGITUDE]
        return lacking

    def usable_channel_sets(self) -> list[str]:
        """Channel sets that the file provides."""
        return [name for name in CHANNEL_SETS if not self.missing(name)]

    def require(self, channels: Iterable[str], set_name: str) -> None:
        """Check that the file provides channels.

        Args:
            channels: The channels.
            set_name: Name of the channel set, for the message.

        Raises:
            MissingChannelsError: Channels are missing; the message also names usable channel sets.
        """
        if lacking := self.lacking(channels):
            raise MissingChannelsError(self.id, set_name, lacking, self.usable_channel_sets())


def _named(path: Path, attributes: Mapping[str, object]) -> SceneName:
    """Time and service by the file's name; where it was renamed, by the names it had before."""
    scene_name, original_id = (
        attribute_text(attributes.get(name, "")) for name in ("scene_id", "original_id")
    )
    names = (path.name, scene_name, prep_name_of(original_id))
    known = (named for named in map(SceneName.parse, names) if named.time)
    return next(known, SceneName.parse(path.name))


def _service(attribute: object, named: str) -> str:
    """Ice service by the file's attribute where that is a word, else by the file's name."""
    service = str(attribute).lower()
    return service if is_word(service) and attribute is not None else named


def _grid(path: Path, dataset: xr.Dataset) -> PixelGrid:
    """The full grid of a file, once its size and spacing have been checked."""
    sizes = dataset.sizes
    if LINES not in sizes or SAMPLES not in sizes:
        raise SceneError(
            path,
            f"has no dimensions {LINES} and {SAMPLES}",
            "It is not a ready-to-train AI4Arctic scene.",
        )
    spacing = dataset.attrs.get("pixel_spacing")
    try:
        spacing_m = float(spacing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        spacing_m = 0.0
    if not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise SceneError(
            path,
            f"has pixel_spacing {shown(spacing)}, not {MIN_SPACING_M} to {MAX_SPACING_M} metres",
        )
    if not sizes[LINES] or not sizes[SAMPLES]:
        raise SceneError(path, "has no pixels")
    if sizes[LINES] * sizes[SAMPLES] > MAX_PIXELS:
        raise SceneError(
            path, f"claims {sizes[LINES]} x {sizes[SAMPLES]} pixels, too many for a scene"
        )
    if (side_km := max(sizes[LINES], sizes[SAMPLES]) * spacing_m / 1000) > _MOST_KM:
        raise SceneError(path, f"claims to be {side_km:.0f} km long, more than {_MOST_KM} km")
    for full, cells in ((LINES, CELL_LINES), (SAMPLES, CELL_SAMPLES)):
        # The last cell may be partial or missing.
        if cells in sizes and abs(sizes[cells] * CELL_M - sizes[full] * spacing_m) >= CELL_M:
            raise SceneError(
                path,
                f"has {sizes[full]} pixels of {spacing_m:g} m but {sizes[cells]} cells of 2 km "
                f"along {full}, so its pixel_spacing is wrong",
            )
    return PixelGrid(sizes[LINES], sizes[SAMPLES], spacing_m)


def _require_dims(path: Path, dataset: xr.Dataset, name: str, dims: Iterable[str]) -> None:
    dims, actual = tuple(dims), dataset[name].dims
    if actual != dims:
        raise SceneError(path, f"has {name} on dimensions {shown(actual)} instead of {dims}")


def _require_unpacked(path: Path, dataset: xr.Dataset, name: str) -> None:
    variable = dataset[name]
    if not np.issubdtype(variable.dtype, np.floating) or "scale_factor" in variable.attrs:
        kind = shown(variable.dtype)
        raise SceneError(path, f"has {name} as packed {kind}, not as scaled floats")


def _channels(path: Path, dataset: xr.Dataset) -> Iterator[str]:
    """The channels that a file provides, once their variables have been checked."""
    positions = LATITUDE in dataset and LONGITUDE in dataset
    require_claims(path, dataset, {*CHANNEL, LATITUDE, LONGITUDE} & set(dataset.variables))
    if positions:
        for name in (LATITUDE, LONGITUDE):
            _require_dims(path, dataset, name, POSITION_DIMS)
        # Texts are not positions, but they do not spoil the other channels.
        positions = all(dataset[name].dtype.kind in "fiu" for name in (LATITUDE, LONGITUDE))
    for channel in CHANNEL.values():
        if channel.grid == "positions":
            if positions:
                yield channel.name
        elif channel.name in dataset:
            _require_dims(path, dataset, channel.name, DIMS[channel.grid])
            _require_unpacked(path, dataset, channel.name)
            yield channel.name


def _charts(path: Path, dataset: xr.Dataset, grid: PixelGrid) -> Iterator[ChartName]:
    """The charts that a file holds, once their variables have been checked."""
    for name in CHARTS:
        if name in dataset:
            _require_dims(path, dataset, name, DIMS["full"])
            if dataset[name].shape != grid.shape:
                raise SceneError(path, f"has {name} with another size than its scene")
            if (kind := dataset[name].dtype).kind not in "iu":
                raise SceneError(path, f"has {name} as {shown(kind)}, not as integers")
            require_claims(path, dataset, (name,))
            yield name


def reference_folders(folder: Path) -> list[Path]:
    """Where the references of a folder's scenes may lie: there, or in a folder for references.

    Such a folder lies in theirs or beside it, as in an archive whose references come apart.
    """
    apart = [parent / name for parent in (folder, folder.parent) for name in _REFERENCE_FOLDERS]
    return [folder, *(each for each in apart if each.is_dir())]


def reference_beside(path: Path) -> Path | None:
    """The reference of a scene, whether or not it can be used; None where there is none."""
    name = reference_name(path.name)
    if not name:
        return None
    places = (place / name for place in reference_folders(path.parent))
    return next((each for each in places if os.path.lexists(each)), None)


def _reference_charts(path: Path, grid: PixelGrid) -> tuple[Path, tuple[ChartName, ...], str]:
    """The file with a scene's charts, their names, and why a reference cannot be used."""
    beside = reference_beside(path)
    if beside is None:
        return path, (), ""
    try:
        with open_file(beside) as reference:
            return beside, tuple(_charts(beside, reference, grid)), ""
    except SceneError as error:
        return path, (), str(error)
