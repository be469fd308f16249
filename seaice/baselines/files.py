"""Baselines as files: how they are named, where they lie, and lists of them."""

from dataclasses import dataclass
from pathlib import Path

from seaice.baselines.info import BaselineInfo, BaselineKind, read_baseline_info
from seaice.core.errors import BaselineError
from seaice.core.files import files_in
from seaice.network.checkpoint_files import SUFFIX, channel_set_part

FOLDER = "baselines"
"""Folder of baselines in the folder of checkpoints, where no list of networks looks."""
LINEAR = "per-pixel linear model"
"""What tables call a linear model, of whatever channels."""
TREES = "boosted trees"
"""The same for boosted trees."""
BELOW_LINEAR = f"below the {LINEAR}"
"""How a network is marked that a linear model of the same pixels beats."""


@dataclass(frozen=True)
class BaselineFile:
    """A baseline on disk, its arrays not read.

    Attributes:
        path: The file.
        info: What it says about itself.
    """

    path: Path
    info: BaselineInfo


def baseline_path(models: Path, kind: BaselineKind, channel_set: str, *, windows: bool) -> Path:
    """Where a baseline lies unless you say otherwise.

    >>> baseline_path(Path("models"), "trees", "sar", windows=True).as_posix()
    'models/baselines/sar_trees-windows.safetensors'
    """
    name = f"{kind}-windows" if windows else kind
    if channel_set:
        name = f"{channel_set_part(channel_set)}_{name}"
    return models / FOLDER / f"{name}{SUFFIX}"


def list_baselines(models: Path) -> tuple[list[BaselineFile], list[str]]:
    """List the baselines of a folder of checkpoints, and a sentence for each unusable file."""
    files, problems = [], []
    for path in files_in(models / FOLDER, f"*{SUFFIX}"):
        try:
            files.append(BaselineFile(path, read_baseline_info(path)))
        except BaselineError as error:
            problems.append(str(error))
    return files, problems


def baseline_label(info: BaselineInfo) -> str:
    """A baseline in words, for tables."""
    if info.kind == "ceiling":
        return f"truth, smoothed with {info.sigma_km:g} km"
    words = LINEAR if info.kind == "linear" else TREES
    if info.windows_km:
        words += f" with windows up to {max(info.windows_km):g} km"
    return words
