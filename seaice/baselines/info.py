"""What a baseline says about itself: the metadata of its file, read without its arrays."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from seaice.ai4arctic.channels import CHANNEL
from seaice.core.errors import BaselineError, ConfigError
from seaice.core.format_version import FormatVersionError, Upgrade, upgrade_document
from seaice.core.safetensors_header import read_header
from seaice.network.checkpoint_format import BASELINE_KEY, METADATA_KEY

BaselineKind = Literal["linear", "trees", "ceiling"]
KINDS: tuple[BaselineKind, ...] = get_args(BaselineKind)
"""Kinds of baselines that are fitted and kept in files."""

FORMAT_VERSION = 1
"""Version of the metadata that this software writes."""
UPGRADES: dict[int, Upgrade] = {}
"""By version: how its metadata become those of the next version."""


@dataclass(frozen=True)
class BaselineInfo:
    """What a baseline says about itself.

    Attributes:
        kind: What it is.
        channel_set: Name of the channel set; empty for a ceiling, which sees the truth.
        channels: Its channels, in the order of its inputs.
        spacing_m: Pixel spacing that it was fitted at, metres.
        windows_km: Sides of the windows whose means and spreads of HH and HV it also sees.
        sigma_km: Of a ceiling: width of the Gaussian that smooths the truth.
        fit: Data, seed and size of the fit.
        format_version: Version of these metadata.

    Raises:
        ConfigError: The kind or a channel is unknown, or a number is out of bounds.
    """

    kind: BaselineKind
    channel_set: str
    channels: tuple[str, ...]
    spacing_m: float
    windows_km: tuple[float, ...] = ()
    sigma_km: float = 0.0
    fit: Mapping[str, Any] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"No kind of baseline {str(self.kind)[:40]!r}.")
        if unknown := [name for name in self.channels if name not in CHANNEL]:
            raise ConfigError(f"Unknown channels: {', '.join(unknown)}.")
        if not 10 <= self.spacing_m <= 100_000:
            raise ConfigError(f"The pixel spacing must be 10 to 100000 m, not {self.spacing_m}.")
        if not all(0 <= each <= 1000 for each in (self.sigma_km, *self.windows_km)):
            raise ConfigError("A width must be 0 to 1000 km.")

    def to_json(self) -> str:
        """Return one JSON document; the inverse of `from_json`."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "BaselineInfo":
        """Read what `to_json` of this or an older version wrote.

        Raises:
            FormatVersionError: The version is missing, not a version number, or newer than this.
            ConfigError: The values do not describe a baseline.
            ValueError, TypeError, KeyError, AttributeError: Not what `to_json` writes.
        """
        document = json.loads(text)
        version = document.get("format_version")
        values = upgrade_document(document, version, FORMAT_VERSION, UPGRADES)
        values["format_version"] = FORMAT_VERSION
        for name in ("channels", "windows_km"):
            values[name] = tuple(values[name])
        return cls(**values)


def is_baseline(path: Path) -> bool:
    """Whether a file says that it is a baseline; a damaged or missing one does not."""
    try:
        return BASELINE_KEY in _header(path)
    except BaselineError:
        return False


def read_baseline_info(path: Path) -> BaselineInfo:
    """Read what a baseline says about itself, without its arrays.

    Raises:
        BaselineError: The file is missing, damaged, of a network or of a newer format.
    """
    header = _header(path)
    text = header.get(BASELINE_KEY)
    if text is None and METADATA_KEY in header:
        raise BaselineError(
            path, "is the checkpoint of a network, not a baseline", "Use `seaice baseline`."
        )
    if text is None:
        raise BaselineError(path, "was not written by seaice", "Use `seaice baseline`.")
    try:
        return BaselineInfo.from_json(text)
    except FormatVersionError as error:
        remedy = error.remedy.replace("Train it again", "Fit it again")
        raise BaselineError(path, error.problem, remedy) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BaselineError(path, "has metadata that cannot be read", "Fit it again.") from error


def _header(path: Path) -> dict[str, str]:
    return read_header(path, BaselineError, "fit it again")
