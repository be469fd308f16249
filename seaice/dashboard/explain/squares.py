"""Parts of a scene around the pixel that Explain tells about."""

from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.questions import WithinName
from seaice.scenes.region import Region, square_around
from seaice.scenes.scene import Scene


def place_region(scene: Scene, within: WithinName, spacing_m: float) -> Region | None:
    """Whose outputs are explained; None for the whole scene.

    The region is the one that was chosen on Compare; without one, the square around the pixel.

    Args:
        scene: The scene.
        within: What of it.
        spacing_m: Spacing of the network's pixels, metres.
    """
    if within == "Scene":
        return None
    place = chosen_place(scene)
    if within == "Region":
        return chosen_region(scene) or square_around(scene.grid, place)
    # Both ends within the network's pixel that holds the place.
    km = spacing_m / 1000
    lines, samples = (
        ((at // km + 0.25) * km, (at // km + 0.75) * km) for at in (place[0], place[1])
    )
    return Region(lines, samples)


def surroundings(scene: Scene, region: Region, field_km: float) -> Region:
    """A region with all that its outputs can depend on, as a square on the scene.

    Args:
        scene: The scene.
        region: The region.
        field_km: Receptive field, km along one side.
    """
    spans = region.lines_km, region.samples_km
    line, sample = (sum(span) / 2 for span in spans)
    side_km = max(high - low for low, high in spans) + field_km
    return square_around(scene.grid, (line, sample), side_km)
