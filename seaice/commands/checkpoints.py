"""The command `seaice checkpoints`: the checkpoints of a folder."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.commands.options import AsJson, Models
from seaice.commands.output import print_message, print_result
from seaice.core.errors import ConfigError
from seaice.network.reach import reach_facts, reach_km

if TYPE_CHECKING:
    # For its type alone: the command line starts without torch.
    from seaice.network.checkpoint_files import CheckpointFile


def checkpoints(models: Models = Path("models"), as_json: AsJson = False) -> None:
    """List the checkpoints of a folder by how far they look."""
    from seaice.network.checkpoint_files import list_checkpoints

    if not os.path.isdir(models):
        raise ConfigError(f"{models} is not a folder. Name a folder with checkpoints.")
    files, problems = list_checkpoints(models)
    files.sort(key=_place)
    facts = [_facts(file) for file in files]
    text = "\n".join(map(_line, files)) or f"There are no checkpoints in {models}."
    print_result(facts, as_json, text)
    for problem in problems:
        print_message(problem)


def _place(file: "CheckpointFile") -> tuple[object, ...]:
    """Where a checkpoint stands in the list: 3-6-9 before 12-24-36."""
    nearest, farthest = reach_km(file.info.rates, file.info.cell_m)
    return file.info.channel_set, farthest, nearest, len(file.info.rates), file.path.name


def _line(file: "CheckpointFile") -> str:
    info = file.info
    parts = [
        str(file.path),
        f"rates {info.rates_label}",
        f"channels {info.channel_set}",
        f"cells of {info.cell_m / 1000:g} km ({info.network.output_stride} x {info.spacing_m:g} m)",
    ]
    if info.score is not None:
        parts.append(
            f"score {info.score:.1f}{' (simulated)' if info.scores.get('simulated') else ''}"
        )
    return "  ".join(parts)


def _facts(file: "CheckpointFile") -> dict[str, Any]:
    reach = reach_facts(file.info.rates, file.info.cell_m)
    return {"file": str(file.path), **asdict(file.info), **reach}
