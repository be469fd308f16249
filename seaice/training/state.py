"""The full state of a training, from which it continues as if it had never stopped.

One `.safetensors` file holds the weights, the averaged ones and the optimizer's tensors, and in its
metadata everything that is not a tensor. Patches and dropout masks need no state: they follow from
the seed and the step.
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
from seaice.core.format_version import FormatVersionError
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule
from seaice.training.run_format import STATE_KEY, stamped, upgrade_state

_NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading metadata raises that `save_state` did not write."""
_WEIGHT, _AVERAGE, _MOMENT = "weight.", "average.", "moment."


@dataclass
class RunProgress:
    """The progress of a run: what it knows besides its weights.

    Attributes:
        step: Optimizer steps done.
        validated: Last step that was validated; -1 if there is none.
        best: Best score so far; None if there is none.
        best_step: Step at which it was reached; -1 if there is none.
        without_better: Validations in a row since then.
        parts: Parts that a batch is computed in.
    """

    step: int = 0
    validated: int = -1
    best: float | None = None
    best_step: int = -1
    without_better: int = 0
    parts: int = 1


def save_state(path: Path, module: SeaIceModule, progress: RunProgress) -> None:
    """Write the state of a training atomically and flush it to disk.

    Raises:
        DivergedError: A weight is not finite. The former state is kept.
        OutputError: The folder is not writable, or the disk is full.
    """
    optimizer = module.optimizer.optimizer.state_dict()
    weights = module.network.state_dict()
    if not all(bool(each.isfinite().all()) for each in weights.values()):
        raise DivergedError(
            f"The weights are not finite after step {progress.step}. The last saved state is "
            "kept. Train with a lower learning rate."
        )
    tensors = {f"{_WEIGHT}{name}": _plain(each) for name, each in weights.items()}
    if module.averaged is not None:
        averaged = module.averaged.state_dict()
        tensors |= {f"{_AVERAGE}{name}": _plain(each) for name, each in averaged.items()}
    for number, moments in optimizer["state"].items():
        for name, each in moments.items():
            tensors[f"{_MOMENT}{number}.{name}"] = _plain(each)
    metadata = {
        "standing": asdict(progress),
        "config": json.loads(module.config.to_json()),
        "groups": optimizer["param_groups"],
        "schedule": module.schedule.state_dict(),
    }
    _write(path, tensors, stamped(metadata))


def save_progress(path: Path, progress: RunProgress) -> None:
    """Write the progress into a saved state and leave everything else as it is.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    tensors, metadata = _read(path)
    _write(path, tensors, stamped({**metadata, "standing": asdict(progress)}))


def load_state(path: Path, module: SeaIceModule) -> RunProgress:
    """Restore a training to the point where its state was saved.

    Args:
        path: The file.
        module: A new module of the same configuration.

    Raises:
        CheckpointError: The file is damaged, not a training state, or of a newer format.
        ConfigError: It belongs to another configuration.
    """
    try:
        tensors, metadata = _read(path)
        progress = RunProgress(**metadata["standing"])
        config = TrainingConfig.from_json(json.dumps(metadata["config"]))
        module.network.load_state_dict(_named(_WEIGHT, tensors))
        # Another configuration, which is refused below, may average none.
        if module.averaged is not None and config.averaging:
            module.averaged.load_state_dict(_named(_AVERAGE, tensors))
        optimizer = {"state": _moments(tensors), "param_groups": metadata["groups"]}
        schedule = metadata["schedule"]
    except FormatVersionError as error:
        raise CheckpointError(path, error.problem, error.remedy) from error
    except (OSError, SafetensorError, RuntimeError, *_NOT_OURS) as error:
        raise CheckpointError(
            path, "is damaged or not a training state", "This run cannot be resumed. Train anew."
        ) from error
    if config != module.config:
        raise ConfigError(f"{path} belongs to another configuration than the run's config.json.")
    module.resume({"optimizer": optimizer, "schedule": schedule})
    module.steps_done, module.parts = progress.step, progress.parts
    return progress


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors by name, and the metadata in the current format."""
    require_file(path)
    with safe_open(path, framework="pt") as file:
        metadata = upgrade_state(json.loads((file.metadata() or {})[STATE_KEY]))
        return {name: file.get_tensor(name) for name in file.keys()}, metadata  # noqa: SIM118


def _write(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, Any]) -> None:
    with atomic_write(path, SafetensorError, durable=True) as temporary:
        save_file(tensors, temporary, metadata={STATE_KEY: json.dumps(metadata)})


def _named(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors whose key begins with a prefix, by the rest of the key."""
    return {
        name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)
    }


def _moments(tensors: dict[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    """The optimizer's tensors by number of the parameter and name."""
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for key, each in tensors.items():
        if key.startswith(_MOMENT):
            number, _, name = key.removeprefix(_MOMENT).partition(".")
            if each.ndim == 4:
                # As the weights lie: the optimizer goes through both at once.
                each = each.contiguous(memory_format=torch.channels_last)
            moments.setdefault(int(number), {})[name] = each
    return moments


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """As it is stored: in main memory, its values in order."""
    return tensor.detach().cpu().contiguous()
