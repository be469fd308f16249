"""What a sweep says, in words."""

import math
from collections.abc import Iterable, Mapping

from seaice.ai4arctic.charts import CHART
from seaice.core.intervals import end_text
from seaice.core.text import counted
from seaice.experiment.bootstrap import LEVEL, Bootstrap, Estimate
from seaice.experiment.controls import atrous_cells, control_of, field_km, is_control
from seaice.experiment.enough import Enough
from seaice.experiment.gains import best_field, gains
from seaice.experiment.reach import rates_text
from seaice.experiment.statements import MARGIN, Verdict, VerdictName
from seaice.experiment.tally import Cell, TaskName

_MOST_TIMES = 50.0
"""Nobody collects so many times as many scenes."""
_MINUS = "\N{MINUS SIGN}"


def task_text(task: TaskName) -> str:
    """A task in words.

    >>> task_text("SOD"), task_text("combined")
    ('stage of development', 'combined score')
    """
    return "combined score" if task == "combined" else CHART[task].long_name.lower()


def score_title(task: TaskName) -> str:
    """What an axis of a task's scores is called."""
    return "Combined score" if task == "combined" else f"Score of {task_text(task)}"


def points(value: float, signed: bool = False) -> str:
    """Points of score with a true minus sign.

    A signed zero tells on which side of 0 the value lies.

    >>> points(-1.25), points(-0.04), points(-0.04, signed=True)
    ('\u22121.2', '0.0', '\u22120.0')
    """
    text = f"{value:+.1f}" if signed else f"{round(value, 1) + 0.0:.1f}"
    return text.replace("-", _MINUS)


def interval_text(estimate: Estimate) -> str:
    """An effect and its interval, or why there is none."""
    if math.isnan(estimate.effect):
        return f"not defined: {estimate.reason}"
    effect = points(estimate.effect, signed=True)
    if estimate.reason:
        return f"{effect}, no interval: {estimate.reason}"
    return f"{effect} ({LEVEL:.0%} interval {_ends(estimate)})".replace("%", " %")


_NOT_MEASURED = "how much another seed changes is not measured"


def data_text(scenes: int, seeds: int, simulated: bool) -> str:
    """What a result stands on.

    >>> data_text(60, 1, True)
    '60 simulated scenes, one seed'
    """
    kind = "simulated scene" if simulated else "scene"
    return f"{counted(scenes, kind)}, {f'{seeds} seeds' if seeds > 1 else 'one seed'}"


def one_seed_text(estimates: Iterable[Estimate | None]) -> str:
    """What estimates do not know that stand on one seed; empty where there is none."""
    if any(each is not None and each.seeds == 1 for each in estimates):
        return f"Where there is one seed, {_NOT_MEASURED}."
    return ""


def verdict_text(verdict: Verdict, simulated: bool) -> str:
    """A verdict and what it stands on, in a sentence or two."""
    if verdict.estimate is None:
        where = " on simulated scenes" if simulated else ""
        needs = (
            f": the sweep lacks {verdict.statement.lacking}" if verdict.statement.lacking else ""
        )
        return f"Undecided{where}{needs}."
    about = f"{verdict.contrast}, "
    return result_text(verdict.verdict, verdict.estimate, verdict.needed, simulated, about)


def result_text(
    verdict: VerdictName, estimate: Estimate, needed: float, simulated: bool, about: str = ""
) -> str:
    """A verdict, its effect, what it stands on, and what would decide it.

    Args:
        verdict: The verdict.
        estimate: The effect.
        needed: How many times as many scenes and seeds would decide it, see `Verdict`.
        simulated: Whether the scenes are simulated.
        about: What stands before the effect.
    """
    where = " on simulated scenes" if simulated else ""
    start = f"{verdict.capitalize()}{where}: {about}{interval_text(estimate)}"
    count = data_text(estimate.scenes, estimate.seeds, simulated)
    more = _small_text(verdict, estimate) + _needed_text(verdict, estimate, needed)
    return f"{start}; {count}.{more}"


def _small_text(verdict: VerdictName, estimate: Estimate) -> str:
    """That an effect in the stated direction is small; empty if it is not, or undecided."""
    if verdict == "undecided" or not 0 < estimate.effect < MARGIN:
        return ""
    if verdict == "supported":
        return " That is less than half a point."
    return " That is in its favour, but certainly less than half a point."


def _needed_text(verdict: VerdictName, estimate: Estimate, needed: float) -> str:
    """How much would decide an undecided verdict, roughly; empty if it is decided."""
    if verdict != "undecided" or estimate.reason:
        return ""
    if needed <= 1:
        alone = "supported" if estimate.low > 0 else "not supported"
        return f" Alone it would be {alone}, but not once all comparisons are counted."
    if needed > _MOST_TIMES:
        return " More scenes of this kind would hardly decide it."
    scenes = math.ceil(estimate.scenes * needed)
    if estimate.seeds > 1:
        seeds = math.ceil(estimate.seeds * needed)
        return f" About {scenes} scenes and {seeds} seeds would decide it, if the effect stays."
    return f" About {scenes} scenes would decide it, if the effect stays, and more than one seed."


