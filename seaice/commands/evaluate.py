"""The command `seaice evaluate`: scores on the scenes of a folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import (
    AnyPolarisation,
    AsJson,
    CheckpointPath,
    Data,
    Models,
    as_asked,
)
from seaice.commands.output import baselines_text, print_message, print_result, scores_text
from seaice.core.errors import (
    ConfigError,
    MissingChannelsError,
    NoScenesError,
    OutputError,
    SceneError,
)

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.results.evaluation import SceneScores
    from seaice.scenes.scene import Scene


def evaluate(
    checkpoint: CheckpointPath,
    data: Data = Path("data"),
    list_file: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Scenes to score: JSON, text or table."),
    ] = None,
    models: Models = Path("models"),
    beside: Annotated[
        str,
        typer.Option(
            "--baselines",
            metavar="WHICH",
            help="What to score too: quick (water, linear model), all (trees and, where it is "
            "known, the truth, seconds a scene) or none.",
        ),
    ] = "quick",
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Score a checkpoint or AutoICE package against ice charts.

    CHECKPOINT can also be a baseline, or an AutoICE package, a .nc file.
    """
    from seaice.scenes.catalogue import read_catalogue
    from seaice.scenes.catalogue.splits import Selected, select

    if beside not in ("quick", "all", "none"):
        raise ConfigError(f"--baselines is quick, all or none, not {beside[:40]!r}.")
    scorer = _scorer(checkpoint)
    catalogue = read_catalogue(data)
    selected = select(catalogue.scenes, list_file) if list_file else Selected(catalogue.scenes)
    if notice := selected.notice if list_file else catalogue.parts_notice:
        print_message(notice)
    scenes, unmatched = scorer.match(selected.scenes)
    asked = (as_asked(scene, any_polarisation) for scene in scenes)
    results, problems = _scored(asked, scorer)
    left_out = [*catalogue.problems, *unmatched, *problems]
    for problem in left_out:
        print_message(f"left out: {problem}")
    if not results:
        raise NoScenesError(f"None of the scenes in {data} could be scored.")
    if scorer.notice:
        print_message(scorer.notice)
    facts, text = _summary(checkpoint, scorer, results)
    facts |= {"left_out": left_out, "missing": selected.missing}
    if beside != "none":
        more, lines = _beside(scorer, models, results, everything=beside == "all")
        facts |= more
        text += lines
    print_result(facts, as_json, "\n".join(text))


def _summary(
    path: Path, scorer: "_Scorer", results: Sequence["SceneScores"]
) -> tuple[dict[str, Any], list[str]]:
    """Scores of each scene and of all together: facts, and lines of text."""
    from seaice.results.evaluation import pooled

    total = pooled(results)
    facts = {
        "checkpoint": str(path),
        "sha256": scorer.sha256,
        **scorer.facts,
        "scenes": {result.scene.id: result.sums.to_dict() for result in results},
        "pooled": total.to_dict(),
    }
    text = [f"rates {scorer.rates}"] if scorer.rates else []
    text += [f"{result.scene.id}\n{scores_text(result.scores.to_dict())}" for result in results]
    text += [f"pooled over {len(results)} scenes", scores_text(total.scores().to_dict())]
    return facts, text


def _beside(
    scorer: "_Scorer",
    models: Path,
    results: Sequence["SceneScores"],
    *,
    everything: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Scores of the baselines over the same scenes: facts, and lines of text."""
    from seaice.baselines.beside import BELOW_LINEAR, is_below_linear, score_beside, yardsticks
    from seaice.results.evaluation import pooled

    known, problems = yardsticks(models, scorer.channel_set)
    for problem in problems:
        print_message(problem)
    standards = [each for each in known if everything or each.quick]
    print_message(f"scoring {len(standards)} baselines ...")
    scored = score_beside(standards, [each.scene for each in results])
    below = not scorer.is_baseline and is_below_linear(pooled(results).scores(), scored)
    lines = ["baselines over the same scenes", baselines_text(scored)]
    if below:
        lines.insert(0, f"  {BELOW_LINEAR}")
    facts = {"baselines": {label: sums.to_dict() for label, sums in scored.items()}}
    return facts | {"below_linear": below}, lines


@dataclass(frozen=True)
class _Scorer:
    """A checkpoint or a package, and how to score it.

    Attributes:
        sha256: Hash of the file.
        channel_set: Its channel set; empty where unknown.
        is_baseline: Whether it is a baseline.
        score: Scores one scene.
        match: Gives the scenes that can be scored, and a sentence for each group that cannot.
        rates: Rates of a checkpoint and their reach, in words.
        facts: The same for programs.
        notice: What to know about the checkpoint; empty if there is nothing.
    """

    sha256: str
    channel_set: str
    is_baseline: bool
    score: Callable[["Scene"], "SceneScores"]
    match: Callable[[Sequence["Scene"]], tuple[Sequence["Scene"], list[str]]]
    rates: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""


def _scorer(path: Path) -> _Scorer:
    if path.suffix.lower() == ".nc":
        from seaice.results.autoice.package import read_package
        from seaice.scenes.catalogue.index import require_openable

        require_openable(path)
        package = read_package(path)
        from seaice.results.autoice.scores import match_scenes, score_scene

        return _Scorer(
            package.sha256, "", False, partial(score_scene, package), partial(match_scenes, package)
        )
    from seaice.baselines.info import is_baseline

    if is_baseline(path):
        from seaice.baselines.baseline import load_baseline

        baseline = load_baseline(path)
        return _Scorer(
            baseline.sha256,
            baseline.info.channel_set,
            True,
            baseline.score,
            lambda scenes: (scenes, []),
        )
    from seaice.network.checkpoint_info import read_info

    # A wrong path is reported at once: importing torch takes seconds.
    read_info(path)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.network.reach import reach_facts
    from seaice.network.training_range import UNKNOWN_RANGE
    from seaice.results.evaluation import score

    checkpoint = load_checkpoint(path, best_device().torch_name)
    info = checkpoint.info
    return _Scorer(
        checkpoint.sha256,
        info.channel_set,
        False,
        partial(score, checkpoint),
        lambda scenes: (scenes, []),
        info.rates_label,
        {"rates": info.rates, **reach_facts(info.rates, info.cell_m)},
        "" if info.statistics else UNKNOWN_RANGE,
    )


def _scored(scenes: Iterable["Scene"], scorer: _Scorer) -> tuple[list["SceneScores"], list[str]]:
    """The scores of each scene, in order, and a sentence for each that cannot be scored."""
    from seaice.scenes.catalogue import checked, make_ready

    results, problems = [], []
    for scene in scenes:
        try:
            make_ready(scene)
            notice = checked(scene).notice
            result = scorer.score(scene)
        except (SceneError, MissingChannelsError, OutputError) as error:
            problems.append(str(error))
            continue
        results.append(result)
        print_message(" ".join(filter(None, ("scored", scene.id, notice, result.notice))))
    return results, problems
