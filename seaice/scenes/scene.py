"""A scene: what one file holds. Opening it reads names and attributes, but no pixels."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, POSITIONS, channel_set
from seaice.ai4arctic.charts import ChartName
from seaice.ai4arctic.layout import (
    LATITUDE,
    LONGITUDE,
    POLYGON,
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
from seaice.scenes.contents import checked_channels, checked_charts, read_grid
from seaice.scenes.netcdf import file_identity, open_file
from seaice.scenes.notices import scene_notice
from seaice.scenes.polarisation import other_polarisations, polarisation_notice
from seaice.scenes.untrusted import attribute_text, is_word

if TYPE_CHECKING:
    # For its types alone: facts on a file that is known need no xarray, which takes half a second.
    import xarray as xr

SceneKey = tuple[str | int, ...]
"""Identity of a scene's files for caches: path, modification time in ns, size in bytes of each."""

_REFERENCE_FOLDERS = ("reference", "references", "test_reference", "test_references")


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
        polarisations: Radar channels that hold another polarisation than their name says, and
            which: channel sets with these channels are not usable. Empty where all are right.
        found: Sentences about what is unusual in the file. Attributes tell some when it is opened;
            `catalogue.checked` adds those of the values.
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
    polarisations: tuple[tuple[str, str], ...] = ()
    found: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def open(cls, path: Path | str, *, reference: bool = True) -> "Scene":
        """Read a file's names and attributes.

        Args:
            path: The file.
            reference: Whether to look for the charts in a file beside it where it has none. A
                reference that cannot be used leaves the scene without charts and with a notice.

        Raises:
            RawSceneError: The file is a raw scene.
            ResultFileError: It holds results of seaice.
            SceneError: The file does not have the ready-to-train layout.
        """
        path = Path(path)
        with open_file(path) as dataset:
            if POLYGON in dataset or "sar_grid_incidenceangle" in dataset:
                raise RawSceneError(path)
            grid, stated = read_grid(path, dataset)
            charts_path, charts = path, tuple(checked_charts(path, dataset, grid))
            reference_problem = ""
            if not charts and reference:
                charts_path, charts, reference_problem = _reference_charts(path, grid)
            channels = tuple(checked_channels(path, dataset))
            if not channels:
                raise SceneError(
                    path, "has none of the known channels", "Use a ready-to-train scene."
                )
            attributes = dataset.attrs
            named = _named(path, attributes)
            of_variable = partial(_attributes_of, dataset)
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
                delays=_delays(of_variable, channels),
                reference_problem=reference_problem,
                polarisations=tuple(other_polarisations(of_variable).items()),
                found=tuple(filter(None, (stated, polarisation_notice(path.name, of_variable)))),
            )

    @property
    def key(self) -> SceneKey:
        """Identity of the scene's files, which changes when one of them does.

        Raises:
            SceneError: A file is gone.
        """
        return tuple(part for path in dict.fromkeys(self._files()) for part in file_identity(path))

    def absolute(self) -> "Scene":
        """The same scene for a process with another working folder."""
        return replace(
            self,
            path=self.path.absolute(),
            charts_path=self.charts_path.absolute(),
            raw=self.raw and self.raw.absolute(),
        )

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

    def lacking(self, channels: Sequence[str]) -> list[str]:
        """Variables of channels that the file lacks, by their names in a file."""
        lacking = [name for name in channels if name not in self.channels]
        if any(name in POSITIONS for name in lacking):
            lacking = [name for name in lacking if name not in POSITIONS] + [LATITUDE, LONGITUDE]
        others = dict(self.polarisations)
        return lacking + [
            f"{CHANNEL[name].label} ({name} holds {others[name]})"
            for name in channels
            if name in others
        ]

    def usable_channel_sets(self) -> list[str]:
        """Channel sets that the file provides."""
        return [name for name in CHANNEL_SETS if not self.missing(name)]

    def require(self, channels: Sequence[str], set_name: str) -> None:
        """Check that the file provides channels.

        Args:
            channels: The channels.
            set_name: Name of the channel set, for the message.

        Raises:
            MissingChannelsError: Channels are missing; the message also names usable channel sets.
        """
        if lacking := self.lacking(channels):
            raise MissingChannelsError(self.id, set_name, lacking, self.usable_channel_sets())


def _delays(of_variable: Callable[[str], Mapping[str, Any]], channels: Sequence[str]) -> str:
    """Seconds between the AMSR2 swaths and Sentinel-1, as text; empty where unknown."""
    found = (of_variable(name).get("AMSR2_S1_delays") for name in channels)
    return next((attribute_text(each) for each in found if each is not None), "")


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


def _attributes_of(dataset: "xr.Dataset", name: str) -> Mapping[str, Any]:
    """Attributes of a variable; empty if there is none of this name."""
    return dataset[name].attrs if name in dataset else {}


def reference_folders(folder: Path) -> list[Path]:
    """Where the references of a folder's scenes may lie: there, or in a folder for references.

    Such a folder lies in theirs or beside it, as in an archive whose references come apart.
    """
    apart = [parent / name for parent in (folder, folder.parent) for name in _REFERENCE_FOLDERS]
    return [folder, *(each for each in apart if os.path.isdir(each))]


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
            return beside, tuple(checked_charts(beside, reference, grid)), ""
    except SceneError as error:
        return path, (), str(error)
