"""Times the steps and validations of a run, and estimates what is left of it."""

import statistics
import time
from collections import deque

from seaice.training.config import TrainingConfig

_LATEST = 100
"""Steps whose mean counts. Machines become busier or calmer, and the first steps are often slow."""
_FEW, _LONG_S = 5, 20.0
"""Steps, or seconds of steps, before which the mean of them says little."""


class StepClock:
    """Times a run from a step on.

    Args:
        config: The run's settings.
        first_step: Steps done before.
        validates: Whether the run is validated.
        estimates: Whether norms are estimated before a network is validated or stored.
    """

    def __init__(
        self, config: TrainingConfig, first_step: int, *, validates: bool, estimates: bool
    ) -> None:
        self._config = config
        # The last step of a run is followed by one or the other, and both take long.
        self._more_follows = validates or estimates
        self._validates = validates
        self._first_step = first_step
        self._steps: deque[float] = deque(maxlen=_LATEST)
        self._validations: list[float] = []
        self.start()

    def start(self) -> None:
        """Time the next step from now on."""
        self._lap = time.monotonic()

    def step(self, step: int) -> float:
        """Seconds of a step that has just ended, the wait for its patches included.

        Args:
            step: Its number, from 1.
        """
        seconds = self._since_lap()
        # The first step includes set-up.
        if step > self._first_step + 1:
            self._steps.append(seconds)
        return seconds

    def validation(self) -> None:
        """Time a validation that has just ended."""
        self._validations.append(self._since_lap())

    def seconds_left(self, step: int) -> float | None:
        """Time that is left for steps and validations; None while unknown, or not steady yet.

        Before the first validation it is that of the steps alone, see `steps_alone`. Without
        validations, what the norms of the network to store take is not known after the last step.

        Args:
            step: Number of the step that ended last. Its own validation is still to come.
        """
        left = self._config.steps - step
        if not self._steady or (left == 0 and self._more_follows and not self._validations):
            return None
        seconds = left * statistics.fmean(self._steps)
        if self._validations:
            seconds += self._validations_left(step) * statistics.fmean(self._validations)
        return seconds

    @property
    def steps_alone(self) -> bool:
        """Whether validations are still to be timed, and are no part of what is left."""
        return self._validates and not self._validations

    @property
    def _steady(self) -> bool:
        return len(self._steps) >= _FEW or sum(self._steps) >= _LONG_S

    def _since_lap(self) -> float:
        now = time.monotonic()
        seconds, self._lap = now - self._lap, now
        return seconds

    def _validations_left(self, step: int) -> int:
        every = self._config.validate_every
        # That after the last step counts, whatever its number.
        return -(-self._config.steps // every) - -(-step // every) + 1
