"""Predicting and scoring many scenes: which are done, and what becomes of one."""

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path

from seaice.core.device import best_device
from seaice.core.errors import MemoryShortError, MissingChannelsError, SceneError, SeaIceError
from seaice.core.memory import free_bytes
from seaice.core.pipeline import Stages
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.evaluation import SceneScores, scored
from seaice.results.export import (
    chart_paths,
    is_prediction,
    polygon_paths,
    write_chart_geotiffs,
    write_geotiff,
    write_polygons,
    write_prediction,
)
from seaice.results.inference import Begun, Prediction, begin, finish
from seaice.scenes.catalogue import checked, make_ready
from seaice.scenes.scene import Scene

OF_SCENES = SceneError, MissingChannelsError, MemoryShortError
"""Errors that concern one scene alone: the others can be predicted all the same."""


@dataclass(frozen=True)
class Order:
    """A scene to predict.

    Attributes:
        scene: The scene; a raw one need not be converted.
        target: The NetCDF file that its prediction becomes.
        geotiff: Whether to write GeoTIFFs beside it.
        polygons: Whether to write polygons beside it.
        command: The command line, for the files' history.
        pixel_positions: Whether its NetCDF file has the position of each pixel.
    """

    scene: Scene
    target: Path
    geotiff: bool
    polygons: bool
    command: str
    pixel_positions: bool = False

    @property
    def geotiffs(self) -> list[Path]:
        """The GeoTIFFs that the scene becomes: all charts in one, then one a chart."""
        path = self.target.with_suffix(".tif")
        return [path, *chart_paths(path)] if self.geotiff else []

    @property
    def polygon_files(self) -> list[Path]:
        """The files of polygons that the scene becomes."""
        return polygon_paths(self.target.with_suffix(".geojson")) if self.polygons else []

    def absolute(self) -> "Order":
        """The same order for a process with another working folder."""
        return replace(self, scene=self.scene.absolute(), target=self.target.absolute())

    def is_done(self, sha256: str) -> bool:
        """Whether its files are there, from this scene and the checkpoint of a hash."""
        if not is_prediction(self.target, self.scene, sha256, pixel_positions=self.pixel_positions):
            return False
        since = self.target.stat().st_mtime_ns
        # What lies beside the file is written after it.
        beside = *self.geotiffs, *self.polygon_files
        return all(os.path.isfile(path) and path.stat().st_mtime_ns >= since for path in beside)


@dataclass(frozen=True)
class Written:
    """What became of a scene, whose prediction is written.

    Attributes:
        seconds: Time for reading and computing.
        notices: What to know about the scene and its prediction.
        geotiffs: The GeoTIFFs that are written.
        polygon_files: The files of polygons that are written.
        problem: Why some of these are missing; None if none is.
    """

    seconds: float
    notices: tuple[str, ...]
    geotiffs: tuple[Path, ...] = ()
    polygon_files: tuple[Path, ...] = ()
    problem: SeaIceError | None = None


_Open = tuple[Order, Begun]
_Done = tuple[Order, Prediction]


def stages(checkpoint: Checkpoint) -> Stages[Order, _Open, _Done, Written]:
    """How orders are worked on in one process, for `seaice.core.pipeline.in_stages`."""
    return Stages(functools.partial(_read, checkpoint), _compute, _write, _fits_beside)


def score_stages(checkpoint: Checkpoint) -> Stages[Scene, Begun, Prediction, SceneScores]:
    """How scenes are scored in one process."""
    return Stages(functools.partial(_opened, checkpoint), finish, scored, _has_room)


def work_off(path: Path, order: Order) -> Written:
    """Predict one scene with the checkpoint of a path, which is kept for further ones.

    Raises:
        SeaIceError: See `OF_SCENES`, or a file cannot be written.
    """
    return stages(loaded(path)).run(order)


def loaded(path: Path) -> Checkpoint:
    """A checkpoint on the best device; the last one is kept."""
    status = path.stat() if os.path.exists(path) else None
    return _loaded(path, status and (status.st_mtime_ns, status.st_size))


@functools.lru_cache(maxsize=1)
def _loaded(path: Path, version: object) -> Checkpoint:
    return load_checkpoint(path, best_device().torch_name)


def _read(checkpoint: Checkpoint, order: Order) -> _Open:
    return order, _opened(checkpoint, order.scene)


def _opened(checkpoint: Checkpoint, scene: Scene) -> Begun:
    make_ready(scene)
    return begin(checked(scene), checkpoint)


def _compute(opened: _Open) -> _Done:
    order, begun = opened
    return order, finish(begun)


def _fits_beside(opened: _Open) -> bool:
    return _has_room(opened[1])


def _has_room(begun: Begun) -> bool:
    """Whether its maps fit into half of what is free while those of another scene are written."""
    return 2 * begun.result_bytes < free_bytes()


def _write(done: _Done) -> Written:
    order, prediction = done
    write_prediction(order.target, prediction, order.command, pixel_positions=order.pixel_positions)
    scene = prediction.scene
    notice = f"{scene.id}: {prediction.notice}" if prediction.notice else ""
    written = Written(prediction.seconds, tuple(filter(None, (scene.notice, notice))))
    try:
        if order.geotiff:
            path = order.target.with_suffix(".tif")
            write_geotiff(path, prediction, order.command)
            by_chart = write_chart_geotiffs(path, prediction, order.command)
            written = replace(written, geotiffs=(path, *by_chart))
        if order.polygons:
            path = order.target.with_suffix(".geojson")
            files = write_polygons(path, prediction, order.command)
            written = replace(written, polygon_files=tuple(files))
    except SceneError as error:
        # The scene has no positions: its prediction is written all the same.
        return replace(written, problem=error)
    return written
