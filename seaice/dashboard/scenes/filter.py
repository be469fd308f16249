"""Which scenes of a folder pass a filter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from seaice.ai4arctic.seasons import UNKNOWN, season
from seaice.scenes.scene import Scene


def longer_side_km(scene: Scene) -> float:
    """Length of a scene's longer side, km."""
    return max(scene.grid.shape) * scene.grid.spacing_m / 1000


@dataclass(frozen=True)
class SceneFilter:
    """Conditions that a scene must meet. An empty one, or None, lets every scene pass.

    Attributes:
        text: Words in the scene's id, in any order and case.
        seasons: The season is one of these.
        regions: The region is one of these.
        services: The ice service is one of these.
        channel_sets: The scene can feed all of these.
        charts: The scene has all of these.
        spacings_m: The pixel spacing is one of these, metres.
        water_percent: Bounds of the share of water, percent. An unknown share does not pass.
        side_km: Bounds of the length of the longer side, km.
    """

    text: str = ""
    seasons: Sequence[str] = ()
    regions: Sequence[str] = ()
    services: Sequence[str] = ()
    channel_sets: Sequence[str] = ()
    charts: Sequence[str] = ()
    spacings_m: Sequence[float] = ()
    water_percent: tuple[float, float] | None = None
    side_km: tuple[float, float] | None = None

    def passes(self, scene: Scene, share_water: float | None) -> bool:
        """Whether a scene meets all conditions.

        Args:
            scene: The scene.
            share_water: Share of water in its labelled pixels, 0 to 1; None if unknown.
        """
        identity = scene.id.lower()
        percent = None if share_water is None else 100 * share_water
        return (
            all(word in identity for word in self.text.lower().split())
            and _one_of(season(scene.time), self.seasons)
            and _one_of(scene.region or UNKNOWN, self.regions)
            and _one_of(scene.service or UNKNOWN, self.services)
            and _one_of(scene.grid.spacing_m, self.spacings_m)
            and set(self.channel_sets) <= set(scene.usable_channel_sets())
            and set(self.charts) <= set(scene.charts)
            and _between(percent, self.water_percent)
            and _between(longer_side_km(scene), self.side_km)
        )


def _one_of(value: object, wanted: Sequence[object]) -> bool:
    return not wanted or value in wanted


def _between(value: float | None, bounds: tuple[float, float] | None) -> bool:
    return bounds is None or (value is not None and bounds[0] <= value <= bounds[1])


def neighbours(
    scene_ids: Sequence[str], passing: Collection[str], selected: str
) -> tuple[str | None, str | None]:
    """The nearest passing scenes before and after the selected one, which itself may not pass.

    >>> neighbours(["a", "b", "c", "d"], {"a", "d"}, "b")
    ('a', 'd')
    """
    at = scene_ids.index(selected)
    before = (each for each in reversed(scene_ids[:at]) if each in passing)
    after = (each for each in scene_ids[at + 1 :] if each in passing)
    return next(before, None), next(after, None)
