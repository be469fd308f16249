"""The command `seaice checkpoints`: the checkpoints of a folder."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from seaice.commands.options import AsJson, Models
from seaice.commands.output import print_message, print_result
from seaice.core.errors import ConfigError
from seaice.network.rates import rates_name

if TYPE_CHECKING:
    # For its type alone: the command line starts without torch.
    from seaice.network.checkpoint_files import CheckpointFile


def checkpoints(models: Models = Path("models"), as_json: AsJson = False) -> None:
    """List the checkpoints of a folder."""
    from seaice.network.checkpoint_files import list_checkpoints

    if not models.is_dir():
        raise ConfigError(f"{models} is not a folder. Name a folder with checkpoints.")
    files, problems = list_checkpoints(models)
    facts = [{"file": str(file.path), **asdict(file.info)} for file in files]
    text = "\n".join(map(_line, files)) or f"There are no checkpoints in {models}."
    print_result(facts, as_json, text)
    for problem in problems:
        print_message(problem)


def _line(file: "CheckpointFile") -> str:
    info = file.info
    rates = rates_name(info.rates)
    return f"{file.path}  rates {rates}  channels {info.channel_set}  {info.spacing_m:g} m"
