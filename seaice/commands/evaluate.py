"""The command `seaice evaluate`: scores on the scenes of a folder."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seaice.commands.answers import scores_text
from seaice.commands.terminal import AsJson, CheckpointPath, Data, answer, say
from seaice.core.errors import MissingChannelsError, NoScenesError, OutputError, SceneError
from seaice.scenes.catalogue import make_ready, read_catalogue
from seaice.scenes.catalogue.entries import require_hope
from seaice.scenes.catalogue.splits import Selected, select

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.results.evaluation import SceneScores
    from seaice.scenes.scene import Scene


def evaluate(
    checkpoint: CheckpointPath,
    data: Data = Path("data"),
    list_file: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="JSON list of the scenes to score."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a checkpoint, or an AutoICE package (.nc), on the scenes of a folder."""
    from seaice.results.evaluation import pooled

    sha256, scorer, match = _scorer(checkpoint)
    catalogue = read_catalogue(data)
    chosen = select(catalogue.scenes, list_file) if list_file else Selected(catalogue.scenes)
    if chosen.notice:
        say(chosen.notice)
    scenes, alone = match(chosen.scenes)
    results, problems = _scored(scenes, scorer)
    left_out = [*catalogue.problems, *alone, *problems]
    for problem in left_out:
        say(f"left out: {problem}")
    if not results:
        raise NoScenesError(f"Not one scene of {data} could be scored.")
    total = pooled(results)
    text = [f"{result.scene.id}\n{scores_text(result.scores.to_dict())}" for result in results]
    answer(
        {
            "checkpoint": str(checkpoint),
            "sha256": sha256,
            "scenes": {result.scene.id: result.sums.to_dict() for result in results},
            "pooled": total.to_dict(),
            "left_out": left_out,
            "missing": chosen.missing,
        },
        as_json,
        "\n".join(
            [*text, f"pooled over {len(results)} scenes", scores_text(total.scores().to_dict())]
        ),
    )


def _scorer(
    path: Path,
) -> tuple[
    str,
    Callable[["Scene"], "SceneScores"],
    Callable[[Sequence["Scene"]], tuple[Sequence["Scene"], list[str]]],
]:
    """Hash of a checkpoint or package, what scores a scene, and which scenes it can score."""
    if path.suffix.lower() == ".nc":
        from seaice.results.autoice import match_scenes, read_package, score_scene

        require_hope(path)
        package = read_package(path)
        return package.sha256, partial(score_scene, package), partial(match_scenes, package)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.results.evaluation import score

    loaded = load_checkpoint(path, best_device().torch_name)
    return loaded.sha256, partial(score, loaded), lambda scenes: (scenes, [])


def _scored(
    scenes: Iterable["Scene"], scorer: Callable[["Scene"], "SceneScores"]
) -> tuple[list["SceneScores"], list[str]]:
    """What each scene scores, in order, and a sentence for each that cannot be scored."""
    results, problems = [], []
    for scene in scenes:
        try:
            make_ready(scene)
            result = scorer(scene)
        except (SceneError, MissingChannelsError, OutputError) as error:
            problems.append(str(error))
            continue
        results.append(result)
        say(f"scored {scene.id} {result.notice}".rstrip())
    return results, problems
