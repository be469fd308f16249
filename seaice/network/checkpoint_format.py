"""The format of a checkpoint's metadata and its versions.

To change the metadata, raise `FORMAT_VERSION` by one and add to `UPGRADES`, under the former
number, a function that turns the former metadata into the new. Keep a file of the new version
in `tests/network/data`: a test shows that files of all versions still load.
"""

from seaice.core.format_version import Document, Upgrade, upgrade_document

METADATA_KEY = "seaice"
"""Key of the safetensors header under which a checkpoint's description is stored, as JSON."""
BASELINE_KEY = "seaice_baseline"
"""Key of a baseline's description. A baseline is no network, and a reader of one can say so."""
FORMAT_VERSION = 3
"""Version of the metadata that this software writes."""


def _from_1(old: Document) -> Document:
    """Add what every network of version 1 had."""
    network = {
        "width": 64,
        "stem": "full",
        "smooth_inputs": [],
        "padding": "zeros",
        "radar_inputs": [],
    }
    return {**old, "network": {**network, **old["network"]}}


def _from_2(old: Document) -> Document:
    """No network of version 2 was calibrated."""
    return {**old, "calibration": {}}


UPGRADES: dict[int, Upgrade] = {1: _from_1, 2: _from_2}
"""By version: how its metadata become those of the next version."""


def upgrade_metadata(metadata: Document) -> Document:
    """Upgrade a checkpoint's metadata to the current version.

    Raises:
        FormatVersionError: The version is missing, not a version number, or newer than this one.
    """
    version = metadata.get("format_version")
    upgraded = upgrade_document(metadata, version, FORMAT_VERSION, UPGRADES)
    return {**upgraded, "format_version": FORMAT_VERSION}
