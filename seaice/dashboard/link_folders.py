"""Data folders in links: by a name, and only those that somebody has opened on this server.

A link must not open a folder by its path, and a reload of the page must not lose a typed one.
"""

import hashlib
import re
from pathlib import Path

import streamlit as st

from seaice.core.folders import data_folder

NAME = re.compile(r"[A-Za-z0-9._+-]{1,100}")
"""What a folder's name in a link looks like."""
_MOST_OPENED = 1000
_LONGEST_WORDS = 40


def link_name(folder: Path) -> str:
    """A folder's name in a link: its own; with a hash of its path if it is not the default one."""
    name = re.sub(r"[^A-Za-z0-9._+-]", "_", folder.absolute().name)[:80] or "_"
    if folder.absolute() == data_folder().absolute():
        return name
    return f"{name}-{hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:6]}"


def folder_words(name: str) -> str:
    """A folder's own name in a link to it, in brackets; empty where it is long enough for a text.

    >>> folder_words("ice-0a1b2c"), folder_words("data"), folder_words("x" * 50)
    (' (ice)', ' (data)', '')
    """
    own = re.sub(r"-[0-9a-f]{6}$", "", name)
    return f" ({own})" if len(own) <= _LONGEST_WORDS else ""


def remember_opened(folder: Path) -> None:
    """Let links name a folder, as long as the server runs."""
    known = _opened()
    known[link_name(folder)] = folder
    while len(known) > _MOST_OPENED:
        known.pop(next(iter(known)), None)


def opened_folder(name: str) -> Path | None:
    """The folder that a link names; None if nobody has opened one of this name."""
    default = data_folder()
    return default if name == link_name(default) else _opened().get(name)


@st.cache_resource(show_spinner=False)
def _opened() -> dict[str, Path]:
    """Shared by all sessions."""
    return {}
