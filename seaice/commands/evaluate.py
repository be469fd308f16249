"""The command `seaice evaluate`: scores on the scenes of a folder."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seaice.commands.evaluated import Evaluated, lines_of, write_csv
from seaice.commands.options import (
    Again,
    AnyPolarisation,
    AsJson,
    Data,
    Scheduler,
    as_asked,
)
from seaice.commands.output import about_scene, print_message, print_result
from seaice.commands.score_text import classes_text, metrics_text
from seaice.commands.yardsticks import Yardsticks, folders_of
from seaice.core.durations import time_left_text
from seaice.core.errors import (
    ConfigError,
    MemoryShortError,
    MissingChannelsError,
    NoScenesError,
    OutputError,
    PartlyDoneError,
    SceneError,
)
from seaice.core.text import counted

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.commands.scorers import Scorer
    from seaice.results.evaluation import SceneScores
    from seaice.scenes.scene import Scene

_Checkpoints = Annotated[
    list[Path],
    typer.Argument(metavar="CHECKPOINT...", help="Checkpoints, .safetensors files, to score."),
]
_List = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help="Scenes to score: JSON, text or table."),
]
_Baselines = Annotated[
    str,
    typer.Option(
        "--baselines",
        metavar="WHICH",
        help="What to score too: quick (water, linear model), all (trees and, where it is known, "
        "the truth, seconds a scene) or none.",
    ),
]
_Models = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        envvar="SEAICE_MODELS",
        help="Folder of checkpoints with the baselines. [default: the checkpoint's, else models]",
        show_default=False,
    ),
]
_ByClass = Annotated[bool, typer.Option("--by-class", help="Print F1 and IoU of each class, too.")]
_MoreMetrics = Annotated[
    bool, typer.Option("--more-metrics", help="Print accuracy, macro F1 and mean IoU, too.")
]
_Csv = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write all scores as a tidy table, too, as .csv: one value a row, by scene.",
    ),
]


def evaluate(
    checkpoints: _Checkpoints,
    data: Data = Path("data"),
    list_file: _List = None,
    models: _Models = None,
    beside: _Baselines = "quick",
    by_class: _ByClass = False,
    more_metrics: _MoreMetrics = False,
    csv: _Csv = None,
    again: Again = False,
    scheduler: Scheduler = "",
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Score checkpoints or AutoICE packages against ice charts.

    CHECKPOINT can also be a baseline, or an AutoICE package, a .nc file. Start the command again
    to go on after an interruption: scenes that a checkpoint has scored are kept.
    """
    from seaice.commands.scorers import require_scorer, scorer_of
    from seaice.core.memory import named_budget
    from seaice.scenes.catalogue import scene_files

    named_budget()
    if beside not in ("quick", "all", "none"):
        raise ConfigError(f"--baselines is quick, all or none, not {beside[:40]!r}.")
    # A wrong path is reported before anything is loaded or scored.
    scene_files(data)
    paths = list(dict.fromkeys(checkpoints))
    for path in paths:
        require_scorer(path)
    if csv:
        _require_table(csv)
    scenes = _Scenes.read(data, list_file, any_polarisation)
    scorers = {path: scorer_of(path) for path in paths}
    yardsticks = Yardsticks(folders_of(paths, models), beside)
    evaluated = []
    for path, scorer in scorers.items():
        if len(scorers) > 1:
            print_message(str(path))
        evaluated.append(_evaluated(path, scorer, scenes, _How(again, scheduler)))
    facts = [each.facts() | yardsticks.facts(each) for each in evaluated]
    wanted = [*([metrics_text] if more_metrics else []), *([classes_text] if by_class else [])]
    text = "\n".join(lines_of(evaluated, yardsticks, wanted))
    # Printed first: a full disk costs the table alone.
    print_result(facts[0] if len(facts) == 1 else facts, as_json, text)
    if csv:
        write_csv(csv, evaluated, yardsticks)
    if left_out := max(each.unusable for each in evaluated):
        files = counted(left_out, "file")
        raise PartlyDoneError(f"The scores are without {files}, named above.")


