"""Is a map of evidence true? What becomes of the output without the cells that it points at.

The cells are those of the layer that the map lies on, whatever the layer and the method are.

A map can look convincing and say nothing about the network (Adebayo et al. 2018, Sanity checks for
saliency maps). So each map is put to tests that it can fail: deletion and insertion (Petsiuk et al.
2018, RISE) against cells in random order, a network of random weights, a map without gradients,
evidence beyond the field, and on simulated scenes the true ice.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seaice.core.grids.pixel_grid import Window, offset, resampling_notice
from seaice.explain.agreement import in_blocks, occlusion, rank_correlation, spread_over_cells
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.explain.near import in_cells, near_field, near_region
from seaice.explain.part import part_of
from seaice.explain.region_output import RegionOutput, output_of
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, features_in_cells
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

STEPS = 8
"""Steps of the curves of deletion and insertion."""
_ORDERS = 3
"""Random orders whose mean a map is compared with."""


MAP_NAMES = "Evidence", "Random weights", "Without each block"
"""What the maps of a trial show, in order."""


@dataclass(frozen=True, eq=False)
class Trial:
    """How a map of evidence fares.

    Attributes:
        config: What was explained: chart, target, layer and method.
        pixels: Output pixels that the target is the mean of.
        shares: (steps,) float64: shares of the field's cells on the layer, 0 to 1, rising.
        deletion: (steps,) float64: the target without so many of the strongest cells.
        deletion_random: The same in random order.
        insertion: (steps,) float64: the target with so many of the strongest cells alone.
        insertion_random: The same in random order.
        random_weights: Rank correlation with the map of a network of random weights; NaN if
            either is constant.
        agreement: Rank correlation, block by block, with what the output loses without the block;
            NaN if either is constant.
        beyond: Share of the evidence beyond the theoretical field of the region.
        on_truth: Share of the positive evidence on cells of the true class; NaN if not known, or
            without positive evidence.
        truth_share: Share of the field's cells that are of the true class; NaN if not known.
        maps: By `MAP_NAMES`: the map that is tested, that of a network of random weights, and what
            the output loses without each block, spread evenly over its cells.
    """

    config: CamConfig
    pixels: int
    shares: np.ndarray
    deletion: np.ndarray
    deletion_random: np.ndarray
    insertion: np.ndarray
    insertion_random: np.ndarray
    random_weights: float
    agreement: float
    beyond: float
    on_truth: float
    truth_share: float
    maps: tuple[Heatmap, ...]

    @property
    def deletion_gain(self) -> float:
        """How much lower the deletion curve runs than at random, of the whole drop; 1 at best."""
        return self._gain(self.deletion_random - self.deletion)

    @property
    def insertion_gain(self) -> float:
        """How much higher the insertion curve runs than at random, of the whole rise."""
        return self._gain(self.insertion - self.insertion_random)

    def _gain(self, difference: np.ndarray) -> float:
        whole = float(self.deletion[0] - self.deletion[-1])
        return float(difference.mean()) / whole if whole > 0 else float("nan")


def try_map(
    scene: Scene,
    checkpoint: Checkpoint,
    config: CamConfig,
    region: Window,
    truth: np.ndarray | None = None,
    *,
    seed: int = 0,
) -> Trial:
    """Put the map of evidence for a region's outputs to the test.

    Args:
        scene: The scene.
        checkpoint: The checkpoint.
        config: Chart and target; layer and method are those of the map that is tested.
        region: Part of the grid at the checkpoint's spacing.
        truth: (lines, samples) bool on that grid: where the target's class truly lies.
        seed: Seed of random orders and weights.

    Raises:
        ConfigError: The network does not give the target to any valid pixel of the region, or the
            region is too large, or there is no such layer.
        MissingChannelsError: The scene lacks channels.
        MemoryShortError: There is too little memory for the encoder.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    grid = scene.grid.at(checkpoint.info.spacing_m)
    part = part_of(grid, grid.check(region), checkpoint.network)
    inner = offset(region, part)
    inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m, part)
    stride = checkpoint.network.config.output_stride
    with MODEL_LOCK:
        output = output_of(checkpoint, inputs, config, inner)
        raw = output.evidence()
        near = near_region(checkpoint.network, inner, raw.shape, config.layer)
        field = near_field(checkpoint.network, inputs.valid, inner, raw.shape, config.layer)
        curves = _curves(output, raw, field, np.random.default_rng(seed))
        losses = occlusion(lambda kept, all_: output.with_cells(kept, all_, "nothing"), field)
        other = _of_random_weights(checkpoint, config, inputs.values, output.mask, seed)
    there = None if truth is None else truth[part]
    on_truth, truth_share = _truth_shares(raw, field, there, stride)
    seen, pixels = in_cells(inputs.valid, raw.shape, stride), output.pixels
    notice = resampling_notice(scene.grid.spacing_m, grid.spacing_m)
    return Trial(
        config=config,
        pixels=pixels,
        shares=np.linspace(0, 1, STEPS + 1),
        deletion=curves[0],
        deletion_random=curves[1],
        insertion=curves[2],
        insertion_random=curves[3],
        random_weights=rank_correlation(raw[field], other[field]),
        agreement=rank_correlation(in_blocks(raw, field), losses),
        beyond=_share(raw, ~near),
        on_truth=on_truth,
        truth_share=truth_share,
        maps=tuple(
            Heatmap(config, grid, each, seen, stride, part, region, pixels, notice)
            for each in (raw, other, spread_over_cells(losses, field))
        ),
    )


