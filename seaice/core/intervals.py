"""Ends of intervals as people read them: on which side of 0 one lies, whatever is rounded."""

_MOST_DECIMALS = 4


def end_text(value: float, decimals: int = 1, *, signed: bool = False) -> str:
    """An end of an interval, with as many more decimals as it takes not to read as 0.

    An interval from 0.004 on leaves 0 out, which "0.0" would hide. What is 0 in four decimals as
    well is written as such.

    Args:
        value: The end.
        decimals: Decimals of an end that is farther from 0.
        signed: Whether a plus sign is written.

    >>> end_text(2.54), end_text(0.04), end_text(-0.004, signed=True), end_text(0.0)
    ('2.5', '0.04', '\u22120.004', '0.0')
    """
    enough = (number for number in range(decimals, _MOST_DECIMALS + 1) if round(value, number))
    text = f"{value:{'+' if signed else ''}z.{next(enough, decimals)}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def half_texts(value: float, half_width: float) -> tuple[str, str]:
    """The middle of an interval with its sign, and half of its width.

    Both get as many more decimals as it takes for an interval that leaves 0 out to look like it.

    >>> half_texts(1.25, 1.24), half_texts(1.24, 1.25), half_texts(-20.0, 44.0)
    (('+1.25', '1.24'), ('+1.2', '1.2'), ('\u221220.0', '44.0'))
    """
    decimals = 1
    if abs(value) > half_width:
        apart = (
            number
            for number in range(1, _MOST_DECIMALS + 1)
            if round(abs(value), number) > round(half_width, number)
        )
        decimals = next(apart, 1)
    middle = f"{value:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    return middle, f"{half_width:.{decimals}f}"
