"""The baselines beside the scores of checkpoints: where they lie, and what they score."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.commands.output import print_message
from seaice.core.text import counted, named

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.commands.evaluated import Evaluated
    from seaice.results.scoring import ScoreSums
    from seaice.scenes.scene import Scene


class Yardsticks:
    """The baselines over the scenes that a checkpoint was scored on, each scored once.

    Args:
        folders: Folders of checkpoints where they are looked for.
        which: `quick`, `all` or `none`, as `--baselines`.
    """

    def __init__(self, folders: Sequence[Path], which: str) -> None:
        self._folders = folders
        self._which = which
        self._scored: dict[tuple[str, tuple[str, ...]], Mapping[str, ScoreSums]] = {}

    def of(self, evaluated: "Evaluated") -> "Mapping[str, ScoreSums]":
        """Sums by the baseline's label; empty if none was asked for."""
        if self._which == "none":
            return {}
        scenes = [each.scene for each in evaluated.results]
        key = evaluated.scorer.channel_set, tuple(scene.id for scene in scenes)
        if key not in self._scored:
            self._scored[key] = self._score(evaluated.scorer.channel_set, scenes)
        return self._scored[key]

    def below_linear(self, evaluated: "Evaluated") -> bool:
        """Whether a network scores below the linear model."""
        from seaice.baselines.beside import is_below_linear

        beside = self.of(evaluated)
        return not evaluated.scorer.is_baseline and is_below_linear(
            evaluated.pooled.scores(), beside
        )

    def facts(self, evaluated: "Evaluated") -> dict[str, Any]:
        """The baselines beside a checkpoint, as JSON values."""
        if self._which == "none":
            return {}
        beside = {label: sums.to_dict() for label, sums in self.of(evaluated).items()}
        return {"baselines": beside, "below_linear": self.below_linear(evaluated)}

    def _score(self, channel_set: str, scenes: "Sequence[Scene]") -> "Mapping[str, ScoreSums]":
        from seaice.baselines.beside import score_beside, yardsticks

        known, problems = yardsticks(self._home(channel_set), channel_set)
        for problem in problems:
            print_message(problem)
        standards = [each for each in known if self._which == "all" or each.quick]
        labels = {channel_set: [each.label for each in standards]}
        if missing := not_found(labels, self._which, self._folders):
            print_message(missing)
        print_message(f"scoring {counted(len(standards), 'baseline')} ...")
        return score_beside(standards, scenes)

    def _home(self, channel_set: str) -> Path:
        """The first folder that holds the linear model of a channel set, or else the first."""
        from seaice.baselines.beside import linear_model

        holding = (each for each in self._folders if linear_model(each, channel_set) is not None)
        return next(holding, self._folders[0])


def folders_of(checkpoints: Sequence[Path], models: Path | None) -> list[Path]:
    """Where the baselines of checkpoints are looked for, the first place first.

    Args:
        checkpoints: The checkpoints, or baselines themselves.
        models: The folder that the user named. Without one, the folders of the checkpoints come
            first, and then `models` in the working directory.
    """
    from seaice.baselines.files import FOLDER

    if models is not None:
        return [models]
    own = (path.parent for path in checkpoints)
    places = [*(each.parent if each.name == FOLDER else each for each in own), Path("models")]
    # The same place under two names is one: the name that the user typed stays.
    return list({each.resolve(): each for each in reversed(places)}.values())[::-1]


def not_found(labels: Mapping[str, Iterable[str]], which: str, folders: Iterable[Path]) -> str:
    """A sentence on baselines that one would expect beside scores; empty if all are there.

    Args:
        labels: Labels of those that were found, by channel set; an empty one expects none.
        which: `quick` expects the linear model, `all` also trees.
        folders: The folders of checkpoints where they were looked for.
    """
    from seaice.baselines.files import FOLDER, LINEAR, TREES

    expected = (LINEAR, TREES) if which == "all" else (LINEAR,)
    missing = [
        f"{kind} of {channel_set}"
        for channel_set, found in labels.items()
        for kind in expected
        if channel_set and not any(label.startswith(kind) for label in found)
    ]
    if not missing:
        return ""
    places = " or ".join(str(folder / FOLDER) for folder in folders)
    return (
        f"no {named(missing)} in {places}: name the folder of checkpoints that holds them with "
        "--models, or fit them with `seaice baseline`."
    )
