"""Grad-CAM of one class: which parts of a scene support it.

The methods and their hooks are pytorch-grad-cam's: HiResCAM (Draelos and Carin 2020), LayerCAM
(Jiang et al. 2021), GradCAM (Selvaraju et al. 2017). `methods.py` says what their maps may be read
as. Only a decoder is differentiated: every layer offered lies at or behind the encoder's output, so
the gradient through the encoder would change nothing. Maps stay raw, not scaled to 0..1.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.coarsen import block_any
from seaice.core.grids.pixel_grid import PixelGrid, Window, offset, resampling_notice, size_of
from seaice.core.grids.resample import bilinear, centres
from seaice.explain.head import Head
from seaice.explain.kept_features import KEPT_FEATURES
from seaice.explain.methods import DEFAULT_LAYER, DEFAULT_METHOD, METHOD, MethodName, method_named
from seaice.explain.near import box_of, near_region
from seaice.explain.part import part_of
from seaice.explain.targets import target_names
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, features_in_cells, mixed_precision
from seaice.scenes.read import read_inputs, read_valid
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class CamConfig:
    """What is to be explained.

    Attributes:
        chart: The chart.
        target: Class index of SOD or FLOE; for SIC 0 is "more ice" and 1 "less ice".
        layer: Name of a layer, one of `layer_names`.
        method: pytorch-grad-cam's method.

    Raises:
        ConfigError: No such target or method.
    """

    chart: ChartName
    target: int
    layer: str = DEFAULT_LAYER
    method: MethodName = DEFAULT_METHOD

    def __post_init__(self) -> None:
        if self.chart not in CHART:
            raise ConfigError(f"No chart {self.chart!r}. There are: {', '.join(CHART)}.")
        if not 0 <= self.target < len(target_names(self.chart)):
            raise ConfigError(
                f"{self.chart} has no target {self.target}. There are: "
                + ", ".join(f"{i} {name}" for i, name in enumerate(target_names(self.chart)))
                + "."
            )
        method_named(self.method)


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Evidence for a target over a scene.

    Attributes:
        config: What was explained.
        grid: The grid at the checkpoint's spacing.
        raw: (cells, cells) float32 raw map on the feature cells of `window`, signed, finite.
        valid: (cells, cells) bool: the cell holds a valid pixel.
        cell_px: Pixels of the grid along a feature cell.
        window: Part of the grid that the map covers.
        region: Part of the grid that the target was taken over.
        target_pixels: Valid pixels that the target was averaged over; 0 where there was none.
        notice: What a person must know about the resampling; empty where nothing.
    """

    config: CamConfig
    grid: PixelGrid
    raw: np.ndarray
    valid: np.ndarray
    cell_px: int
    window: Window
    region: Window
    target_pixels: int
    notice: str

    @property
    def unit(self) -> str:
        """Unit of the evidence of a square kilometre; empty if the method's heat has none.

        Per area, because a network of twice the output stride has four times fewer cells.
        """
        if not METHOD[self.config.method].has_unit:
            return ""
        points = self.config.chart == "SIC"
        return "percentage points" if points else "log-odds"

    @property
    def cf_unit(self) -> str:
        """Unit of the evidence per km² as CF files write it: 1 if the method's heat has none."""
        if not self.unit:
            return "1"
        # Log-odds are a pure number, a percentage point is a percent.
        return "percent km-2" if self.config.chart == "SIC" else "km-2"

    @property
    def message(self) -> str:
        """Why the heatmap is empty; empty if it is not."""
        name = target_names(self.config.chart)[self.config.target]
        if not self.valid[self._region_cells].any():
            return "There is no valid pixel here."
        if not self.target_pixels:
            return f"The network predicts no {name.lower()} here."
        if not (self.raw[self.valid] > 0).any():
            return f"No positive evidence for {name.lower()} at this layer."
        return ""

    @property
    def _region_cells(self) -> Window:
        """Feature cells that hold pixels of the region."""
        lines, samples = (
            slice(side.start // self.cell_px, -(-side.stop // self.cell_px))
            for side in offset(self.region, self.window)
        )
        return lines, samples

    def on(self, grid: PixelGrid, part: Window | None = None) -> np.ndarray:
        """Positive evidence at the pixel centres of a grid over the same ground.

        Args:
            grid: Any spacing; by true position, bilinear between the centres of feature cells.
            part: Part of that grid; the whole where None.

        Returns:
            (lines, samples) float32 of at least 0, in `unit` per km²; NaN outside the window.
        """
        at = [
            centres(along.stop - along.start, grid.spacing_m, along.start, self.grid.spacing_m)
            + 0.5
            - side.start
            for along, side in zip(part or grid.whole, self.window, strict=True)
        ]
        line_at, sample_at = (pixels / self.cell_px - 0.5 for pixels in at)
        evidence = bilinear(np.maximum(self.raw * self._scale, 0), line_at, sample_at)
        for axis, (pixels, side) in enumerate(zip(at, self.window, strict=True)):
            outside = (pixels < 0) | (pixels > side.stop - side.start)
            evidence[(slice(None),) * axis + (outside,)] = np.nan
        return evidence

    @property
    def _scale(self) -> np.float32:
        """Factor from the raw map to `unit` per km²."""
        if not self.unit:
            return np.float32(1)
        # A step of SIC's output is ten percentage points.
        points = 10 if self.config.chart == "SIC" else 1
        return np.float32(points / (self.cell_px * self.grid.spacing_m / 1000) ** 2)


def layer_names(network: SeaIceNet) -> list[str]:
    """Layers that can be explained, from the encoder to the output."""
    return list(Head(network, "SIC", (1, 1), 0).layers())


def explain(
    scene: Scene, checkpoint: Checkpoint, config: CamConfig, region: Window | None = None
) -> Heatmap:
    """Compute a heatmap.

    The target is the mean `contrast` over the valid pixels that the network gives the class (for
    SIC: over all valid pixels) inside the region.

    Args:
        scene: The scene.
        checkpoint: The checkpoint.
        config: Chart, target, layer, method.
        region: Part of the grid at the checkpoint's spacing that the target is taken over; the
            whole where None.

    Raises:
        ConfigError: No such layer; or the scene is too large to be explained whole.
        MissingChannelsError: The scene lacks channels of the checkpoint's channel set.
        MemoryShortError: There is too little memory for the encoder.
    """
    scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
    grid = scene.grid.at(checkpoint.info.spacing_m)
    region = grid.check(region or grid.whole)
    window = part_of(grid, region, checkpoint.network)
    features, seen = _features(scene, checkpoint, window)
    chosen = np.zeros(seen.shape, bool)
    inner = offset(region, window)
    chosen[inner] = seen[inner]
    with MODEL_LOCK:
        raw, pixels = _raw_map(checkpoint, config, features, chosen, inner)
    cell_px = checkpoint.network.config.output_stride
    valid = np.zeros(raw.shape, bool)
    occupied = block_any(seen, cell_px)
    valid[: occupied.shape[0], : occupied.shape[1]] = occupied
    notice = resampling_notice(scene.grid.spacing_m, grid.spacing_m)
    return Heatmap(config, grid, raw, valid, cell_px, window, region, pixels, notice)


def _features(scene: Scene, checkpoint: Checkpoint, window: Window) -> tuple[Tensor, np.ndarray]:
    """The encoder's output over a window, and the window's validity, (lines, samples) bool."""
    bounds = tuple((side.start, side.stop) for side in window)
    key = scene.key, checkpoint.sha256, str(checkpoint.device), bounds
    with MODEL_LOCK:
        known = KEPT_FEATURES.get(key)
    spacing_m = checkpoint.info.spacing_m
    if known is not None:
        return known, read_valid(scene, spacing_m, window)
    inputs = read_inputs(scene, checkpoint.info.channels, spacing_m, window)
    with MODEL_LOCK, torch.no_grad(), mixed_precision(checkpoint):
        features = features_in_cells(checkpoint, inputs.values).float()
        KEPT_FEATURES.put(key, features)
    return features, inputs.valid


def _raw_map(
    checkpoint: Checkpoint,
    config: CamConfig,
    features: Tensor,
    chosen: np.ndarray,
    region: Window,
) -> tuple[np.ndarray, int]:
    """Raw map on the feature cells, and the number of pixels behind the target."""
    network, stride = checkpoint.network, checkpoint.network.config.output_stride
    shape = features.shape[-2:]
    part: Window = slice(0, shape[0]), slice(0, shape[1])
    if METHOD[config.method].local:
        # Elsewhere, the map is zero.
        part = box_of(near_region(network, region, shape))
    # Pixels that are not asked for would take as long as those that are.
    cells = _cells_of(region, stride, shape)
    lines, samples = (slice(stride * side.start, stride * side.stop) for side in cells)
    size = size_of((lines, samples))
    head = Head(network, config.chart, size, config.target, offset(cells, part))
    # A layer that is not there is refused although no pixel may have the target.
    head.layer(config.layer)
    seen = features[..., *part]
    mask = _target_mask(head, seen, chosen[lines, samples])
    raw = np.zeros(shape, np.float32)
    if pixels := int(mask.sum()):
        raw[part] = raw_map(head, config, seen, mask)
    return raw, pixels


def _cells_of(region: Window, stride: int, shape: tuple[int, ...]) -> Window:
    """The cells that the pixels of a region lie in, and their neighbours, which they depend on."""
    lines, samples = (
        slice(max(0, side.start // stride - 1), min(size, -(-side.stop // stride) + 1))
        for side, size in zip(region, shape, strict=True)
    )
    return lines, samples


def raw_map(head: Head, config: CamConfig, features: Tensor, mask: Tensor) -> np.ndarray:
    """The map of the mean contrast over some pixels, (cells, cells) float32, signed, finite.

    Args:
        head: The contrast.
        config: Its layer and method.
        features: (1, features, cells, cells) float: the encoder's output.
        mask: (lines, samples) bool: the pixels, at least one.

    Raises:
        ConfigError: No such layer.
    """
    # Here, as it takes a second, in which a page can predict already.
    import pytorch_grad_cam

    layer = head.layer(config.layer)
    method = getattr(pytorch_grad_cam, config.method)
    leaf = features.detach().requires_grad_(True)
    with torch.enable_grad(), method(head, [layer]) as cam:
        outputs = cam.activations_and_grads(leaf)
        (outputs[0] * mask).sum().div(mask.sum()).backward()
        (activations,) = (a.cpu().numpy() for a in cam.activations_and_grads.activations)
        (gradients,) = (g.cpu().numpy() for g in cam.activations_and_grads.gradients)
        raw = cam.get_cam_image(leaf, layer, None, activations, gradients, False)
    found: np.ndarray = np.nan_to_num(raw[0].astype(np.float32))
    return found


def _target_mask(head: Head, features: Tensor, chosen: np.ndarray) -> Tensor:
    """Pixels that the target is averaged over, (lines, samples) bool on the device."""
    lines, samples = chosen.shape
    mask = torch.zeros(head.size, dtype=torch.bool, device=features.device)
    mask[:lines, :samples] = torch.from_numpy(chosen).to(features.device)
    if head.chart != "SIC":
        with torch.no_grad():
            mask &= head.outputs(features)[0].argmax(0) == head.target
    return mask
