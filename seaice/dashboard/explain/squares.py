"""Parts of a scene around the pixel that Explain tells about, and their marks on maps."""

from dataclasses import replace

from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.questions import WithinName
from seaice.dashboard.scene_view import SceneView
from seaice.figures.figure_parts import FigureParts
from seaice.figures.map_marks import add_outline
from seaice.figures.overlays import add_cross
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


def near(view: SceneView, within: WithinName, room_km: float) -> SceneView:
    """The view of what is explained and of its surroundings; the whole for the whole scene.

    Args:
        view: The scene.
        within: What of it is explained.
        room_km: By how much the square is longer, km: the largest receptive field, for all that
            the outputs can depend on.
    """
    region = place_region(view.scene, within, view.scene.grid.spacing_m)
    if region is None:
        return view
    return replace(view, region=surroundings(view.scene, region, room_km))


def mark_explained(figure: FigureParts, view: SceneView, within: WithinName) -> None:
    """Mark on every map whose outputs are explained: a cross for a pixel, which has no size."""
    region = place_region(view.scene, within, view.scene.grid.spacing_m)
    if within == "Pixel":
        add_cross(figure, view.located_extent, chosen_place(view.scene))
    elif region is not None:
        add_outline(figure, view.located_extent, region.lines_km, region.samples_km)
