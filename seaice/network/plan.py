"""Where to cut a network, and how large tiles may be, for a scene and a budget of memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.errors import MemoryShortError
from seaice.network.network import SeaIceNet
from seaice.network.parts import (
    BYTES,
    Part,
    Shape,
    decoder_part,
    encoder_parts,
    in_cells,
    joined,
)


@dataclass(frozen=True)
class Plan:
    """How an encoder runs over a scene.

    Attributes:
        early: What runs over tiles of the scene and leaves one map of it.
        later: The blocks that run on maps of the whole scene, one after the other.
        tile: Pixels along the inner side of a tile.
        cost: Multiplications, those in the margins of tiles and strips included.
        memory: The most bytes that are needed at once beside the weights: for the first map and a
            tile, or for two maps and the smallest strip.
    """

    early: Part
    later: Sequence[Part]
    tile: int
    cost: float
    memory: float


def plan(
    network: SeaIceNet, shape: Shape, budget: float, charts: Sequence[ChartName] = CHARTS
) -> Plan:
    """The cut and the tile that cost least within a budget.

    Args:
        network: The network.
        shape: Lines and samples of the scene, multiples of its `size_multiple`.
        budget: Bytes that may be used beside the weights and the outputs.
        charts: Those whose decoders follow; none where only the features are asked for.

    Raises:
        MemoryShortError: Not even the smallest tile fits.
    """
    parts = encoder_parts(network)
    step = network.config.size_multiple
    decoders = [decoder_part(network, name) for name in charts]
    found = [_cut(parts, at, decoders, shape, step, budget) for at in range(1, len(parts) + 1)]
    possible = [each for each in found if each.memory <= budget]
    if not possible:
        least = min(each.memory for each in found)
        raise MemoryShortError(
            f"A scene of {shape[0]} x {shape[1]} pixels needs at least {least / 2**20:.0f} MiB of "
            f"memory with this network, and {budget / 2**20:.0f} MiB may be used. Free some, or "
            "take a smaller scene."
        )
    # Of several at one cost the last cut: what fits into one tile runs in one piece.
    return min(reversed(possible), key=lambda each: each.cost)


def _cut(
    parts: Sequence[Part],
    at: int,
    decoders: Sequence[Part],
    shape: Shape,
    step: int,
    budget: float,
) -> Plan:
    """The plan that runs the first `at` parts over tiles as large as the budget allows.

    Tiles begin at multiples of `step`.
    """
    early, later = joined([layer for part in parts[:at] for layer in part.layers]), parts[at:]
    pixels = float(shape[0] * shape[1])
    margin = -(-early.margin // step) * step
    kept = BYTES * early.channels * pixels / early.stride**2
    room = max(budget - kept, 0) / (BYTES * early.values)
    inner = int(room**0.5 - 2 * margin) // step * step
    tile = max(shape) if room >= pixels else min(max(inner, step), max(shape))
    outer = [min(tile + 2 * margin, size) for size in shape]
    # Neighbouring tiles both compute what lies within the margin of their border.
    computed = [size + 2 * margin * (-(-size // tile) - 1) for size in shape]
    cost = early.cost * computed[0] * computed[1]
    memory = kept + BYTES * early.values * outer[0] * outer[1]
    cells = in_cells(shape, early.stride)
    for part in later:
        cost += part.cost_in_strips(budget, cells)
        memory = max(memory, _least_bytes(part, cells))
        cells = in_cells(cells, part.stride)
    memory = max([memory, *(_least_bytes(part, cells) for part in decoders)])
    return Plan(early, later, tile, cost, memory)


def _least_bytes(part: Part, shape: Shape) -> float:
    """Memory for a part on a map: the maps, and the smallest strip."""
    return part.map_bytes(shape) + part.strip_bytes(part.least_lines, shape)
