"""Untrusted text on a page."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def plain(text: str) -> str:
    r"""Escape text from a file or an attribute, so that a Markdown widget shows it as it is.

    >>> print(plain("![x](http://y)"))
    \!\[x\]\(http\://y\)
    """
    return _MARKUP.sub(r"\\\1", text)
