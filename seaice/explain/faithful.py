"""Is a map of evidence true? What becomes of the output without the cells that it points at.

A map can look convincing and say nothing about the network (Adebayo et al. 2018, Sanity checks for
saliency maps). So each map is put to tests that it can fail: deletion and insertion (Petsiuk et al.
2018, RISE) against cells in random order, a network of random weights, a map without gradients,
evidence beyond the field, and on simulated scenes the true ice.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import Window, offset
from seaice.explain.agreement import in_blocks, occlusion, rank_correlation
from seaice.explain.gradcam import CamConfig
from seaice.explain.head import Head
from seaice.explain.near import in_cells, near_field, near_region
from seaice.explain.part import part_of
from seaice.explain.targets import target_names
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, padded_tensor
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

STEPS = 8
"""Steps of the curves of deletion and insertion."""
_ORDERS = 3
"""Random orders whose mean a map is compared with."""


@dataclass(frozen=True, eq=False)
class Trial:
    """How a map of evidence fares.

    Attributes:
        config: What was explained, at the encoder.
        pixels: Output pixels that the target is the mean of.
        shares: (steps,) float64: shares of the field's cells, 0 to 1, rising.
        deletion: (steps,) float64: the target without so many of the strongest cells.
        deletion_random: The same in random order.
        insertion: (steps,) float64: the target with so many of the strongest cells alone.
        insertion_random: The same in random order.
        random_weights: Rank correlation with the map of a network of random weights; NaN if
            either is constant.
        agreement: Rank correlation, block by block, with what the output loses without the block;
            NaN if either is constant.
        beyond: Share of the evidence beyond the theoretical field of the region.
        on_truth: Share of the positive evidence on cells of the true class; NaN if not known.
        truth_share: Share of the field's cells that are of the true class; NaN if not known.
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
    """Put the map of evidence (HiResCAM at the encoder) for a region's outputs to the test.

    Args:
        scene: The scene.
        checkpoint: The checkpoint.
        config: Chart and target; layer and method are those of the map that is tested.
        region: Part of the grid at the checkpoint's spacing.
        truth: (lines, samples) bool on that grid: where the target's class truly lies.
        seed: Seed of random orders and weights.

    Raises:
        ConfigError: The network does not give the target to any valid pixel of the region, or the
            region is too large.
        MissingChannelsError: The scene lacks channels.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    grid = scene.grid.at(checkpoint.info.spacing_m)
    part = part_of(grid, grid.check(region), checkpoint.network)
    region = offset(region, part)
    inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m, part)
    stride = checkpoint.network.config.output_stride
    rng = np.random.default_rng(seed)
    with MODEL_LOCK:
        output = output_of(checkpoint, inputs, config, region)
        raw = output.evidence()
        near = near_region(checkpoint.network, region, raw.shape)
        field = near_field(checkpoint.network, inputs.valid, region, raw.shape)
        curves = _curves(output, raw, field, rng)
        losses = occlusion(output.with_cells, field)
        tensor = padded_tensor(checkpoint, inputs.values)
        other = _of_random_weights(checkpoint, config, tensor, output.mask, seed)
    size = np.abs(raw).sum()
    there = None if truth is None else truth[part]
    on_truth, truth_share = _truth_shares(raw, field, there, stride)
    return Trial(
        config=config,
        pixels=output.pixels,
        shares=np.linspace(0, 1, STEPS + 1),
        deletion=curves[0],
        deletion_random=curves[1],
        insertion=curves[2],
        insertion_random=curves[3],
        random_weights=rank_correlation(raw[field], other[field]),
        agreement=rank_correlation(in_blocks(raw, field), losses),
        beyond=float(np.abs(raw[~near]).sum() / size) if size > 0 else 0.0,
        on_truth=on_truth,
        truth_share=truth_share,
    )


def output_of(
    checkpoint: Checkpoint, inputs: Inputs, config: CamConfig, region: Window
) -> "RegionOutput":
    """What a network says of a region of a scene, to be asked what it rests on.

    Raises:
        ConfigError: The region has no valid pixel, or the network gives none of them the target.
    """
    if not inputs.valid[region].any():
        raise ConfigError("There is no valid pixel here, so there is no map to test.")
    tensor = padded_tensor(checkpoint, inputs.values)
    with MODEL_LOCK, torch.no_grad():
        features = checkpoint.network.features(tensor).float()
    asked = _asked(inputs.valid, region, tensor)
    output = RegionOutput(checkpoint.network, config, features, asked)
    if not output.pixels:
        name = target_names(config.chart)[config.target].lower()
        raise ConfigError(f"The network predicts no {name} here, so there is no map to test.")
    return output


class RegionOutput:
    """The target as a function of the encoder's features."""

    def __init__(
        self, network: SeaIceNet, config: CamConfig, features: Tensor, asked: Tensor
    ) -> None:
        size = asked.shape[-2], asked.shape[-1]
        self._head = Head(network, config.chart, size, config.target)
        self._network, self._config, self._features = network, config, features
        self.mask = asked
        if config.chart != "SIC":
            with torch.no_grad():
                outputs = SeaIceNet.upsample(network.head(config.chart, features), size)
            self.mask = asked & (outputs[0].argmax(0) == config.target)
        self.pixels = int(self.mask.sum())

    def __call__(self, features: Tensor) -> Tensor:
        """Mean contrast over the pixels of the target."""
        # Features are those of cells with data: without any, `argmax` would have found no pixel.
        mean: Tensor = (self._head(features)[0] * self.mask).sum() / self.pixels
        return mean

    def evidence(self) -> np.ndarray:
        """HiResCAM at the encoder: (cells, cells) float32, signed."""
        leaf = self._features.detach().requires_grad_(True)
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(self(leaf), leaf)
        raw: np.ndarray = (gradient * self._features)[0].sum(0).cpu().numpy()
        return raw

    def with_cells(self, kept: np.ndarray, field: np.ndarray) -> float:
        """The target where the field's other cells hold their mean; computed on the field alone."""
        within = torch.from_numpy(field).to(self._features.device)
        mean = self._features[..., within].mean(-1)[..., None, None]
        lost = within & ~torch.from_numpy(kept).to(self._features.device)
        cells = _box(field)
        stride = self._network.config.output_stride
        pixels = tuple(slice(side.start * stride, side.stop * stride) for side in cells)
        mask = self.mask[pixels]
        head = Head(
            self._network, self._config.chart, (mask.shape[0], mask.shape[1]), self._config.target
        )
        with torch.no_grad():
            changed = torch.where(lost, mean, self._features)[..., *cells]
            return float((head(changed)[0] * mask).sum() / self.pixels)


