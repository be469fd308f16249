"""The folder of a run: its files, and the run folders that exist."""

import contextlib
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seaice.core.errors import OutputError, RunError
from seaice.core.files import atomic_write, files_in, require_file
from seaice.training.runs.lock import is_held

_HALF_WRITTEN = (".*.part", ".tmp*")
"""Temporary files: our own, and those that safetensors writes before renaming them."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,149}")


@dataclass(frozen=True)
class RunFolder:
    """A run's folder. Everything in it except the lock is text, JSON or safetensors.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.path.name

    @property
    def config_file(self) -> Path:
        """The configuration, as `TrainingConfig.to_json` writes it."""
        return self.path / "config.json"

    @property
    def status_file(self) -> Path:
        """The status of the run, replaced at every change."""
        return self.path / "status.json"

    @property
    def metrics_file(self) -> Path:
        """One JSON object per line: losses of a step, or scores of a validation."""
        return self.path / "metrics.jsonl"

    @property
    def log_file(self) -> Path:
        """The log of the run."""
        return self.path / "log.txt"

    @property
    def state_file(self) -> Path:
        """The last full training state."""
        return self.path / "state.safetensors"

    @property
    def best_file(self) -> Path:
        """The best checkpoint so far."""
        return self.path / "best.safetensors"

    @property
    def stop_file(self) -> Path:
        """Exists while the run is asked to stop."""
        return self.path / "stop"

    @property
    def lock_file(self) -> Path:
        """Locked as long as the run's process is alive."""
        return self.path / ".lock"

    def alive(self) -> bool:
        """Whether a process of this machine works on the run or waits to."""
        return is_held(self.lock_file)

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the log."""
        try:
            require_file(self.log_file)
            with open(self.log_file, "rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - 200 * lines))
                text = file.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def create_run(runs: Path, config: str, name: str) -> RunFolder:
    """Create a run folder, named after the time and what is trained.

    Args:
        runs: Folder of runs, which is created.
        config: The configuration as JSON.
        name: What is trained.

    Raises:
        OutputError: The folder is not writable.
    """
    stem = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}_{name}"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        folder, number = RunFolder(runs / stem), 2
        while True:
            try:
                folder.path.mkdir()
                break
            except FileExistsError:
                folder, number = RunFolder(runs / f"{stem}-{number}"), number + 1
    except OSError as error:
        raise OutputError(runs, error.strerror or str(error)) from error
    try:
        with atomic_write(folder.config_file) as temporary:
            temporary.write_text(config)
    except OutputError:
        # A folder without a configuration is not a run.
        discard_run(folder)
        raise
    return folder


def discard_run(folder: RunFolder) -> None:
    """Remove the folder of a run that nobody was given, as far as that is possible.

    It needs no lock, which could not be made on a full disk.
    """
    shutil.rmtree(folder.path, ignore_errors=True)


def list_runs(runs: Path) -> list[RunFolder]:
    """Runs of a folder, the newest first. A folder that does not exist has none."""
    try:
        paths = [path for path in runs.iterdir() if _is_run(path)]
    except OSError:
        return []
    return [RunFolder(path) for path in sorted(paths, key=lambda path: path.name, reverse=True)]


def find_run(runs: Path, name: str) -> RunFolder:
    """Find a run by its name.

    Raises:
        RunError: The folder has no run of that name.
    """
    if not _NAME.fullmatch(name) or not _is_run(runs / name):
        raise RunError(f"{runs} has no run {name[:80]!r}. `seaice runs` lists the runs.")
    return RunFolder(runs / name)


def open_run(path: Path) -> RunFolder:
    """Open the run in a folder.

    Raises:
        RunError: The folder is not a run folder.
    """
    if not _is_run(path):
        raise RunError(f"{path} is not a run folder. `seaice runs` lists the runs.")
    return RunFolder(path)


def remove_partial_files(folder: RunFolder) -> None:
    """Remove files that a killed process left half written. Only for the run's own process."""
    for pattern in _HALF_WRITTEN:
        for path in files_in(folder.path, pattern):
            with contextlib.suppress(OSError):
                path.unlink()


def read_text(path: Path) -> str:
    """The text of a file; empty if it is missing, not a regular file, or not text."""
    try:
        require_file(path)
        return path.read_text()
    except (OSError, UnicodeError):
        return ""


def json_object(text: str) -> dict[str, Any]:
    """A JSON object; empty if the text is not one."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _is_run(path: Path) -> bool:
    # Links are left out: deleting such a run would delete files elsewhere. A folder that cannot
    # be read is not a run, and does not hide the others.
    return (
        os.path.isdir(path)
        and not os.path.islink(path)
        and os.path.isfile(os.path.join(path, "config.json"))
    )
