"""What the names of files say about how explanations are to be written; imports no torch."""

import os
from pathlib import Path

from seaice.core.errors import ConfigError, SceneError

MAP_SUFFIXES = (".nc", ".tif")
SETTINGS = "settings"
"""Attribute by which a NetCDF file of maps is recognised."""
EXPLAINED_REGION = "explained_region"
"""Attribute by which a heatmap is recognised."""


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


def require_no_scene(path: Path) -> None:
    """Check that maps can be written to a path without losing a scene or a prediction.

    Raises:
        ConfigError: A NetCDF file exists there that holds no maps of explanations.
        SceneError: What exists there hangs whatever opens it.
    """
    if path.suffix.lower() == ".nc":
        _require_own(path, SETTINGS, "map")


def require_heatmap(path: Path) -> None:
    """Check that a heatmap can be written to a path without losing a scene or a checkpoint.

    Raises:
        ConfigError: The path does not end in .nc, or another kind of file exists there.
        SceneError: What exists there hangs whatever opens it.
    """
    if path.suffix.lower() != ".nc":
        raise ConfigError(f"{path} does not end in .nc. Name a file that does.")
    _require_own(path, EXPLAINED_REGION, "heatmap")


def _require_own(path: Path, attribute: str, kind: str) -> None:
    """Check that a path is free, or holds a NetCDF file that this attribute tells as our own."""
    from seaice.scenes.catalogue.index import require_openable
    from seaice.scenes.netcdf import open_file

    if not os.path.lexists(path) or os.path.isdir(path):
        return
    require_openable(path)
    try:
        with open_file(path) as file:
            earlier = attribute in file.attrs
    except SceneError:
        earlier = False
    if not earlier:
        raise ConfigError(
            f"{path} exists and is not a {kind}. It was not overwritten. Choose another name."
        )