def _box(field: np.ndarray) -> Window:
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
    checkpoint: Checkpoint, config: CamConfig, tensor: Tensor, mask: Tensor, seed: int
) -> np.ndarray:
    """The map for the same pixels of a network of the same form and random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = SeaIceNet(checkpoint.network.config)
    network.requires_grad_(False).eval().to(tensor.device)
    with torch.no_grad():
        features = network.features(tensor).float()
    output = RegionOutput(network, config, features, mask)
    # For the same pixels, whatever such a network predicts there.
    output.mask, output.pixels = mask, int(mask.sum())
    return output.evidence()


def _asked(valid: np.ndarray, region: Window, tensor: Tensor) -> Tensor:
    """Valid pixels of a region on the padded grid, (lines, samples) bool."""
    asked = torch.zeros(tensor.shape[-2:], dtype=torch.bool)
    asked[region] = torch.from_numpy(valid[region])
    return asked.to(tensor.device)


def _truth_shares(
    raw: np.ndarray, field: np.ndarray, truth: np.ndarray | None, stride: int
) -> tuple[float, float]:
    """Share of the positive evidence on the true class, and that of the field's cells."""
    positive = np.maximum(raw, 0) * field
    if truth is None or not positive.any():
        return float("nan"), float("nan")
    there = in_cells(truth, raw.shape, stride) & field
    return float(positive[there].sum() / positive.sum()), float(there.sum() / field.sum())
