"""What checkpoints scored, beside baselines: as facts, text and a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.commands.score_text import scores_table, scores_text
from seaice.commands.yardsticks import Yardsticks
from seaice.core.text import counted

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.commands.scorers import Scorer
    from seaice.results.evaluation import SceneScores
    from seaice.results.scoring import ScoreSums

POOLED = "pooled"
"""In place of a scene's name, for all of them together."""


@dataclass(frozen=True)
class Evaluated:
    """What one checkpoint scored.

    Attributes:
        path: Its file.
        scorer: How it was scored.
        results: Its scores, scene by scene.
        left_out: A sentence for each scene that could not be scored.
        missing: Listed scenes that are not there.
        unusable: How many of those left out are bad files, rather than none that it can score.
    """

    path: Path
    scorer: "Scorer"
    results: "Sequence[SceneScores]"
    left_out: Sequence[str]
    missing: Sequence[str]
    unusable: int

    @property
    def pooled(self) -> "ScoreSums":
        """Sums over all scenes together."""
        from seaice.results.evaluation import pooled

        return pooled(self.results)

    def facts(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "checkpoint": str(self.path),
            "sha256": self.scorer.sha256,
            **self.scorer.facts,
            "scenes": {each.scene.id: each.sums.to_dict() for each in self.results},
            "pooled": self.pooled.to_dict(),
            "left_out": list(self.left_out),
            "missing": list(self.missing),
        }


def lines_of(
    evaluated: Sequence[Evaluated],
    yardsticks: Yardsticks,
    more: "Sequence[Callable[[ScoreSums], str]]",
) -> Iterator[str]:
    """The result as lines of text: scene by scene for one checkpoint, a table for several.

    Args:
        evaluated: What each checkpoint scored.
        yardsticks: The baselines.
        more: What else to print of a checkpoint's sums.
    """
    if len(evaluated) == 1:
        yield from _lines_of_one(evaluated[0], yardsticks, more)
        return
    from seaice.baselines.files import BELOW_LINEAR

    for group in _comparable(evaluated):
        channels = group[0].scorer.channel_set
        words = f"channels {channels}, " if channels else ""
        yield f"{words}pooled over {counted(len(group[0].results), 'scene')}"
        table = {str(each.path): each.pooled for each in group}
        below = {each.path for each in group if yardsticks.below_linear(each)}
        marks = {
            str(each.path): "  ".join(
                filter(None, [each.scorer.rates, BELOW_LINEAR if each.path in below else ""])
            )
            for each in group
        }
        yield scores_table({**table, **yardsticks.of(group[0])}, marks)
        # The same scenes, so the same charts.
        yield from _spread_lines(group[0].pooled)
        for each in group:
            yield from _more_lines(str(each.path), each.pooled, more)


def _lines_of_one(
    evaluated: Evaluated,
    yardsticks: Yardsticks,
    more: "Sequence[Callable[[ScoreSums], str]]",
) -> Iterator[str]:
    from seaice.baselines.files import BELOW_LINEAR

    if evaluated.scorer.rates:
        yield f"rates {evaluated.scorer.rates}"
    for result in evaluated.results:
        yield f"{result.scene.id}\n{scores_text(result.scores.to_dict())}"
        yield from _spread_lines(result.sums)
    yield f"pooled over {counted(len(evaluated.results), 'scene')}"
    yield scores_text(evaluated.pooled.scores().to_dict())
    if len(evaluated.results) > 1:
        yield from _spread_lines(evaluated.pooled)
    yield from _more_lines("", evaluated.pooled, more)
    if beside := yardsticks.of(evaluated):
        if yardsticks.below_linear(evaluated):
            yield f"  {BELOW_LINEAR}"
        yield "baselines over the same scenes"
        yield scores_table(beside)


def _spread_lines(sums: "ScoreSums") -> Iterator[str]:
    from seaice.results.little_spread import little_spread

    if said := little_spread(sums):
        yield f"  {said}"


def _more_lines(
    title: str, sums: "ScoreSums", more: "Sequence[Callable[[ScoreSums], str]]"
) -> Iterator[str]:
    if more and title:
        yield title
    for text in more:
        yield text(sums)


def _comparable(evaluated: Sequence[Evaluated]) -> Iterator[Sequence[Evaluated]]:
    """Checkpoints group by group: the same baselines stand beside those of a group."""
    groups: dict[tuple[str, tuple[str, ...]], list[Evaluated]] = {}
    for each in evaluated:
        scenes = tuple(result.scene.id for result in each.results)
        groups.setdefault((each.scorer.channel_set, scenes), []).append(each)
    yield from groups.values()


def write_csv(path: Path, evaluated: Sequence[Evaluated], yardsticks: Yardsticks) -> None:
    """Write all scores as a tidy table, those of baselines over all scenes together.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    from seaice.core.files import atomic_write
    from seaice.results.export.tidy import tidy_csv

    scored: dict[str, tuple[str, Mapping[str, ScoreSums]]] = {}
    for each in evaluated:
        by_scene = {result.scene.id: result.sums for result in each.results}
        scored[str(each.path)] = each.scorer.sha256, {**by_scene, POOLED: each.pooled}
    for each in evaluated:
        channel_set = each.scorer.channel_set
        for label, sums in yardsticks.of(each).items():
            name = f"{label} ({channel_set})" if channel_set else label
            scored.setdefault(name, ("", {POOLED: sums}))
    with atomic_write(path) as part:
        part.write_text(tidy_csv(scored), encoding="utf-8")
