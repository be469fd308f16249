"""The full state of a training, so that it can go on as if it had never stopped.

One `.safetensors` file: weights and the optimizer's tensors, and in its metadata what are no
tensors. What patch or dropout mask comes next needs no place in it: both follow from the seed and
the step.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from seaice.core.errors import CheckpointError, ConfigError, DivergedError
from seaice.core.files import atomic_write, require_file
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule

_METADATA_KEY = "seaice training state"
_WEIGHT, _MOMENT = "weight.", "moment."


@dataclass
class Standing:
    """What a run knows besides its weights.

    Attributes:
        step: Optimizer steps done.
        validated: Last step that was validated; -1 where none was.
        best: Best score so far; None where there is none.
        best_step: When it was reached; -1 where there is none.
        without_better: Validations in a row since then.
        parts: Parts that a batch is computed in.
    """

    step: int = 0
    validated: int = -1
    best: float | None = None
    best_step: int = -1
    without_better: int = 0
    parts: int = 1


def save_state(path: Path, module: SeaIceModule, standing: Standing) -> None:
    """Write the state of a training, whole or not at all, and wait until the disk has it.

    Raises:
        DivergedError: A weight is not finite: the state before stays.
        OutputError: The folder cannot be written to, or the disk is full.
    """
    optimizer = module.optimizers().optimizer.state_dict()
    weights = module.network.state_dict()
    if not all(each.isfinite().all() for each in weights.values()):
        raise DivergedError(
            f"The weights are not finite after step {standing.step}. The state before is kept; "
            "train with a lower learning rate."
        )
    tensors = {f"{_WEIGHT}{name}": _plain(each) for name, each in weights.items()}
    for number, moments in optimizer["state"].items():
        for name, each in moments.items():
            tensors[f"{_MOMENT}{number}.{name}"] = _plain(each)
    rest = {
        "standing": asdict(standing),
        "config": json.loads(module.config.to_json()),
        "groups": optimizer["param_groups"],
        "schedule": module.lr_schedulers().state_dict(),
    }
    _write(path, tensors, rest)


def note_standing(path: Path, standing: Standing) -> None:
    """Write what a run knows besides its weights into its saved state, and nothing else.

    Raises:
        OutputError: The folder cannot be written to, or the disk is full.
    """
    tensors, rest = _read(path)
    _write(path, tensors, {**rest, "standing": asdict(standing)})


def _write(path: Path, tensors: dict[str, torch.Tensor], rest: dict[str, Any]) -> None:
    with atomic_write(path, SafetensorError, durable=True) as temporary:
        save_file(tensors, temporary, metadata={_METADATA_KEY: json.dumps(rest)})


def load_state(path: Path, module: SeaIceModule) -> Standing:
    """Put a training back to where its state was saved.

    Args:
        path: The file.
        module: A fresh module of the same configuration.

    Raises:
        CheckpointError: The file is damaged or no training state.
        ConfigError: It is of another configuration.
    """
    try:
        tensors, rest = _read(path)
        standing = Standing(**rest["standing"])
        known = TrainingConfig.from_json(json.dumps(rest["config"]))
        weights = {
            name.removeprefix(_WEIGHT): each
            for name, each in tensors.items()
            if name.startswith(_WEIGHT)
        }
        module.network.load_state_dict(weights)
        optimizer = {"state": _moments(tensors), "param_groups": rest["groups"]}
        schedule = rest["schedule"]
    except (OSError, SafetensorError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(
            path, "is damaged or no training state", "Train anew: this run cannot be resumed."
        ) from error
    if known != module.config:
        raise ConfigError(f"{path} is of another configuration than the run's config.json.")
    module.resume({"optimizer": optimizer, "schedule": schedule})
    module.steps_done, module.parts = standing.step, standing.parts
    return standing


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    require_file(path)
    with safe_open(path, framework="pt") as file:
        rest = json.loads((file.metadata() or {})[_METADATA_KEY])
        return {name: file.get_tensor(name) for name in file.keys()}, rest  # noqa: SIM118


def _moments(tensors: dict[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    """The optimizer's tensors by number of the parameter and name."""
    found: dict[int, dict[str, torch.Tensor]] = {}
    for key, each in tensors.items():
        if key.startswith(_MOMENT):
            number, _, name = key.removeprefix(_MOMENT).partition(".")
            if each.ndim == 4:
                # As the weights lie: the optimizer goes through both at once.
                each = each.contiguous(memory_format=torch.channels_last)
            found.setdefault(int(number), {})[name] = each
    return found


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """As it is stored: in the processor's memory, its values in order."""
    return tensor.detach().cpu().contiguous()
