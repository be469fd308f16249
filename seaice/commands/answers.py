"""How the command line's answers read as text."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # For their types alone: `seaice info` starts without torch.
    from seaice.training.callback import Progress

_LINES_OF_A_RUN = 20
_SCORES = ("combined", "SIC", "SIC_continuous", "SOD", "FLOE")


def file_text(fact: dict[str, Any]) -> str:
    """What a scene file holds, from `seaice.scenes.catalogue.facts.file_facts`."""
    if fact["problems"]:
        return "\n".join(fact["problems"])
    if "channel_sets" not in fact:
        return f"{fact['file']}: {fact['kind']}\n  charts    {', '.join(fact['charts'])}"
    sets = fact["channel_sets"]
    usable = ", ".join(name for name, state in sets.items() if state["usable"]) or "none"
    lines = [
        f"{fact['file']}: {fact['kind']}",
        f"  time      {fact['time'] or 'unknown'}",
        f"  region    {fact['region'] or 'unknown'} ({fact['service'] or 'unknown service'})",
        f"  size      {fact['lines']} x {fact['samples']} pixels of {fact['spacing_m']:g} m"
        f"{' once it is made ready' if 'raw' in fact['kind'] else ''}",
        f"  charts    {', '.join(fact['charts']) or 'none'}",
        f"  usable    {usable}",
    ]
    if fact["notice"]:
        lines.append(f"  notice    {fact['notice']}")
    for name, state in sets.items():
        if not state["usable"]:
            lines.append(f"  not       {name}: lacks {', '.join(state['missing'])}")
    return "\n".join(lines)


def scores_text(scores: Mapping[str, Any]) -> str:
    """One line a score, from `Scores.to_dict`; nothing there: nothing scored."""
    if not scores:
        return "  no validation scene: not scored"
    return "\n".join(
        f"  {name:15} {_score_text(scores[name])}  ({scores[name]['pixels']} pixels)"
        for name in _SCORES
    )


def _score_text(score: Mapping[str, Any]) -> str:
    if score["value"] is None:
        return f"not defined ({score['reason']})"
    return f"{score['value']:.3f}"


def progress_lines(say: Callable[[str], None]) -> Callable[["Progress"], None]:
    """A listener that says how far a run has come, about twenty times in all."""
    shown = -1

    def listen(progress: "Progress") -> None:
        nonlocal shown
        part = _LINES_OF_A_RUN * progress.step // progress.steps
        if part > shown:
            shown = part
            known = progress.seconds_left is not None
            left = f"{progress.seconds_left:.0f} s left" if known else "estimating the time"
            score = "" if progress.score is None else f"  score {progress.score:.1f}"
            say(f"step {progress.step}/{progress.steps}  loss {progress.loss:.3f}  {left}{score}")

    return listen
