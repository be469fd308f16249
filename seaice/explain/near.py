"""The encoder's cells that a region's outputs can depend on."""

import numpy as np

from seaice.core.grids.coarsen import block_any
from seaice.core.grids.pixel_grid import Window
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import receptive_field_px


def near_field(
    network: SeaIceNet, valid: np.ndarray, region: Window, cells: tuple[int, ...]
) -> np.ndarray:
    """Cells with data that the theoretical field of a region covers, (cells, cells) bool."""
    held = in_cells(valid, cells, network.config.output_stride)
    near: np.ndarray = near_region(network, region, cells) & held
    return near


def near_region(network: SeaIceNet, region: Window, cells: tuple[int, ...]) -> np.ndarray:
    """Cells that the theoretical field of a region covers, (cells, cells) bool."""
    half, stride = -(-receptive_field_px(network) // 2), network.config.output_stride
    near = np.zeros(cells, bool)
    near[
        tuple(
            slice(max(0, side.start - half) // stride, -(-(side.stop + half) // stride))
            for side in region
        )
    ] = True
    return near


def in_cells(pixels: np.ndarray, cells: tuple[int, ...], stride: int) -> np.ndarray:
    """Cells that hold one of some pixels, (cells, cells) bool."""
    occupied = block_any(pixels, stride)
    found = np.zeros(cells, bool)
    found[: occupied.shape[0], : occupied.shape[1]] = occupied
    return found
