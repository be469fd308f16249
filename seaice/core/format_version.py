"""Versions of file formats: an older document is upgraded step by step, a newer one refused."""

from collections.abc import Callable, Mapping
from typing import Any

from seaice.core.errors import SeaIceError

Document = dict[str, Any]
"""The JSON object that describes a file."""
Upgrade = Callable[[Document], Document]
"""Turns a document of one version into one of the next version."""


class FormatVersionError(SeaIceError, ValueError):
    """A document of a version that cannot be read."""

    def __init__(self, problem: str, remedy: str) -> None:
        """Say what is wrong and what to do.

        Args:
            problem: A clause that completes "<file> ...".
            remedy: A sentence that says what to do.
        """
        super().__init__(f"It {problem}. {remedy}")
        self.problem = problem
        self.remedy = remedy


def upgrade_document(
    document: Document, version: object, current: int, upgrades: Mapping[int, Upgrade]
) -> Document:
    """Upgrade a document to the current version of its format.

    Args:
        document: The document as it was read.
        version: The version it was written in, as it was read; None if it does not say.
        current: The version that this software writes.
        upgrades: For each older version, how to turn its document into one of the next version.

    Raises:
        FormatVersionError: The version is missing, not a version number, or newer than `current`.
    """
    if version is None:
        raise FormatVersionError("does not say its format version", "Train it again.")
    # True is an int, and equals 1.
    if type(version) is not int or (version < current and version not in upgrades):
        shown = repr(version)[:40]
        raise FormatVersionError(f"has an unknown format version {shown}", "Train it again.")
    if version > current:
        shown = f"{version}"[:40]
        raise FormatVersionError(
            f"has format version {shown}, and this version of seaice reads up to {current}",
            "Update seaice.",
        )
    for number in range(version, current):
        document = upgrades[number](document)
    return document
