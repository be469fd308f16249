"""Parts of sentences: text from files, made safe to show, and numbers of things."""

from collections.abc import Iterable

_MOST_LETTERS = 80
"""Characters shown of one text. Real texts have half as many."""


def shown(value: object) -> str:
    """Text of a value from a file: on one line, printable, shortened."""
    text = " ".join("".join(each if each.isprintable() else " " for each in str(value)).split())
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]} ..."


def named(names: Iterable[object], most: int = 5) -> str:
    """The first names of a list from a file, and the number of the others.

    >>> named("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    texts = [str(name) for name in names]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(shown(text) for text in texts[:most]) + more


def counted(number: int, thing: str) -> str:
    """A number of things, in words.

    >>> counted(1, "scene"), counted(24, "scene")
    ('1 scene', '24 scenes')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"
