"""Default folders of scenes, checkpoints and runs."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Folder of scenes: `SEAICE_DATA`, else `data` in the working directory."""
    return Path(os.environ.get("SEAICE_DATA", "data"))


def models_folder() -> Path:
    """Folder of checkpoints: `SEAICE_MODELS`, else `models` in the working directory."""
    return Path(os.environ.get("SEAICE_MODELS", "models"))


def runs_folder() -> Path:
    """Folder of runs: `SEAICE_RUNS`, else `runs` in the working directory."""
    return Path(os.environ.get("SEAICE_RUNS", "runs"))
