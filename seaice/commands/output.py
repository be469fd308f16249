"""What commands print: results on standard output, messages and progress on standard error."""

import contextlib
import errno
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seaice.ai4arctic.names import region_name, scene_id
from seaice.core.durations import time_left_text
from seaice.core.errors import SceneError
from seaice.training.run_context import StepReport

_LINES_OF_PROGRESS = 20
"""Printed over a whole command, so that a log stays short."""


def claim(target: Path, source: Path, claimed: dict[Path, Path]) -> None:
    """Note which file a source becomes: no other source of the same command may replace it.

    Args:
        target: The file to write.
        source: The source.
        claimed: Sources by the file that they become; changed.

    Raises:
        SceneError: Another source becomes the same file.
    """
    first = claimed.setdefault(target, source)
    if first != source:
        raise SceneError(
            source,
            f"is the same scene by its name as {first}, and would replace its file {target}",
            "Name another folder for one of them, or leave one out.",
        )


def about_scene(path: Path, problem: Exception) -> str:
    """Why a scene is left out, and which one: what is short of memory, or dies, does not know.

    Args:
        path: The scene file, as the user named it.
        problem: What became of it.
    """
    text = str(problem)
    # A worker names a file by its absolute path. "1.nc" does not name "11.nc".
    names = "|".join(map(re.escape, (path.name, f"Scene {scene_id(path.name)}")))
    named = rf"(^|[\s/'\"(])({names})($|[\s'\",:;)]|\.(\s|$))"
    return text if re.search(named, text) else f"{path}: {text}"


def print_message(message: str) -> None:
    """Print a message or a line of progress to standard error.

    A terminal that is gone does not end the work: whoever wanted that would have had a SIGHUP sent.
    """
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        discard_output()


def discard_output() -> None:
    """The reader of the output has left. Python would complain when it flushes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with contextlib.suppress(OSError):
            stream.flush()
            continue
        os.dup2(nowhere, stream.fileno())


def print_result(facts: Any, as_json: bool, text: str) -> None:  # noqa: ANN401 - any JSON value
    """Print the result of a command to standard output.

    Args:
        facts: The result as JSON values.
        as_json: Print it as one JSON document.
        text: The result as text. An empty text prints nothing.
    """
    if as_json:
        print(json.dumps(facts, indent=2))
    elif text:
        print(text)


def command_line() -> str:
    """The command as the user typed it, for the history of a file; valid UTF-8."""
    typed = f"seaice {shlex.join(sys.argv[1:])}"
    return typed.encode("utf-8", "replace").decode()


def file_text(fact: Mapping[str, Any]) -> str:
    """Text of what a scene file holds, from `seaice.scenes.catalogue.facts.file_facts`."""
    if fact["problems"]:
        return "\n".join(fact["problems"])
    if "channel_sets" not in fact:
        charts = f"\n  charts    {', '.join(fact['charts'])}" if "charts" in fact else ""
        return f"{fact['file']}: {fact['kind']}{charts}"
    sets = fact["channel_sets"]
    usable = ", ".join(name for name, state in sets.items() if state["usable"]) or "none"
    lines = [
        f"{fact['file']}: {fact['kind']}",
        f"  time      {fact['time'] or 'unknown'}",
        f"  region    {region_name(fact['region']) or 'unknown'} "
        f"({fact['service'] or 'unknown service'})",
        f"  size      {fact['lines']} x {fact['samples']} pixels of {fact['spacing_m']:g} m"
        f"{' after conversion' if 'raw' in fact['kind'] else ''}",
        f"  charts    {', '.join(fact['charts']) or 'none'}",
        f"  usable    {usable}",
    ]
    if fact["notice"]:
        lines.append(f"  notice    {fact['notice']}")
    for name, state in sets.items():
        if not state["usable"]:
            lines.append(f"  unusable  {name}: lacks {', '.join(state['missing'])}")
    return "\n".join(lines)


def print_scene_count(done: int, total: int, seconds_left: float | None = None) -> None:
    """Print how many scenes are done and the time left, about twenty times in all."""
    if done == total or done % -(-total // _LINES_OF_PROGRESS) == 0:
        print_message(_count("scene", done, total, seconds_left))


def print_predictions(done: int, total: int, seconds_left: float | None) -> None:
    """Print how many predictions are done, and the time left."""
    print_message(_count("prediction", done, total, seconds_left))


def _count(what: str, done: int, total: int, seconds_left: float | None) -> str:
    left = "" if done == total else time_left_text(seconds_left)
    return f"{what} {done}/{total}  {left}".rstrip()


def training_progress(log: Callable[[str], None]) -> Callable[[StepReport], None]:
    """A callback that logs the progress of a run, about twenty times in all.

    Args:
        log: Takes one line.
    """
    logged = -1

    def on_progress(progress: StepReport) -> None:
        """Log a step if it begins another twentieth of the run."""
        nonlocal logged
        part = _LINES_OF_PROGRESS * progress.step // progress.steps
        if part > logged:
            logged = part
            waits = "estimating the time" if progress.step < progress.steps else ""
            parts = [
                f"step {progress.step}/{progress.steps}",
                f"loss {progress.loss:.3f}",
                time_left_text(progress.seconds_left, progress.left_out) or waits,
                "" if progress.score is None else f"score {progress.score:.1f}",
                progress.follows,
            ]
            log("  ".join(filter(None, parts)))

    return on_progress
