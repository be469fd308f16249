"""What a sweep's `sweep.json` says of how its networks were trained."""

import json
from pathlib import Path
from typing import Any

from seaice.core.errors import ConfigError

FROZEN_TEXT = (
    "The networks of a channel set and seed share one encoder, which was trained without rates and "
    "then frozen: what rates add here is what they add to its features. Networks that learn "
    "everything can gain more from them."
)
"""What must be known of a sweep whose networks do not learn their own encoders."""


def read_settings(path: Path) -> dict[str, Any]:
    """The content of a `sweep.json`.

    Args:
        path: The file.

    Returns:
        Its values; none if there is no such file.

    Raises:
        ConfigError: The file is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not readable JSON ({error}).") from error
    return content if isinstance(content, dict) else {}


def shares_encoder(content: dict[str, Any]) -> bool:
    """Whether all rates of a channel set and seed were trained on the same frozen encoder."""
    settings = content.get("settings")
    return isinstance(settings, dict) and settings.get("freeze_encoder") is True
