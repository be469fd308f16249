"""Foreign text on a page."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def plain(text: str) -> str:
    r"""Text of a file or attribute, so that a widget that knows Markdown shows it as it is.

    >>> print(plain("![x](http://y)"))
    \!\[x\]\(http\://y\)
    """
    return _MARKUP.sub(r"\\\1", text)
