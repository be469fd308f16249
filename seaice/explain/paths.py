"""What the names of files say about how explanations are to be written; imports no torch."""

from pathlib import Path

from seaice.core.errors import ConfigError

MAP_SUFFIXES = (".nc", ".tif")


def require_csv(path: Path) -> None:
    """Check that a path says that a table is written there.

    Raises:
        ConfigError: It does not end in .csv.
    """
    if path.suffix.lower() != ".csv":
        raise ConfigError(f"{path} does not end in .csv. Name a file that does.")


def require_map(path: Path) -> None:
    """Check that a path says how a map is to be written.

    Raises:
        ConfigError: It ends in neither .nc nor .tif.
    """
    if path.suffix.lower() not in MAP_SUFFIXES:
        raise ConfigError(f"{path} ends in neither .nc nor .tif. Name a file that does.")
