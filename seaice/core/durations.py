"""Durations in words."""

_MAX_SECONDS_LEFT = 1e9


def duration_text(seconds: float) -> str:
    """A duration in a readable precision.

    >>> [duration_text(each) for each in (8.2, 95, 610, 7500)]
    ['8 s', '2 min', '10 min', '2 h 5 min']
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def time_left_text(seconds: float | None, without: str = "") -> str:
    """The time that a run still takes; empty if it is unknown, or not a time that a run can take.

    Args:
        seconds: The time.
        without: What takes time too and is not part of it.

    >>> time_left_text(95), time_left_text(None), time_left_text(-1)
    ('2 min left', '', '')
    >>> time_left_text(8, "validations")
    '8 s left without validations'
    """
    if seconds is None or not 0 <= seconds < _MAX_SECONDS_LEFT:
        return ""
    return f"{duration_text(seconds)} left{without and f' without {without}'}"
