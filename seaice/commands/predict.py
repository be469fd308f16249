"""The command `seaice predict`: scenes -> predicted ice charts."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seaice.commands.options import (
    Again,
    AnyPolarisation,
    AsJson,
    CheckpointPath,
    ScenesOrFolders,
    Scheduler,
)
from seaice.commands.output import (
    command_line,
    print_message,
    print_result,
)
from seaice.commands.predicted import Work, written_files
from seaice.core.files import require_writable

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.network.checkpoint import Checkpoint
    from seaice.network.checkpoint_info import CheckpointInfo
    from seaice.results.many import Order
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
    pixel_positions: Annotated[
        bool,
        typer.Option(
            "--pixel-positions",
            help="Write latitude and longitude of each pixel into the NetCDF file, in place of "
            "those of every 4 km.",
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
    work = Work(checkpoint, len(paths))
    targets = work.targets(paths, out, any_polarisation)
    formats = {"geotiff": geotiff, "polygons": polygons, "pixel_positions": pixel_positions}
    orders = _worked_off(work, targets, info, scheduler, again=again, **formats) if targets else []
    facts = work.facts(orders, info)
    # Not beside an error alone: a mistake is one line.
    if any(work.written.values()) and not info.statistics:
        from seaice.network.training_range import UNKNOWN_RANGE

        print_message(UNKNOWN_RANGE)
    print_result(facts, as_json, "\n".join(file for each in facts for file in written_files(each)))
    work.end()


def _files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """The scene files that are named, or lie in a folder that is."""
    from seaice.scenes.catalogue import require_scene_files, scene_files

    for path in paths:
        if os.path.isdir(path) and (len(paths) == 1 or scene_files(path)):
            require_scene_files(path)
            yield from scene_files(path)
        else:
            # Beside others, a folder without scenes is left out, as any other path that is none.
            yield path


def _worked_off(
    work: Work,
    targets: "Mapping[Path, Scene]",
    info: "CheckpointInfo",
    scheduler: str,
    *,
    again: bool,
    **formats: bool,
) -> "list[Order]":
    """Predict scenes, and return what was to do of each.

    Args:
        work: Takes what becomes of them.
        targets: The scenes, by the file that the prediction of each becomes.
        info: The checkpoint's description.
        scheduler: Scheduler of a Dask cluster; empty for this machine.
        again: Whether to predict what has been predicted already.
        formats: What to write of the predictions, by the names of `Order`.
    """
    from seaice.scenes.read_ahead import read_ahead, remembering

    missing = [scene for to, scene in targets.items() if again or not os.path.exists(to)]
    if missing:
        require_writable(next(iter(targets)).parent)
    with remembering():
        if missing and not scheduler:
            # Importing torch takes seconds, in which the first scene is read.
            read_ahead(missing[0], info.channels, info.spacing_m)
        from seaice.core.device import best_device
        from seaice.network.checkpoint import load_checkpoint
        from seaice.results.many import Order

        loaded = load_checkpoint(work.path, "cpu" if scheduler else best_device().torch_name)
        orders = [
            Order(scene, target, command=command_line(), **formats)
            for target, scene in targets.items()
        ]
        begun = orders if again else work.undone(orders, loaded.sha256)
        if begun:
            # What was there may be of another scene or checkpoint: before a network begins.
            require_writable(next(iter(targets)).parent)
            _work_off(work, loaded, begun, scheduler)
    return orders


def _work_off(
    work: Work, checkpoint: "Checkpoint", orders: "Sequence[Order]", scheduler: str
) -> None:
    """Predict here, or on the workers of a scheduler."""
    try:
        if scheduler:
            _on_cluster(work, orders, scheduler)
        else:
            _here(work, checkpoint, orders)
    except BaseException:
        if work.files > 1:
            print_message(
                f"{len(work.written)} of {work.scenes} scenes are predicted. Start the same "
                "command again to go on."
            )
        raise


def _here(work: Work, checkpoint: "Checkpoint", orders: "Sequence[Order]") -> None:
    from seaice.core.pipeline import in_stages
    from seaice.results.many import OF_SCENES, stages

    for order, result in in_stages(stages(checkpoint), orders, OF_SCENES):
        work.take(order, result)


def _on_cluster(work: Work, orders: "Sequence[Order]", scheduler: str) -> None:
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
