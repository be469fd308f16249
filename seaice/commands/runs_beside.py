"""The per-pixel linear model beside runs, for the commands that print their scores."""

import os
import shlex
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.core.errors import SeaIceError
from seaice.core.text import counted
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import Run, inspect_run

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.results.scoring import ScoreSums
    from seaice.training.beside import LinearScores


def known_beside(listed: Sequence[Run], models: Path) -> "LinearScores":
    """What is known of the linear model beside runs. Opens no scene and imports no torch.

    Args:
        listed: The runs.
        models: Folder of checkpoints, with the baselines.
    """
    from seaice.baselines.beside import linear_model
    from seaice.core.cache import Store
    from seaice.training.beside import linear_scores

    return linear_scores(listed, cache(partial(linear_model, models)), Store())


def scored_beside(
    listed: Sequence[Run], models: Path, tell: Callable[[str], object]
) -> "LinearScores":
    """The linear model beside runs, scored where that is not known yet.

    Args:
        listed: The runs.
        models: Folder of checkpoints, with the baselines.
        tell: Called with a sentence before it begins, and for each scene that cannot be scored.
    """
    known = known_beside(listed, models)
    if not known.unknown:
        return known
    from seaice.core.cache import Store
    from seaice.scenes.catalogue import read_catalogue
    from seaice.training.beside import score_unknown

    tell(f"scoring the linear model on {counted(len(known.unknown), 'scene')} ...")
    for problem in score_unknown(known.unknown, cache(read_catalogue), Store()):
        tell(problem)
    return known_beside(listed, models)


def linear_facts(score: float | None, linear: "ScoreSums | None") -> dict[str, Any]:
    """How a run stands against the linear model, as JSON values.

    Args:
        score: Its combined score.
        linear: Sums of the linear model over its validation scenes; None if not known.
    """
    from seaice.baselines.beside import is_below

    scores = linear.scores() if linear else None
    return {
        "linear": scores.to_dict() if scores else None,
        "below_linear": is_below(score, scores.combined.value if scores else None),
    }


def beside_finished(
    folder: RunFolder, score: float | None, models: Path, tell: Callable[[str], object]
) -> tuple[dict[str, Any], str]:
    """How a run that has just ended stands against the linear model, which is scored if need be.

    That takes about a second a scene, less than the run's own validations took.

    Args:
        folder: The run.
        score: Its combined score.
        models: Folder of checkpoints, with the baselines.
        tell: Called with a sentence on what it does, or why it cannot.

    Returns:
        JSON values, and a line of text, empty where the linear model's score is not known.
    """
    from seaice.baselines.beside import linear_model
    from seaice.baselines.files import list_baselines
    from seaice.training.beside import linear_sentence

    run, linear = inspect_run(folder), None
    try:
        linear = scored_beside([run], models, tell).sums.get(run.name)
    except SeaIceError as error:
        # The checkpoint is made: nothing that stands beside its scores may fail its training.
        tell(f"the linear model is not scored: {error}")
    if linear is None and run.config and linear_model(models, run.config.channel_set) is None:
        for problem in list_baselines(models)[1]:
            tell(problem)
        tell(f"no per-pixel linear model is beside it; fit one with: {_fit(run, models)}")
    sentence = linear_sentence(score, linear)
    return linear_facts(score, linear), f"  {sentence}" if sentence else ""


def _fit(run: Run, models: Path) -> str:
    """The command that fits the linear model on what a run was trained on."""
    assert run.config is not None, "asked for where the settings can be read"
    home, here = run.status.folder, os.getcwd()
    data = Path("" if home == here else home, run.config.data)
    options = ("--channels", run.config.channel_set, "--data", str(data))
    return shlex.join(["seaice", "baseline", "linear", *options, "--models", str(models)])
