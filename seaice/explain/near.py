"""The cells of a layer that a region's outputs can depend on."""

import numpy as np

from seaice.core.grids.coarsen import block_any
from seaice.core.grids.pixel_grid import Window
from seaice.explain.methods import DEFAULT_LAYER, LAST_LAYER
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import receptive_field_px


def near_field(
    network: SeaIceNet,
    valid: np.ndarray,
    region: Window,
    cells: tuple[int, ...],
    layer: str = DEFAULT_LAYER,
) -> np.ndarray:
    """Cells with data that the theoretical field of a region covers, (cells, cells) bool."""
    held = in_cells(valid, cells, network.config.output_stride)
    near: np.ndarray = near_region(network, region, cells, layer) & held
    return near


def near_region(
    network: SeaIceNet, region: Window, cells: tuple[int, ...], layer: str = DEFAULT_LAYER
) -> np.ndarray:
    """Cells of a layer that the theoretical field of a region covers, (cells, cells) bool."""
    half, stride = _half_px(network, layer), network.config.output_stride
    near = np.zeros(cells, bool)
    near[
        tuple(
            slice(max(0, side.start - half) // stride, -(-(side.stop + half) // stride))
            for side in region
        )
    ] = True
    return near


def _half_px(network: SeaIceNet, layer: str) -> int:
    """How far from a pixel the cells of a layer lie that it can depend on, to each side."""
    if layer == DEFAULT_LAYER:
        return -(-receptive_field_px(network) // 2)
    stride = network.config.output_stride
    # A pixel lies between the middles of two cells; the branches' outputs go through one 3 x 3
    # convolution on the way.
    return stride // 2 + (0 if layer == LAST_LAYER else stride)


def in_cells(pixels: np.ndarray, cells: tuple[int, ...], stride: int) -> np.ndarray:
    """Cells that hold one of some pixels, (cells, cells) bool."""
    occupied = block_any(pixels, stride)
    found = np.zeros(cells, bool)
    found[: occupied.shape[0], : occupied.shape[1]] = occupied
    return found


def box_of(field: np.ndarray) -> Window:
    """The window of cells around a field, in whole blocks of the pooling branch."""
    lines, samples = (
        slice(int(at[0]) // 2 * 2, min(size, -(-(int(at[-1]) + 1) // 2) * 2))
        for at, size in zip(
            (np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))),
            field.shape,
            strict=True,
        )
    )
    return lines, samples