def _share(raw: np.ndarray, cells: np.ndarray) -> float:
    """Share of a map's size on some cells; 0 for a map without any."""
    size = np.abs(raw).sum()
    return float(np.abs(raw[cells]).sum() / size) if size > 0 else 0.0


def _curves(
    output: RegionOutput, raw: np.ndarray, field: np.ndarray, rng: np.random.Generator
) -> list[np.ndarray]:
    """Deletion and insertion, each by evidence and in random order, (steps,) float64 each."""
    cells = np.flatnonzero(field)
    strongest = cells[np.argsort(-raw.ravel()[cells], kind="stable")]
    ends = np.rint(np.linspace(0, len(cells), STEPS + 1)).astype(int)

    def curve(order: np.ndarray, *, delete: bool) -> np.ndarray:
        values = []
        for end in ends:
            kept = np.zeros(raw.size, bool)
            kept[order[end:] if delete else order[:end]] = True
            values.append(output.with_cells(kept.reshape(raw.shape), field))
        return np.array(values)

    orders = [rng.permutation(cells) for _ in range(_ORDERS)]
    return [
        curve(strongest, delete=True),
        np.mean([curve(order, delete=True) for order in orders], axis=0),
        curve(strongest, delete=False),
        np.mean([curve(order, delete=False) for order in orders], axis=0),
    ]


def _of_random_weights(
    checkpoint: Checkpoint, config: CamConfig, inputs: np.ndarray, mask: Tensor, seed: int
) -> np.ndarray:
    """The map for the same pixels of a network of the same form and random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = SeaIceNet(checkpoint.network.config)
    network.requires_grad_(False).eval().to(checkpoint.device)
    with torch.no_grad():
        features = features_in_cells(checkpoint, inputs, network).float()
    output = RegionOutput(network, config, features, mask)
    # For the same pixels, whatever such a network predicts there.
    output.mask, output.pixels = mask, int(mask.sum())
    return output.evidence()


def _truth_shares(
    raw: np.ndarray, field: np.ndarray, truth: np.ndarray | None, stride: int
) -> tuple[float, float]:
    """Share of the positive evidence on the true class, and that of the field's cells."""
    if truth is None:
        return float("nan"), float("nan")
    positive = np.maximum(raw, 0) * field
    there = in_cells(truth, raw.shape, stride) & field
    held = float(positive[there].sum() / positive.sum()) if positive.any() else float("nan")
    return held, float(there.sum() / field.sum())
