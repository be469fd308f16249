"""What becomes of the scenes that `seaice predict` is given: as facts, messages and an end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.commands.options import as_asked
from seaice.commands.output import about_scene, claim, print_message, print_scene_count
from seaice.core.errors import (
    ConfigError,
    NoScenesError,
    PartlyDoneError,
    ResultFileError,
    SceneError,
)
from seaice.core.text import counted

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.network.checkpoint_info import CheckpointInfo
    from seaice.results.many import Order, Written
    from seaice.scenes.scene import Scene


@dataclass
class Work:
    """What becomes of the scenes.

    Attributes:
        path: The checkpoint.
        files: Number of files that were named, without those of results.
        scenes: How many of them can be predicted, as far as they tell.
        written: By order: what was written, or nothing where it had been written before.
        problems: A sentence for each scene that is left out.
    """

    path: Path
    files: int
    scenes: int = 0
    written: "dict[Order, Written | None]" = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    _kept: int = 0
    _done: int = 0

    def targets(
        self, paths: Sequence[Path], out: Path, any_polarisation: bool
    ) -> "dict[Path, Scene]":
        """The scenes by the file that each becomes; what is no scene, or one twice, is left out.

        Predictions that were written among them do not count: nobody asks to predict those.

        Args:
            paths: The files.
            out: Folder for the predictions.
            any_polarisation: Whether to take VV and VH for HH and HV.

        Raises:
            NoScenesError: There is nothing but predictions.
        """
        from seaice.core.cache import Store
        from seaice.scenes.catalogue import results_text
        from seaice.scenes.catalogue.index import inspect_scenes

        claimed: dict[Path, Path] = {}
        targets, results = {}, []
        for path, scene in zip(paths, inspect_scenes(paths, Store()), strict=True):
            if isinstance(scene, ResultFileError):
                results.append(path)
                continue
            try:
                if isinstance(scene, SceneError):
                    raise scene
                target = out / f"{scene.id}_{self.path.stem}.nc"
                claim(target, path, claimed)
            except SceneError as error:
                self.leave_out(path, error)
                continue
            targets[target] = as_asked(scene, any_polarisation)
        self.files -= len(results)
        self.scenes = len(targets)
        if results and not self.files:
            raise NoScenesError(f"There is no scene to predict. {results_text(results)}")
        if results:
            print_message(f"left out: {results_text(results)}")
        elif out.resolve() in {path.parent.resolve() for path in paths}:
            print_message(
                f"The predictions go among the scenes in {out}. seaice tells them apart there; "
                "other programs may take them for scenes."
            )
        return targets

    def undone(self, orders: "Sequence[Order]", sha256: str) -> "list[Order]":
        """Those whose files are not there yet; the others are kept, and you are told."""
        undone = []
        for order in orders:
            if order.is_done(sha256):
                self.written[order] = None
            else:
                undone.append(order)
        self._kept = len(self.written)
        if self.written:
            print_message(
                f"{len(self.written)} of {self.scenes} scenes are predicted already; --again "
                "predicts them once more."
            )
        return undone

    def take(self, order: "Order", result: "Written | Exception") -> None:
        """Note what became of a scene."""
        if isinstance(result, Exception):
            self.leave_out(order.scene.path, result)
        else:
            self.written[order] = result
            for notice in result.notices:
                print_message(notice)
            if result.problem:
                self.leave_out(order.scene.path, result.problem)
        self._done += 1
        if self.files > 1:
            done = self._kept + self._done
            left = (time.monotonic() - self.began) / self._done * (self.scenes - done)
            print_scene_count(done, self.scenes, left)

    def leave_out(self, path: Path, problem: Exception) -> None:
        """Note a scene that cannot be done; of many, each is named at once."""
        self.problems.append(about_scene(path, problem))
        if self.files > 1:
            print_message(f"left out: {self.problems[-1]}")

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
        if self.files == 1:
            raise ConfigError(self.problems[0])
        if not self.written:
            raise ConfigError(f"None of the {self.files} files could be predicted.")
        left_out = counted(len(self.problems), "file")
        raise PartlyDoneError(f"The predictions are without {left_out}, named above.")


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


def written_files(facts: dict[str, Any]) -> list[str]:
    """What was written of a scene."""
    single = [facts["file"], facts.get("geotiff")]
    return [
        *filter(None, single),
        *facts.get("chart_geotiffs", []),
        *facts.get("chart_polygons", []),
    ]
