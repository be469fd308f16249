"""Which branch of the ASPP decided: the 1 x 1, one of the rates, or the pooling branch.

A branch is taken out by replacing its output, channel by channel, by its mean over cells with data
(mean ablation), of the scene itself or of several. What then becomes of the contrast (see
`head.contrast`) is what the branch told the network about the place. A gradient cannot say that: it
holds for small changes only.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window, offset
from seaice.explain.branch_means import BranchMeans, branches_of, means_over, without
from seaice.explain.head import contrast
from seaice.explain.near import in_cells
from seaice.explain.part import part_of
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.network.rates import CENTRE, Rates
from seaice.network.reach import km_text
from seaice.results.tiled import MODEL_LOCK, features_in_cells, mixed_precision
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

NO_BRANCH = 255
"""Fill value of `BranchShares.leading`."""


@dataclass(frozen=True, eq=False)
class BranchShares:
    """What the branches contribute to the outputs of one chart over a scene.

    Attributes:
        chart: The chart.
        branches: Names of the branches, those of rates with their reach in km.
        loss: (classes, branches) float64: how much of its contrast a predicted class loses without
            a branch, mean over the cells that are given that class; log-odds. NaN for a class that
            is given to no cell. SIC has one row: the mean absolute change, percentage points.
        cells: (classes,) int64: cells that the means are taken over.
        leading: (cells, cells) uint8, of the whole scene: the branch whose absence costs the
            predicted class most, or changes SIC most; `NO_BRANCH` in cells without data or outside
            the region, or where none costs anything.
        rates: Atrous rates of the branches between the first and the last.
        cell_km: Side of a feature cell, km.
    """

    chart: ChartName
    branches: tuple[str, ...]
    loss: np.ndarray
    cells: np.ndarray
    leading: np.ndarray
    rates: Rates
    cell_km: float

    @property
    def reach_km(self) -> tuple[float, ...]:
        """How far the branches with rates reach to each side, km; 0 for centre taps."""
        return tuple(rate * self.cell_km for rate in self.rates)

    @property
    def shares(self) -> np.ndarray:
        """(classes, branches) float64: signed shares of all that the branches say, -1 to 1.

        Their sizes add up to 1. Those below 0 speak against the class: it gains without the branch.
        NaN where no branch changes anything.
        """
        total = np.abs(self.loss).sum(axis=1, keepdims=True)
        shares: np.ndarray = np.divide(
            self.loss, total, out=np.full_like(self.loss, np.nan), where=total > 0
        )
        return shares

    @property
    def percents(self) -> np.ndarray:
        """(classes, branches) float64: the shares in whole percent, whose sizes add up to 100.

        Rounded each on its own, they could add up to another sum than a sentence names.
        """
        sizes = np.abs(100 * self.shares)
        whole = np.floor(sizes)
        # Those that are cut most get the percents that are missing.
        ranks = np.argsort(np.argsort(whole - sizes, axis=1, kind="stable"), axis=1)
        whole += ranks < 100 - whole.sum(axis=1, keepdims=True)
        percents: np.ndarray = np.copysign(whole, self.loss) + 0.0
        return percents


def branch_names(network: SeaIceNet, spacing_m: float) -> tuple[str, ...]:
    """Names of the branches of each decoder, in order.

    Args:
        network: The network.
        spacing_m: Pixel spacing, metres.
    """
    rates = network.config.rates
    cell_km = network.config.output_stride * spacing_m / 1000
    atrous = [
        f"centre tap {number}" if rates == CENTRE else f"rate {rate}, {km_text(rate * cell_km)}"
        for number, rate in enumerate(rates, 1)
    ]
    return "1 x 1", *atrous, "pooling of 2 x 2"


def branch_shares(
    scene: Scene,
    checkpoint: Checkpoint,
    chart: ChartName,
    region: Window | None = None,
    means: BranchMeans | None = None,
) -> BranchShares:
    """Take out each branch in turn.

    Args:
        scene: The scene.
        checkpoint: The checkpoint.
        chart: The chart.
        region: Part of the grid at the checkpoint's spacing that the means are taken over; the
            whole where None. It is widened to whole feature cells.
        means: What stands for each branch; its mean over the scene where None.

    Raises:
        ConfigError: The scene is too large to be taken whole, or has no valid pixel there.
        MissingChannelsError: The scene lacks channels of the checkpoint's channel set.
        MemoryShortError: There is too little memory for the encoder.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    grid = scene.grid.at(checkpoint.info.spacing_m)
    network = checkpoint.network
    region = grid.check(region or grid.whole)
    part = part_of(grid, region, network)
    inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m, part)
    inner = offset(region, part)
    if not inputs.valid[inner].any():
        raise ConfigError(
            f"{scene.path} has no valid pixel{' there' if region != grid.whole else ''}."
        )
    with MODEL_LOCK, torch.inference_mode(), mixed_precision(checkpoint):
        features = features_in_cells(checkpoint, inputs.values)
        seen = in_cells(inputs.valid, features.shape[-2:], network.config.output_stride)
        valid = torch.from_numpy(seen).to(features.device)
        means = means or means_over(network, chart, features, valid)
        targets, losses = _losses(network, chart, features, valid, means)
    stride = network.config.output_stride
    lines, samples = (slice(side.start // stride, -(-side.stop // stride)) for side in inner)
    within = np.zeros_like(seen)
    within[lines, samples] = seen[lines, samples]
    shares = _summary(checkpoint, chart, targets, losses, within)
    return replace(shares, leading=_on_scene(shares.leading, part, grid, network))


def _on_scene(leading: np.ndarray, part: Window, grid: PixelGrid, network: SeaIceNet) -> np.ndarray:
    """A map of the cells of a part, among those of the whole scene."""
    stride, multiple = network.config.output_stride, network.config.size_multiple
    shape = [-(-size // multiple) * multiple // stride for size in grid.shape]
    whole = np.full(shape, NO_BRANCH, np.uint8)
    line, sample = (side.start // stride for side in part)
    whole[line : line + leading.shape[0], sample : sample + leading.shape[1]] = leading
    return whole


def _losses(
    network: SeaIceNet, chart: ChartName, features: Tensor, valid: Tensor, means: BranchMeans
) -> tuple[np.ndarray, np.ndarray]:
    """Predicted classes, (cells, cells), and what each branch's absence costs, (branches, ...)."""
    whole = network.head(chart, features).float()
    targets = whole[0].argmax(0) if chart != "SIC" else torch.zeros_like(valid, dtype=torch.long)
    before = _contrasts(whole, chart).gather(0, targets[None])[0]
    losses = []
    for branch, mean in zip(branches_of(network, chart), means, strict=True):
        with without(branch, mean):
            ablated = network.head(chart, features).float()
        lost = before - _contrasts(ablated, chart).gather(0, targets[None])[0]
        # A step of SIC's output is ten percentage points.
        losses.append(10 * lost.abs() if chart == "SIC" else lost)
    return targets.cpu().numpy(), torch.stack(losses).cpu().numpy()


def _contrasts(outputs: Tensor, chart: ChartName) -> Tensor:
    """Contrasts of all targets: (targets, cells, cells)."""
    targets = 1 if chart == "SIC" else CHART[chart].n_outputs
    return torch.cat([contrast(outputs, chart, target) for target in range(targets)])


def _summary(
    checkpoint: Checkpoint,
    chart: ChartName,
    targets: np.ndarray,
    losses: np.ndarray,
    valid: np.ndarray,
) -> BranchShares:
    names = branch_names(checkpoint.network, checkpoint.info.spacing_m)
    n_classes = 1 if chart == "SIC" else CHART[chart].n_classes
    cells = np.bincount(targets[valid], minlength=n_classes)
    loss = np.full((n_classes, len(names)), np.nan)
    for target in np.flatnonzero(cells):
        loss[target] = losses[:, valid & (targets == target)].mean(axis=1, dtype=np.float64)
    leading = losses.argmax(axis=0).astype(np.uint8)
    leading[~valid | (losses.max(axis=0) <= 0)] = NO_BRANCH
    info = checkpoint.info
    return BranchShares(chart, names, loss, cells, leading, info.rates, info.cell_m / 1000)
