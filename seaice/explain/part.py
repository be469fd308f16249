"""The part of a scene that an explanation is computed on."""

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import reach_px

LARGEST_PX = 3072 * 3072
"""More pixels need more memory than a laptop has: of a larger scene, a part is taken."""


def part_of(grid: PixelGrid, region: Window, network: SeaIceNet) -> Window:
    """The whole grid; of a very large one, a region and the field around it.

    Args:
        grid: The grid at the network's spacing.
        region: Part of the grid that the output lies in.
        network: The network.

    Raises:
        ConfigError: The part would be too large.
    """
    if grid.lines * grid.samples <= LARGEST_PX:
        return grid.whole
    lines, samples = part = around(region, network, grid.shape)
    if (lines.stop - lines.start) * (samples.stop - samples.start) > LARGEST_PX:
        raise ConfigError(
            f"A scene of {grid.lines} x {grid.samples} pixels is too large to be explained whole. "
            "Choose a region, or a smaller one."
        )
    return part


def around(region: Window, network: SeaIceNet, shape: tuple[int, ...]) -> Window:
    """What the outputs of a region can depend on; begins at a multiple, as the whole scene does.

    Args:
        region: Part of a scene's grid.
        network: The network.
        shape: Lines and samples of the scene.
    """
    reach, multiple = reach_px(network), network.config.size_multiple
    lines, samples = (
        slice(max(0, side.start - reach) // multiple * multiple, min(size, side.stop + reach))
        for side, size in zip(region, shape, strict=True)
    )
    return lines, samples