@dataclass(frozen=True)
class _Scenes:
    """The scenes to score on.

    Attributes:
        folder: Where they are.
        scenes: Those that can be used.
        missing: Listed ones that are not there.
        problems: A sentence for each file that cannot be used.
        listed: Whether a list says which ones are asked for.
    """

    folder: Path
    scenes: "Sequence[Scene]"
    missing: Sequence[str]
    problems: Sequence[str]
    listed: bool

    @classmethod
    def read(cls, folder: Path, list_file: Path | None, any_polarisation: bool) -> "_Scenes":
        """Those of a folder, or of a list of its scenes, in the list's order."""
        from seaice.scenes.catalogue import read_catalogue, results_text
        from seaice.scenes.catalogue.splits import Selected, select

        catalogue = read_catalogue(folder)
        selected = select(catalogue.scenes, list_file) if list_file else Selected(catalogue.scenes)
        if notice := selected.notice if list_file else catalogue.parts_notice:
            print_message(notice)
        if results := results_text(catalogue.results):
            print_message(f"left out: {results}")
        scenes = [as_asked(scene, any_polarisation) for scene in selected.scenes]
        return cls(folder, scenes, selected.missing, catalogue.problems, list_file is not None)


@dataclass(frozen=True)
class _How:
    """How scenes are scored.

    Attributes:
        again: Whether to score what has been scored already.
        scheduler: Scheduler of a Dask cluster; empty for this machine.
    """

    again: bool
    scheduler: str


def _evaluated(path: Path, scorer: "Scorer", scenes: _Scenes, how: _How) -> Evaluated:
    matching, unmatched = scorer.match(scenes.scenes)
    results, problems = _scored(path, scorer, matching, how)
    unusable = [*scenes.problems, *problems]
    left_out = [*unusable, *unmatched]
    for problem in left_out:
        print_message(f"left out: {problem}")
    if not results:
        raise NoScenesError(f"None of the scenes in {scenes.folder} could be scored.")
    if scorer.notice:
        print_message(scorer.notice)
    # Beside a list, a file that nobody asked for is no scene that the scores lack.
    lacking = len(problems) if scenes.listed else len(unusable)
    return Evaluated(path, scorer, results, left_out, scenes.missing, lacking)


def _scored(
    path: Path, scorer: "Scorer", scenes: "Sequence[Scene]", how: _How
) -> "tuple[list[SceneScores], list[str]]":
    """The scores of each scene, in order, and a sentence for each that cannot be scored."""
    from seaice.results.kept import KeptScores

    store = KeptScores(scorer.sha256)
    results = store.known(scenes)
    if how.again:
        results = {}
    elif results:
        print_message(
            f"{len(results)} of {len(scenes)} scenes are scored already; --again scores them once "
            "more."
        )
    problems: dict[Scene, str] = {}
    tasks = [scene for scene in scenes if scene not in results]
    began = time.monotonic()
    for done, (scene, result) in enumerate(_outcomes(path, scorer, tasks, how), start=1):
        if isinstance(result, Exception):
            problems[scene] = about_scene(scene.path, result)
            continue
        results[scene] = result
        store.put(scene, result)
        left = (time.monotonic() - began) / done * (len(tasks) - done)
        _print_scored(len(results) + len(problems), len(scenes), result, left)
    in_order = [results[scene] for scene in scenes if scene in results]
    return in_order, [problems[scene] for scene in scenes if scene in problems]


def _outcomes(
    path: Path, scorer: "Scorer", scenes: "Sequence[Scene]", how: _How
) -> "Iterator[tuple[Scene, SceneScores | Exception]]":
    """The scores of each scene as they come, or why there are none."""
    tolerated = SceneError, MissingChannelsError, OutputError, MemoryShortError
    if not how.scheduler or not scenes:
        from seaice.core.pipeline import in_stages

        yield from in_stages(scorer.stages, scenes, tolerated)
        return
    from seaice.commands.scorers import score_scene_with
    from seaice.core.cluster import cluster_workers, on_workers

    # Workers run in folders of their own.
    absolute = {scene.absolute(): scene for scene in scenes}
    work = partial(score_scene_with, path.absolute())
    with cluster_workers(how.scheduler) as (workers, count):
        waiting = partial(print_message, f"waiting for workers of {how.scheduler} ...")
        for scene, result in on_workers(workers, count, work, [*absolute], tolerated, waiting):
            yield absolute[scene], result


def _print_scored(done: int, total: int, result: "SceneScores", left: float) -> None:
    count, scene = f"scored {done}/{total}", result.scene
    words = (count, scene.id, scene.notice, result.notice, time_left_text(left) if left else "")
    print_message("  ".join(filter(None, words)))


def _require_table(path: Path) -> None:
    """Check that a table can be written, before minutes of scoring."""
    from seaice.core.files import require_output
    from seaice.explain.paths import require_csv

    if os.path.isdir(path):
        raise ConfigError(f"{path} is a folder. Name a file for the table, such as scores.csv.")
    # Not the checkpoint that follows an option of which you thought that it takes no file.
    require_csv(path)
    require_output(path)
