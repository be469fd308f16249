"""Begin a run with the encoder of a checkpoint, so that several runs share one."""

from pathlib import Path

from seaice.core.errors import ConfigError
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.training.config import TrainingConfig
from seaice.training.module import SeaIceModule

_ENCODER_FIELDS = {
    "encoder": "encoder",
    "output_stride": "output stride",
    "width": "width",
    "stem": "stem",
}
"""Fields of a `NetworkConfig` that make its encoder, and their names in a sentence."""


def start_from(path: Path, module: SeaIceModule) -> None:
    """Copy a checkpoint's encoder into a training that has not begun.

    Raises:
        CheckpointError: See `load_checkpoint`.
        ConfigError: Its channels or its encoder differ from those of the training.
    """
    checkpoint = load_checkpoint(path)
    _require_same_encoder(path, checkpoint.info, module.config)
    module.network.encoder.load_state_dict(checkpoint.network.encoder.state_dict())


def _require_same_encoder(path: Path, info: CheckpointInfo, config: TrainingConfig) -> None:
    network = config.network()
    found = {
        "channels": (", ".join(info.channels), ", ".join(config.channels)),
        **{
            words: (getattr(info.network, name), getattr(network, name))
            for name, words in _ENCODER_FIELDS.items()
        },
    }
    for words, (theirs, ours) in found.items():
        if theirs != ours:
            raise ConfigError(
                f"The run cannot start from {path}: its {words} is {theirs}, and that of the run "
                f"is {ours}. Start from a checkpoint with the same {words}."
                if words != "channels"
                else f"The run cannot start from {path}: its channels are {theirs}, and those of "
                f"the run are {ours}. Start from a checkpoint with the same channels."
            )
