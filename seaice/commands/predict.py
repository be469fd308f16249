"""The command `seaice predict`: scenes -> predicted ice charts."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import (
    Again,
    AnyPolarisation,
    AsJson,
    CheckpointPath,
    ScenesOrFolders,
    Scheduler,
    as_asked,
)
from seaice.commands.output import (
    claim,
    command_line,
    print_message,
    print_result,
    print_scene_count,
)
from seaice.core.errors import ConfigError, PartlyDoneError, SceneError
from seaice.core.files import require_writable

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.network.checkpoint import Checkpoint
    from seaice.network.checkpoint_info import CheckpointInfo
    from seaice.results.many import Order, Written
    from seaice.scenes.scene import Scene


def predict(
    checkpoint: CheckpointPath,
    scenes: ScenesOrFolders,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the predictions.")],
    geotiff: Annotated[
        bool,
        typer.Option(
            "--geotiff",
            help="Write GeoTIFFs beside each NetCDF file: one of all charts, and one of each in "
            "its colours.",
        ),
    ] = False,
    polygons: Annotated[
        bool,
        typer.Option(
            "--polygons",
            help="Write each chart as polygons too, with SIGRID-3 fields, as GeoJSON and "
            "GeoPackage.",
        ),
    ] = False,
    again: Again = False,
    scheduler: Scheduler = "",
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Predict the ice charts of scenes, as CF NetCDF files.

    Start the command again to go on after an interruption: what is done is kept.
    """
    from seaice.core.memory import named_budget
    from seaice.core.safetensors_header import read_header

    named_budget()
    # A wrong path is reported at once, before numpy is imported, and what is no network before
    # torch is.
    read_header(checkpoint)
    from seaice.network.checkpoint_info import read_info

    info = read_info(checkpoint)
    # A scene may be named and lie in a folder that is named as well.
    paths = list(dict.fromkeys(_files_of(scenes)))
    work = _Work(checkpoint, len(paths))
    targets = work.targets(paths, out, any_polarisation)
    if any(again or not os.path.exists(target) for target in targets):
        require_writable(out)
    # Importing torch takes seconds, which a mistake in a path does not wait for.
    orders = (
        _worked_off(work, targets, scheduler, again=again, geotiff=geotiff, polygons=polygons)
        if targets
        else []
    )
    facts = work.facts(orders, info)
    # Not beside an error alone: a mistake is one line.
    if any(work.written.values()) and not info.statistics:
        from seaice.network.training_range import UNKNOWN_RANGE

        print_message(UNKNOWN_RANGE)
    print_result(facts, as_json, "\n".join(file for each in facts for file in _files(each)))
    work.end()


def _files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """The scene files that are named, or lie in a folder that is."""
    from seaice.scenes.catalogue import require_scene_files, scene_files

    for path in paths:
        if os.path.isdir(path):
            require_scene_files(path)
            yield from scene_files(path)
        else:
            yield path


def _files(facts: dict[str, Any]) -> list[str]:
    """What was written of a scene."""
    single = [facts["file"], facts.get("geotiff")]
    return [
        *filter(None, single),
        *facts.get("chart_geotiffs", []),
        *facts.get("chart_polygons", []),
    ]


def _worked_off(
    work: "_Work", targets: "Mapping[Path, Scene]", scheduler: str, *, again: bool, **formats: bool
) -> "list[Order]":
    """Predict scenes, and return what was to do of each.

    Args:
        work: Takes what becomes of them.
        targets: The scenes, by the file that the prediction of each becomes.
        scheduler: Scheduler of a Dask cluster; empty for this machine.
        again: Whether to predict what has been predicted already.
        formats: What to write beside the predictions, by the names of `Order`.
    """
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.results.many import Order

    loaded = load_checkpoint(work.path, "cpu" if scheduler else best_device().torch_name)
    orders = [
        Order(scene, target, command=command_line(), **formats) for target, scene in targets.items()
    ]
    begun = orders if again else work.undone(orders, loaded.sha256)
    if begun:
        # What was there may be of another scene or checkpoint: before a worker or network begins.
        require_writable(next(iter(targets)).parent)
        _work_off(work, loaded, begun, scheduler)
    return orders


def _work_off(
    work: "_Work", checkpoint: "Checkpoint", orders: "Sequence[Order]", scheduler: str
) -> None:
    """Predict here, or on the workers of a scheduler."""
    try:
        if scheduler:
            _on_cluster(work, orders, scheduler)
        else:
            _here(work, checkpoint, orders)
    except BaseException:
        if work.total > 1:
            print_message(
                f"{len(work.written)} of {work.total} scenes are predicted. Start the same command "
                "again to go on."
            )
        raise


