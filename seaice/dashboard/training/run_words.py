"""A run in words, on every page. What its files say is foreign: nothing here trusts it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from seaice.dashboard.words import duration_text
from seaice.network.rates import rates_name
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import Run

_LONGEST = 200
# Later than any run, and within what every system can tell the date of.
_LATEST = 32503680000.0


def state_text(run: Run) -> str:
    """The state in a word or two."""
    state = "stopping" if is_stopping(run) else run.status.state
    if state == "waiting" and run.ahead:
        return f"waiting, behind {run.ahead}"
    return state if run.config else f"{state}, damaged"


def is_stopping(run: Run) -> bool:
    """Whether a run has been asked to stop and has not stopped yet."""
    return run.status.live and run.folder.stop_file.exists()


def standing_text(run: Run) -> str:
    """How a run stands, in a sentence: foreign text."""
    status, said = run.status, [_state_sentence(run)]
    if status.state != "running" or is_stopping(run):
        return said[0]
    if status.message:
        said.append(status.message[:_LONGEST])
    if status.seconds_left is not None and 0 <= status.seconds_left < _LATEST:
        said.append(f"about {duration_text(status.seconds_left)} left")
    return " · ".join(said)


def facts_text(run: Run) -> str:
    """What a run computes on and learns from, as far as that is known: foreign text."""
    status = run.status
    facts = [f"Computing on {status.device[:_LONGEST]}"] if status.device and status.live else []
    if status.scenes:
        facts.append(f"{status.scenes} training scenes")
    if status.simulated:
        facts.append("Simulated scenes: its scores say nothing about real ice")
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
        return f"Waiting behind {ahead} other{'s' if ahead > 1 else ''}"
    # Its process is not in the queue yet, or about to leave it.
    return "Starting" if ahead is None else "Waiting, the next in the queue"


def begun_at(run: Run) -> datetime | None:
    """When a run was first started, UTC without a zone; None where that is not known."""
    begun = run.status.begun
    return datetime.fromtimestamp(begun, UTC).replace(tzinfo=None) if 0 < begun < _LATEST else None


def rates_of(config: TrainingConfig | None) -> str:
    """Rates of a configuration as they are written; empty where it cannot be read."""
    return rates_name(config.rates) if config else ""


def text_of(config: TrainingConfig | None, name: str) -> str:
    """A setting of a configuration as text; empty where it cannot be read."""
    return str(getattr(config, name))[:_LONGEST] if config else ""


def checkpoint_of(run: Run) -> str:
    """Name of a run's finished checkpoint; empty where there is none."""
    return Path(run.status.checkpoint).stem if run.status.state == "finished" else ""


def run_labels(runs: Sequence[Run]) -> list[str]:
    """What tells runs apart in few words: rates and channel set, then the seed, else the name.

    Foreign text, and no two are the same.
    """
    for parts in (("channel_set",), ("channel_set", "seed")):
        labels = [_label(run, parts) for run in runs]
        if all(labels) and len(set(labels)) == len(labels):
            return labels
    return [run.name for run in runs]


def _label(run: Run, parts: Sequence[str]) -> str:
    rates = rates_of(run.config)
    said = {name: text_of(run.config, name) for name in parts}
    if "seed" in said:
        said["seed"] = f"seed {said['seed']}"
    return " · ".join([rates, *said.values()]) if rates and all(said.values()) else ""
