"""What every cell of a sweep would fail on, checked before the first one is trained."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seaice.core.errors import SweepError
from seaice.core.files import require_writable
from seaice.experiment.sweep.folder import Sweep
from seaice.experiment.sweep.plan import SweepPlan
from seaice.experiment.sweep.progress import standings
from seaice.scenes.catalogue import require_scene_files
from seaice.training import split
from seaice.training.priority import niceness


def require_scenes(plan: SweepPlan) -> None:
    """Check the folders of a plan: a typing mistake would cost a retry of every cell.

    Raises:
        NoScenesError: A folder is missing or holds no scenes.
        SweepError: Networks would be scored on scenes that they are trained with.
    """
    folders = {"data": "data", "validation": "", **plan.settings}
    data, validation = Path(str(folders["data"])), str(folders["validation"])
    for folder in filter(None, (str(data), validation, plan.test)):
        require_scene_files(Path(folder))
    if plan.test and Path(plan.test).resolve() == data.resolve():
        raise SweepError(
            f"{plan.test} holds the training scenes, which say nothing about other scenes. Name "
            "another folder of test scenes."
        )


def require_trainable(sweep: Sweep, models: Path) -> None:
    """Check what is left of a sweep as each of its runs would, but once, and before the first.

    Opens the scenes, so that it takes a while if nobody has done so before. The log says once what
    the runs will skip.

    Args:
        sweep: The sweep.
        models: Folder for the cells' checkpoints.

    Raises:
        NoScenesError: There are no scenes to train with, or none to validate with.
        MissingChannelsError: No scene can feed one of the channel sets.
        ConfigError: A list is no list of scenes, a patch is larger than every scene, or
            `SEAICE_NICE` is no priority.
        OutputError: The folder for checkpoints is not writable.
    """
    cells = [cell for cell, state, _ in standings(sweep) if state != "finished"]
    if not cells:
        return
    niceness()
    # Neither rates nor seeds change what a cell can use.
    alike = {(cell.channel_set, cell.varied, cell.trunk): cell for cell in cells}
    with _said_once(split.log):
        for cell in alike.values():
            config = sweep.plan.config(cell, Path("trunk"))
            training, _ = split.split_scenes(config)
            split.require_patches(config, training)
    require_writable(models)


@contextmanager
def _said_once(log: logging.Logger) -> Iterator[None]:
    """Let a logger say each sentence once within this block."""
    said: set[str] = set()

    def is_new(record: logging.LogRecord) -> bool:
        known = len(said)
        said.add(record.getMessage())
        return len(said) > known

    log.addFilter(is_new)
    try:
        yield
    finally:
        log.removeFilter(is_new)
