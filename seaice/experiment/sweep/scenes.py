"""The scenes of a sweep, checked before its first cell is trained."""

from pathlib import Path

from seaice.core.errors import SweepError
from seaice.experiment.sweep.plan import SweepPlan
from seaice.scenes.catalogue import require_scene_files


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
