"""Text on a page: untrusted text, and paths as people type and paste them."""

import os
import re
from urllib.parse import unquote

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def plain(text: str) -> str:
    r"""Escape text from a file or an attribute, so that a Markdown widget shows it as it is.

    >>> print(plain("![x](http://y)"))
    \!\[x\]\(http\://y\)
    """
    return _MARKUP.sub(r"\\\1", sendable(text))


def sendable(text: str) -> str:
    r"""Text with escapes for the bytes of a path that are not UTF-8: a browser cannot be told them.

    >>> sendable("Gr\udcf6nland")
    'Gr\\udcf6nland'
    """
    return text.encode(errors="backslashreplace").decode()


_QUOTES = ("''", '""', "\u2018\u2019", "\u201c\u201d", "``")
"""What file managers, terminals and chats put around a path."""
_FILE_URL = "file://"


def typed_path(text: str) -> str:
    """A path as a person typed or pasted it; white space and quotes around it are taken off.

    >>> typed_path(" '/ice/my scenes' "), typed_path("file:///ice/my%20scenes")
    ('/ice/my scenes', '/ice/my scenes')
    """
    path = text.strip()
    while len(path) > 1 and path[0] + path[-1] in _QUOTES:
        path = path[1:-1].strip()
    if path.startswith(_FILE_URL):
        path = unquote(path.removeprefix(_FILE_URL))
    return os.path.expanduser(path)
