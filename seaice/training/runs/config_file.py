"""The configuration of a run on disk: `config.json` in its folder."""

from typing import Any

from seaice.core.errors import ConfigError, RunError
from seaice.training.config import TrainingConfig
from seaice.training.runs.folder import RunFolder, json_object, read_text


def read_config(folder: RunFolder) -> TrainingConfig:
    """Read and check the configuration of a run.

    Raises:
        RunError: The file cannot be read, or its content is not a valid configuration.
    """
    try:
        return TrainingConfig.from_json(folder.config_file.read_text())
    except (OSError, UnicodeError, RecursionError, ConfigError) as error:
        raise RunError(f"{folder.config_file} cannot be used: {error} Train anew.") from error


def config_document(folder: RunFolder) -> dict[str, Any]:
    """The configuration exactly as it is on disk, unchecked; empty if it is not a JSON object."""
    return json_object(read_text(folder.config_file))