def enough_text(enough: Enough, cell_m: float | None = None) -> str:
    """How far is far enough for a channel set, in one sentence.

    Args:
        enough: What was found.
        cell_m: Size of the networks' feature cells, metres; None if it is not known.
    """
    gain = points(enough.gain.effect, signed=True)
    rates = rates_text(enough.best.rates, cell_m)
    if enough.gain.reason:
        return f"{enough.channel_set}: {gain} with rates {rates}; {enough.gain.reason}."
    sure = f"{gain} ({_ends(enough.gain)}) with rates {rates}"
    if enough.single:
        return f"{enough.channel_set}: {sure}, the only field; others would tell how far is enough."
    if enough.gain.low > 0 and math.isnan(enough.km):
        return f"{enough.channel_set}: {sure}; its fields have no seed in common to compare."
    if math.isnan(enough.km):
        return f"{enough.channel_set}: no field gains for certain; at best {sure}."
    ends = f"{enough.low:.0f} to {enough.high:.0f}"
    return (
        f"{enough.channel_set}: a field of {enough.km:.0f} km ({ends}) brings 95 % of the gain, "
        f"{sure}."
    )


def finding(bootstrap: Bootstrap, simulated: bool, cell_m: float | None = None) -> str:
    """The main finding of a task and how sure it is, in one sentence.

    It is about the field of each channel set that gains most over the control of that set, or over
    its smallest field, as `enough_text` is; of these, about the one that scores most. Where the
    control is better, it says so. The interval holds for all fields at once, because the best one
    is chosen. A channel set with nothing to compare says nothing of context, so it only gets a word
    where it scores more.

    Args:
        bootstrap: The scores of the task.
        simulated: Whether any scene is simulated.
        cell_m: Size of the networks' feature cells, metres; None if it is not known.
    """
    scores = _scores(bootstrap)
    best = _best(_candidates(bootstrap, scores) or scores)
    if best is None:
        return f"No network with atrous branches is scored for {task_text(bootstrap.task)} yet."
    task = task_text(bootstrap.task).capitalize()
    rates = rates_text(best.rates, cell_m)
    field = f"a field of {field_km(bootstrap, best):.0f} km (rates {rates})"
    score = points(scores[best])
    gain = gains(bootstrap, best.channel_set).get(best)
    # What is said of the gain stands on the seeds that both have.
    seeds = gain.seeds if gain else len(bootstrap.seeds(best))
    count = data_text(len(bootstrap.tally.scenes), seeds, simulated)
    count += " of both" if seeds < len(bootstrap.seeds(best)) else ""
    count += f", so {_NOT_MEASURED}" if seeds == 1 else ""
    count += _more_without(bootstrap, scores, best)
    reference = control_of(bootstrap, best.channel_set)
    if gain is None or reference is None or math.isnan(gain.effect):
        return f"{task}: {best.channel_set} with {field} scores best, {score}; {count}."
    against = (
        "without atrous branches"
        if is_control(reference.rates)
        else (f"with {field_km(bootstrap, reference):.0f} km")
    )
    effect = points(gain.effect, signed=True)
    sure = _sureness(gain)
    if gain.effect < 0:
        least = points(bootstrap.mean_score(reference))
        return (
            f"{task}: {best.channel_set} scores best {against}, {least}; {field} has {effect} "
            f"against it{sure}, and no other field more; {count}."
        )
    start = f"{task}: {best.channel_set} with {field}"
    more = f"{effect} against the same {against}{sure}"
    of_set = [each for cell, each in scores.items() if cell.channel_set == best.channel_set]
    # With other seeds, another field may score more, which says nothing of the field.
    if scores[best] < max(of_set):
        scored = len(bootstrap.seeds(best))
        over = f" over {scored} seeds" if scored > seeds else ""
        start = f"{task}: of all fields of {best.channel_set}, {field}"
        return f"{start} gains most, {more}, and scores {score}{over}; {count}."
    return f"{start} scores best, {score}, {more}; {count}."


def _candidates(bootstrap: Bootstrap, scores: Mapping[Cell, float]) -> dict[Cell, float]:
    """The field of each channel set that gains most, with its score."""
    sets = dict.fromkeys(cell.channel_set for cell in scores)
    best = [best_field(gains(bootstrap, name)) for name in sets]
    return {cell: scores[cell] for cell in best if cell is not None and cell in scores}


def _sureness(estimate: Estimate) -> str:
    if estimate.reason:
        return f", and {estimate.reason}"
    # With one seed, the interval knows nothing of what another training gives.
    cause = "chance" if estimate.seeds > 1 else "the choice of scenes"
    if abs(estimate.effect) <= estimate.half_width:
        return f" ({_ends(estimate)}), which {cause} may explain"
    little = ", though less than half a point" if abs(estimate.effect) < MARGIN else ""
    return f" ({_ends(estimate)}), more than {cause} explains{little}"


def _ends(estimate: Estimate) -> str:
    """Both ends of an interval."""
    return f"{end_text(estimate.low, signed=True)} to {end_text(estimate.high, signed=True)}"


def _scores(bootstrap: Bootstrap) -> dict[Cell, float]:
    """Scores of the fields that have one."""
    scores = {cell: bootstrap.mean_score(cell) for cell in atrous_cells(bootstrap)}
    return {cell: score for cell, score in scores.items() if not math.isnan(score)}


def _best(scores: Mapping[Cell, float]) -> Cell | None:
    return max(scores, key=lambda cell: scores[cell]) if scores else None


def _more_without(bootstrap: Bootstrap, scores: Mapping[Cell, float], best: Cell) -> str:
    """What is to be said of a network that scores more, with nothing to compare it with."""
    alone = {
        cell: score
        for cell, score in scores.items()
        # The field that others of a channel set without a control are held against.
        if control_of(bootstrap, cell.channel_set) == cell
    }
    other = _best(alone)
    if other is None or scores[other] <= scores[best]:
        return ""
    name = f"the channel set {other.channel_set}"
    return f"; {name}, which has no control, scores {points(scores[other])}"
