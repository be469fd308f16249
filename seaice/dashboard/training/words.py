"""A run in words, on every page. All texts are untrusted: they come from the run's files."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from seaice.core.text import counted
from seaice.network.rates import rates_name
from seaice.network.reach import rates_label, reach_text
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import Run

_MAX_CHARS = 200
# The year 3000: later than any run, and within what every platform can convert to a date.
_MAX_TIMESTAMP = 32503680000.0


def state_text(run: Run) -> str:
    """The state in a word or two."""
    state = "stopping" if is_stopping(run) else run.status.state
    if state == "waiting" and run.ahead:
        return f"waiting behind {run.ahead}"
    return state if run.config else f"{state}, settings unreadable"


def is_stopping(run: Run) -> bool:
    """Whether a run was asked to stop and has not stopped yet."""
    return run.status.live and os.path.exists(run.folder.stop_file)


def progress_sentence(run: Run) -> str:
    """A run's state and progress in one sentence, with the time left."""
    status = run.status
    if status.state != "running" or is_stopping(run):
        return _state_sentence(run)
    parts = [_state_sentence(run)]
    if status.message:
        parts.append(status.message[:_MAX_CHARS])
    if time_left := status.time_left:
        parts.append(f"run: about {time_left}")
    return " · ".join(parts)


def facts_text(run: Run) -> str:
    """What a run computes on and trains with, as far as that is known."""
    status = run.status
    facts = [f"Computing on {status.device[:_MAX_CHARS]}"] if status.device and status.live else []
    if status.scenes:
        facts.append(f"{status.scenes} training scenes")
    if status.simulated:
        facts.append("Simulated scenes: the scores say nothing about real ice")
    return " · ".join(facts)


def _state_sentence(run: Run) -> str:
    status = run.status
    steps = f"step {status.step} of {status.steps}"
    if is_stopping(run):
        return f"Stopping after {steps}"
    if status.state == "waiting":
        return _waiting_sentence(run.ahead)
    if status.state == "running":
        return f"Running: {steps}"
    return f"{status.state.capitalize()} after {steps}"


def _waiting_sentence(ahead: int | None) -> str:
    if ahead:
        return f"Waiting for {counted(ahead, 'other run')}"
    # Without a place in the queue, its process has not entered it yet or is about to leave it.
    return "Starting" if ahead is None else "Waiting, next in the queue"


def started_at(run: Run) -> datetime | None:
    """When a run was first started, UTC without a time zone; None if unknown."""
    begun = run.status.begun
    if not 0 < begun < _MAX_TIMESTAMP:
        return None
    return datetime.fromtimestamp(begun, UTC).replace(tzinfo=None)


def setting_text(config: TrainingConfig | None, name: str) -> str:
    """A setting of a run as you would type it; empty if the settings cannot be read."""
    if config is None:
        return ""
    if name == "rates":
        return rates_name(config.rates)
    value = getattr(config, name)
    return (value if isinstance(value, str) else json.dumps(value))[:_MAX_CHARS]


def reach_of(config: TrainingConfig | None) -> str:
    """How far the rates of a run reach; empty if its settings cannot be read."""
    return "" if config is None else reach_text(config.rates, config.cell_m)


def checkpoint_name(run: Run) -> str:
    """Name of a run's finished checkpoint; empty if there is none."""
    return Path(run.status.checkpoint).stem if run.status.state == "finished" else ""


def run_labels(runs: Sequence[Run]) -> list[str]:
    """Short labels that tell runs apart: rates with their reach and channel set, then the seed.

    Labels that tell too little get the run's name in their place.
    """
    configs = [run.config for run in runs if run.config]
    if len(configs) == len(runs):
        short = [
            f"{rates_label(config.rates, config.cell_m)} · {config.channel_set}"
            for config in configs
        ]
        seeds = [
            f"{label} · seed {config.seed}" for label, config in zip(short, configs, strict=True)
        ]
        for labels in (short, seeds):
            if len(set(labels)) == len(labels):
                return labels
    return [run.name for run in runs]
