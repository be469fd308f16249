"""Texts out of files, made fit for a sentence."""

from collections.abc import Iterable

_MOST_LETTERS = 80
"""Characters shown of one text; real ones have half as many."""


def shown(value: object) -> str:
    """A text or value of a file within a sentence: on one line, printable, cut."""
    text = " ".join("".join(each if each.isprintable() else " " for each in str(value)).split())
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]} ..."


def named(names: Iterable[object], most: int = 5) -> str:
    """The first of many names out of files within a sentence, and how many more there are.

    >>> named("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    texts = [str(name) for name in names]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(shown(text) for text in texts[:most]) + more
