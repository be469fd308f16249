"""Begin a run with the weights of a trunk, which all runs with its channels can share."""

from pathlib import Path

from seaice.core.errors import ConfigError
from seaice.network.checkpoint import load_checkpoint
from seaice.network.trunk import begin_as
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule


def start_from(path: Path, config: TrainingConfig, module: SeaIceModule) -> None:
    """Give a training that has not begun the weights of a trunk.

    Args:
        path: Checkpoint of a network without rates.
        config: Settings of the run.
        module: The training, changed in place.

    Raises:
        CheckpointError: See `load_checkpoint`.
        ConfigError: It is not a trunk for this run: its channels or spacing are others, it has
            rates, or it is built otherwise.
    """
    trunk = load_checkpoint(path)
    for words, theirs, ours in (
        ("channels", ", ".join(trunk.info.channels), ", ".join(config.channels)),
        ("pixel spacing", f"{trunk.info.spacing_m:g} m", f"{config.spacing_m:g} m"),
    ):
        if theirs != ours:
            raise ConfigError(
                f"The run cannot start from {path}: its {words}: {theirs}; those of the run: "
                f"{ours}. Start from a checkpoint with the same {words}."
            )
    try:
        begin_as(module.network, trunk.network)
    except ConfigError as error:
        raise ConfigError(f"The run cannot start from {path}. {error}") from error
