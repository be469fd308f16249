"""Seasons, by which scenes are grouped."""

from datetime import datetime

SEASONS = ("DJF", "MAM", "JJA", "SON")

UNKNOWN = "unknown"
"""Stands for a season, region or service that the file does not name."""


def season(time: datetime | None) -> str:
    """Meteorological season of a time, named by the initials of its months.

    >>> season(datetime(2018, 12, 25)), season(datetime(2018, 8, 1)), season(None)
    ('DJF', 'JJA', 'unknown')
    """
    return SEASONS[time.month % 12 // 3] if time else UNKNOWN
