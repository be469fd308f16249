"""The format of a run folder and its versions: `config.json` and the metadata of the saved state.

To change what these files hold, raise `FORMAT_VERSION` by one and add to `CONFIG_UPGRADES` and
`STATE_UPGRADES`, under the former number, functions that turn the former documents into the new
ones. A setting that merely gets a default needs no new version. Keep a run of the new version
in `tests/training/data`: a test shows that runs of all versions still resume.
"""

from seaice.core.format_version import Document, Upgrade, upgrade_document

FORMAT_VERSION = 3
"""Version of run folders that this software writes."""
STATE_KEY = "seaice training state"
"""Of the header of a saved state: what it says about itself."""

SETTINGS_OF_1: Document = {
    "validation_share": 0.15,
    "spacing_m": 400.0,
    "encoder": "resnet18",
    "output_stride": 8,
    "width": 64,
    "stem": "full",
    "padding": "zeros",
    "patch": 576,
    "batch": 4,
    "steps": 400,
    "learning_rate": 3e-3,
    "schedule": "one-cycle",
    "weight_decay": 1e-2,
    "weight_sic": 0.25,
    "weight_sod": 1.0,
    "weight_floe": 1.0,
    "sampling": "uniform",
    "augment": True,
    "validate_every": 100,
    "patience": 0,
    "dropout": 0.5,
    "clip_norm": 0.0,
    "gain_jitter_db": 0.0,
    "noise_jitter_db": 0.0,
    "class_balance": 0.0,
    "averaging": 0.0,
    "norm_patches": 0,
    "start_from": "",
}
"""What a run of version 1 did where its configuration does not say otherwise: its defaults, and
what could not be set yet."""


def _config_from_1(old: Document) -> Document:
    return {**SETTINGS_OF_1, **old}


def _config_from_2(old: Document) -> Document:
    # The norms were estimated on patches of the training's size.
    return {"norm_patch": 0, **old}


def _state_as_it_is(old: Document) -> Document:
    # The configuration in it is upgraded where it is read.
    return old


CONFIG_UPGRADES: dict[int, Upgrade] = {1: _config_from_1, 2: _config_from_2}
"""By version: how `config.json` becomes that of the next version."""
STATE_UPGRADES: dict[int, Upgrade] = {1: _state_as_it_is, 2: _state_as_it_is}
"""By version: how the metadata of the saved state become those of the next version."""
_KEY = "format_version"


def stamped(document: Document) -> Document:
    """Add the format version to a document. Those of version 1 have none."""
    return {**document, _KEY: FORMAT_VERSION}


def upgrade_config(document: Document) -> Document:
    """Upgrade the content of a `config.json` to the current version.

    Raises:
        FormatVersionError: The version is not a version number, or newer than this one.
    """
    return _upgrade(document, CONFIG_UPGRADES)


def upgrade_state(document: Document) -> Document:
    """Upgrade the metadata of a saved state to the current version.

    Raises:
        FormatVersionError: The version is not a version number, or newer than this one.
    """
    return _upgrade(document, STATE_UPGRADES)


def _upgrade(document: Document, upgrades: dict[int, Upgrade]) -> Document:
    version = document.get(_KEY, 1)
    unstamped = {name: value for name, value in document.items() if name != _KEY}
    return upgrade_document(unstamped, version, FORMAT_VERSION, upgrades)
