"""What a run does between steps, such as validating, and how long that still takes."""

import logging
import time
from collections.abc import Callable

from seaice.core.durations import time_left_text

log = logging.getLogger(__name__)

_TELL_S = 2.0
"""How often the run's status is told: as often as pages look."""
_LOG_S = 15.0
"""How often a line is logged: short phases add none."""
_SURE = 1 / 20
"""Share that must be done before the time left is estimated. Patches are read a batch at a time,
before the first is computed."""


class Phase:
    """A part of a run that consists of items, such as patches or scenes.

    Args:
        what: What is done, in words.
        items: How many items there are.
        tell: Takes what is done, now and then; None in the further processes of a run;
            those log nothing either.
    """

    def __init__(self, what: str, items: int, tell: Callable[[str], object] | None) -> None:
        self._what, self._items, self._tell = what, items, tell
        self._begun = self._told = self._logged = time.monotonic()
        self._done = -1
        if tell:
            tell(what)

    def begin_item(self) -> None:
        """The next item begins, so those before it are done."""
        self._done += 1
        now = time.monotonic()
        sure = self._done >= max(1, _SURE * self._items)
        if self._tell is None or not sure or now - self._told < _TELL_S:
            return
        self._told = now
        left = (now - self._begun) / self._done * (self._items - self._done)
        text = f"{self._what}, {time_left_text(left)}"
        self._tell(text)
        if now - self._logged >= _LOG_S:
            self._logged = now
            log.info(text)
