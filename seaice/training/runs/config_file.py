"""The configuration of a run on disk: `config.json` in its folder."""

from typing import Any

from seaice.core.errors import ConfigError, RunError
from seaice.core.format_version import FormatVersionError
from seaice.training.config import TrainingConfig
from seaice.training.runs.folder import RunFolder, json_object, read_text


class UnsupportedRunError(RunError):
    """A run in a format that this version of seaice cannot read, such as one of a newer version."""


def read_config(folder: RunFolder) -> TrainingConfig:
    """Read and check the configuration of a run.

    Raises:
        UnsupportedRunError: The run is of a newer or unknown format.
        RunError: The file cannot be read, or its content is not a valid configuration.
    """
    try:
        return TrainingConfig.from_json(folder.config_file.read_text())
    except FormatVersionError as error:
        raise UnsupportedRunError(f"Run {folder.name} {error.problem}. {error.remedy}") from error
    except (OSError, UnicodeError, RecursionError, ConfigError) as error:
        raise RunError(f"{folder.config_file} cannot be used: {error} Train anew.") from error


def require_supported(folder: RunFolder) -> None:
    """Check that the format of a run is known, before anything in its folder is changed.

    A damaged configuration passes.

    Raises:
        UnsupportedRunError: The run is of a newer or unknown format.
    """
    try:
        read_config(folder)
    except UnsupportedRunError:
        raise
    except RunError:
        return


def config_document(folder: RunFolder) -> dict[str, Any]:
    """The configuration exactly as it is on disk, unchecked; empty if it is not a JSON object."""
    return json_object(read_text(folder.config_file))
