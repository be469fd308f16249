"""How context is measured: radii, groups of channels that are replaced, repetitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seaice.ai4arctic.channels import AMSR2, INCIDENCE_ANGLE, SAR
from seaice.core.errors import ConfigError, NoScenesError
from seaice.scenes.scene import Scene

RADII_KM: tuple[float, ...] = (3.0, 4.4, 6.5, 9.5, 14.0, 20.0, 30.0, 43.0, 64.0, 94.0, 137.0, 200.0)
"""From 3 to 200 km, each 1.46 times the one before."""

MAX_RADIUS_KM = 2000.0
SHUFFLES = 2

GROUPS: Mapping[str, tuple[str, ...]] = {"radar": SAR, "radiometer": AMSR2}
"""Groups of channels that can be replaced on their own; `all` replaces every channel."""


def group_words(group: str) -> str:
    """What is foreign beyond a radius, in words.

    >>> group_words("all"), group_words("radar")
    ('everything', 'the radar')
    """
    return "everything" if group == "all" else f"the {group}"


@dataclass(frozen=True)
class ContextSettings:
    """How context is measured.

    Attributes:
        radii_km: Radii, rising, km.
        groups: Groups of channels replaced far away; None for all that the predictor has.
        shuffles: How often each scene gets other scenes around its sites, and other sites.
        seed: Seed of sites and donors.

    Raises:
        ConfigError: A value is out of its bounds.
    """

    radii_km: tuple[float, ...] = RADII_KM
    groups: tuple[str, ...] | None = None
    shuffles: int = SHUFFLES
    seed: int = 0

    def __post_init__(self) -> None:
        wrong = [each for each in self.radii_km if not 0 < each <= MAX_RADIUS_KM]
        if wrong or not self.radii_km:
            shown = f"{wrong[0]:g}" if wrong else "none"
            raise ConfigError(
                f"A radius must be more than 0 and at most {MAX_RADIUS_KM:g} km, not {shown}."
            )
        if list(self.radii_km) != sorted(set(self.radii_km)):
            raise ConfigError("The radii must rise, each of them once.")
        known = ("all", *GROUPS)
        if unknown := [each for each in self.groups or () if each not in known]:
            raise ConfigError(
                f"No group of channels {unknown[0][:40]!r}. There are: {', '.join(known)}."
            )
        if self.shuffles < 1 or self.seed < 0:
            raise ConfigError("shuffles must be at least 1, and the seed at least 0.")


def require_two(scenes: Sequence[Scene]) -> None:
    """Check that there is another scene to take foreign values from.

    Args:
        scenes: Those to measure on.

    Raises:
        NoScenesError: There are fewer than two.
    """
    if len(scenes) < 2:
        raise NoScenesError(
            "A part of each scene is replaced by that of other scenes. "
            f"Give at least two scenes with charts, not {len(scenes)}."
        )


def groups_of(channels: Sequence[str], wanted: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """Channels of each group that is measured."""
    # The incidence angle is never replaced, so a group may be all there is without it.
    movable = {name for name in channels if name != INCIDENCE_ANGLE}
    found = {"all": tuple(channels)}
    for name, group in GROUPS.items():
        if movable & set(group) and not movable <= set(group):
            found[name] = tuple(group)
    lacking = [name for name in wanted or () if name not in found]
    if lacking:
        raise ConfigError(
            f"There is nothing to compare with by replacing {', '.join(lacking)} alone. "
            f"This predictor's groups are: {', '.join(found)}."
        )
    return {name: found[name] for name in wanted or found}
