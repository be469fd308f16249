"""The shipped scenes: what each is simulated for, and what it is there to show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShippedScene:
    """A shipped scene: what it is simulated for, and what it is there to show."""

    seed: int
    region: str
    month: int
    shows: str
    longitude: float | None = None


SCENES = (
    ShippedScene(14, "CentralEast", 2, "winter, a belt of old and first-year ice"),
    ShippedScene(19, "SGRDIEA", 4, "spring, first-year ice"),
    ShippedScene(18, "NorthWest", 6, "early summer, small to big floes"),
    ShippedScene(8, "CapeFarewell", 8, "summer, no ice"),
    ShippedScene(22, "NorthEast", 8, "summer, old ice"),
    ShippedScene(17, "SGRDIWA", 10, "autumn, new ice, across 180 degrees", longitude=180.0),
    ShippedScene(18, "CentralWest", 11, "autumn, stages that mix"),
    ShippedScene(13, "SGRDIFOXE", 1, "winter, no water"),
    ShippedScene(22, "CapeFarewell", 12, "winter, new to old ice"),
)