def _written_facts(order: "Order", written: "Written | None") -> dict[str, Any]:
    """The files of a scene, as JSON values."""
    facts: dict[str, Any] = {"file": str(order.target)}
    facts |= {"seconds": written.seconds} if written else {"kept": True}
    # Those of a scene that is kept are all there.
    files = written or order
    if files.geotiffs:
        first, *others = map(str, files.geotiffs)
        facts |= {"geotiff": first, "chart_geotiffs": others}
    if files.polygon_files:
        facts["chart_polygons"] = list(map(str, files.polygon_files))
    return facts


def _here(work: "_Work", checkpoint: "Checkpoint", orders: "Sequence[Order]") -> None:
    from seaice.core.pipeline import in_stages
    from seaice.results.many import OF_SCENES, stages

    for order, result in in_stages(stages(checkpoint), orders, OF_SCENES):
        work.take(order, result)


def _on_cluster(work: "_Work", orders: "Sequence[Order]", scheduler: str) -> None:
    from functools import partial

    from seaice.core.cluster import cluster_workers, on_workers
    from seaice.results.many import OF_SCENES, work_off

    one = partial(work_off, work.path.resolve())

    waiting = partial(print_message, f"waiting for workers of {scheduler} ...")
    # Workers run in folders of their own.
    absolute = {order.absolute(): order for order in orders}
    with cluster_workers(scheduler) as (workers, count):
        for order, result in on_workers(workers, count, one, [*absolute], OF_SCENES, waiting):
            work.take(absolute[order], result)


@dataclass
class _Work:
    """What becomes of the scenes.

    Attributes:
        path: The checkpoint.
        total: Number of files that were named.
        written: By order: what was written, or nothing where it had been written before.
        problems: A sentence for each scene that is left out.
    """

    path: Path
    total: int
    written: "dict[Order, Written | None]" = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def targets(
        self, paths: Sequence[Path], out: Path, any_polarisation: bool
    ) -> "dict[Path, Scene]":
        """The scenes by the file that each becomes; what is no scene, or one twice, is left out.

        Args:
            paths: The files.
            out: Folder for the predictions.
            any_polarisation: Whether to take VV and VH for HH and HV.
        """
        from seaice.core.cache import Store
        from seaice.scenes.catalogue.index import inspect_scenes

        claimed: dict[Path, Path] = {}
        targets = {}
        for path, scene in zip(paths, inspect_scenes(paths, Store()), strict=True):
            try:
                if isinstance(scene, SceneError):
                    raise scene
                target = out / f"{scene.id}_{self.path.stem}.nc"
                claim(target, path, claimed)
            except SceneError as error:
                self.leave_out(error)
                continue
            targets[target] = as_asked(scene, any_polarisation)
        return targets

    def undone(self, orders: "Sequence[Order]", sha256: str) -> "list[Order]":
        """Those whose files are not there yet; the others are kept, and you are told."""
        undone = []
        for order in orders:
            if order.is_done(sha256):
                self.written[order] = None
            else:
                undone.append(order)
        if self.written:
            print_message(
                f"{len(self.written)} of {self.total} scenes are predicted already; --again "
                "predicts them once more."
            )
        return undone

    def take(self, order: "Order", result: "Written | Exception") -> None:
        """Note what became of a scene."""
        if isinstance(result, Exception):
            self.leave_out(result)
        else:
            self.written[order] = result
            for notice in result.notices:
                print_message(notice)
            if result.problem:
                self.leave_out(result.problem)
        if self.total > 1:
            done = len(self.written) + len(self.problems)
            left = (time.monotonic() - self.began) / done * (self.total - done)
            print_scene_count(done, self.total, left)

    def leave_out(self, problem: Exception) -> None:
        """Note what cannot be done; of many scenes, each is named at once."""
        self.problems.append(str(problem))
        if self.total > 1:
            print_message(f"left out: {problem}")

    def facts(self, orders: "Sequence[Order]", info: "CheckpointInfo") -> list[dict[str, Any]]:
        """What there is now, scene by scene, as JSON values."""
        from seaice.network.reach import reach_facts

        reach = {"rates": info.rates, **reach_facts(info.rates, info.cell_m)}
        return [
            {"scene": order.scene.id, **_written_facts(order, self.written[order]), **reach}
            for order in orders
            if order in self.written
        ]

    def end(self) -> None:
        """Say what is missing.

        Raises:
            ConfigError: Nothing could be predicted.
            PartlyDoneError: Some of it.
        """
        if not self.problems:
            return
        if self.total == 1:
            raise ConfigError(self.problems[0])
        if not self.written:
            raise ConfigError(f"None of the {self.total} scenes could be predicted.")
        raise PartlyDoneError(
            f"{len(self.problems)} of {self.total} scenes are left out, as named above; the others "
            "are predicted."
        )
